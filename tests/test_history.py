"""La lección 01: la ELIZA del cuaderno, su gramática, la cronología y los dibujos."""

import json
import random
import re
from importlib.resources import files
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LESSON = ROOT / "notebooks" / "01_historia_nlp.ipynb"
ELIZA_CELLS = ("patron", "personas", "cambiar", "reglas", "eliza")
GRAMMAR_CELLS = ("gramatica", "anadir-genero")
IDENTIFIER = re.compile(
    r"doi:10\.\d{4,5}/\S+|arXiv:\d{4}\.\d{4,5}|ACL:([A-Z]\d{2}-\d{4}|\d{4}\.[a-z-]+\.\d+)"
    r"|JMLR:v\d+/\w+"
)


def run_cells(*cell_ids: str) -> dict:
    """Ejecuta las celdas del cuaderno con esos ids, tal como están, y devuelve sus nombres."""
    cells = {cell["id"]: cell for cell in json.loads(LESSON.read_text(encoding="utf-8"))["cells"]}
    names: dict = {}
    for cell_id in cell_ids:
        exec("".join(cells[cell_id]["source"]), names)
    return names


@pytest.fixture(scope="module")
def eliza():
    """La función `eliza` del cuaderno."""
    return run_cells(*ELIZA_CELLS)["eliza"]


@pytest.fixture(scope="module")
def rows():
    """Las filas de la cronología."""
    table = files("llm_intro") / "data" / "timeline.json"
    return json.loads(table.read_text(encoding="utf-8"))


def random_text(draw: random.Random) -> str:
    """Hasta 60 caracteres de todo Unicode, mezclados con trozos que disparan reglas."""
    keys = ["estoy ", "no puedo ", "mi madre", "porque ", "{", "}", "{0}", "{}", "\\1", "siempre"]
    signs = [
        draw.choice(keys) if draw.random() < 0.3 else chr(draw.randrange(0x110000))
        for _ in range(draw.randrange(60))
    ]
    return "".join(signs)


def test_eliza_answers_a_thousand_random_unicode_texts(eliza):
    """Con cualquier texto contesta con otro, no vacío; también con llaves, nulos y sustitutos."""
    draw = random.Random(1605)
    replies = [eliza(random_text(draw)) for _ in range(1_000)]
    assert all(isinstance(reply, str) and reply.strip() for reply in replies)
    assert len(set(replies)) > 50  # las reglas saltan: no es siempre la frase de salida


def test_eliza_with_nothing_to_say_asks_for_more(eliza):
    """Sin palabra clave, la frase que sirve para todo."""
    assert eliza("") == eliza("¿Cuántas letras tiene «sol»?") == "Cuéntame más."


def test_eliza_swaps_persons_inside_the_gap(eliza):
    """«mi» pasa a «tu» y «conmigo» a «contigo»; la coma cierra el hueco."""
    assert eliza("Estoy harto de mi coche, ya ves") == "¿Por qué estás harto de tu coche?"
    assert eliza("Necesito que hables conmigo") == "¿De verdad necesitas que hables contigo?"


def test_swapping_twice_gives_the_same_text_back():
    """La tabla va en los dos sentidos, así que dos cambios se anulan."""
    swap = run_cells(*ELIZA_CELLS)["swap"]
    text = "yo te doy mi pan y tú me das tu vino"
    assert swap(text) == "tú me doy tu pan y yo te das mi vino"
    assert swap(swap(text)) == text


def test_every_rule_of_eliza_can_be_reached(eliza):
    """Doce reglas y ninguna sobra: hay una frase que llega a cada una."""
    names = run_cells(*ELIZA_CELLS)
    triggers = ["hola", "me siento mal", "no puedo más", "necesito pan", "quiero pan", "estoy mal",
                "soy alto", "tengo sed", "mi padre", "porque sí", "nadie", "eres raro"]  # fmt: skip
    replies = {names["eliza"](text) for text in triggers}
    assert len(names["RULES"]) == len(triggers) == len(replies) == 12
    assert "Cuéntame más." not in replies


def test_the_grammar_generates_each_sentence_once():
    """2 artículos por 4 nombres por 2 verbos: dieciséis frases distintas."""
    generated = run_cells(*GRAMMAR_CELLS)["generated"]
    assert len(generated) == len(set(generated)) == 16
    assert {"el rey duerme", "la rey duerme"} <= set(generated)


def test_a_chat_answers_each_line_and_escapes_it():
    """Lo dicho y lo contestado quedan a la vista, y una línea con HTML no se ejecuta."""
    from llm_intro.history.controls import chat_demo

    box = chat_demo(str.upper, "hola")
    line, _, screen = box.children
    line.value = "<b>adiós</b>"
    assert "— HOLA" in screen.value and "— &lt;b&gt;adiós&lt;/b&gt;" in screen.value
    assert screen.value.index("HOLA") < screen.value.index("ADIÓS")


def test_each_milestone_has_an_identifier_that_can_be_looked_up(rows):
    """DOI, arXiv, ACL o JMLR, y ninguno repetido."""
    assert 12 <= len(rows) <= 18
    for row in rows:
        assert IDENTIFIER.fullmatch(row["id"]), row["id"]
        assert all(row[key] for key in ("authors", "title", "who", "idea"))
    assert len({row["id"] for row in rows}) == len(rows)


def test_milestones_go_in_order_and_belong_to_one_of_the_three_eras(rows):
    """Del más antiguo al más reciente; ninguno se publicó antes de ocurrir."""
    years = [row["year"] for row in rows]
    assert years == sorted(years)
    assert {row["era"] for row in rows} == {"reglas", "estadística", "redes"}
    later = [row["who"] for row in rows if row["published"] != row["year"]]
    assert later == ["Georgetown e IBM"]  # lo de 1954 lo cuenta Hutchins en 2004
    assert all(row["published"] >= row["year"] for row in rows)


def test_an_arxiv_number_starts_with_its_year(rows):
    """arXiv:1706.… es de 2017."""
    papers = [row for row in rows if row["id"].startswith("arXiv:")]
    assert papers
    assert all(row["published"] == 2000 + int(row["id"][6:8]) for row in papers)


def test_the_lesson_cites_every_row_of_the_timeline(rows):
    """Cada título de la tabla está en las referencias del cuaderno, escrito igual."""
    text = LESSON.read_text(encoding="utf-8")
    assert [row["title"] for row in rows if f"«{row['title']}»" not in text] == []


def test_the_timeline_draws_one_label_per_row_without_collisions(rows):
    """Un letrero por fila y por banda, y ninguno pisa a otro ni se sale de la figura."""
    from llm_intro.history.figures import plot_timeline

    ax = plot_timeline(rows)
    ax.figure.canvas.draw()
    boxes = [text.get_window_extent() for text in ax.texts]
    assert len(boxes) == len(rows) + 3  # y el nombre de cada banda
    pairs = [(a, b) for i, a in enumerate(boxes) for b in boxes[i + 1 :]]
    assert not any(a.overlaps(b) for a, b in pairs)
    page = ax.figure.bbox
    assert all(page.contains(box.x0, box.y0) and page.contains(box.x1, box.y1) for box in boxes)
