"""Cómo se entrena: los ajustes, comprobados al nacer, y las dos recetas del curso."""

import math
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from .dataset import Streams, Windows
from .support import limits
from .support.limits import POSITIVE, check_settings, one_of, setting, whole


@dataclass(frozen=True)
class TrainConfig:
    """Una receta de entrenamiento. Se cambia con `dataclasses.replace(receta, minutes=5)`.

    Attributes:
        steps, minutes: el presupuesto; exactamente uno de los dos. Medir en valid no cuenta.
        data: "streams" (tiras contiguas, con estado) o "windows" (ventanas de paso 1).
        batch_size, chunk_len: B y T.
        carry: si el estado pasa de un trozo al siguiente (solo con "streams").
        reset_every: cada tantos trozos el estado vuelve a cero, o None para nunca; enseña a la
            red a empezar (solo con "streams").
        max_chars: usa solo el principio de train, o None para todo.
        optimizer: "adamw" o "adam".
        lr: tasa de aprendizaje máxima; betas y weight_decay, los de Adam.
        warmup_steps: pasos en que la tasa sube; después baja en coseno hasta lr * final_lr
            (con final_lr=1 es constante).
        clip: norma máxima del gradiente.
        average: decaimiento de la media móvil de los pesos; 0, sin media.
        precision: "fp32", "bf16", "fp16" o "auto" (lo que mejor le va a la tarjeta).
        evals: medidas en valid, repartidas por el presupuesto; el modelo acaba con los pesos
            de la mejor.
        patience: para tras tantas medidas seguidas sin mejorar, o None.
        clock: "wall" (reloj) o "cpu" (segundos de procesador, para comparar recetas).
        checkpoint: archivo donde guardar, o None; checkpoint_every, cada cuántos segundos.
        resume: continúa desde `checkpoint` si existe.
        seed: decide desfases, barajado y dropout.
    """

    steps: int | None = setting(None, whole(1))
    minutes: float | None = setting(None, POSITIVE)
    data: str = setting("streams", one_of("streams", "windows"))
    batch_size: int = setting(8, whole(1))
    chunk_len: int = setting(48, whole(1))
    carry: bool = True
    reset_every: int | None = setting(None, whole(1))
    max_chars: int | None = setting(None, whole(1))
    optimizer: str = setting("adamw", one_of("adamw", "adam"))
    lr: float = setting(1.2e-2, POSITIVE)
    betas: tuple[float, float] = setting((0.9, 0.99), limits.PAIR)
    weight_decay: float = setting(0.01, limits.NOT_NEGATIVE)
    warmup_steps: int = setting(30, whole(0))
    final_lr: float = setting(0.02, limits.SHARE)
    clip: float = setting(1.0, POSITIVE)
    average: float = setting(0.0, limits.FRACTION)
    precision: str = setting("fp32", one_of("fp32", "bf16", "fp16", "auto"))
    evals: int = setting(20, whole(1))
    patience: int | None = setting(None, whole(1))
    clock: str = setting("wall", one_of("wall", "cpu"))
    checkpoint: str | Path | None = None
    checkpoint_every: float = setting(30.0, POSITIVE)
    resume: bool = False
    seed: int = setting(0, whole(0))

    def __post_init__(self):
        if (self.steps is None) == (self.minutes is None):
            raise ValueError("da un presupuesto, y solo uno: steps=… o minutes=….")
        check_settings(self)
        if self.resume and not self.checkpoint:
            raise ValueError("resume=True necesita checkpoint=«archivo» desde donde continuar.")

    def make_data(self, ids):
        """Los lotes de esta receta sobre el texto `ids`, (N,)."""
        ids = ids[: self.max_chars]
        if self.data == "windows":
            return Windows(ids, self.batch_size, self.chunk_len, self.seed)
        shape = self.batch_size, self.chunk_len
        return Streams(ids, *shape, self.carry, self.seed, self.reset_every)

    def make_optimizer(self, model: nn.Module) -> torch.optim.Optimizer:
        """El optimizador de esta receta para los pesos de `model`."""
        kind = {"adamw": torch.optim.AdamW, "adam": torch.optim.Adam}[self.optimizer]
        return kind(
            model.parameters(),
            lr=self.lr,
            betas=self.betas,
            weight_decay=self.weight_decay,
            fused=True,  # un sexto del paso en una H200, y se salta infinitos sin preguntar
        )

    def lr_at(self, step: int, progress: float) -> float:
        """Tasa de aprendizaje en el paso `step`, con una fracción `progress` ya gastada."""
        rise = min(1.0, (step + 1) / self.warmup_steps) if self.warmup_steps else 1.0
        fall = 0.5 * (1 + math.cos(math.pi * min(progress, 1.0)))
        return self.lr * rise * (self.final_lr + (1 - self.final_lr) * fall)


STARTING_RECIPE = TrainConfig(
    steps=3910,  # diez vueltas: 99 900 ventanas de 256 en 256
    data="windows", batch_size=256, chunk_len=100, max_chars=100_000, evals=10,
    optimizer="adam", lr=1e-3, betas=(0.9, 0.999), weight_decay=0.0,
    warmup_steps=0, final_lr=1.0, clip=5.0,
)  # fmt: skip
"""La receta de la lección de partida, para `CervantesLSTM(vocab_size)`."""

COURSE_RECIPE = TrainConfig(minutes=4)
"""La receta del curso, para `CervantesLSTM.course(vocab_size)`: lotes pequeños, trozos
cortos, tasa alta que baja en coseno y todo el libro."""
