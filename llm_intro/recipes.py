"""Cómo se entrena: los ajustes, comprobados al nacer, y las dos recetas del curso."""

import math
from dataclasses import dataclass
from numbers import Integral, Real
from pathlib import Path

import torch
from torch import nn

from .dataset import Streams, Windows


def _fraction(value) -> bool:
    return isinstance(value, Real) and 0 <= value < 1


OPTIONAL = ("steps", "minutes", "max_chars", "patience", "reset_every")
RULES = (  # (ajustes, qué se espera de ellos, cómo se comprueba)
    (
        "steps batch_size chunk_len max_chars evals patience reset_every",
        "un entero de 1 o más",
        lambda v: isinstance(v, Integral) and v >= 1,
    ),
    ("warmup_steps seed", "un entero de 0 o más", lambda v: isinstance(v, Integral) and v >= 0),
    (
        "minutes lr clip checkpoint_every",
        "un número finito mayor que 0",
        lambda v: isinstance(v, Real) and 0 < v < math.inf,
    ),
    (
        "weight_decay",
        "un número finito, 0 o más",
        lambda v: isinstance(v, Real) and 0 <= v < math.inf,
    ),
    ("final_lr", "un número entre 0 y 1", lambda v: isinstance(v, Real) and 0 <= v <= 1),
    ("average", "un número entre 0 (incluido) y 1 (sin llegar)", _fraction),
    (
        "betas",
        "dos números entre 0 (incluido) y 1 (sin llegar)",
        lambda v: isinstance(v, tuple | list) and len(v) == 2 and all(map(_fraction, v)),
    ),
    ("data", "'streams' o 'windows'", ("streams", "windows").__contains__),
    ("optimizer", "'adamw' o 'adam'", ("adamw", "adam").__contains__),
    ("precision", "'fp32', 'bf16' o 'auto'", ("fp32", "bf16", "auto").__contains__),
    ("clock", "'wall' o 'cpu'", ("wall", "cpu").__contains__),
)


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
    reset_every: int | None = None
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
    checkpoint: str | Path | None = None
    checkpoint_every: float = 30.0
    resume: bool = False
    seed: int = 0

    def __post_init__(self):
        if (self.steps is None) == (self.minutes is None):
            raise ValueError("da un presupuesto, y solo uno: steps=… o minutes=….")
        for names, expected, good in RULES:
            for name in names.split():
                value = getattr(self, name)
                if not (good(value) or (value is None and name in OPTIONAL)):
                    raise ValueError(f"{name}={value!r}: debe ser {expected}.")
        if self.resume and not self.checkpoint:
            raise ValueError("resume=True necesita checkpoint=«archivo» desde donde continuar.")

    def make_data(self, ids):
        """Los lotes de esta receta sobre el texto `ids`, (N,)."""
        ids = ids[: self.max_chars]
        if self.data == "windows":
            return Windows(ids, self.batch_size, self.chunk_len, self.seed)
        return Streams(
            ids, self.batch_size, self.chunk_len, self.carry, self.seed, self.reset_every
        )

    def make_optimizer(self, model: nn.Module) -> torch.optim.Optimizer:
        """El optimizador de esta receta para los pesos de `model`."""
        kind = {"adamw": torch.optim.AdamW, "adam": torch.optim.Adam}[self.optimizer]
        return kind(
            model.parameters(),
            lr=self.lr,
            betas=self.betas,
            weight_decay=self.weight_decay,
            fused=next(model.parameters()).device.type == "cpu" or None,  # un 10 % del paso
        )

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
