"""Entrenar un modelo de lenguaje con un presupuesto, y poder dejarlo y seguir.

`train` es un bucle corto; lo demás es lo que hace falta para que un corte de luz, un
Ctrl-C o una desconexión de Colab no cuesten más que unos segundos de trabajo.
"""

import math
import time
from pathlib import Path

import torch
from torch import nn
from torch.nn.functional import cross_entropy
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from .models.parallel import team
from .recipes import TrainConfig
from .support.checkpoint import restore_run, save_run
from .support.machine import (
    deferred_interrupt,
    evaluating,
    few_threads,
    private_random,
    use_bf16,
)
from .support.progress import Event, History, ProgressBar
from .tokenizers import CharTokenizer

TICK = 0.2  # segundos entre avisos a `watch`: más seguidos no se ven


class Run:
    """El estado de un entrenamiento: datos, optimizador, contadores e historia.

    Args y errores: los de `train`.
    """

    def __init__(self, model: nn.Module, corpus, config: TrainConfig):
        self.model, self.config = model, config
        self.device = next(model.parameters()).device
        self.team = team(self.device)
        model.tokenizer = _tokenizer_for(model, corpus)
        self.data = config.make_data(self._ids(corpus.train))
        self.valid = self._ids(corpus.valid)
        if len(self.valid) < 2:
            raise ValueError(
                f"corpus.valid tiene {len(self.valid)} símbolos: hacen falta 2 o más para medir."
            )
        self.bf16 = use_bf16(config.precision, self.device)
        self.optimizer = config.make_optimizer(model)
        self.net = self.team.wrap(model)
        ema = get_ema_multi_avg_fn(config.average)
        self.average = AveragedModel(model, multi_avg_fn=ema) if config.average else None
        self.clock = time.process_time if config.clock == "cpu" else time.perf_counter
        self.last = dict.fromkeys(("tick", "save"), self.team.agree(time.monotonic()))
        self.hidden, self.best_weights = None, {}
        self.step, self.seconds, self.chars = 0, 0.0, 0
        self.loss_sum, self.loss_steps, self.evals_done, self.stale = 0.0, 0, 0, 0
        self.history = History()

    def _ids(self, text: str) -> torch.Tensor:
        ids = torch.from_numpy(self.model.tokenizer.encode(text))
        small = self.model.tokenizer.vocab_size <= 256  # un byte por símbolo en vez de ocho
        return ids.to(torch.uint8 if small else ids.dtype).to(self.device)

    @property
    def progress(self) -> float:
        """Fracción del presupuesto ya gastada."""
        if self.config.steps:
            return self.step / self.config.steps
        return self.seconds / (60 * self.config.minutes)

    @property
    def done(self) -> bool:
        """Se acabó el presupuesto, o la paciencia."""
        return self.progress >= 1 or self.stale >= (self.config.patience or math.inf)

    def advance(self) -> None:
        """Un paso: lote, pérdida, gradiente recortado y actualización."""
        begin = self.clock()
        for group in self.optimizer.param_groups:
            group["lr"] = self.config.lr_at(self.step, self.progress)
        batch = self.data.batch(self.step)
        x, y, fresh = self.team.columns(batch)  # (T, B), (T, B)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.bf16):
            logits, hidden = self.net(x, None if fresh else self.hidden)  # (T, B, V)
        loss = self.team.weight * cross_entropy(logits.float().flatten(0, 1), y.flatten())
        self.optimizer.zero_grad()
        loss.backward()
        norm = nn.utils.clip_grad_norm_(self.model.parameters(), self.config.clip)
        loss = self.team.agree(loss.item())
        self._check_finite(loss, norm.item())  # antes de tocar los pesos
        self.optimizer.step()
        if self.average:
            self.average.update_parameters(self.model)
        self.hidden = detach(hidden)  # el valor pasa al lote siguiente; el gradiente, no
        self.loss_sum, self.loss_steps = self.loss_sum + loss, self.loss_steps + 1
        self.step, self.chars = self.step + 1, self.chars + batch.x.numel()
        self.seconds += self.team.agree(self.clock() - begin)

    def _check_finite(self, loss: float, norm: float) -> None:
        if not (math.isfinite(loss) and math.isfinite(norm)):
            raise FloatingPointError(
                f"en el paso {self.step} la pérdida es {loss} y su gradiente mide {norm}: el "
                "entrenamiento ha divergido. Crea el modelo de nuevo y baja lr en la receta."
            )

    def event(self, valid_bits: float | None = None) -> Event:
        """Cómo va, ahora mismo."""
        train_bits = self.loss_sum / max(self.loss_steps, 1) / math.log(2)
        return Event(self.step, self.progress, self.seconds, self.chars, train_bits, valid_bits)

    def eval_due(self) -> bool:
        """Si toca medir (y lo da por hecho): las medidas se reparten por el presupuesto."""
        due = int(min(self.progress, 1.0) * self.config.evals + 1e-9)
        before, self.evals_done = self.evals_done, due
        return due > before

    def overdue(self, what: str, every: float) -> bool:
        """Si han pasado `every` segundos de reloj desde la última vez (y la apunta)."""
        now = self.team.agree(time.monotonic())
        if now - self.last[what] < every:
            return False
        self.last[what] = now
        return True

    def evaluate(self) -> Event:
        """Mide en valid, lo apunta y guarda los pesos si son los mejores hasta ahora."""
        scored = self.average.module if self.average else self.model
        event = self.event(self.team.agree(valid_bits(scored, self.valid)))
        self.history.events.append(event)
        better = self.history.best is event
        if better:
            self.best_weights = {k: v.detach().clone() for k, v in scored.state_dict().items()}
        self.stale = 0 if better else self.stale + 1
        self.loss_sum, self.loss_steps = 0.0, 0
        return event

    def keep_best(self) -> None:
        """Deja en el modelo los pesos de la mejor medida; si no hay medidas, los últimos."""
        if self.best_weights:
            self.model.load_state_dict(self.best_weights)


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


def _tokenizer_for(model, corpus):
    """El tokenizador del modelo; si no tiene, uno con los símbolos del corpus."""
    tokenizer = getattr(model, "tokenizer", None) or CharTokenizer.from_text(corpus.text)
    size = model.config["vocab_size"]
    if tokenizer.vocab_size != size:
        raise ValueError(
            f"el modelo espera {size} símbolos y el texto tiene {tokenizer.vocab_size}: "
            "créalo con vocab_size=CharTokenizer.from_text(corpus.text).vocab_size."
        )
    return tokenizer


def detach(hidden):
    """El estado sin su historia: el gradiente no cruza de un lote al anterior."""
    return None if hidden is None else tuple(part.detach() for part in hidden)


def valid_bits(model: nn.Module, ids: torch.Tensor, columns: int = 50) -> float:
    """Bits/car. del texto `ids` (N,), leído en columnas a la vez, cada una desde cero.

    Más rápido que de un tirón y bastante para elegir; lo que se publica lo mide
    `bits_per_char`, que lleva el estado desde el principio del texto.
    """
    columns = max(1, min(columns, len(ids) // 400))
    length = len(ids) // columns
    table = ids[: columns * length].view(columns, length).t().long()  # (L, columnas)
    total, hidden = 0.0, None
    with evaluating(model):
        for x, y in zip(table[:-1].split(100), table[1:].split(100), strict=True):
            logits, hidden = model(x, hidden)  # (T, B, V)
            loss = cross_entropy(logits.float().flatten(0, 1), y.flatten(), reduction="sum")
            total += loss.item()
    return total / (columns * (length - 1)) / math.log(2)
