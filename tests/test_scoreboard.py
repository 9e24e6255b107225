"""El marcador y sus tablas, con números que se hacen a mano."""

import html
import io
import math
import zlib

import numpy as np
import pytest
from fakes import uniform_model
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.mixing import Mixture
from benchmarks.results import cost_of_8_bits, whole_seconds
from llm_intro import CervantesLSTM, CharTokenizer, NGramModel
from llm_intro.corpus import Corpus, load_quijote
from llm_intro.models.pretrained import load_fast
from llm_intro.models.scoreboard import (
    Row,
    compressed_bits,
    score,
    scoreboard,
    show_ablation,
    show_scoreboard,
    story_rows,
)
from llm_intro.support.data import load_results
from llm_intro.support.tables import Table
from llm_intro.support.text import comma

ABC = Corpus("abab" * 60, "abab" * 40, "abab" * 10, "abab" * 10, "prueba")


def test_a_compressor_pays_only_for_what_is_new():
    """Lo reservado repite train: cuesta casi nada, y mucho menos que comprimirlo aparte."""
    bits = compressed_bits(ABC, zlib.compress)
    assert 0 <= bits < 8 * len(zlib.compress(ABC.heldout.encode())) / len(ABC.heldout)


def test_a_compressor_that_does_nothing_pays_eight_bits():
    """Sin comprimir, una letra sin tilde es un byte: 8 bits/car."""
    assert compressed_bits(ABC, bytes) == 8


def test_rows_come_from_worst_to_best(monkeypatch):
    """Dos símbolos al azar, 1 bit; el n-grama de «abab» paga menos y va detrás."""
    monkeypatch.setattr("llm_intro.models.scoreboard.PROMPT", "a")
    rows = scoreboard(ABC)
    assert [row.bits for row in rows] == sorted((row.bits for row in rows), reverse=True)
    by_name = {row.name: row.bits for row in rows}
    assert by_name["al azar"] == 1 and by_name["2-grama"] < 0.2


def test_the_short_story_goes_from_chance_to_the_best():
    """Sin calcular nada: al azar delante, log2 de los símbolos, y lo mejor al final."""
    rows = story_rows()
    assert rows[0].name == "al azar" and rows[0].bits == pytest.approx(math.log2(61))
    assert [row.bits for row in rows] == sorted((row.bits for row in rows), reverse=True)
    assert {"6-grama", "LSTM del curso"} < {row.name for row in rows}
    assert all(row.made != "ahora" for row in rows)


def test_those_that_learn_while_they_read_are_told_apart(monkeypatch):
    """Un compresor juega a otra cosa: está marcado, y la historia corta no lo cuenta."""
    monkeypatch.setattr("llm_intro.models.scoreboard.PROMPT", "a")
    rows = scoreboard(ABC)
    assert {row.name for row in rows if row.adaptive} >= {"xz", "paq8px -8", "paq8px -8L"}
    assert not any(row.adaptive for row in story_rows())
    shown = show_scoreboard([Row("a", 1.0, adaptive=True), Row("b", 1.0)]).rows
    assert [row[2] for row in shown] == ["aprende", ""]


def test_what_was_not_measured_is_a_blank():
    """La red que aprendió en una tarjeta no tiene segundos de CPU, ni en la lección ni aquí."""
    assert whole_seconds(None) == "" and whole_seconds(59.6) == "60"
    shown = show_scoreboard([Row("a", 1.0), Row("b", 1.0, seconds=2.0)]).rows
    assert [row[4] for row in shown] == ["", "2,0"]


def test_the_cost_of_eight_bits_leaves_the_temperature_out():
    """De 1,50 a 1,51 por guardarla en 8 bits; que la temperatura la baje a 1,45 no cuenta."""
    cooled = {"bits_per_char": {"heldout": 1.45}, "unpacked_bits": 1.5}
    cooled["calibration"] = {"bits_before": {"heldout": 1.51}}
    assert cost_of_8_bits(cooled) == "+0.0100"
    assert cost_of_8_bits({"bits_per_char": {"valid": 1.52}, "unpacked_valid": 1.5}) == "+0.0200"
    assert cost_of_8_bits({"bits_per_char": {}}) == ""


