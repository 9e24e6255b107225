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

from .checkpoint import restore_run, save_run
from .machine import deferred_interrupt, private_random, use_bf16
from .progress import Event, History, ProgressBar
from .recipes import TrainConfig
from .tokenizers import CharTokenizer

TICK = 0.2  # segundos entre avisos a `watch`: más seguidos no se ven


def train(model: nn.Module, corpus, config: TrainConfig, watch=None) -> History:
    """Entrena `model` con `corpus.train`, mirando `corpus.valid`, hasta gastar el presupuesto.

    El modelo acaba con los pesos de la mejor medida en valid y con su `.tokenizer`.
    Ctrl-C para en el paso siguiente y conserva lo aprendido; otro Ctrl-C, en el acto.

    Args:
        model: una red con `forward(x (T, B), hidden) -> (logits (T, B, V), hidden)`, ya en
            el dispositivo donde se va a entrenar.
        corpus: con `text`, `train` y `valid`; `heldout` no se toca.
        config: la receta.
        watch: función que recibe un `Event` varias veces por segundo; por defecto, una barra.
    Returns:
        las medidas, en orden.
    Raises:
        ValueError: si el vocabulario del modelo no es el del corpus, el texto no llena un
            lote o el punto de control es de otro modelo.
        FloatingPointError: si la pérdida deja de ser un número.
    """
    watch = watch or ProgressBar()
    run = Run(model, corpus, config)
    was_training = model.training
    model.train()
    with deferred_interrupt() as interrupted, private_random(config.seed, run.device):
        if config.resume and Path(config.checkpoint).exists():
            restore_run(run)
        while not (run.done or interrupted):
            run.advance()
            if run.eval_due():
                watch(run.evaluate())
            elif run.overdue("tick", TICK):
                watch(run.event())
            if config.checkpoint and run.overdue("save", config.checkpoint_every):
                save_run(run)
        run.finish(bool(interrupted))
    model.train(was_training)
    if hasattr(watch, "close"):
        watch.close()
    return run.history


class Run:
    """Un entrenamiento en marcha: todo lo que hay que guardar para poder seguirlo."""

    def __init__(self, model: nn.Module, corpus, config: TrainConfig):
        self.model, self.config = model, config
        self.device = next(model.parameters()).device
        model.tokenizer = _tokenizer_for(model, corpus)
        self.data = config.make_data(self._ids(corpus.train))
        self.valid = self._ids(corpus.valid)
        self.bf16 = use_bf16(config.precision, self.device)
        self.optimizer = _optimizer(model, config)
        ema = get_ema_multi_avg_fn(config.average)
        self.average = AveragedModel(model, multi_avg_fn=ema) if config.average else None
        self.clock = time.process_time if config.clock == "cpu" else time.perf_counter
        self.last = {"tick": time.monotonic(), "save": time.monotonic()}
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
        x, y, fresh = self.data.batch(self.step)  # (T, B), (T, B)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.bf16):
            logits, hidden = self.model(x, None if fresh else self.hidden)  # (T, B, V)
        loss = cross_entropy(logits.float().flatten(0, 1), y.flatten())
        self.optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), self.config.clip)
        self.optimizer.step()
        if self.average:
            self.average.update_parameters(self.model)
        self.hidden = detach(hidden)  # el valor pasa al lote siguiente; el gradiente, no
        self._count(loss.item(), x.numel(), begin)

    def _count(self, loss: float, chars: int, begin: float) -> None:
        if not math.isfinite(loss):
            raise FloatingPointError(
                f"la pérdida es {loss} en el paso {self.step}: el entrenamiento ha divergido. "
                "Baja lr en la receta y vuelve a empezar."
            )
        self.loss_sum, self.loss_steps = self.loss_sum + loss, self.loss_steps + 1
        self.step, self.chars = self.step + 1, self.chars + chars
        self.seconds += self.clock() - begin

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
        now = time.monotonic()
        if now - self.last[what] < every:
            return False
        self.last[what] = now
        return True

    def evaluate(self) -> Event:
        """Mide en valid, lo apunta y guarda los pesos si son los mejores hasta ahora."""
        scored = self.average.module if self.average else self.model
        event = self.event(valid_bits(scored, self.valid))
        self.history.events.append(event)
        better = self.history.best is event
        if better:
            self.best_weights = {k: v.detach().clone() for k, v in scored.state_dict().items()}
        self.stale = 0 if better else self.stale + 1
        self.loss_sum, self.loss_steps = 0.0, 0
        return event

    def finish(self, interrupted: bool) -> None:
        """Guarda el final y deja en el modelo los mejores pesos."""
        self.history.interrupted = interrupted
        if self.config.checkpoint:
            save_run(self)
        if self.best_weights:
            self.model.load_state_dict(self.best_weights)


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


def _optimizer(model: nn.Module, config: TrainConfig) -> torch.optim.Optimizer:
    kind = {"adamw": torch.optim.AdamW, "adam": torch.optim.Adam}[config.optimizer]
    return kind(
        model.parameters(),
        lr=config.lr,
        betas=config.betas,
        weight_decay=config.weight_decay,
        fused=next(model.parameters()).device.type == "cpu" or None,  # aquí, un 10 % del paso
    )


def detach(hidden):
    """El estado sin su historia: el gradiente no cruza de un lote al anterior."""
    return None if hidden is None else tuple(part.detach() for part in hidden)


@torch.inference_mode()
def valid_bits(model: nn.Module, ids: torch.Tensor, columns: int = 50) -> float:
    """Bits/car. del texto `ids` (N,), leído en columnas a la vez, cada una desde cero.

    Más rápido que de un tirón y bastante para elegir; lo que se publica lo mide
    `bits_per_char`, que lleva el estado desde el principio del texto.
    """
    was_training = model.training
    model.eval()
    columns = max(1, min(columns, len(ids) // 400))
    length = len(ids) // columns
    table = ids[: columns * length].view(columns, length).t().long()  # (L, columnas)
    total, hidden = 0.0, None
    for x, y in zip(table[:-1].split(500), table[1:].split(500), strict=True):
        logits, hidden = model(x, hidden)  # (T, B, V)
        loss = cross_entropy(logits.float().flatten(0, 1), y.flatten(), reduction="sum")
        total += loss.item()
    model.train(was_training)
    return total / (columns * (length - 1)) / math.log(2)
