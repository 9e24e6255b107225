"""La red y la receta que convienen a la máquina donde se está: una CPU, o una tarjeta."""

from dataclasses import replace
from typing import NamedTuple

import torch
from torch import nn

from ..lstm import CervantesLSTM
from ..recipes import COURSE_RECIPE, TrainConfig
from ..support.machine import best_device, precision_of, private_random
from .regularized_lstm import RegularizedLSTM

# PyTorch solo pide a cuDNN su camino rápido con una capa, anchuras múltiplos de 128 (la de la red,
# hasta 1024) y lotes múltiplos de 8.
CARD_RECIPE = TrainConfig(
    minutes=5, batch_size=64, chunk_len=64, reset_every=20, lr=4e-3, weight_decay=0.02,
    warmup_steps=200, average=0.999, precision="auto",
)  # fmt: skip
SMALLEST = 8  # el menor lote que se prueba


class Plan(NamedTuple):
    """Con qué red, ya en su dispositivo, y con qué receta se entrena aquí, y por qué."""

    model: nn.Module
    recipe: TrainConfig
    why: str


def plan_for(vocab_size: int, device: torch.device | None = None, **changes) -> Plan:
    """La red del curso en una CPU; en una tarjeta, una más ancha y con lotes mayores.

    Args:
        vocab_size: V, símbolos del texto.
        device: dónde se va a entrenar; por defecto, lo mejor que haya aquí.
        changes: ajustes que cambian en la receta, como `minutes=1` o `checkpoint="…"`.
    """
    device = best_device() if device is None else device
    if device.type == "cpu":
        why = "Aquí hay una CPU: red de 256 y lotes de 8 × 48, porque en ella paga dar más pasos."
        return Plan(CervantesLSTM.course(vocab_size), replace(COURSE_RECIPE, **changes), why)
    model = RegularizedLSTM(
        vocab_size, 128, 768, num_layers=1, dropout=0.0, forget_bias=1.0,
        input_dropout=0.1, output_dropout=0.4, weight_dropout=0.25,
    ).to(device)  # fmt: skip
    recipe = replace(CARD_RECIPE, **changes)
    while recipe.batch_size > SMALLEST and not fits(model, recipe):
        recipe = replace(recipe, batch_size=recipe.batch_size // 2)
    kind = str(precision_of(recipe.precision, device)).removeprefix("torch.")
    why = (
        f"Aquí hay una tarjeta («{device.type}»): red de 768, lotes de {recipe.batch_size} × "
        f"{recipe.chunk_len} y {kind}, porque lee muchas letras a la vez sin tardar más."
    )
    return Plan(model, recipe, why)


def fits(model: nn.Module, recipe: TrainConfig) -> bool:
    """Si caben en memoria dos lotes de la receta: uno para entrenar y otro de holgura."""
    device = next(model.parameters()).device
    x = torch.zeros(recipe.chunk_len, 2 * recipe.batch_size, dtype=torch.long, device=device)
    try:
        with private_random(0, device):
            model(x)[0].float().logsumexp(-1).mean().backward()
    except RuntimeError as error:  # cada fabricante tiene su error, y todos dicen esto
        if "out of memory" not in str(error).lower():
            raise
        return False
    finally:
        model.zero_grad()
    return True
