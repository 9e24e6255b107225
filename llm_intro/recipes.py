"""Cómo se entrena: los ajustes, comprobados al nacer, y las dos recetas del curso."""

import math
from dataclasses import dataclass

from .dataset import Streams, Windows


@dataclass(frozen=True)
class TrainConfig:
    """Una receta de entrenamiento. Se cambia con `dataclasses.replace(receta, minutes=5)`.

    Attributes:
        steps, minutes: el presupuesto; exactamente uno de los dos. Medir en valid no cuenta.
        data: "streams" (tiras contiguas, con estado) o "windows" (ventanas de paso 1).
        batch_size, chunk_len: B y T.
        carry: si el estado pasa de un trozo al siguiente (solo con "streams").
        max_chars: usa solo el principio de train, o None para todo.
        optimizer: "adamw" o "adam".
        lr: tasa de aprendizaje máxima; betas y weight_decay, los de Adam.
        warmup_steps: pasos en que la tasa sube; después baja en coseno hasta lr * final_lr
            (con final_lr=1 es constante).
        clip: norma máxima del gradiente.
        average: decaimiento de la media móvil de los pesos; 0, sin media.
        precision: "fp32", "bf16" o "auto" (bf16 donde la tarjeta lo tiene de fábrica).
        evals: medidas en valid, repartidas por el presupuesto; el modelo acaba con los pesos
            de la mejor.
        patience: para tras tantas medidas seguidas sin mejorar, o None.
        clock: "wall" (reloj) o "cpu" (segundos de procesador, para comparar recetas).
        checkpoint: archivo donde guardar, o None; checkpoint_every, cada cuántos segundos.
        resume: continúa desde `checkpoint` si existe.
        seed: decide desfases, barajado y dropout.
    """

    steps: int | None = None
    minutes: float | None = None
    data: str = "streams"
    batch_size: int = 8
    chunk_len: int = 48
    carry: bool = True
    max_chars: int | None = None
    optimizer: str = "adamw"
    lr: float = 1.2e-2
    betas: tuple[float, float] = (0.9, 0.99)
    weight_decay: float = 0.01
    warmup_steps: int = 30
    final_lr: float = 0.02
    clip: float = 1.0
    average: float = 0.0
    precision: str = "fp32"
    evals: int = 20
    patience: int | None = None
    clock: str = "wall"
    checkpoint: str | None = None
    checkpoint_every: float = 30.0
    resume: bool = False
    seed: int = 0

    def __post_init__(self):
        if (self.steps is None) == (self.minutes is None):
            raise ValueError("da un presupuesto, y solo uno: steps=… o minutes=….")
        for name in ("steps", "minutes", "batch_size", "chunk_len", "max_chars", "lr", "clip",
                     "evals", "patience", "checkpoint_every"):  # fmt: skip
            value = getattr(self, name)
            if value is not None and not (math.isfinite(value) and value > 0):
                raise ValueError(f"{name}={value!r}: debe ser un número finito mayor que 0.")
        for name in ("warmup_steps", "weight_decay"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name}={getattr(self, name)!r}: debe ser 0 o más.")
        for name in ("average", "final_lr"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name}={getattr(self, name)!r}: debe estar entre 0 y 1.")
        for name, known in (("data", ("streams", "windows")), ("optimizer", ("adamw", "adam")),
                            ("precision", ("fp32", "bf16", "auto")),
                            ("clock", ("wall", "cpu"))):  # fmt: skip
            if getattr(self, name) not in known:
                raise ValueError(f"{name}={getattr(self, name)!r}: se esperaba uno de {known}.")
        if self.resume and not self.checkpoint:
            raise ValueError("resume=True necesita checkpoint=«archivo» desde donde continuar.")

    def make_data(self, ids):
        """Los lotes de esta receta sobre el texto `ids`, (N,)."""
        ids = ids[: self.max_chars]
        if self.data == "windows":
            return Windows(ids, self.batch_size, self.chunk_len, self.seed)
        return Streams(ids, self.batch_size, self.chunk_len, self.carry, self.seed)

    def lr_at(self, step: int, progress: float) -> float:
        """Tasa de aprendizaje en el paso `step`, con una fracción `progress` ya gastada."""
        rise = min(1.0, (step + 1) / self.warmup_steps) if self.warmup_steps else 1.0
        fall = 0.5 * (1 + math.cos(math.pi * min(progress, 1.0)))
        return self.lr * rise * (self.final_lr + (1 - self.final_lr) * fall)


STARTING_RECIPE = TrainConfig(
    steps=3910,  # diez vueltas: 99 900 ventanas de 256 en 256
    data="windows",
    batch_size=256,
    chunk_len=100,
    max_chars=100_000,
    optimizer="adam",
    lr=1e-3,
    betas=(0.9, 0.999),
    weight_decay=0.0,
    warmup_steps=0,
    final_lr=1.0,
    clip=5.0,
    evals=10,
)
"""La receta de la lección de partida, para `CervantesLSTM(vocab_size)`."""

COURSE_RECIPE = TrainConfig(minutes=4)
"""La receta del curso, para `CervantesLSTM.course(vocab_size)`: lotes pequeños, trozos
cortos, tasa alta que baja en coseno y todo el libro."""
