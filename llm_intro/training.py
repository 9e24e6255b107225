"""Entrenar un modelo de lenguaje con un presupuesto, y poder dejarlo y seguir.

`train` es un bucle corto; lo demás es lo que hace falta para que un corte de luz, un
Ctrl-C o una desconexión de Colab no cuesten más que unos segundos de trabajo.
"""

import copy
import math
import time
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from .lstm import network_bits
from .recipes import TrainConfig
from .support import machine
from .support.checkpoint import check_folder, fingerprint, restore_run, save_run
from .support.progress import Budget, Event, History, ProgressBar
from .tokenizers import CharTokenizer

TICK = 0.2  # segundos entre avisos a `watch`: más seguidos no se ven
MAX_SKIPPED = 100  # en fp16 la escala baja a la mitad en cada paso que se salta: 100 son de sobra


class Run(Budget):
    """Un entrenamiento en marcha: la red, los datos, el optimizador y (en `Budget`) las cuentas.

    Args y errores: los de `train`.
    """

    def __init__(self, model: nn.Module, corpus, config: TrainConfig):
        self.model = self.net = model  # `net` es con quien se calcula la pérdida
        super().__init__(config)
        self.seed, self.interrupted = config.seed, []
        self.text = fingerprint(corpus.train, corpus.valid)  # para no seguir con otro texto
        self.device = next(model.parameters()).device
        model.tokenizer = _tokenizer_for(model, corpus)
        self.data, self.valid = config.make_data(self._ids(corpus.train)), self._ids(corpus.valid)
        if (size := len(self.valid)) < 2:
            raise ValueError(f"corpus.valid tiene {size} símbolos: hacen falta 2 o más para medir.")
        self.dtype = machine.precision_of(config.precision, self.device)
        self.scaler = torch.amp.GradScaler(self.device.type, enabled=self.dtype == torch.float16)
        self.pending, self.skipped = [], 0  # pérdidas sin leer; pasos seguidos sin dar, en fp16
        self.optimizer = config.make_optimizer(model)
        self.average = copy.deepcopy(model) if config.average else None
        self.clock = time.process_time if config.clock == "cpu" else time.perf_counter
        self.hidden, self.best_weights = None, {}

    def _ids(self, text: str) -> Tensor:
        ids = torch.from_numpy(self.model.tokenizer.encode(text))
        small = self.model.tokenizer.vocab_size <= 256  # un byte por símbolo en vez de ocho
        return ids.to(torch.uint8 if small else ids.dtype).to(self.device)

    @property
    def stopped(self) -> bool:
        """Hay que dejarlo: porque se ha acabado, o porque alguien ha pulsado Ctrl-C."""
        return self.done or bool(self.interrupted)

    def loss(self, x: Tensor, y: Tensor, hidden):
        """La pérdida media al predecir `y` (T, B) leyendo `x` (T, B), y el estado que queda."""
        mixed = self.dtype != torch.float32
        with torch.autocast(self.device.type, self.dtype, enabled=mixed):
            logits, hidden = self.net(x, hidden)  # (T, B, V)
        return cross_entropy(logits.float().flatten(0, 1), y.flatten()), hidden

    def advance(self) -> None:
        """Un paso: lote, pérdida, gradiente recortado y actualización, sin esperar al resultado."""
        begin = self.clock()
        for group in self.optimizer.param_groups:
            group["lr"] = self.config.lr_at(self.step, self.progress)
        x, y, fresh = self.data.batch(self.step)  # (T, B), (T, B)
        self.optimizer.zero_grad()  # antes de la pérdida, que aprovecha su hueco
        loss, hidden = self.loss(x, y, None if fresh else self.hidden)
        self.scaler.scale(loss).backward()  # en fp16 se agranda la pérdida, para no perder lo menor
        self.scaler.unscale_(self.optimizer)
        norm = nn.utils.clip_grad_norm_(self.model.parameters(), self.config.clip)
        machine.skip_if_not_finite(self.optimizer, norm)
        self.scaler.step(self.optimizer)
        self.scaler.update()
        self.pending.append(torch.stack([loss.detach(), norm]))
        if self.average:
            self._update_average()
        # el valor pasa al lote siguiente; el gradiente, no
        self.hidden = None if hidden is None else tuple(part.detach() for part in hidden)
        self.step, self.chars = self.step + 1, self.chars + x.numel()
        self.seconds += self.clock() - begin

    def read(self) -> None:
        """Trae las pérdidas pendientes: solo aquí se espera a la tarjeta.

        Raises:
            FloatingPointError: si alguna no es un número; los pesos siguen siéndolo.
        """
        self.seconds += machine.wait(self.device, self.clock)
        told = torch.stack(self.pending).tolist() if self.pending else []
        for step, (loss, norm) in enumerate(told, start=self.step - len(told)):
            self._note(step, loss, norm)
        self.pending = []

    def _note(self, step: int, loss: float, norm: float) -> None:
        self.loss_sum, self.loss_steps = self.loss_sum + loss, self.loss_steps + 1
        self.skipped = 0 if math.isfinite(norm) else self.skipped + 1
        if not math.isfinite(loss) or self.skipped > MAX_SKIPPED * self.scaler.is_enabled():
            saved = self.config.checkpoint
            out = f", con resume=False o borrando «{saved}»" if saved else ""
            raise FloatingPointError(
                f"en el paso {step} la pérdida es {loss} y su gradiente mide {norm}: el "
                f"entrenamiento ha divergido. Crea el modelo de nuevo y baja lr en la receta{out}."
            )

    @torch.no_grad()
    def _update_average(self) -> None:
        share = 1 - self.config.average if self.step else 1.0  # la primera vez, una copia
        for mean, weight in zip(self.average.parameters(), self.model.parameters(), strict=True):
            mean.lerp_(weight, share)

    def evaluate(self) -> Event:
        """Mide en valid, lo apunta y guarda los pesos si son los mejores hasta ahora."""
        self.read()
        scored = self.average or self.model
        event = self.event(valid_bits(scored, self.valid))
        self.history.events.append(event)
        if better := self.history.best is event:
            self.best_weights = {k: v.detach().clone() for k, v in scored.state_dict().items()}
        self.stale = 0 if better else self.stale + 1
        self.loss_sum, self.loss_steps = 0.0, 0
        return event

    def save(self) -> None:
        """Lo escribe todo en el punto de control, si lo pendiente está bien."""
        self.read()
        save_run(self)

    restore = restore_run


