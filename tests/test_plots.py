"""Las figuras: reciben ejes y los devuelven, dibujan los datos y hablan español."""

import matplotlib
import numpy as np
import pytest

matplotlib.use("Agg")

from llm_intro.cervantes import figures as cervantes_figures
from llm_intro.face import figures as plots
from llm_intro.models.scoreboard import Row
from llm_intro.support.progress import Event, History
from llm_intro.tokenizers import CharTokenizer
from llm_intro.tokens import figures as tokens_figures


@pytest.fixture
def ax():
    return plots.new_axes()


def heights(ax) -> list[float]:
    return [bar.get_height() for bar in ax.patches]


def test_blanks_are_visible():
    """Un espacio y un salto se ven."""
    assert plots.visible("a b\n") == "a␣b↵"


def test_next_probs_draws_percentages_in_order(ax):
    """0,25 y 0,75: primero la de 75 %, con su letra debajo."""
    assert plots.plot_next_probs([0.25, 0.75], CharTokenizer(" a"), ax) is ax
    assert heights(ax) == [75, 25]
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["a", "␣"]
    assert ax.get_ylabel() == "probabilidad (%)"


def test_history_draws_each_measure_and_each_line(ax):
    """Dos medidas y una referencia: el valid, el train y la referencia."""
    events = [Event(n, n / 2, 10.0 * n, 1, 3.0, 3.0 - n) for n in (1, 2)]
    plots.plot_history(History(events), {"6-grama": 1.8}, ax)
    curve, train, rule = ax.get_lines()
    assert curve.get_xydata().tolist() == [[10, 2], [20, 1]]
    assert train.get_xydata().tolist() == [[10, 3], [20, 3]]
    assert set(rule.get_ydata()) == {1.8}
    assert [note.get_text() for note in ax.texts] == ["6-grama: 1,80"]


SEVEN = [f"serie {n}" for n in range(7)]
HISTORY = History([Event(1, 1.0, 9.0, 1, 3.0, 2.0)])


@pytest.mark.parametrize(
    "draw",
    [
        lambda ax: plots.plot_history(dict.fromkeys(SEVEN, HISTORY), ax=ax),
        lambda ax: cervantes_figures.plot_memory([1], {name: [[1.0]] for name in SEVEN}, ax),
        lambda ax: tokens_figures.plot_unseen({name: [0.5] for name in SEVEN}, ax),
        lambda ax: tokens_figures.plot_orders({name: [2.0] for name in SEVEN}, ax),
    ],
    ids=["history", "memory", "unseen", "orders"],
)
def test_every_series_is_drawn_and_looks_different(ax, draw):
    """De siete series no se pierde ninguna, y no hay dos con el mismo color y la misma marca."""
    draw(ax)
    lines = [line for line in ax.get_lines() if line.get_label().startswith("serie")]
    assert len({(line.get_color(), line.get_marker()) for line in lines}) == len(lines) == 7


def test_memory_draws_medians_above_the_floor(ax):
    """Mediana de 1, 2 y 9 es 2; lo que no llega al suelo se queda en él."""
    cervantes_figures.plot_memory(
        [1, 2], {"red": [np.array([1, 2, 9.0]), np.zeros(3)]}, ax, floor=0.5
    )
    assert ax.get_lines()[0].get_ydata().tolist() == [2, 0.5]


def test_scoreboard_tells_by_hatching_what_was_computed_before(ax):
    """Sin depender del color: lo calculado antes va rayado."""
    plots.plot_scoreboard([Row("a", 2.0), Row("b", 1.0, made="make bench")], ax)
    assert [bool(bar.get_hatch()) for bar in ax.patches] == [False, True]
    assert [bar.get_width() for bar in ax.patches] == [2.0, 1.0]


def test_what_is_left_of_each_letter_tells_both_networks_apart(ax):
    """Dos barras por letra, la de la red simple rayada, cada una con su cifra."""
    data = {"word": "sí", "traces": {"lstm": [0.5, 2.0], "rnn": [0.25, 1.0]}}
    cervantes_figures.plot_traces(data, ax)
    assert [bar.get_height() for bar in ax.patches] == [0.5, 2.0, 0.25, 1.0]
    assert [bool(bar.get_hatch()) for bar in ax.patches] == [False, False, True, True]
    assert [text.get_text() for text in ax.texts] == ["0,5", "2", "0,25", "1"]


def test_networks_are_drawn(ax):
    """Las dos redes, con su nombre debajo."""
    words = " ".join(text.get_text() for text in cervantes_figures.plot_networks(ax).texts)
    assert "recurrente" in words and words.count("estado") >= 4


def test_every_text_has_the_course_size_and_the_settings_come_back():
    """Rótulos, leyenda y ejes, a 13 puntos; lo que el lector tenía en matplotlib, sin tocar."""
    before = dict(plots.plt.rcParams)
    ax = plots.plot_scoreboard([Row("a", 2.0), Row("b", 1.0)])
    assert {text.get_fontsize() for text in (*ax.texts, *ax.get_yticklabels(), ax.xaxis.label)} == {
        plots.STYLE["font.size"]
    }
    assert dict(plots.plt.rcParams) == before
