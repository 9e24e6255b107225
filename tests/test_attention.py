"""La lección de atención: sus figuras, y lo que lee ya calculado."""

import numpy as np
import pytest

from llm_intro.attention.figures import plot_families, plot_walk
from llm_intro.support.data import load_results


def test_each_family_looks_where_it_may():
    """Con tres y dos palabras: 6 miradas causales; 9 libres; y 9 de entrada, 3 de salida, 6 más.

    La línea de la cruzada va de la segunda torre a lo que ha leído la primera, y no al revés.
    """
    causal, free, towers = plot_families(["a", "b", "c"], ["d", "e"])
    looks = [[line for line in ax.lines if len(line.get_xdata()) == 2] for ax in (causal, free)]
    assert [len(found) for found in looks] == [6, 9]
    assert all(line.get_xdata()[1] <= line.get_xdata()[0] for line in looks[0])
    crossed = [line for line in towers.lines if line.get_linestyle() == "--"]
    own = [line for line in towers.lines if line.get_linestyle() == "-"]
    assert (len(crossed), len(own)) == (6, 9 + 3)
    assert {tuple(line.get_ydata()) for line in crossed} == {(2, 1)}
    assert all(line.get_xdata()[0] > 3 > line.get_xdata()[1] for line in crossed)


def test_the_still_walk_shows_what_the_data_say():
    """Cada número de 0,1 o más, en su casilla."""
    data = load_results("walk")
    shown = [text.get_text() for text in plot_walk(data).texts]
    probs = np.transpose(data["sentences"][0]["probs"][-1])
    assert len(shown) == (probs >= 0.1).sum() > 0


DUEL = load_results("duel")


@pytest.mark.parametrize("name", ["LSTM", "Transformer"])
def test_the_duel_chose_on_valid(name):
    """La tasa y el freno de la final son los de la mejor eliminatoria; la corren tres semillas."""
    tried = [row for row in DUEL["tried"] if row["net"] == name]
    best, final = min(tried, key=lambda row: row["valid"]), DUEL["final"][name]
    assert (final["brake"], final["lr"]) == (best["brake"], best["lr"])
    assert len(tried) == 4 and len(final["heldout"]) == 3 and final["valid"][0] == best["valid"]


def test_the_duel_is_between_equals():
    """Las mismas letras leídas, y parámetros que no se llevan ni un cinco por ciento."""
    one, other = DUEL["final"].values()
    assert one["chars"] == other["chars"] and len(set(one["chars"])) == 1
    assert one["parameters"] == pytest.approx(other["parameters"], rel=0.05)


@pytest.mark.parametrize("name", ["LSTM", "Transformer"])
def test_the_curve_of_the_duel_is_the_one_of_its_networks(name):
    """Más contexto no estorba: de 5 letras a 250 se ganan dos centésimas o más."""
    final = DUEL["final"][name]
    bits = {n: np.mean(b) for n, b in zip(DUEL["contexts"], final["by_context"], strict=True)}
    assert bits[5] - bits[250] > 0.02
    mean, low, high = final["gain"]
    assert low < mean < high and mean == pytest.approx(bits[20] - bits[250], abs=2e-4)
