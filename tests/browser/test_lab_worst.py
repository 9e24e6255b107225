"""Los controles en el peor momento: textos hostiles, prisas y celdas que entrenan o fallan."""

from jupyterlab_page import PATIENCE
from table import CELL_THAT_FAILS, CELL_THAT_TRAINS, each

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror='window.hacked = 1; alert(2)'>",
    "tom & jerry &amp; &lt;b&gt;",
    "🙂🙂🙂",
    "a" * 10_000,
    "",
    "漢字 Ж ß",
)


@each("temperatura", "comparar", "orden", "shannon", "cambios", "reto", "ficha")
def test_nothing_typed_is_ever_executed(box):
    """Ni etiquetas ni imágenes: todo texto se enseña tal cual o se rechaza en español."""
    for button in box.output.locator("button.widget-toggle-button").all():
        button.click()  # la última opción de «cambios» es la frase propia
    for field in box.fields():
        before = field.input_value()
        for text in HOSTILE:
            field.fill(text)
            page = box.settle()
            assert box.screen.locator("script, img, iframe").count() == 0
            assert page.strip() and "algo ha fallado" not in page
        field.fill(before)
        box.settle()
    assert box.page.evaluate("() => window.hacked") is None


@each("temperatura", "comparar", "orden", "reto")
def test_what_the_model_cannot_read_is_refused_in_spanish(box):
    """Vacío, larguísimo o con letras que no están en el libro: se dice qué pasa y qué hacer."""
    (field,) = box.fields()
    before = field.input_value()
    for text, told in (("", "vacío"), ("a" * 10_000, "10000 letras"), ("🙂", "🙂")):
        field.fill(text)
        page = box.settle()
        assert page.startswith("Aviso:") and told in page
    field.fill(before)
    assert "Aviso" not in box.settle()


def test_fast_moves_end_in_the_last_value(table):
    """Dos controles sacudidos a la vez acaban enseñando lo mismo que moviéndolos despacio."""
    notebook, boxes = table
    pair = boxes["temperatura"], boxes["orden"]
    slow = [pair[0].type_value("temperatura", "2"), pair[1].press("orden", "Home")]
    for share in (0.1, 0.9, 0.3, 0.6, 0.0, 1.0):
        pair[0].drag_without_waiting("temperatura", share, 15)
        pair[1].drag_without_waiting("orden", 1 - share, 15)
    assert [one.settle() for one in pair] == slow
    assert notebook.faults() == []


def test_controls_move_while_a_cell_trains(table):
    """Con la celda en marcha, la pantalla cambia antes de que acabe."""
    notebook, boxes = table
    box, cell = boxes["temperatura"], CELL_THAT_TRAINS
    box.press("temperatura", "Home")
    before = box.text()
    notebook.run_cell(cell, wait=False)
    box.page.wait_for_function(notebook.RUNNING, arg=cell)
    box.handle("temperatura").focus()
    box.page.keyboard.press("End")
    box.wait_for_change(before)
    assert notebook.running(cell), "la pantalla no cambió hasta que acabó la celda"
    box.page.wait_for_function(f"i => !({notebook.RUNNING})(i)", arg=cell, timeout=PATIENCE)
    assert box.value("temperatura") == 2.0
    assert notebook.errors() == []


def test_controls_survive_a_cell_that_fails(table):
    """Otra celda da un error; el control se mueve como antes."""
    notebook, boxes = table
    notebook.run_cell(CELL_THAT_FAILS)
    box = boxes["temperatura"]
    assert box.press("temperatura", "Home") != box.press("temperatura", "End")
    assert [error for error in notebook.errors() if "ZeroDivisionError" not in error] == []
    notebook.clear(CELL_THAT_FAILS)
