"""Ejecutar, normalizar, resolver y reunir afirmaciones: lo que hacen las herramientas de tools/."""

import ast
import base64
import copy
import importlib
import io
import re
import subprocess
import sys

import numpy as np
import pytest
import sample_lesson as sample
from IPython.core.inputtransformer2 import TransformerManager
from matplotlib.figure import Figure
from PIL import Image

import claims
import lessons
import notebooks
import pictures
import solutions
import suite

VIEW = "application/vnd.jupyter.widget-view+json"


def stream(text: str, name: str = "stdout") -> dict:
    return {"output_type": "stream", "name": name, "text": text}


def display(**data) -> dict:
    return {"output_type": "display_data", "metadata": {"a": 1}, "data": data}


def normal(*outputs: dict) -> list[dict]:
    """Lo que queda de unas salidas al normalizar su celda."""
    cell = {**sample.code("celda", "1"), "outputs": list(outputs)}
    return notebooks.normal_cell(cell)["outputs"]


def test_progress_bars_leave_no_trace():
    """Ni la barra de texto ni la de controles se guardan; un aviso de verdad, sí."""
    bar = display(**{VIEW: {"model_id": "x"}, "text/plain": "  0%|          | 0/3 [00:00<?]"})
    text = stream("\r 50%|#####     | 1/2\rcuidado\n", "stderr")
    assert normal(bar, text) == [stream("cuidado\n", "stderr")]


def figure_png() -> str:
    """Una figura como las de las lecciones, en base64."""
    figure = Figure(figsize=(5, 3))
    ax = figure.subplots()
    ax.imshow(np.linspace(0, 1, 48).reshape(6, 8), cmap="Blues")
    ax.set(title="averías", xlabel="mira a")
    saved = io.BytesIO()
    figure.savefig(saved, format="png")
    return base64.b64encode(saved.getvalue()).decode()


def pixels(code: str) -> np.ndarray:
    image = Image.open(io.BytesIO(base64.b64decode(code)))
    return np.asarray(image.convert("RGB"), dtype=int)


def test_figures_are_stored_lighter_and_look_the_same():
    """Menos de la mitad de bytes, el mismo tamaño, casi los mismos colores; y otra vez, igual."""
    code = figure_png()
    (output,) = normal(display(**{"image/png": code}))
    light = output["data"]["image/png"]
    assert len(light) < len(code) / 2 and pixels(light).shape == pixels(code).shape
    assert np.abs(pixels(light) - pixels(code)).mean() < 1
    (again,) = normal(output)
    assert again["data"]["image/png"] == light


def test_a_widget_is_stored_as_a_sentence():
    """Sin núcleo un control no se mueve: se guarda una frase que lo dice."""
    (output,) = normal(display(**{VIEW: {"model_id": "x"}, "text/plain": "VBox(children=())"}))
    assert output["data"] == {"text/plain": notebooks.CONTROL}


def test_memory_addresses_do_not_change_the_file():
    """Dos ejecuciones dan el mismo texto aunque un objeto esté en otra dirección."""
    first, second = (normal(display(**{"text/plain": f"<object at {a}>"})) for a in ADDRESSES)
    assert first == second


ADDRESSES = ("0x7f0000000001", "0x7f0000000002")


def test_pieces_of_one_stream_are_joined():
    """El reparto de lo impreso en trozos depende del reloj: se guarda junto."""
    assert normal(stream("a"), stream("b"), stream("c", "stderr")) == [
        stream("ab"),
        stream("c", "stderr"),
    ]


def test_normalize_keeps_tags_and_gpu_and_leaves_its_argument(tmp_path):
    """Quedan las etiquetas y la petición de GPU; lo demás del cuaderno se fija."""
    nb = sample.lesson(tmp_path, *sample.good_cells()).nb
    nb["metadata"] = {"accelerator": "GPU", "widgets": {}, "language_info": {"version": "3.11.7"}}
    nb["cells"][4]["metadata"] = {"tags": ["claim"], "execution": {"iopub.status.busy": "hoy"}}
    before = copy.deepcopy(nb)
    result = notebooks.normalize(nb)
    assert result["cells"][4]["metadata"] == {"tags": ["claim"]}
    assert set(result["metadata"]) == {"accelerator", "kernelspec", "language_info"}
    assert "version" not in result["metadata"]["language_info"]
    assert nb == before


def test_execute_runs_every_cell_in_its_folder(tmp_path):
    """Las celdas se ejecutan en orden y en la carpeta del cuaderno."""
    (tmp_path / "dato.txt").write_text("ñ", encoding="utf-8")
    cells = [
        sample.code("leer", "texto = open('dato.txt', encoding='utf-8').read()"),
        sample.code("ver", "texto * 2"),
    ]
    done = notebooks.execute(sample.lesson(tmp_path, *cells))
    assert [cell["execution_count"] for cell in done.code] == [1, 2]
    assert lessons.output_text(done.code[1]["outputs"][0]) == "'ññ'"


