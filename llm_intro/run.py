"""Un entrenamiento en marcha: un paso, una medida, y todo lo que hay que guardar para seguirlo."""

import math
import time

import torch
from torch import nn
from torch.nn.functional import cross_entropy
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from .machine import evaluating, use_bf16
from .parallel import team
from .progress import Event, History
from .recipes import TrainConfig
from .tokenizers import CharTokenizer


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