def test_tables_show_themselves_in_markdown_and_in_a_terminal():
    """La misma tabla, para GitHub y para la consola."""
    table = Table(["a", "b"], [[1, "dos"]])
    assert table._repr_markdown_() == "| a | b |\n| --- | --- |\n| 1 | dos |"
    assert repr(table) == "a  b\n1  dos"


@given(cells=st.lists(st.text(), min_size=1, max_size=4))
def test_a_cell_is_read_as_it_is_written(cells):
    """Tubos, saltos y etiquetas: cada fila sigue en su línea y con sus columnas, sin HTML."""
    table = Table(cells, [cells])
    head, rule, row = table._repr_markdown_().split("\n")
    assert head == row and head.count("|") == rule.count("|") == len(cells) + 1
    assert "<" not in head and repr(table).count("\n") == 1


def test_markdown_and_html_are_shown_not_obeyed():
    """El navegador deshace lo escapado y enseña lo que se escribió."""
    shown = Table(["a|<b>&amp;"], [])._repr_markdown_().splitlines()[0]
    assert html.unescape(shown.strip("| ")) == "a|<b>&amp;"


def test_the_scoreboard_says_what_was_computed_before():
    """Cada fila dice si es de ahora o qué orden la hizo."""
    shown = repr(show_scoreboard([Row("x", 1.5, 12_345, 2.0, 0.25, "texto", "make bench")]))
    assert all(part in shown for part in ("1,50", "12 345", "0,25", "make bench"))


def test_a_network_weighs_four_bytes_a_number_and_counts_what_their_file_weighs(monkeypatch):
    """Una red de N números, 4N bytes; un n-grama, su .npz."""
    monkeypatch.setattr("llm_intro.models.scoreboard.PROMPT", "a")
    tokenizer = CharTokenizer.from_text(ABC.text)
    network = CervantesLSTM(
        tokenizer.vocab_size, embed_dim=2, hidden_size=3, num_layers=1, dropout=0
    )
    network.tokenizer = tokenizer
    row = score("red", network, ABC)
    assert row.megabytes == pytest.approx(4 * row.parameters / 1e6)
    counted = NGramModel(order=2).fit(ABC.train, tokenizer)
    np.savez_compressed(file := io.BytesIO(), **counted.to_arrays())
    assert score("n-grama", counted, ABC).megabytes == pytest.approx(file.tell() / 1e6)


def test_whatever_can_read_and_bet_has_a_row(monkeypatch):
    """Una mezcla, la LSTM sin PyTorch o uno hecho a mano: bits y muestra; el peso, si lo sabe."""
    text = load_quijote("extracto").heldout[:400]
    short = Corpus(text, text, text, text, "prueba")
    fast, counted = load_fast(), load_fast("ngrama")
    parts = [score("parte", model, short).bits for model in (fast, counted)]
    mixed = score("mezcla", Mixture([fast, counted]), short)
    assert mixed.bits <= np.mean(parts)  # el logaritmo es cóncavo
    assert len(mixed.sample) == 120 and (mixed.parameters, mixed.megabytes) == (None, None)
    monkeypatch.setattr("llm_intro.models.scoreboard.PROMPT", "a")
    assert score("a mano", uniform_model("ab"), ABC).bits == pytest.approx(1)


def test_ablation_by_hand():
    """Mediana de 2,0 2,1 2,5 es 2,1; la otra fila, 2,3: diferencia +0,20."""
    runs = {
        "receta del curso": [{"heldout": b} for b in (2.5, 2.0, 2.1)],
        "otra": [{"heldout": b} for b in (2.3, 2.3, 2.3)],
    }
    rows = show_ablation({"ablation": runs}).rows
    assert rows[0] == ["receta del curso", "2,10", "[2,00, 2,50]", ""]
    assert rows[1] == ["otra", "2,30", "[2,30, 2,30]", "+0,20"]


@pytest.mark.parametrize("name", ["recipes", "scoreboard", "durations"])
def test_stored_results_are_in_the_package(name):
    """Las cifras calculadas antes viajan con el módulo."""
    assert load_results(name)


def test_numbers_are_written_with_a_comma():
    """1.849 con dos cifras es «1,85»."""
    assert comma(1.849) == "1,85"
