"""Los controles en el peor momento: muchos movimientos, dos manos y una celda que entrena.

Con ipykernel 7 un control corre en otro hilo aunque una celda esté ocupada. Aquí el hilo
principal hace de celda y entrena, y otros dos mueven los controles.
"""

import sys
import threading

import numpy as np
import pytest
import torch
from fakes import TextCorpus
from ipywidgets import IntSlider, Text

from llm_intro import CervantesLSTM, NGramModel, ShannonGame, TrainConfig, order_demo, train
from llm_intro.desguace.controls import changes_demo
from llm_intro.desguace.generator import make_stories
from llm_intro.desguace.networks import new_model
from llm_intro.desguace.probe import DesguaceProbe
from llm_intro.desguace.stories import Words
from llm_intro.face.controls import Demo
from llm_intro.face.writing import compare_demo, temperature_demo
from llm_intro.reto.controls import reto_demo
from llm_intro.tokenizers import CharTokenizer
from llm_intro.tokens.controls import shannon_game

TEXT = "—sí, es así —dijo sancho—. ¿no es así? ¡no, señor! yo no sé si es o no es. " * 60
ABSURD = ("", "<script>alert(1)</script>", "&amp;", "🙂" * 30, "no " * 5000, "ñ\x00\n", "no sé ")
MOVES = 200
# El núcleo atiende los mensajes de los controles en un solo hilo, y ni traitlets ni ipywidgets
# prometen aguantar dos: las dos manos se turnan. La celda que entrena no espera a nadie.
ONE_MESSAGE = threading.Lock()


def small_lstm(seed: int) -> CervantesLSTM:
    """Una LSTM diminuta con los símbolos de TEXT."""
    torch.manual_seed(seed)
    model = CervantesLSTM(len(set(TEXT)), 8, 16, 1, dropout=0)
    model.tokenizer = CharTokenizer.from_text(TEXT)
    return model


@pytest.fixture(scope="module")
def probe():
    """Una sonda sin entrenar: aquí importa que responda, no qué."""
    words = Words.from_stories(make_stories(train=300, exam=10, seed=3).train)
    return DesguaceProbe(new_model("transformer", words, seed=1))


@pytest.fixture
def makers(probe):
    """Cómo se crea cada control; crearlo dos veces da dos iguales."""
    writer, counts = small_lstm(1), {n: NGramModel(n).fit(TEXT) for n in (1, 2, 3)}
    return {
        "temperatura": lambda: temperature_demo(writer, "no sé ", 40),
        "comparar": lambda: compare_demo(writer, "no sé ", 40),
        "orden": lambda: order_demo(counts, "no sé ", 40),
        "reto": lambda: reto_demo(counts[3], "—", 2, 4, beams=4),
        "cambios": lambda: changes_demo(probe),
    }


