"""Los controles: se mueven, escapan lo ajeno, cuentan los errores y repiten con la semilla."""

import re
import subprocess
import sys
import threading

import numpy as np
import pytest
from fakes import TableModel

from llm_intro.face.controls import bars_html, note, prose
from llm_intro.face.palette import BLUE
from llm_intro.face.writing import (
    AFTER,
    FORK,
    LiveCurve,
    compare_demo,
    entropy_bits,
    forked,
    temperature_demo,
)
from llm_intro.support.progress import Event

SYMBOLS = " &<>abc"


@pytest.fixture
def model():
    """Un modelo de siete símbolos, cuatro de ellos con significado en HTML."""
    return TableModel(SYMBOLS, np.random.default_rng(0).normal(size=(7, 7)))


def screen(box) -> str:
    return box.children[-1].value


def control(box, name: str):
    return next(child for child in box.children[:-1] if child.description == name)


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [("temperatura", 0.0, 2.0), ("top-k", 1, 7), ("top-p", 0.05, 1.0), ("semilla", 0, 50)],
)
def test_every_slider_changes_the_screen_at_both_ends(model, name, low, high):
    """De un extremo al otro, la pantalla cambia y no hay avisos."""
    box = temperature_demo(model, "abc", 60)
    pages = []
    for value in (low, high):
        control(box, name).set_state({"value": value})
        pages.append(screen(box))
        assert "Aviso" not in pages[-1]
    assert pages[0] != pages[1]


def test_the_same_settings_give_the_same_screen(model):
    """Ir y volver deja la pantalla como estaba: el azar lo pone la semilla."""
    box = temperature_demo(model, "abc", 60)
    before = screen(box)
    for value in (1.5, 0.7):
        control(box, "temperatura").set_state({"value": value})
    assert screen(box) == before


@pytest.mark.parametrize(
    ("prompt", "told"), [("", "vacío"), ("ñ", "ñ"), ("<script>", "r"), ("🙂", "🙂")]
)
def test_bad_prompts_are_refused_in_spanish(model, prompt, told):
    """Lo que el modelo no puede leer se dice, escapado y sin error."""
    box = temperature_demo(model, "abc", 20)
    control(box, "comienzo").set_state({"value": prompt})
    assert "Aviso" in screen(box) and told in screen(box) and "<script>" not in screen(box)


def test_generated_text_is_escaped(model):
    """«<», «>» y «&» del texto no son HTML."""
    box = temperature_demo(model, "a<b", 200)
    prose = screen(box).split("<p")[-1]
    assert not re.search(r"<(?!/?(b|u|p|s)\b)[ abc&]", prose) and "&lt;" in prose


def test_ten_thousand_characters_are_refused(model):
    """Un comienzo enorme se rechaza en el acto, y al acortarlo todo sigue."""
    box = temperature_demo(model, "abc", 10)
    control(box, "comienzo").set_state({"value": "abc " * 2500})
    assert "10000 letras" in screen(box)
    control(box, "comienzo").set_state({"value": "abc " * 100})
    assert "Aviso" not in screen(box)


def test_the_two_texts_mark_where_they_part_by_more_than_colour(model):
    """A igual temperatura no hay nada marcado; con otra, un recuadro en cada texto y se cuenta."""
    box = compare_demo(model, "abc", 80)
    assert screen(box).count(FORK) == 2 and "Coinciden 80" not in screen(box)
    control(box, "temperatura B").set_state({"value": 0.4})
    assert FORK not in screen(box) and "Coinciden 80 de 80" in screen(box)


def test_the_fork_by_hand():
    """«no s&» con dos letras iguales: la tercera, un espacio, va en el recuadro; «s&», detrás."""
    page = forked("no s&", 2, "—")
    assert "<b>—</b>no<b style" in page
    assert page.endswith(f'>␣</b><span style="{AFTER}">s&amp;</span></p>')
    assert forked("no", 2, "—") == prose("no", "—")


def test_entropy_by_hand():
    """Dos opciones iguales, 1 bit; una segura, 0."""
    assert entropy_bits([0.5, 0.5, 0]) == 1 and entropy_bits([1.0, 0.0]) == 0


def test_cut_letters_are_grey_struck_and_said(model):
    """Lo descartado se ve sin colores: tachado y con la palabra «fuera»."""
    rows = bars_html(
        np.array([0.6, 0.4]), np.array([1.0, 0.0]), TableModel("ab", np.eye(2)).tokenizer
    )
    assert "<s>b</s>" in rows and "fuera" in rows and "100,0 %" in rows


