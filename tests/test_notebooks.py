"""Las reglas de los cuadernos: los del curso las cumplen, y cada regla caza lo que promete."""

import pytest
import sample_lesson as sample

import hygiene
import lessons
from llm_intro.face import exercises as checks

LESSONS = lessons.all_lessons()
RULES = {rule.__name__: rule for rule in hygiene.RULES}


def problems(rule: str, lesson: lessons.Lesson) -> list[str]:
    return list(RULES[rule](lesson))


@pytest.fixture(autouse=True)
def registered(monkeypatch):
    """El ejercicio del cuaderno de muestra existe mientras dura la prueba."""
    item = checks.Exercise(lambda answer: None, ("una", "dos", "tres"), "sabes sumar")
    monkeypatch.setitem(checks.EXERCISES, "suma_de_prueba", item)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("lesson", LESSONS, ids=[lesson.path.stem for lesson in LESSONS])
def test_every_lesson_keeps_every_rule(lesson, rule):
    """Cada cuaderno del curso cumple cada regla."""
    assert problems(rule, lesson) == []


@pytest.mark.parametrize("rule", RULES)
def test_a_good_notebook_passes(rule, tmp_path):
    """Un cuaderno bien hecho no despierta ninguna queja."""
    assert problems(rule, sample.lesson(tmp_path, *sample.good_cells())) == []


def with_cells(*extra, keep=slice(None)):
    """El cuaderno de muestra con unas celdas más al final, o con solo una parte."""
    return lambda folder: sample.lesson(folder, *sample.good_cells()[keep], *extra)


def edited(change, name="00_ejemplo.ipynb"):
    """El cuaderno de muestra después de pasarle `change(nb)`."""

    def build(folder):
        item = sample.lesson(folder, *sample.good_cells(), name=name)
        change(item.nb)
        return sample.save(item)

    return build


def cell_edit(position, **values):
    return edited(lambda nb: nb["cells"][position].update(values))


def long_cell(lines):
    return sample.code("larga", "\n".join(f"x = {n}" for n in range(lines)), shows="1")


def titled(call):
    return sample.code("figura", f"ax = None\n{call}", shows="1")


WIDGET = {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}}
VIEW = {"output_type": "display_data", "metadata": {}, "data": WIDGET}
FAULT = {"output_type": "error", "ename": "E", "evalue": "v", "traceback": []}
IGNORED = sample.code("ignorada", "1", "nbval-ignore-output", shows="1")
SHORT_STUB = "def suma_de_prueba(a, b):\n    ..."
LONG_SENTENCE = "y ".join(["sumamos dos números "] * 13) + "."
HARD_WORDS = "Internacionalización institucionalizada: constitucionalidad interdisciplinariedad. "

