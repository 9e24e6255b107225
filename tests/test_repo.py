"""Lo que mantiene ordenada la casa: pisos del módulo, tamaños y nombres públicos."""

import ast
import importlib
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

import llm_intro

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "llm_intro"
MODULES = sorted(PACKAGE.rglob("*.py"))
NAMES = [path.relative_to(PACKAGE).as_posix() for path in MODULES]
STOREYS = {
    "suelo": """corpus tokenizers bpe dataset ngram ngram_levels lstm numpy_lstm transformer encdec
        embeddings machine""",
    "taller": """recipes progress training run parallel checkpoint sampling mixture scoreboard
        pretrained diagnosis desguace desguace_corpus desguace_generator desguace_causes
        short_training word_models reto constrained rarity readers records survey keys llm chat
        chat_stream shannon checks""",
    "cara": """plots plots_attention plots_embeddings plots_reto plots_timeline plots_tokens widgets
        __main__ __init__""",
}
STOREY = {name: n for n, names in enumerate(STOREYS.values()) for name in names.split()}
FACE = 2
MAX_FILE, MAX_FUNCTION, MEDIAN_FUNCTION = 200, 40, 12
# El corazón se lee de una sentada. El módulo entero se quería en 2 400 líneas y con todas las
# lecciones dentro se acerca a 5 000: este número solo debería bajar.
MAX_HEART, MAX_PACKAGE = 1000, 5000
HEART = {
    *("corpus", "dataset", "lstm", "numpy_lstm", "sampling", "progress", "machine"),
    *("training", "run", "recipes", "checkpoint"),
}
each_module = pytest.mark.parametrize("path", MODULES, ids=NAMES)


def top(path: Path) -> str:
    """El módulo de primer nivel de un archivo: `widgets` para widgets/base.py."""
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imports(code: str, path: Path) -> set[str]:
    """Los nombres completos de lo que importa un archivo."""
    found = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{origin(node, path)}.{alias.name}" for alias in node.names}
    return found


def origin(node: ast.ImportFrom, path: Path) -> str:
    """De dónde trae un `from … import`, con los puntos resueltos."""
    if not node.level:
        return node.module
    here = ["llm_intro", *path.relative_to(PACKAGE).parts[:-1]]
    base = here[: len(here) - node.level + 1]
    return ".".join([*base, node.module] if node.module else base)


def storey_faults(code: str, path: Path) -> list[str]:
    """Lo que un archivo importa de un piso más alto, o de la cara sin serlo."""
    here, faults = STOREY[top(path)], []
    for name in imports(code, path):
        parts = name.split(".")
        above = parts[0] == "llm_intro" and STOREY.get(parts[1], 0) > here
        figures = parts[0] == "matplotlib" and here < FACE
        controls = parts[0] == "ipywidgets" and top(path) != "widgets"
        faults += [name] * (above or figures or controls)
    return faults


def noise(code: str) -> list[str]:
    """Las llamadas a print y a plt.show."""
    calls = [node.func for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)]
    return [name for func in calls if (name := ast.unparse(func)) in ("print", "plt.show")]


def function_sizes(code: str) -> dict[str, int]:
    """Cuántas líneas ocupa cada función."""
    found = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.FunctionDef)]
    return {node.name: node.end_lineno - node.lineno + 1 for node in found}


def code_size(code: str) -> int:
    """Líneas de código: ni blancos, ni comentarios, ni docstrings."""
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef)
    owners = [node for node in ast.walk(ast.parse(code)) if isinstance(node, kinds)]
    first = [node.body[0] for node in owners if ast.get_docstring(node, clean=False) is not None]
    prose = {n for node in first for n in range(node.lineno, node.end_lineno + 1)}
    lines = enumerate(map(str.strip, code.splitlines()), start=1)
    return sum(bool(line) and not line.startswith("#") and n not in prose for n, line in lines)


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@each_module
def test_imports_point_down(path):
    """El suelo no conoce el taller ni el taller la cara; un módulo nuevo se apunta en un piso."""
    assert top(path) in STOREY, f"apunta {top(path)} en un piso de STOREYS"
    assert storey_faults(read(path), path) == []


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("corpus.py", "from .training import train"),
        ("corpus.py", "def f():\n    from llm_intro import widgets"),
        ("training.py", "from . import plots"),
        ("sampling.py", "import matplotlib.pyplot as plt"),
        ("plots.py", "import ipywidgets"),
        ("checks/leccion04.py", "from ..plots import comma"),
    ],
)
def test_an_import_that_points_up_is_caught(name, code):
    """También dentro de una función, y con cualquier forma de escribirlo."""
    assert storey_faults(code, PACKAGE / name)