def test_notes_are_escaped():
    """Un mensaje con «<b>» se enseña, no se interpreta."""
    assert "&lt;b&gt;" in note("<b>")


def test_moves_from_two_threads_end_in_the_last_value(model):
    """Doscientos movimientos desde dos hilos: sin errores, y manda el último."""
    box = temperature_demo(model, "abc", 30)

    def shake(seed):
        for value in np.random.default_rng(seed).uniform(0, 2, 100):
            control(box, "temperatura").set_state({"value": round(float(value), 2)})

    threads = [threading.Thread(target=shake, args=(seed,)) for seed in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    control(box, "temperatura").set_state({"value": 0.7})
    assert "Aviso" not in screen(box)
    assert screen(box) == screen(temperature_demo(model, "abc", 30))


def points(curve) -> list[float]:
    """Dónde cae, a lo ancho, cada medida de valid."""
    use = rf'<use [^>]*x="([\d.]+)" y="[\d.]+" style="fill: {BLUE.lower()}'
    return [float(x) for x in re.findall(use, curve.screen.value)]


def test_the_live_curve_shows_progress_points_and_lines():
    """Dos medidas, dos puntos más el de la leyenda; la referencia, con su nombre escapado."""
    curve = LiveCurve({"<6>": 1.8})
    curve(Event(1, 0.25, 10.0, 1000, 3.0, None))
    assert "25 %" in curve.screen.value and "faltan 30 s" in curve.screen.value
    for progress, bits in ((0.5, 2.5), (1.0, 2.0)):
        curve(Event(2, progress, 20.0, 2000, 3.0, bits))
    page = curve.screen.value
    assert len(points(curve)) == 3 and "&lt;6&gt;: 1,80" in page and "2,00" in page
    assert ">train<" in page and "segundos de entrenamiento" in page


def test_the_live_curve_takes_the_ink_of_the_page():
    """Sobre fondo claro u oscuro: ni negro ni blanco fijos."""
    curve = LiveCurve()
    curve(Event(1, 0.5, 10.0, 1000, 3.0, 2.5))
    assert "currentColor" in curve.screen.value
    assert not re.search("#000000|#ffffff|black|white", curve.screen.value)


def test_the_text_grows_under_the_curve():
    """Una muestra al crearla y después cada vez que los pasos se triplican; escapada, la última."""
    texts = (f"<{n}>" for n in range(9))
    curve = LiveCurve(write=lambda: next(texts))
    for step in (5, 12, 20, 36, 40, 108):
        curve(Event(step, 0.5, step, 1000, 3.0, None))
    assert [step for step, _, _ in curve.samples] == [0, 12, 36, 108]
    assert "108 pasos" in curve.screen.value and "&lt;3&gt;" in curve.screen.value


def test_a_resumed_training_goes_on_to_the_right():
    """Con más presupuesto la curva sigue donde iba; si se empieza de cero, también ella."""
    curve = LiveCurve({"6-grama": 1.8})
    for seconds, budget in ((20.0, 60.0), (60.0, 60.0), (70.0, 80.0), (80.0, 80.0)):
        curve(Event(1, seconds / budget, seconds, 1000, 3.0, 2.5))
    *xs, _ = points(curve)  # 20, 60, 70 y 80: a pasos de 40, 10 y 10
    assert xs == sorted(xs) and (xs[1] - xs[0]) / (xs[3] - xs[2]) == pytest.approx(4, rel=1e-3)
    assert "6-grama: 1,80" in curve.screen.value
    curve(Event(1, 0.1, 6.0, 100, 3.0, 2.9))
    assert len(points(curve)) == 2


def test_a_slider_loads_neither_the_network_nor_torch_nor_the_figures():
    """En un Python nuevo, un deslizador con el modelo del curso: ni requests, ni PyTorch."""
    code = (
        "import sys; from llm_intro import temperature_demo; "
        "from llm_intro.models.pretrained import load_fast; temperature_demo(load_fast()); "
        "print({'torch', 'requests', 'matplotlib', 'tqdm'} & set(sys.modules))"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "set()"


def test_prose_breaks_between_words_and_only_inside_one_that_does_not_fit():
    """`break-word` parte la palabra que no cabe en una línea; `anywhere` partiría cualquiera."""
    assert "overflow-wrap:break-word" in prose("un texto") and "anywhere" not in prose("un texto")
