"""Los ajustes de un entrenamiento: comprobados al nacer, y la tasa que sube y baja."""

import math
from dataclasses import FrozenInstanceError, replace

import pytest
import torch

from llm_intro.dataset import Streams, Windows
from llm_intro.lstm import CervantesLSTM
from llm_intro.models import plan
from llm_intro.models.plan import plan_for
from llm_intro.models.regularized_lstm import RegularizedLSTM
from llm_intro.recipes import COURSE_RECIPE, STARTING_RECIPE, TrainConfig

BAD = {
    "steps": [0, -5, 2.5, math.nan, "10"],
    "batch_size": [0, -1, 1.5, None],
    "chunk_len": [0, 2.5],
    "max_chars": [0, -1, 1e5],
    "evals": [0, 2.5, None],
    "patience": [0, -1, 1.5],
    "warmup_steps": [-1, 0.5, math.nan],
    "seed": [-1, 0.5, None],
    "lr": [0, -1e-3, math.inf, math.nan, None, "1"],
    "clip": [0, -1, math.inf, math.nan],
    "checkpoint_every": [0, -1, math.inf],
    "weight_decay": [-0.1, math.inf, math.nan],
    "final_lr": [-0.1, 1.1, math.nan],
    "average": [-0.1, 1, 1.5, math.nan],
    "betas": [(0.9, 1.0), (-0.1, 0.9), (0.9,), 0.9, (0.9, math.nan)],
    "data": ["windos", None, 3],
    "optimizer": ["sgd", None],
    "precision": ["fp8", None],
    "clock": ["gpu", None],
}


@pytest.mark.parametrize(("name", "value"), [(k, v) for k, values in BAD.items() for v in values])
def test_bad_settings_are_named(name, value):
    """El error dice qué ajuste, cuánto valía y qué se esperaba."""
    with pytest.raises(ValueError) as error:
        TrainConfig(**{"steps": 10, name: value} if name != "steps" else {name: value})
    assert str(error.value).startswith(f"{name}={value!r}: debe ser ")


@pytest.mark.parametrize("value", [0, -1, math.inf, math.nan, "4"])
def test_minutes_must_be_a_positive_number(value):
    """Cero, negativo o infinito no es un presupuesto; medio minuto sí."""
    assert TrainConfig(minutes=0.5).minutes == 0.5
    with pytest.raises(ValueError, match=r"^minutes=.*: debe ser un número finito mayor que 0"):
        TrainConfig(minutes=value)


@pytest.mark.parametrize("budget", [{}, {"steps": 10, "minutes": 1}])
def test_there_is_one_budget_and_only_one(budget):
    """O pasos o minutos."""
    with pytest.raises(ValueError, match="da un presupuesto, y solo uno"):
        TrainConfig(**budget)


def test_resume_needs_a_file():
    """Continuar sin decir desde dónde no es posible."""
    with pytest.raises(ValueError, match="resume=True necesita checkpoint="):
        TrainConfig(steps=1, resume=True)


def test_a_recipe_does_not_change_but_is_copied():
    """Una receta es un valor: se cambia con `replace`, que vuelve a comprobarla."""
    with pytest.raises(FrozenInstanceError):
        COURSE_RECIPE.minutes = 5
    assert replace(COURSE_RECIPE, minutes=5).minutes == 5
    with pytest.raises(ValueError, match="minutes=-5"):
        replace(COURSE_RECIPE, minutes=-5)


def test_the_rate_rises_in_a_line_and_falls_in_a_cosine():
    """Sube un cuarto por paso en cuatro; a mitad del presupuesto vale la media; acaba en 2 %."""
    recipe = TrainConfig(steps=1000, lr=1.0, warmup_steps=4, final_lr=0.02)
    assert [recipe.lr_at(step, 0.0) for step in range(6)] == [0.25, 0.5, 0.75, 1, 1, 1]
    for progress, rate in ((0, 1), (0.5, 0.51), (1, 0.02), (1.2, 0.02)):
        assert recipe.lr_at(100, progress) == pytest.approx(rate)
    assert recipe.lr_at(100, 1 / 3) == pytest.approx(0.02 + 0.98 * 0.75)  # cos 60° = ½


