"""Los modelos que vienen con el curso, y el semáforo."""

import math
import os
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

from benchmarks.memory import share, spans
from benchmarks.packing import cool, pack_8bit
from llm_intro import bits_per_char, generate, load_pretrained, load_quijote
from llm_intro.models.pretrained import load_card, load_fast, unpack_8bit
from llm_intro.sampling import feed, read_prompt
from llm_intro.start import diagnosis
from llm_intro.support.data import load_results

BOOK = os.environ.get("LLM_INTRO_QUIJOTE", "")


def test_packing_errs_by_half_a_step_at_most():
    """Una fila con máximo 127 tiene pasos de 1: cada peso se mueve 0,5 como mucho."""
    row = np.linspace(-127, 127, 1001, dtype=np.float32)[None, :]
    back = unpack_8bit(pack_8bit({"w": row}))["w"]
    assert back.dtype == np.float32 and np.abs(back - row).max() <= 0.5 + 1e-4


def test_packing_keeps_a_row_of_zeros():
    """Una fila de ceros no divide por cero."""
    assert not unpack_8bit(pack_8bit({"w": np.zeros((2, 3), np.float32)}))["w"].any()


def test_cooling_divides_the_logits_and_nothing_else():
    """Con T = 2, la mitad: los enteros no cambian, solo la escala de `fc` y su sesgo."""
    weights = {"fc.weight": np.array([[3.0, -1.0], [0.5, 2.0]]), "fc.bias": np.array([1.0, -4.0])}
    packed = pack_8bit({**weights, "lstm.bias": np.array([7.0])})
    cooled, h = cool(packed, 2.0), np.array([0.3, -0.8])
    before, after = unpack_8bit(packed), unpack_8bit(cooled)
    assert np.allclose(
        after["fc.weight"] @ h + after["fc.bias"],
        (before["fc.weight"] @ h + before["fc.bias"]) / 2,
    )
    assert (cooled["fc.weight"] == packed["fc.weight"]).all() and after["lstm.bias"] == 7


def test_the_shipped_networks_are_calibrated():
    """El Transformer lleva dentro su temperatura, y en valid gasta menos que sin ella; la LSTM no.

    A ella sus maestros le enseñaron cuánto fiarse: no le hizo falta (la prueba de abajo lo mira).
    """
    told = load_card("transformer")["calibration"]
    assert told["temperature"] > 1
    assert load_card("transformer")["bits_per_char"]["valid"] < told["bits_before"]["valid"]
    assert "calibration" not in load_card("cervantes")


@pytest.mark.skipif(not Path(BOOK).is_file(), reason="necesita el libro entero")
def test_no_temperature_would_better_the_shipped_lstm():
    """En valid, ninguna temperatura le quita ni una milésima de bit."""
    model = load_pretrained("cervantes")
    ids = torch.from_numpy(model.tokenizer.encode(load_quijote(BOOK).valid[:20_000]))
    columns = ids.view(40, 500).t()  # (T, B)
    with torch.inference_mode():
        logits = model(columns[:-1])[0].double().flatten(0, 1)  # (T·B, V)
    paid = {t: cross_entropy(logits / t, columns[1:].flatten()).item() / math.log(2)
            for t in np.arange(80, 126, 2) / 100}  # fmt: skip
    assert paid[1.0] < min(paid.values()) + 0.001


def test_copied_spans_by_hand():
    """«abx»: de sus tramos de dos letras, «ab» está en «abcd» y «bx» no."""
    assert spans("abcd", 2) == {"ab", "bc", "cd"}
    assert share(["abx"], spans("abcd", 2), 2) == 0.5


def test_the_two_ways_to_load_are_the_same_model():
    """Con PyTorch y sin él, los mismos logits y el mismo texto."""
    slow, fast = load_pretrained("cervantes"), load_fast("cervantes")
    ids = read_prompt(fast, "no ha mucho tiempo")
    assert np.allclose(feed(slow, ids)[0], feed(fast, ids)[0], atol=1e-4)
    assert generate(slow, "en un lugar", 40, seed=3) == generate(fast, "en un lugar", 40, seed=3)


@pytest.mark.parametrize("name", ["cervantes", "ngrama"])
def test_every_card_says_where_the_numbers_come_from(name):
    """Datos, orden, máquina, fecha y bits/car.; y el modelo escribe."""
    card = load_card(name)
    assert {"data", "command", "seed", "machine", "date", "bits_per_char"} <= card.keys()
    assert card["tokenizer"]["symbols"] == load_results("book")["symbols"]
    assert len(generate(load_fast(name), "en un lugar", 20)) == 31


@pytest.mark.skipif(not Path(BOOK).is_file(), reason="necesita el libro entero")
@pytest.mark.parametrize(
    ("name", "bits"),
    [("ngrama", 1.7997369), ("cervantes", 1.5102488), ("transformer", 1.5643868)],
)
def test_the_shipped_models_keep_their_mark(name, bits):
    """En lo reservado, con las cifras publicadas: cambiar el código no cambia lo aprendido."""
    measured = bits_per_char(load_pretrained(name), load_quijote(BOOK).heldout)
    assert measured == pytest.approx(bits, abs=1e-6)
    assert load_card(name)["bits_per_char"]["heldout"] == round(bits, 4)


@pytest.mark.parametrize("start", list("abcdeíéúñq¿—"))
def test_the_writer_starts_from_any_letter(start):
    """Empezar de cero por una letra rara no la saca de quicio: sigue por debajo del azar."""
    text = start + load_quijote("extracto").heldout[:150]
    assert bits_per_char(load_pretrained("cervantes"), text) < 4


def test_an_unknown_name_lists_the_known_ones():
    """El error dice qué modelos hay."""
    with pytest.raises(ValueError, match="cervantes, ngrama"):
        load_pretrained("gpt")


def test_a_missing_package_is_red_and_says_what_to_type():
    """El semáforo no falla si falta algo: dice cómo ponerlo."""
    assert diagnosis._package("paquete-que-no-existe", (1, 0)) == [
        "paquete-que-no-existe",
        "falta",
        "escribe en una celda: %pip install paquete-que-no-existe",
    ]
    assert diagnosis._package("numpy", (999, 0))[1] == "atención"


def test_twice_the_speed_halves_the_scaled_part(monkeypatch):
    """Fijo 60 s y 60 s que dependen de la máquina: al doble de velocidad, 1,5 minutos."""
    lessons = {"04": {"fixed": 60, "scaled": 60}}
    monkeypatch.setattr(diagnosis, "load_results", lambda name: {"speed": 10, "lessons": lessons})
    monkeypatch.setattr(diagnosis, "training_speed", lambda: 20)
    assert diagnosis.lesson_minutes().rows == [["04", "1,5"]]


def test_the_speed_is_measured_and_positive():
    """Medio segundo de prueba da una velocidad."""
    assert diagnosis.training_speed(0.6) > 0