@pytest.mark.parametrize(
    ("name", "code"),
    [("training.py", "from .lstm import X"), ("widgets/base.py", "from ..plots import visible")],
)
def test_an_import_that_points_down_is_fine(name, code):
    """Bajar se puede siempre."""
    assert storey_faults(code, PACKAGE / name) == []


@each_module
def test_only_the_face_speaks(path):
    """El suelo y el taller devuelven; el cuaderno enseña."""
    if STOREY.get(top(path)) != FACE:
        assert noise(read(path)) == []


def test_a_print_is_caught():
    """print y plt.show, también anidados; log.info no."""
    assert noise("def f():\n    print(1)\n    plt.show()\n    log.info(2)") == ["print", "plt.show"]


@each_module
def test_files_and_functions_stay_small(path):
    """200 líneas por archivo y 40 por función, como mucho."""
    code = read(path)
    lines = code.count("\n")
    assert lines <= MAX_FILE
    assert {name: size for name, size in function_sizes(code).items() if size > MAX_FUNCTION} == {}


def test_the_whole_module_stays_small():
    """El corazón y el total, en su sitio, y funciones cortas: mediana de 12 líneas o menos."""
    codes = [read(path) for path in MODULES]
    sizes = [size for code in codes for size in function_sizes(code).values()]
    assert statistics.median(sizes) <= MEDIAN_FUNCTION
    heart = [code_size(read(path)) for path in MODULES if path.stem in HEART]
    assert len(heart) == len(HEART) and sum(heart) <= MAX_HEART
    assert sum(map(code_size, codes)) <= MAX_PACKAGE


def test_code_size_by_hand():
    """De un archivo de seis líneas, dos son código."""
    assert code_size('"""Qué es."""\n\n# nota\ndef f():\n    """Qué hace."""\n    return 1\n') == 2


def run_python(code: str) -> str:
    """Lo que imprime un Python nuevo."""
    return subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, text=True)


def test_importing_the_package_is_quick_and_light():
    """`import llm_intro` tarda menos de 100 ms (la mejor de tres) y no trae ni torch ni numpy."""
    code = (
        "import time, sys; t = time.perf_counter(); import llm_intro; "
        "print(time.perf_counter() - t, 'torch' in sys.modules, 'numpy' in sys.modules)"
    )
    runs = [run_python(code).split() for _ in range(3)]
    assert min(float(seconds) for seconds, *_ in runs) <= 0.1
    assert {tuple(loaded) for _, *loaded in runs} == {("False", "False")}


@pytest.mark.parametrize(("given", "kept"), [(None, "1000"), ("7", "7")])
def test_importing_the_package_tames_the_threads_unless_told_otherwise(monkeypatch, given, kept):
    """Si el lector ya ha dicho cómo esperan sus hilos, se respeta."""
    monkeypatch.delenv("GOMP_SPINCOUNT", raising=False)
    if given:
        monkeypatch.setenv("GOMP_SPINCOUNT", given)
    assert run_python("import os, llm_intro; print(os.environ['GOMP_SPINCOUNT'])").strip() == kept


@pytest.mark.parametrize("name", llm_intro.PUBLIC)
def test_every_public_name_is_there(name):
    """Cada nombre público existe en el módulo que se dice y sale en dir()."""
    module = importlib.import_module(f"llm_intro.{llm_intro.PUBLIC[name]}")
    assert getattr(llm_intro, name) is getattr(module, name)
    assert name in dir(llm_intro)


def test_an_unknown_name_is_answered_in_spanish():
    """Lo que no existe da AttributeError y enseña lo que sí hay."""
    with pytest.raises(AttributeError, match=r"no tiene «entrenar».*train"):
        _ = llm_intro.entrenar