def test_the_starting_recipe_is_the_starting_lessons():
    """Diez vueltas de 391 lotes: 99 900 ventanas de 256 en 256; Adam a 1e-3 fijo; recorte 5."""
    data = STARTING_RECIPE.make_data(torch.zeros(250_000, dtype=torch.uint8))
    assert isinstance(data, Windows)
    assert data.windows.shape == (99_900, 101)
    assert len(data) == 391 and STARTING_RECIPE.steps == 10 * 391
    assert {STARTING_RECIPE.lr_at(s, s / 3910) for s in (0, 7, 3909)} == {1e-3}
    adam = STARTING_RECIPE.make_optimizer(torch.nn.Linear(2, 2))
    assert type(adam) is torch.optim.Adam
    assert adam.defaults["betas"] == (0.9, 0.999) and adam.defaults["weight_decay"] == 0
    assert STARTING_RECIPE.clip == 5


def test_the_course_recipe_reads_the_whole_text_in_streams():
    """Tiras con estado, sobre todo el texto, con AdamW."""
    data = COURSE_RECIPE.make_data(torch.zeros(50_000, dtype=torch.uint8))
    assert isinstance(data, Streams) and data.carry
    assert len(data.ids) == 50_000
    assert type(COURSE_RECIPE.make_optimizer(torch.nn.Linear(2, 2))) is torch.optim.AdamW


@pytest.mark.parametrize("data", ["streams", "windows"])
def test_the_recipe_decides_the_batches(data):
    """Tamaños, semilla y `carry` llegan a los lotes."""
    recipe = TrainConfig(steps=1, data=data, batch_size=3, chunk_len=5, seed=9, carry=False)
    made = recipe.make_data(torch.arange(100))
    assert (made.batch_size, made.chunk_len, made.seed) == (3, 5, 9)
    assert made.batch(1).fresh


# --- la red y la receta de cada máquina ---


def test_on_a_cpu_the_plan_is_the_courses():
    """La red y la receta del curso, con lo que se cambie, y una línea que dice por qué."""
    chosen = plan_for(61, torch.device("cpu"), minutes=1, seed=3)
    assert repr(chosen.model) == repr(CervantesLSTM.course(61))
    assert chosen.recipe == replace(COURSE_RECIPE, minutes=1, seed=3)
    assert "CPU" in chosen.why and "\n" not in chosen.why


@pytest.mark.parametrize(("room", "batch"), [(10**6, 64), (64, 32), (20, 8), (0, 8)])
def test_on_a_card_the_batch_shrinks_until_it_fits(monkeypatch, room, batch):
    """Una tarjeta de mentira donde caben `room` columnas: la mitad sirve, y el resto es holgura."""
    forward = RegularizedLSTM.forward

    def tight(model, x, hidden=None):
        if x.shape[1] > room:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")
        return forward(model, x[:2], hidden)

    monkeypatch.setattr(RegularizedLSTM, "forward", tight)
    monkeypatch.setattr(RegularizedLSTM, "to", lambda model, device: model)
    monkeypatch.setattr(plan, "precision_of", lambda wanted, device: torch.float16)
    made = plan_for(61, torch.device("cuda"), minutes=5)
    assert made.recipe.batch_size == batch and made.recipe.precision == "auto"
    assert f"lotes de {batch} × 64 y float16" in made.why
    sizes = made.model.config  # las reglas de cuDNN
    assert sizes["hidden_size"] % 128 == sizes["embed_dim"] % 128 == batch % 8 == 0
    assert sizes["hidden_size"] <= 1024 and sizes["num_layers"] == 1
    assert all(p.grad is None for p in made.model.parameters())


def test_another_error_while_trying_the_memory_is_not_hidden(monkeypatch):
    """Solo la falta de memoria encoge el lote."""

    def broken(model, x):
        raise RuntimeError("device-side assert")

    monkeypatch.setattr(CervantesLSTM, "forward", broken)
    with pytest.raises(RuntimeError, match="device-side"):
        plan.fits(CervantesLSTM.course(61), COURSE_RECIPE)
