"""Lo que mantiene ordenada la casa: pisos del módulo, tamaños y nombres públicos."""

import ast
import importlib
import statistics
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

import lessons
import llm_intro
import solutions

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "llm_intro"
MODULES = sorted(PACKAGE.rglob("*.py"))
NAMES = [path.relative_to(PACKAGE).as_posix() for path in MODULES]
HEART = {
    *("__init__", "corpus", "tokenizers", "dataset"),
    *("lstm", "recipes", "training", "sampling"),
}
STOREYS = ("support", "heart", "models", "face", "rooms")  # de abajo arriba
# lección → su carpeta; quien busca una encuentra la otra
ROOMS = {
    "start": "00",
    "history": "01",
    "tokens": "02",
    "embeddings": "03",
    "cervantes": "04",
    "attention": "05",
    "desguace": "06",
    "reto": "07",
    "stage": "09",
    "assistant": "06 07 08",
}
FACE = STOREYS.index("face")
MAX_FILE, MAX_FUNCTION, MEDIAN_FUNCTION = 250, 40, 12
MAX_HEART_LINES = 1100  # las del archivo, con sus docstrings: se lee de una sentada
MAX_WALK_FILES, MAX_WALK_LINES = 6, 850  # de la celda que entrena a los pesos
MAX_CORE, MAX_PACKAGE = 2400, 5000  # código de support, corazón y models; y de todo
CONTROLS = ("controls", "writing", "form", "screens")  # aquí, ipywidgets
each_module = pytest.mark.parametrize("path", MODULES, ids=NAMES)


def place(path: Path) -> str:
    """Dónde vive un archivo: su carpeta, o «heart» si está arriba del todo."""
    parts = path.relative_to(PACKAGE).parts
    return parts[0] if len(parts) > 1 else "heart"


def storey(name: str) -> int:
    """El piso de una carpeta, o de un módulo de arriba."""
    if name in ROOMS:
        return STOREYS.index("rooms")
    return STOREYS.index(name if name in STOREYS else "heart")


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
    """Lo que un archivo importa de más arriba o de otra lección, y lo que no toca en su sitio."""
    here, room, faults = storey(place(path)), place(path), []
    door = path == PACKAGE / "__init__.py"  # la puerta lo ve todo
    for name in imports(code, path):
        parts = name.split(".")
        other = parts[1] if parts[0] == "llm_intro" and len(parts) > 1 else ""
        above = bool(other) and storey(other) > here and not door
        next_door = other in ROOMS and other != room and room != "stage" and not door
        figures = parts[0] == "matplotlib" and path.stem not in ("figures", "screens")
        controls = parts[0] == "ipywidgets" and path.stem not in CONTROLS
        faults += [name] * (above or next_door or figures or controls)
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
    """Support no conoce el corazón, ni este los modelos…; y ninguna lección conoce a otra."""
    assert place(path) in (*STOREYS, *ROOMS), f"¿qué lección es {place(path)}? apúntala en ROOMS"
    assert storey_faults(read(path), path) == []


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("support/machine.py", "from ..corpus import load_quijote"),
        ("corpus.py", "from .models.ngram import NGramModel"),
        ("corpus.py", "def f():\n    from llm_intro import face"),
        ("training.py", "from .face import figures"),
        ("models/ngram.py", "from ..face.figures import BLUE"),
        ("face/figures.py", "from ..tokens.shannon import bounds"),
        ("tokens/shannon.py", "from ..reto.rarity import ExactReplies"),
        ("sampling.py", "import matplotlib.pyplot as plt"),
        ("face/figures.py", "import ipywidgets"),
        ("cervantes/exercises.py", "import matplotlib"),
    ],
)
def test_an_import_that_points_up_is_caught(name, code):
    """También dentro de una función, y con cualquier forma de escribirlo."""
    assert storey_faults(code, PACKAGE / name)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("training.py", "from .lstm import X"),
        ("training.py", "from .support.machine import best_device"),
        ("face/controls.py", "from ..support.text import visible"),
        ("tokens/controls.py", "from .shannon import bounds"),
        ("stage/screens.py", "from ..reto.constrained import PROMPT"),
        ("__init__.py", "from .models.pretrained import load_fast"),
    ],
)
def test_an_import_that_points_down_is_fine(name, code):
    """Bajar se puede siempre, y quien da la clase entra en todas las lecciones."""
    assert storey_faults(code, PACKAGE / name) == []