@pytest.fixture(autouse=True)
def nervous():
    """Los hilos se turnan mil veces más a menudo: los choques raros dejan de serlo."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(5e-6)
    yield
    sys.setswitchinterval(before)


def controls(box) -> list:
    return list(box.children[:-1])


def place(control, value) -> None:
    """Mueve un control como lo mueve el navegador: los mensajes llegan de uno en uno."""
    with ONE_MESSAGE:
        control.set_state({"index" if hasattr(control, "index") else "value": value})


def random_value(control, draws):
    """Una posición cualquiera del control, o un texto absurdo."""
    if hasattr(control, "options"):
        return int(draws.integers(len(control.options)))
    if isinstance(control, Text):
        return str(draws.choice(ABSURD))
    if isinstance(control, IntSlider):
        return int(draws.integers(control.min, control.max + 1))
    return round(float(draws.uniform(control.min, control.max)), 2)


def first_values(box) -> list:
    return [c.index if hasattr(c, "index") else c.value for c in controls(box)]


def set_all(box, values) -> str:
    """Pone todos los mandos y devuelve la pantalla."""
    for control, value in zip(controls(box), values, strict=True):
        place(control, value)
    return box.children[-1].value


def storm(boxes, seed: int, broken: list) -> None:
    """La mitad de los movimientos, repartidos al azar entre los controles."""
    draws = np.random.default_rng(seed)
    for _ in range(MOVES // 2):
        box = boxes[draws.integers(len(boxes))]
        control = controls(box)[draws.integers(len(controls(box)))]
        try:
            place(control, random_value(control, draws))
        except Exception as error:
            broken.append(repr(error))


def train_during(work) -> int:
    """Entrena en este hilo mientras otros dos hacen `work(semilla)`; da cuántas vueltas."""
    cell, laps = small_lstm(2), 0
    hands = [threading.Thread(target=work, args=(seed,)) for seed in (0, 1)]
    for hand in hands:
        hand.start()
    while laps == 0 or any(hand.is_alive() for hand in hands):
        recipe = TrainConfig(steps=20, batch_size=4, chunk_len=16, evals=2)
        train(cell, TextCorpus(TEXT, TEXT[:500]), recipe, watch=lambda event: None)
        laps += 1
    return laps


def test_two_hundred_moves_while_a_cell_trains(makers):
    """Sin excepciones, manda el último valor, y la misma semilla da siempre la misma pantalla."""
    boxes = {name: make() for name, make in makers.items()}
    opening = {name: (first_values(box), box.children[-1].value) for name, box in boxes.items()}
    pages, broken = [], []
    for box in boxes.values():
        box.children[-1].observe(lambda change: pages.append(change["new"]), names="value")

    assert train_during(lambda seed: storm(list(boxes.values()), seed, broken)) >= 1

    assert broken == []
    assert len(pages) > MOVES / 4 and not [page for page in pages if "algo ha fallado" in page]
    assert not [page for page in pages if "<script" in page]
    for name, box in boxes.items():
        last = box.children[-1].value
        assert last == set_all(makers[name](), first_values(box)), name
        values, page = opening[name]
        assert set_all(box, values) == page, name


def test_a_control_of_the_very_model_that_trains_keeps_writing():
    """El modelo cambia debajo del control: cada pantalla tiene sus barras y ningún aviso."""
    model, pages = small_lstm(3), []
    box = temperature_demo(model, "no sé ", 40)
    box.children[-1].observe(lambda change: pages.append(change["new"]), names="value")
    done = threading.Event()

    def move():
        for value in np.random.default_rng(0).uniform(0, 2, 100):
            place(controls(box)[0], round(float(value), 2))
        done.set()

    hand = threading.Thread(target=move)
    hand.start()
    while not done.is_set():
        recipe = TrainConfig(steps=20, batch_size=4, chunk_len=16, evals=2)
        train(model, TextCorpus(TEXT, TEXT[:500]), recipe, watch=lambda event: None)
    hand.join()
    assert len(pages) > 50 and all("bits" in page and "Aviso" not in page for page in pages)


def test_the_guessing_game_takes_two_hands(makers):
    """Dos teclados a la vez: cada letra acertada se cuenta una vez y no salta nada."""
    game = ShannonGame(TEXT, start=20, length=10)
    screen, keyboard, keys = shannon_game(game).children

    def guess(seed):
        for letter in np.random.default_rng(seed).permutation(list(game.symbols * 12)):
            name = "espacio" if letter == " " else letter
            with ONE_MESSAGE:
                next(key for key in keys.children if key.description == name).click()
            place(keyboard, str(letter))

    train_during(guess)
    assert game.done and len(game.ranks) == 10 and "Quedan 0" in screen.value


def test_an_error_inside_a_control_is_written_and_the_next_move_works():
    """Un fallo imprevisto se cuenta en la pantalla; el control sigue vivo."""
    slider = IntSlider(value=1, min=0, max=3)
    demo = Demo({"n": slider}, lambda n: iter([f"<p>{1 / n:.1f}</p>"]))
    place(slider, 0)
    assert "algo ha fallado (ZeroDivisionError)" in demo.screen.value
    place(slider, 2)
    assert demo.screen.value.startswith("<p>0.5</p><style")
