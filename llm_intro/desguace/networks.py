"""Redes que aprenden de textos cortos: los modelos de la prueba del desguace y su protocolo.

El Quijote se lee de un tirón y lleva memoria de un trozo al siguiente (`training`). Aquí cada
texto empieza de cero, los de un lote tienen largos distintos y todas pasan por el mismo bucle.
Cambia lo que se les pide: la palabra siguiente (causal) o las palabras tapadas (bidireccional).
"""

import math
import random
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from ..lstm import CervantesLSTM
from ..models.ngram import NGramModel
from ..models.transformer import Transformer
from ..support.machine import few_threads, private_random
from .stories import BLANK, MASK, PAD, UNKNOWN, Words

# La tasa de cada red, elegida con otras combinaciones reservadas (`CHOOSING`), y sus pasos
LR = {"bolsa": 2e-2, "lstm": 5e-3, "transformer": 4e-3}
STEPS = {"bolsa": 500, "lstm": 1400, "transformer": 850}
HIDE = 0.15  # fracción de palabras que se tapan al entrenar el bidireccional, como en BERT


@dataclass(frozen=True)
class ProbeRecipe:
    """Cómo aprende una red con textos cortos: lo mismo para todas, salvo la tasa.

    Attributes:
        steps, batch_size: pasos y textos por paso.
        lr, warmup: tasa máxima y pasos en que sube.
        decay: si después baja en coseno; si no, se queda.
        place_weight: cuánto pesa de más acertar el destino.
        unknown: fracción de palabras que se tapan con el comodín al leer.
        seed: decide los pesos iniciales y el orden de los textos.
    """

    steps: int = 850
    batch_size: int = 32
    lr: float = 4e-3
    warmup: int = 30
    decay: bool = True
    place_weight: float = 2.0
    unknown: float = 0.01
    seed: int = 0

    def __post_init__(self):
        for name in ("steps", "batch_size", "lr", "warmup"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name}={getattr(self, name)!r}: debe ser mayor que 0.")

    def lr_at(self, step: int) -> float:
        """Tasa en el paso `step`, desde 0."""
        rise = min(1.0, (step + 1) / self.warmup)
        fall = 0.02 + 0.49 * (1 + math.cos(math.pi * step / self.steps)) if self.decay else 1.0
        return self.lr * rise * fall


class Bag(nn.Module):
    """La bolsa de palabras: predice con la media de lo leído, sin orden ni posiciones.

    Cumple el mismo trato que las demás redes: `forward(x (T, B), hidden)`.
    """

    def __init__(self, vocab_size: int, width: int = 64, hidden_size: int = 192):
        super().__init__()
        self.tokenizer = None
        self.embedding = nn.Embedding(vocab_size, width)
        self.mix = nn.Linear(width, hidden_size)
        self.fc = nn.Linear(hidden_size, vocab_size)

    def forward(self, x: Tensor, hidden=None):
        """x: (T, B) → logits (T, B, V) y la suma y la cuenta de lo leído."""
        total, count = hidden if hidden else (0.0, 0)
        sums = self.embedding(x).cumsum(0) + total  # (T, B, E)
        counts = torch.arange(count + 1, count + len(x) + 1, device=x.device)[:, None, None]
        h = torch.tanh(self.mix(sums / counts))  # (T, B, H)
        return self.fc(h), (sums[-1], count + len(x))  # (T, B, V)


def new_model(name: str, tokenizer: Words, seed: int = 0, causal: bool = True):
    """Una red sin entrenar, con sus pesos iniciales decididos por `seed`.

    Raises:
        ValueError: si `name` no es "bolsa", "lstm" o "transformer".
    """
    V = tokenizer.vocab_size
    makers = {
        "bolsa": lambda: Bag(V),
        "lstm": lambda: CervantesLSTM(V, 64, 128, 1, 0.0, forget_bias=1.0),
        "transformer": lambda: Transformer(V, 64, 4, 2, 512, 0.0, causal),
    }
    if name not in makers:
        raise ValueError(f"no hay red «{name}»: elige una de {tuple(makers)}.")
    with private_random(seed):
        model = makers[name]()
    model.tokenizer = tokenizer
    return model


def encode_story(tokenizer: Words, story) -> tuple[np.ndarray, int]:
    """Los números del texto con su destino, (T,), y en qué posición está."""
    before, after = story.text.split(BLANK)
    ids = tokenizer.encode(f"{before}{story.place}{after}")
    return ids, len(tokenizer.split(before))


def count_stories(stories, tokenizer: Words, order: int = 5) -> NGramModel:
    """Cuenta n-gramas de palabras en los textos, uno detrás de otro."""
    text = " ".join(s.text.replace(BLANK, s.place) for s in stories)
    return NGramModel(order).fit(text, tokenizer)