BROKEN = {
    "valid_format": [
        edited(lambda nb: nb.update(nbformat_minor=4)),
        edited(lambda nb: nb["cells"][0].update(cell_type="desconocida")),
    ],
    "canonical_text": [
        lambda folder: recoded(sample.lesson(folder, *sample.good_cells())),
    ],
    "small": [with_cells(sample.code("pesada", "1", shows="x" * 400_000))],
    "clean_metadata": [
        edited(lambda nb: nb["metadata"].update(widgets={})),
        cell_edit(4, metadata={"scrolled": True}),
        cell_edit(4, metadata={"jupyter": {"source_hidden": True}}),
        cell_edit(4, metadata={"tags": [lessons.FOLDED]}),
    ],
    "stable_ids": [
        cell_edit(4, id="3f2a91bc"),
        cell_edit(4, id="Suma"),
        cell_edit(4, id="dos-y-dos"),
    ],
    "stored_outputs": [
        cell_edit(4, execution_count=None),
        cell_edit(4, execution_count=7),
        cell_edit(4, outputs=[FAULT]),
        cell_edit(4, outputs=[VIEW]),
        edited(lambda nb: [cell.update(outputs=[]) for cell in nb["cells"] if "outputs" in cell]),
    ],
    "opening": [
        cell_edit(0, id="otra"),
        cell_edit(0, source="# Sumar"),
        cell_edit(2, id="otra"),
        cell_edit(2, metadata={}),
        cell_edit(2, metadata={"tags": [lessons.IGNORED]}),
    ],
    "gpu": [
        edited(lambda nb: nb["metadata"].update(accelerator="GPU")),
        edited(lambda nb: nb["metadata"].update(colab={"gpuType": "T4"})),
        edited(lambda nb: None, name="04_ejemplo.ipynb"),
    ],
    "portable_code": [
        with_cells(sample.code("rota", text, shows="1"))
        for text in (
            "plt.show()",
            "interact(f)",
            "from IPython.display import clear_output",
            "n = 3  # @param",
            "model.to('cuda')",
            'torch.device("cuda:0")',
            "plot(ax);",
        )
    ],
    "one_meaning": [
        with_cells(*(sample.code(f"c{n}", text, shows="1") for n, text in enumerate(cells)))
        for cells in (
            ("short = 'abc'", "short = True", "short"),
            ("short = 'abc'", "def use():\n    return [short for _ in 'ab']", "short = True"),
            ("import short", "for short in (1, 2):\n    pass", "def short():\n    pass", "short()"),
        )
    ],
    "images": [
        with_cells(sample.markdown("rota", "![una figura](https://example.com/a.png)")),
        with_cells(sample.markdown("rota", "![una figura](../imgs/no_existe.png)")),
        with_cells(sample.markdown("rota", '<img src="figura.png">')),
        cell_edit(3, attachments={"a.png": {"image/png": "iVBORw0KGgo="}}),
    ],
    "short_cells": [
        with_cells(long_cell(26)),
        with_cells(*[long_cell(5)] * 5),
        with_cells(long_cell(13), sample.code("corta", "1", shows="1")),
    ],
    "rhythm": [with_cells(*[sample.code(f"c{n}", "1", shows="1") for n in range(3)])],
    "explained": [with_cells(long_cell(20))],
    "written_text": [with_cells(sample.code("cita", "text", shows=repr("un texto " * 12)))],
    "announced_minutes": [
        cell_edit(1, source="Clase: 45 minutos · ejercicios: 5 · ampliación: 0."),
        cell_edit(1, source="Clase: 45 minutos."),
    ],
    "compared": [
        with_cells(*[sample.code("muda", "x = 1")] * 9),
        with_cells(*[IGNORED, sample.markdown("m", "Texto."), *[IGNORED] * 2], keep=slice(0, 6)),
        with_cells(IGNORED),
    ],
    "known_tags": [cell_edit(4, metadata={"tags": ["nbval-skip"]})],
    "claims": [
        cell_edit(6, source="assert 2 + 2 == 4"),
        cell_edit(6, source="# Dos y dos son cuatro\n2 + 2 == 4"),
    ],
    "exercises": [
        cell_edit(8, source=SHORT_STUB),
        cell_edit(8, source=f"{SHORT_STUB}\n\n\ncheck(nadie_lo_registra)"),
        cell_edit(9, source="Sin solución."),
        cell_edit(9, source=sample.SOLUTION + sample.SOLUTION),
        cell_edit(7, source="### Ejercicio: sumar"),
        edited(lambda nb: None, name="02_ejemplo.ipynb"),
    ],
    "spanish_labels": [
        with_cells(titled('ax.set_xlabel("Training steps")')),
        with_cells(titled('ax.plot([1], label="loss")')),
        with_cells(titled('slider(description="Temperature")')),
    ],
    "readable": [
        with_cells(sample.markdown("larga", LONG_SENTENCE)),
        with_cells(sample.markdown("dura", HARD_WORDS * 20)),
        edited(lambda nb: [nb["cells"].pop(n) for n in (9, 7, 5, 3, 1)]),
    ],
}


def recoded(item: lessons.Lesson) -> lessons.Lesson:
    """El mismo cuaderno guardado de otra forma: letras escapadas en vez de tildes."""
    text = lessons.as_text(item.nb).replace("í", "\\u00ed")
    item.path.write_text(text, encoding="utf-8")
    return lessons.read(item.path)


@pytest.mark.parametrize(
    ("rule", "build"),
    [(rule, build) for rule, cases in BROKEN.items() for build in cases],
    ids=[f"{rule}-{n}" for rule, cases in BROKEN.items() for n in range(len(cases))],
)
def test_each_rule_catches_its_fault(rule, build, tmp_path):
    """Un cuaderno estropeado a propósito despierta la regla que lo vigila."""
    assert problems(rule, build(tmp_path))


def test_every_rule_has_a_broken_example():
    """No hay regla sin un caso que la despierte."""
    assert set(BROKEN) == set(RULES)


def test_widgets_state_is_never_stored(tmp_path):
    """La queja por metadata.widgets dice qué verá quien lo abra en GitHub."""
    item = edited(lambda nb: nb["metadata"].update(widgets={}))(tmp_path)
    assert "Invalid Notebook" in problems("clean_metadata", item)[0]


def test_folded_code_needs_no_words_and_may_be_longer(tmp_path):
    """Lo que se guarda plegado no lo lee nadie: ni pide prosa ni cuenta para el ritmo."""
    cells = [long_cell(20)] * 4
    assert problems("explained", with_cells(*cells)(tmp_path))
    for cell in cells:
        cell["metadata"] = lessons.metadata([lessons.FOLDED])
    folded = with_cells(*cells)(tmp_path)
    assert [problems(rule, folded) for rule in ("explained", "short_cells", "clean_metadata")] == [
        [],
        [],
        [],
    ]


def test_the_training_cell_of_lesson_04_is_short():
    """Ocho líneas o menos: lo demás lo guarda el módulo."""
    (lesson,) = (one for one in LESSONS if one.path.stem.startswith("04"))
    source = lessons.source(lesson.cell("entrenar"))
    assert "train(" in source and len(source.split("\n")) - source.count("\n\n") <= 8
