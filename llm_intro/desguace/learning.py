"""El bucle de entrenamiento de los textos cortos: lotes rellenados, tasa en coseno y nada más.

El Quijote se lee de un tirón y lleva memoria de un trozo al siguiente (`training`). Aquí cada
texto empieza de cero y los de un lote tienen largos distintos.
"""

import math
import random
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from ..support.machine import few_threads
from .stories import PAD


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
