"""La mesa: un cuaderno con todos los controles, uno por celda, y modelos ya entrenados.

Así cada prueba empieza en segundos. Las lecciones enteras las mira test_lab_lessons.py.
"""

import pytest

SETUP = """
from itertools import count
import ipywidgets as w
from llm_intro import (CervantesLSTM, ShannonGame, TrainConfig, compare_demo, load_quijote,
    order_demo, record_form, shannon_game, temperature_demo, train)
from llm_intro.desguace.probe import DesguaceProbe
from llm_intro.desguace.stories import Words
from llm_intro.desguace.generator import make_stories
from llm_intro.models.pretrained import load_fast
from llm_intro.desguace.controls import changes_demo
from llm_intro.reto.controls import reto_demo
from llm_intro.desguace.networks import new_model

writer, counts = load_fast("cervantes"), load_fast("ngrama")
corpus = load_quijote("extracto")
words = Words.from_stories(make_stories(train=500, exam=10, seed=3).train)
probe = DesguaceProbe(new_model("transformer", words, seed=1))

def empty_demo():
    slider, screen = w.FloatSlider(max=2.0, step=0.05, description="temperatura"), w.HTML("0")
    changes = count(1)
    slider.observe(lambda change: setattr(screen, "value", str(next(changes))), names="value")
    return w.VBox([slider, screen])
"""
WIDGETS = {
    "temperatura": "temperature_demo(writer)",
    "vacío": "empty_demo()",
    "comparar": "compare_demo(writer)",
    "orden": "order_demo({n: counts.shortened(n) for n in range(1, 7)})",
    "shannon": "shannon_game(ShannonGame(corpus.heldout, start=2000, length=100))",
    "cambios": "changes_demo(probe)",
    "reto": "reto_demo(writer)",
    "ficha": "record_form(path='fichas.jsonl')",
}
TRAINING = """
red = CervantesLSTM.course(len(set(corpus.text)))
history = train(red, corpus, TrainConfig(minutes=0.25), watch=lambda event: None)
"""
FAILING = "1 / 0"
CELL_THAT_TRAINS, CELL_THAT_FAILS = len(WIDGETS) + 1, len(WIDGETS) + 2


def write(lab) -> str:
    """Guarda el cuaderno de la mesa y devuelve su nombre."""
    return lab.write("mesa.ipynb", [SETUP, *WIDGETS.values(), TRAINING, FAILING])


def each(*names: str):
    """La prueba, una vez con cada uno de esos controles."""
    return pytest.mark.parametrize("box", names, indirect=True)