def test_solving_puts_the_solution_before_the_check(tmp_path):
    """La celda resuelta es la solución, una línea en blanco y el check; el original no cambia."""
    item = sample.lesson(tmp_path, *sample.good_cells())
    before = copy.deepcopy(item.nb)
    solved = lessons.source(solutions.solve(item).cell("ej-suma"))
    assert solved == "def suma_de_prueba(a, b):\n    return a + b\n\ncheck(suma_de_prueba)"
    assert item.nb == before


def test_solving_keeps_the_imports_of_the_stub(tmp_path):
    """Si el enunciado trae un import, la solución lo sigue teniendo."""
    cells = sample.good_cells()
    cells[8]["source"] = "from llm_intro import check\n\ndef f():\n    ...\n\ncheck(f)"
    solved = lessons.source(solutions.solve(sample.lesson(tmp_path, *cells)).cell("ej-suma"))
    assert solved.startswith("from llm_intro import check\n")


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("check(suma)", "suma"),
        ("x = 3\ncheck(prediccion=x)", "prediccion"),
        ("check(\n    suma,\n)", "suma"),
        ("suma = 3", None),
        ("check(suma)\nprint(1)", None),
    ],
)
def test_the_last_instruction_is_the_check(code, name):
    """Solo vale un check al final, y da nombre al ejercicio."""
    assert solutions.last_check(code)[1] == name


def test_an_exercise_without_solution_is_named(tmp_path):
    """Resolver un cuaderno incompleto se detiene y dice qué celda falla."""
    with pytest.raises(ValueError, match="ej-suma"):
        solutions.solve(sample.lesson(tmp_path, *sample.good_cells()[:9]))


@pytest.mark.parametrize("lesson", lessons.all_lessons(), ids=lambda lesson: lesson.number)
def test_what_a_lesson_imports_from_the_module_exists(lesson):
    """Al mover un nombre del módulo, la lección que lo usa lo dice sin tener que ejecutarla."""
    trees = [ast.parse(TransformerManager().transform_cell(lessons.source(c))) for c in lesson.code]
    nodes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    own = [node for node in nodes if node.module.split(".")[0] == "llm_intro"]
    assert own
    for node in own:
        for alias in node.names:
            assert hasattr(importlib.import_module(node.module), alias.name), alias.name


def test_verdicts_say_what_each_check_answered(tmp_path):
    """De un cuaderno ejecutado se lee lo que contestó cada ejercicio."""
    item = sample.lesson(tmp_path, *sample.good_cells())
    assert solutions.verdicts(item) == {"ej-suma": "pendiente"}


def test_a_claim_shows_its_statement_value_and_test():
    """Una fila de AFIRMACIONES.md: lo que se dice, lo que salió y la condición."""
    text = "# Dos y dos\n# son cuatro\ntotal = 2 + 2\nassert total == 4\ntotal"
    row = claims.row(sample.code("suma", text, "claim", shows="4"))
    assert row == "| Dos y dos son cuatro | `4` | `total == 4` |"


@pytest.mark.parametrize("name", pictures.PICTURES)
def test_pictures_of_the_readme_are_those_of_the_lessons(name):
    """Cada figura es la que guarda su lección, y el README la enseña con un texto alternativo."""
    assert (pictures.FOLDER / name).read_bytes() == pictures.figure(*pictures.PICTURES[name])
    readme = (lessons.ROOT / "README.md").read_text(encoding="utf-8")
    assert re.search(rf"!\[.{{40,}}\]\(imgs/{re.escape(name)}\)", readme)


def test_claims_page_is_up_to_date():
    """AFIRMACIONES.md dice lo que dicen hoy los cuadernos."""
    stored = claims.PAGE.read_text(encoding="utf-8") if claims.PAGE.exists() else claims.INTRO
    assert stored == claims.page()


@pytest.mark.slow
@pytest.mark.parametrize(("wait", "code"), [(0, 0), (9, 1)])
def test_a_cell_out_of_time_fails_even_if_it_says_nothing(tmp_path, wait, code):
    """nbval la interrumpe; si la celda se traga la interrupción, la siguiente debe fallar."""
    patient = f"import time\ntry:\n    time.sleep({wait})\nexcept KeyboardInterrupt:\n    pass"
    cells = [sample.code("larga", patient, lessons.IGNORED), sample.code("otra", "1", shows="1")]
    path = sample.lesson(tmp_path, *cells).path
    options = [option for option in suite.NBVAL if "timeout" not in option]
    config = ["-c", str(lessons.ROOT / "pyproject.toml"), "--rootdir", str(tmp_path)]
    command = [sys.executable, "-m", "pytest", *config, *options, "--nbval-cell-timeout=3", path]
    assert subprocess.run(command, cwd=lessons.ROOT, capture_output=True).returncode == code
