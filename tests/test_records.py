"""El registro de respuestas: nada más preciso de lo que se sabe, y lo tuyo no se pierde."""

import json
from dataclasses import replace

import pytest

from llm_intro.records import (
    PROMPTS,
    Record,
    course_records,
    load_records,
    new_record,
    own_path,
    own_records,
    save_record,
)  # fmt: skip

MINE = Record(
    "2026-11-23", "un asistente", "1.0", "saludo-4-10", "Yo no\nvoy mal. ñ", "Ana", "a mano"
)


@pytest.fixture(autouse=True)
def own_file(tmp_path, monkeypatch):
    """Cada prueba, con su archivo: el de quien las corre no se toca."""
    path = tmp_path / "nueva carpeta" / "mis respuestas.jsonl"
    monkeypatch.setenv("LLM_INTRO_RECORDS", str(path))
    return path


def test_the_first_rows_say_what_was_reported_in_may_2025_and_no_more():
    """Corta: «taller», unánime. Larga: «taller» o «concesionario». Perplexity: sin textos."""
    rows = course_records()
    assert {row.date for row in rows} == {"2025-05"}
    answers = {name: [r.answer for r in rows if r.prompt_id == name] for name in PROMPTS}
    assert answers["coche-corta"] == ["taller"]
    assert answers["coche-larga"] == ["taller", "concesionario"]
    assert answers["saludo-4-10"] == [""] * 3
    assert all(r.note for r in rows) and not any("desguace" in r.answer for r in rows)


def test_what_is_saved_comes_back_after_the_course_rows(own_file):
    """Con saltos de línea y eñes; y otra vez, sin pisar la primera."""
    save_record(MINE)
    save_record(replace(MINE, answer="Así así."))
    assert own_records() == [MINE, replace(MINE, answer="Así así.")]
    assert load_records("saludo-4-10")[-2:] == own_records()
    assert own_path() == own_file and len(load_records()) == len(course_records()) + 2


def test_a_damaged_line_does_not_lose_the_others(own_file):
    """Un apagón deja media línea: se avisa, se salta y lo siguiente va en otra."""
    save_record(MINE)
    with open(own_file, "a", encoding="utf-8") as file:
        file.write('{"date": "2026')
    save_record(MINE)
    with pytest.warns(UserWarning, match="línea 2"):
        assert own_records() == [MINE, MINE]


@pytest.mark.parametrize("date", ["2025", "2025-05", "2025-05-31"])
def test_a_date_may_be_as_vague_as_what_is_known(date):
    """Año, mes o día."""
    assert replace(MINE, date=date).date == date


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"date": "mayo"}, "fecha"), ({"date": "2025-13"}, "fecha"), ({"date": ""}, "fecha"),
        ({"assistant": ""}, "assistant"), ({"recorded_by": ""}, "recorded_by"),
        ({"answer": "", "note": ""}, "vacía"), ({"answer": None}, "se esperaba un texto"),
    ],
)  # fmt: skip
def test_a_row_without_what_makes_it_useful_is_refused(change, message):
    """Sin fecha, sin autor o sin respuesta no sirve."""
    with pytest.raises(ValueError, match=message):
        replace(MINE, **change)


def test_a_new_record_is_dated_today_and_fits_in_one_json_line(own_file):
    """La fecha la pone el programa."""
    record = new_record("un asistente", "", "coche-corta", "Al taller.", "Ana")
    assert len(record.date) == 10
    assert len(save_record(record).read_text(encoding="utf-8").splitlines()) == 1
    assert json.loads(own_file.read_text(encoding="utf-8"))["answer"] == "Al taller."
