"""Cada dato en un solo sitio, y nada en el repositorio que no deba estar."""

import os
import re
import subprocess
import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

import address
import llm_intro
from llm_intro.corpus import load_quijote
from llm_intro.start.diagnosis import LOWEST

ROOT = Path(__file__).resolve().parent.parent
DATA, EXCERPT = ROOT / "llm_intro" / "data", "llm_intro/data/excerpt.txt"
MAX_TRACKED, MAX_DATA = 4_000_000, 12_000_000
GENERATED = {"pyproject.toml", "README.md", "colab_badge.md", "CITATION.cff"}
PLACES = re.compile(
    r"py[p]i\.org|py[t]honhosted|deb\.deb[i]an|registry\.npm[j]s|"
    r"(?<![\w.])/(wor[k]|tm[p]|hom[e]|roo[t]|User[s])/\w"
)
WINDOW = 60  # caracteres seguidos iguales que ya no son casualidad
QUOTE = 1_500  # caracteres del libro que una lección puede citar


@pytest.fixture(scope="module")
def tracked() -> dict[str, Path]:
    """Los archivos que guarda git; sin git no hay lista que mirar."""
    try:
        listed = subprocess.check_output(
            ["git", "ls-files", "-z"], cwd=ROOT, text=True, encoding="utf-8"
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("hace falta git")
    return {name: path for name in listed.split("\0") if (path := ROOT / name).is_file()}


def text_of(path: Path) -> str:
    """El texto de un archivo, o nada si es binario."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def requirements(name: str) -> dict[str, Requirement]:
    """Los paquetes de una lista: nombre → requisito."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    found = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {item.name: item for item in found}


def test_the_lock_pins_what_the_list_asks_for():
    """Cada paquete de requirements.txt tiene una versión exacta, y cumple su mínimo."""
    asked, locked = requirements("requirements.txt"), requirements("requirements.lock")
    for name, item in asked.items():
        pin = str(locked[name].specifier).removeprefix("==")
        assert pin in item.specifier, name
    assert all(re.fullmatch(r"==[\d.]+(post\d+)?", str(item.specifier)) for item in locked.values())


def test_the_list_has_only_lower_bounds():
    """Mínimos y, para ipywidgets, el máximo de una versión que aún no existe."""
    for name, item in requirements("requirements.txt").items():
        kinds = {spec.operator for spec in item.specifier}
        assert kinds == ({">=", "<"} if name == "ipywidgets" else {">="})


def test_the_traffic_light_asks_for_the_same_minimums():
    """La lección 00 compara con los mínimos de la lista: una carpeta sin instalar no los sabe."""
    asked = requirements("requirements.txt")
    for name, lowest in LOWEST.items():
        (minimum,) = [spec.version for spec in asked[name].specifier if spec.operator == ">="]
        assert tuple(map(int, minimum.split(".")[:2])) == lowest, name


def test_colab_keeps_its_own_versions():
    """Nada de lo que Colab trae queda por debajo de los mínimos: pip no reinstalaría nada."""
    colab = requirements(".ci/colab-constraints.txt")
    shared = colab.keys() & requirements("requirements.txt").keys()
    assert {"numpy", "matplotlib", "ipywidgets", "requests", "tqdm"} <= shared
    for name in shared:
        pin = str(colab[name].specifier).removeprefix("==")
        assert pin in requirements("requirements.txt")[name].specifier, name


def test_pyproject_and_conda_read_the_one_list():
    """Ni pyproject ni environment.yml repiten la lista de paquetes."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    dynamic = project["tool"]["setuptools"]["dynamic"]
    assert dynamic["dependencies"] == {"file": ["requirements.txt"]}
    assert dynamic["version"] == {"attr": "llm_intro.__version__"}
    conda = (ROOT / "environment.yml").read_text(encoding="utf-8")
    listed = re.findall(r"^ +- (?!conda-forge|nodefaults)(.+)$", conda, re.MULTILINE)
    assert [name.split("=")[0] for name in listed] == [
        "python",
        "pip",
        "pip:",
        "--extra-index-url https://download.pytorch.org/whl/cpu",
        "-r requirements.txt",
        "-e .",
    ]


def test_binder_reads_environment_yml():
    """repo2docker mira antes otros archivos: con uno de ellos, environment.yml no contaría.

    Son los de su versión 2026.4, en el orden en que los prueba; «binder/» y «.binder/» van primero.
    """
    before = "binder .binder Dockerfile Project.toml JuliaProject.toml REQUIRE default.nix"
    before += " install.R DESCRIPTION runtime.txt"
    assert [name for name in before.split() if (ROOT / name).exists()] == []
    conda = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    python, pip, lists = conda["dependencies"]
    assert (python, pip) == ("python=3.12", "pip") and list(lists) == ["pip"]
    assert version_of(python) in pythons()


def version_of(pin: str) -> tuple[int, ...]:
    return tuple(map(int, pin.partition("=")[2].split(".")))


def pythons() -> set[tuple[int, ...]]:
    """Las versiones de Python con que se prueba el curso: las de tests.yml."""
    jobs = yaml.safe_load((ROOT / ".github/workflows/tests.yml").read_text("utf-8"))["jobs"]
    listed = re.findall(r'"(3)\.(\d+)"', jobs["tests"]["strategy"]["matrix"]["python"])
    return {tuple(map(int, numbers)) for numbers in listed}


def test_versions_agree():
    """La etiqueta de las insignias, el módulo y el paquete instalado dicen la misma versión."""
    ref = address.current().ref
    if re.fullmatch(r"v\d.*", ref):
        assert ref == f"v{llm_intro.__version__}"
    try:
        assert version("llm_intro") == llm_intro.__version__
    except PackageNotFoundError:
        pytest.skip("llm_intro no está instalado, se usa desde la carpeta")


def test_the_address_is_written_in_one_place(tracked):
    """Fuera de pyproject y de lo que genera `make publish`, nadie nombra la dirección."""
    repo = address.current().repo
    named = {name for name, path in tracked.items() if repo in text_of(path)}
    assert {n for n in named if not n.endswith(".ipynb")} <= GENERATED


def places(text: str) -> list[str]:
    return [found[0] for found in PLACES.finditer(text)]


def test_no_machine_paths_or_package_hosts(tracked):
    """Ningún archivo nombra carpetas de una máquina ni servidores de paquetes."""
    named = {name: found for name, path in tracked.items() if (found := places(text_of(path)))}
    assert named == {}


@pytest.mark.parametrize("folder", ["work", "tmp", "home", "root", "Users"])
def test_a_machine_path_is_caught(folder):
    """Una ruta absoluta se caza; el trozo de una dirección de internet, no."""
    assert places(f"open('/{folder}/ana/curso')")
    assert not places(f"https://example.org/{folder}/ana")


def test_nothing_heavy_is_tracked(tracked):
    """Ningún archivo pasa de 4 MB, y los datos del módulo juntos no pasan de 12."""
    assert [name for name, path in tracked.items() if path.stat().st_size > MAX_TRACKED] == []
    data = [path for path in tracked.values() if DATA in path.parents]
    assert sum(path.stat().st_size for path in data) <= MAX_DATA


def copied(text: str, known: set[str]) -> int:
    """Cuántos caracteres de un texto están, seguidos, en el libro."""
    text, position, total = " ".join(text.lower().split()), 0, 0
    while position + WINDOW <= len(text):
        hit = text[position : position + WINDOW] in known
        total += WINDOW * hit
        position += WINDOW if hit else 1
    return total


def windows(text: str) -> set[str]:
    """El libro en trozos de 60 caracteres: una copia larga contiene alguno entero."""
    return {text[start : start + WINDOW] for start in range(0, len(text) - WINDOW, WINDOW)}


def test_a_copy_is_measured():
    """De un texto copiado entre dos frases propias se cuenta lo copiado."""
    book = "".join(f"palabra {n} " for n in range(100))
    assert copied("Una frase mía. " + book[60:240] + " Y otra.", windows(book)) == 180
    own = "Una frase mía que no está en ningún libro del mundo, ni siquiera en este."
    assert copied(own, windows(book)) == 0


@pytest.mark.slow
def test_the_book_is_not_copied(tracked):
    """Del libro solo viaja el extracto: lo demás son citas cortas."""
    path = os.environ.get("LLM_INTRO_QUIJOTE")
    if not path:
        pytest.skip("hace falta el libro: LLM_INTRO_QUIJOTE")
    known = windows(load_quijote(path).text)
    long = {name: n for name, p in tracked.items() if (n := copied(text_of(p), known)) > QUOTE}
    assert long.keys() <= {EXCERPT}
