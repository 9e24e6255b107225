"""El registro de respuestas: nada más preciso de lo que se sabe, y lo tuyo no se pierde."""

import json
from dataclasses import replace
from datetime import date

import pytest

from llm_intro.assistant.form import record_form
from llm_intro.assistant.records import (  # fmt: skip
    PROMPTS,
    Record,
    course_records,
    destination,
    destinations,
    load_records,
    new_record,
    own_path,
    own_records,
    save_record,
)

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


@pytest.mark.parametrize("when", ["2025", "2025-05", "2025-05-31"])
def test_a_date_may_be_as_vague_as_what_is_known(when):
    """Año, mes o día."""
    assert replace(MINE, date=when).date == when


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"date": "mayo"}, "fecha"), ({"date": "2025-13"}, "fecha"), ({"date": ""}, "fecha"),
        ({"assistant": ""}, "assistant"), ({"recorded_by": ""}, "recorded_by"),
        ({"answer": "", "note": ""}, "vacía"), ({"answer": None}, "se esperaba un texto"),
        ({"answer": "a\ud800"}, "letras rotas"),
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


# --- la ficha y la figura ---


def fill_in(form, **values):
    """Rellena la ficha como una persona y devuelve el botón y la pantalla."""
    by_name = {child.description: child for child in form.children[:-1]}
    for name, value in values.items():
        by_name[name.replace("_", " ")].value = value
    return by_name["Apuntar"], form.children[-1]


def test_the_form_adds_a_row_to_the_users_own_file(own_file):
    """Pegar y apuntar: la fila queda con la fecha de hoy, se enseña y la casilla se vacía."""
    form = record_form("coche-larga")
    button, screen = fill_in(form, respuesta="Al <b>desguace</b>.", asistente="uno", versión="2",
                             quién_apunta="Ana")  # fmt: skip
    assert "Destino: <b>desguace</b>" in screen.value and not own_file.exists()
    button.click()
    (row,) = own_records()
    assert (row.answer, row.version, row.recorded_by) == ("Al <b>desguace</b>.", "2", "Ana")
    assert row.date == date.today().isoformat() and row.prompt_id == "coche-larga"
    assert "apuntado en" in screen.value and "Al &lt;b&gt;desguace" in screen.value
    button.click()  # otra vez, sin respuesta: no se repite
    assert own_records() == [row] and "no se ha apuntado" in screen.value


def test_the_form_says_what_is_missing_and_keeps_what_was_written(own_file):
    """Sin asistente ni nombre no se apunta, lo dice en español y no borra la respuesta."""
    form = record_form("coche-corta")
    button, screen = fill_in(form, respuesta="Al taller.")
    button.click()
    assert "el asistente" in screen.value and "quién apunta" in screen.value
    assert not own_file.exists() and form.children[1].value == "Al taller."


def test_the_form_counts_the_greeting_and_shows_its_pieces():
    """«Yo no voy mal.»: 4 palabras y 10 letras; las piezas, las que dé la función."""
    form = record_form("saludo-4-10", tokens=lambda text: text.split(" "))
    _, screen = fill_in(form, respuesta="Yo no voy mal.")
    assert "4 palabras y 10 letras: <b>cumple</b>" in screen.value
    assert "Yo · no · voy · mal." in screen.value
    fill_in(form, respuesta="Hola.")
    assert "1 palabra y 4 letras: <b>no cumple</b>" in screen.value


def test_the_form_shows_the_rows_of_its_question_in_order():
    """Las del curso van primero; al cambiar de pregunta, cambian las filas."""
    save_record(replace(MINE, prompt_id="coche-larga", answer="Al desguace."))
    form = record_form("coche-larga")
    _, screen = fill_in(form)
    assert screen.value.index("2025-05") < screen.value.index("2026-11-23")
    fill_in(form, pregunta="saludo-4-10")
    assert "Al desguace." not in screen.value and "(no se conserva)" in screen.value


def test_destination_is_the_first_place_named():
    """«Del taller al desguace» nombra antes el taller; sin ninguno, «otro»."""
    assert destination("Del taller al DESGUACE") == "taller"
    found = destinations(["Al taller.", "Al Desguace, no al taller", "al concesionario", "No sé"])
    assert found == {"taller": 1, "desguace": 1, "concesionario": 1, "otro": 1}
