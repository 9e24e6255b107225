"""Entrenar un modelo de lenguaje con un presupuesto, y poder dejarlo y seguir.

`train` es un bucle corto; lo demás es lo que hace falta para que un corte de luz, un
Ctrl-C o una desconexión de Colab no cuesten más que unos segundos de trabajo.
"""

from pathlib import Path

from torch import nn

from .checkpoint import restore_run, save_run
from .machine import deferred_interrupt, few_threads, private_random
from .progress import History, ProgressBar
from .recipes import TrainConfig
from .run import Run

TICK = 0.2  # segundos entre avisos a `watch`: más seguidos no se ven


def train(model: nn.Module, corpus, config: TrainConfig, watch=None) -> History:
    """Entrena `model` con `corpus.train`, mirando `corpus.valid`, hasta gastar el presupuesto.

    El modelo acaba con los pesos de la mejor medida en valid y con su `.tokenizer`, también
    si algo falla a medias. Ctrl-C para en el paso siguiente y conserva lo aprendido; otro
    Ctrl-C, en el acto.

    Args:
        model: una red con `forward(x (T, B), hidden) -> (logits (T, B, V), hidden)`, ya en
            el dispositivo donde se va a entrenar.
        corpus: con `text`, `train` y `valid`; `heldout` no se toca.
        config: la receta.
        watch: recibe un `Event` varias veces por segundo; por defecto, una barra. Si tiene
            `close`, se llama al acabar, pase lo que pase.
    Returns:
        las medidas, en orden.
    Raises:
        ValueError: si el vocabulario del modelo no es el del corpus, el texto no llena un
            lote, el punto de control es de otro entrenamiento o no se puede escribir.
        FloatingPointError: si la pérdida o su gradiente dejan de ser números.
    """
    _check(model, corpus, config)
    run = Run(model, corpus, config)
    watch = (ProgressBar() if watch is None else watch) if run.team.first else lambda event: None
    was_training = model.training
    model.train()
    try:
        with (
            deferred_interrupt() as interrupted,
            private_random(config.seed + run.team.rank, run.device),
            few_threads(model),
        ):
            if config.resume and Path(config.checkpoint).exists():
                restore_run(run)
            _loop(run, watch, interrupted)
    finally:
        run.keep_best()
        model.train(was_training)
        getattr(watch, "close", lambda: None)()
    return run.history


def _check(model, corpus, config) -> None:
    """Avisa antes de gastar el presupuesto, no al final."""
    if not isinstance(model, nn.Module):
        raise ValueError(
            f"llegó {type(model).__name__} como modelo: se esperaba una red de PyTorch."
        )
    if not hasattr(corpus, "train"):
        raise ValueError(f"llegó {type(corpus).__name__} como corpus: usa load_quijote().")
    if not isinstance(config, TrainConfig):
        raise ValueError(
            f"llegó {type(config).__name__} como receta: usa replace(COURSE_RECIPE, minutes=1)."
        )
    folder = Path(config.checkpoint).absolute().parent if config.checkpoint else Path.cwd()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ValueError(f"no se puede guardar en {folder}: elige otra carpeta.") from error


def _loop(run: Run, watch, interrupted: list) -> None:
    save_to = run.config.checkpoint
    while not (run.done or run.team.agree(len(interrupted))):
        run.advance()
        if run.eval_due():
            watch(run.evaluate())
        elif run.overdue("tick", TICK):
            watch(run.event())
        if save_to and run.overdue("save", run.config.checkpoint_every):
            save_run(run)
    run.history.interrupted = not run.done
    if save_to:
        save_run(run)