def test_the_top_level_is_the_heart_and_nothing_else():
    """Al abrir llm_intro/ se ven los archivos del corazón, y ninguna familia con prefijo."""
    assert {path.stem for path in PACKAGE.glob("*.py")} == HEART
    for folder in {path.parent for path in MODULES}:
        names = sorted(path.stem for path in folder.glob("*.py"))
        assert [(a, b) for a, b in pairwise(names) if b.startswith(f"{a}_")] == []


def test_every_room_has_its_lesson_and_every_lesson_its_room():
    """De una lección se llega a su carpeta, y de una carpeta a su lección."""
    folders = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()}
    assert folders == {*ROOMS, "support", "models", "face"}
    numbers = {path.name[:2] for path in (ROOT / "notebooks").glob("0*.ipynb")}
    assert {number for told in ROOMS.values() for number in told.split()} == numbers


@each_module
def test_only_the_face_speaks(path):
    """Debajo de la cara se devuelve; el cuaderno enseña."""
    if storey(place(path)) < FACE:
        assert noise(read(path)) == []


def test_a_print_is_caught():
    """print y plt.show, también anidados; log.info no."""
    assert noise("def f():\n    print(1)\n    plt.show()\n    log.info(2)") == ["print", "plt.show"]


@each_module
def test_files_and_functions_stay_small(path):
    """250 líneas por archivo y 40 por función, como mucho."""
    code = read(path)
    lines = code.count("\n")
    assert lines <= MAX_FILE
    assert {name: size for name, size in function_sizes(code).items() if size > MAX_FUNCTION} == {}


def test_the_whole_module_stays_small():
    """El corazón, lo que lo rodea y el total, en su sitio; y funciones cortas."""
    codes = {path: read(path) for path in MODULES}
    sizes = [size for code in codes.values() for size in function_sizes(code).values()]
    assert statistics.median(sizes) <= MEDIAN_FUNCTION
    heart = [code.count("\n") for path, code in codes.items() if place(path) == "heart"]
    assert sum(heart) <= MAX_HEART_LINES
    core = [code_size(code) for path, code in codes.items() if storey(place(path)) < FACE]
    assert sum(core) <= MAX_CORE
    assert sum(map(code_size, codes.values())) <= MAX_PACKAGE


def walk(path: Path, seen: dict[Path, int]) -> dict[Path, int]:
    """Los archivos del módulo que se abren siguiendo los import desde `path`, con sus líneas."""
    if path not in seen:
        seen[path] = read(path).count("\n")
        for name in imports(read(path), path):
            if name.startswith("llm_intro."):
                target = PACKAGE.joinpath(*name.split(".")[1:-1]).with_suffix(".py")
                if target.exists():
                    walk(target, seen)
    return seen


def test_from_the_training_cell_to_the_weights_a_reader_opens_few_files():
    """De `train` a los pesos: se siguen los import, sin contar lo que solo apoya (support)."""
    opened = walk(PACKAGE / "training.py", {})
    opened = {path: lines for path, lines in opened.items() if place(path) != "support"}
    assert PACKAGE / "recipes.py" in opened
    assert len(opened) <= MAX_WALK_FILES
    assert sum(opened.values()) <= MAX_WALK_LINES


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.glob("*/exercises.py")), ids=lambda p: p.parent.name
)
def test_exercises_stand_in_the_order_of_their_lesson(path):
    """Quien busca el ejercicio 3 de una lección encuentra el tercero de su carpeta."""
    if path.parent.name == "face":
        return
    asked = [item.name for lesson in lessons.all_lessons() for item in solutions.exercises(lesson)]
    here = [node.name for node in ast.parse(read(path)).body if isinstance(node, ast.FunctionDef)]
    assert [name for name in here if name in asked] == [name for name in asked if name in here]


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