def teach(model: nn.Module, stories, recipe: ProbeRecipe, watch=None) -> list[float]:
    """Entrena una red con los textos; la pérdida suma la de todas las palabras y la del destino.

    Si la red es causal, sigue el texto; si no lo es, rellena palabras tapadas.
    Devuelve la pérdida de cada paso.
    """
    noise = torch.Generator().manual_seed(recipe.seed)
    rows = [encode_story(model.tokenizer, s) for s in stories]
    loss = next_loss if getattr(model, "causal", True) else hole_loss
    return minimize(model, lambda chosen: loss(model, [rows[i] for i in chosen], recipe, noise),
                 [len(ids) for ids, _ in rows], recipe, watch)  # fmt: skip


def padding_mask(ids: Tensor) -> Tensor:
    """Menos infinito donde hay relleno, (B, 1, 1, T), para sumarlo a las puntuaciones."""
    hidden = torch.zeros(ids.t().shape, device=ids.device).masked_fill(ids.t() == PAD, -math.inf)
    return hidden[:, None, None]


def pad(rows: list[np.ndarray]) -> Tensor:
    """Varias filas de números como columnas de una tabla, (T, B), rellenas por abajo."""
    table = np.full((max(map(len, rows)), len(rows)), PAD, dtype=np.int64)
    for i, row in enumerate(rows):
        table[: len(row), i] = row
    return torch.from_numpy(table)


def batches(lengths, size: int, rng: random.Random):
    """Lotes sin fin de índices; cada lote junta textos de largo parecido para rellenar poco."""
    while True:
        order = rng.sample(range(len(lengths)), len(lengths))
        for i in range(0, len(order), 8 * size):
            pool = sorted(order[i : i + 8 * size], key=lambda j: lengths[j])
            chunks = [pool[j : j + size] for j in range(0, len(pool), size)]
            yield from rng.sample(chunks, len(chunks))


def minimize(model: nn.Module, loss_of, lengths, recipe: ProbeRecipe, watch=None) -> list[float]:
    """El bucle de entrenamiento, común a todos. Devuelve la pérdida de cada paso.

    Args:
        loss_of: función de una lista de índices que da la pérdida de esos textos.
        lengths: largo de cada texto.
        watch: función (paso, pérdida) → True si ya se puede parar.
    """
    optimizer = torch.optim.AdamW(
        model.parameters(), recipe.lr, (0.9, 0.99), weight_decay=0.01, fused=True
    )
    losses, was_training = [], model.training
    model.train()
    stream = batches(lengths, recipe.batch_size, random.Random(recipe.seed))
    with few_threads(model):
        try:
            for step, chosen in zip(range(recipe.steps), stream, strict=False):
                optimizer.param_groups[0]["lr"] = recipe.lr_at(step)
                loss = loss_of(chosen)
                optimizer.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                optimizer.step()
                losses.append(loss.item())
                if watch is not None and watch(step + 1, losses[-1]):
                    break
        finally:
            model.train(was_training)
    return losses


def next_loss(model, rows, recipe: ProbeRecipe, noise) -> Tensor:
    """Pérdida de predecir cada palabra con las anteriores."""
    ids = pad([row for row, _ in rows])  # (T, B)
    targets = torch.tensor([position - 1 for _, position in rows])
    x = ids[:-1].clone()
    x[torch.rand(x.shape, generator=noise) < recipe.unknown] = UNKNOWN
    logits = model(x)[0]  # (T-1, B, V)
    return weighted_loss(logits, ids[1:], ids[1:] != PAD, targets, recipe)


def hole_loss(model, rows, recipe: ProbeRecipe, noise) -> Tensor:
    """Pérdida de adivinar el destino, siempre tapado, y otras palabras tapadas al azar."""
    ids = pad([row for row, _ in rows])  # (T, B)
    targets = torch.tensor([position for _, position in rows])
    covered = (torch.rand(ids.shape, generator=noise) < HIDE) & (ids != PAD)
    covered[targets, range(len(rows))] = True
    logits = model(ids.masked_fill(covered, MASK), None, padding_mask(ids))[0]  # (T, B, V)
    return weighted_loss(logits, ids, covered, targets, recipe)


def weighted_loss(logits, ids, counted, targets, recipe: ProbeRecipe) -> Tensor:
    """Media de las palabras que cuentan más `place_weight` veces la media de los destinos."""
    B = len(targets)
    each = cross_entropy(logits.flatten(0, 1), ids.flatten(), reduction="none").view(ids.shape)
    everywhere = (each * counted).sum() / counted.sum()
    return everywhere + recipe.place_weight * each[targets, range(B)].mean()