def train(model: nn.Module, corpus, config: TrainConfig, watch=None, run=Run) -> History:
    """Entrena `model` con `corpus.train`, mirando `corpus.valid`, hasta gastar el presupuesto.

    El modelo acaba con los pesos de la mejor medida y con su `.tokenizer`, también si algo
    falla. Ctrl-C para en el paso siguiente y conserva lo aprendido; otro Ctrl-C, en el acto.

    Args:
        model: una red con `forward(x (T, B), hidden) -> (logits (T, B, V), hidden)`, ya en su
            dispositivo.
        corpus: con `text`, `train` y `valid`; `heldout` no se toca.
        config: la receta.
        watch: recibe un `Event` varias veces por segundo; por defecto, una barra. Si tiene
            `close`, se llama al acabar, pase lo que pase.
        run: quien da los pasos; `benchmarks/parallel.py` tiene otro, que los reparte.
    Returns:
        las medidas, en orden.
    Raises:
        ValueError: si el modelo no es para ese corpus, el texto no llena un lote, el punto de
            control es de otro entrenamiento o no se puede escribir.
        FloatingPointError: si la pérdida o su gradiente dejan de ser números.
    """
    _check(model, corpus, config)
    run = run(model, corpus, config)
    watch = ProgressBar() if watch is None else watch
    was_training = model.training
    model.train()
    try:
        private = machine.private_random(run.seed, run.device)
        with machine.deferred_interrupt() as run.interrupted, private, machine.few_threads(model):
            if config.resume and Path(config.checkpoint).exists():
                run.restore()
            _loop(run, watch)
    finally:
        model.load_state_dict(run.best_weights or model.state_dict())  # sin medidas, los últimos
        model.train(was_training)
        getattr(watch, "close", lambda: None)()
    return run.history


def _loop(run: Run, watch) -> None:
    save_to = run.config.checkpoint
    while not run.stopped:
        run.advance()
        if run.eval_due():
            watch(run.evaluate())
        elif run.overdue("tick", TICK):
            run.read()
            watch(run.event())
        if save_to and run.overdue("save", run.config.checkpoint_every):
            run.save()
    run.history.interrupted = not run.done
    if save_to:
        run.save()


def _check(model, corpus, config) -> None:
    """Avisa antes de gastar el presupuesto, no al final."""
    for what, given, fine, better in (
        ("modelo", model, isinstance(model, nn.Module), "se esperaba una red de PyTorch"),
        ("corpus", corpus, hasattr(corpus, "train"), "usa load_quijote()"),
        ("receta", config, isinstance(config, TrainConfig), "prueba con COURSE_RECIPE"),
    ):
        if not fine:
            raise ValueError(f"llegó {type(given).__name__} como {what}: {better}.")
    if config.checkpoint:
        check_folder(config.checkpoint)


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


def valid_bits(model: nn.Module, ids: Tensor, columns: int = 50) -> float:
    """Bits/car. del texto `ids` (N,), leído en columnas a la vez, cada una desde cero.

    Más rápido que de un tirón y bastante para elegir; lo que se publica lo mide
    `bits_per_char`, que lleva el estado desde el principio del texto.
    """
    columns = max(1, min(columns, len(ids) // 400))
    length = len(ids) // columns
    table = ids[: columns * length].view(columns, length).t()  # (L, columnas)
    return float(network_bits(model, table, chunk_len=100).mean())
