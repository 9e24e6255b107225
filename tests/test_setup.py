"""«make lab» y «make test»: prepararlo todo una vez, y después empezar sin instalar nada."""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import jupyterlab
import pytest
from jupyter_client import KernelManager

ROOT = Path(__file__).resolve().parent.parent
ENV = ROOT / "tools" / "env.sh"
LISTS = ("requirements.txt", "requirements.lock", "pyproject.toml")
VERSION = "llm_intro/__init__.py"
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="env.sh es para Linux y macOS")

# Un Python de mentira: apunta con qué lo llaman, y sabe crear otro como él en .venv
FAKE_PYTHON = """#!/bin/sh
echo "$*" >> "$CALLS"
[ -z "$OLD" ] || exit 1
case "$*" in *"${UNREACHABLE:-ninguna}"*) echo un error en inglés >&2; exit 1 ;; esac
if [ "$1 $2" = "-m venv" ]; then mkdir -p .venv/bin && cp "$0" .venv/bin/python; fi
[ "$1" != --version ] || echo "Python 3.11.0"
"""


@pytest.fixture
def course(tmp_path):
    """Una carpeta con espacios, eñe y emoji, y las listas del curso dentro."""
    folder = tmp_path / "mi curso ñ 🙂"
    for name in (*LISTS, VERSION, "tools/env.sh"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    (tmp_path / "bin").mkdir()
    for name in ("python3", "python3.14", "python3.13", "python3.12", "python3.11"):
        (tmp_path / "bin" / name).write_text(FAKE_PYTHON)
        (tmp_path / "bin" / name).chmod(0o755)
    return folder


def setup(course: Path, **variables: str) -> tuple[subprocess.CompletedProcess, list[str]]:
    """Corre env.sh y devuelve el resultado y las veces que llamó a pip para instalar."""
    calls = course.parent / "llamadas"
    calls.write_text("")
    path = f"{course.parent / 'bin'}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, "CALLS": str(calls), "OLD": "", "UNREACHABLE": ""}
    env |= {"CPU": "", **variables}
    done = subprocess.run(
        ["sh", "tools/env.sh"],
        cwd=course,
        env=env,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    return done, [call for call in calls.read_text().splitlines() if " install " in call]


def test_the_first_time_installs_the_locked_versions(course):
    """Crea .venv e instala el curso con las versiones de requirements.lock."""
    done, installs = setup(course)
    assert done.returncode == 0
    assert "--constraint requirements.lock" in installs[-1]
    assert installs[-1].endswith("--editable .[dev]")


def test_the_second_time_installs_nothing(course):
    """Sin cambios en las listas no se llama a pip: no hace falta red."""
    setup(course)
    done, installs = setup(course)
    assert (done.returncode, installs, done.stdout) == (0, [], "")


@pytest.mark.parametrize("name", LISTS)
def test_a_changed_list_installs_again(course, name):
    """Si cambia lo que hay que instalar, se instala."""
    setup(course)
    with (course / name).open("a") as file:
        file.write("\n# otro\n")
    assert setup(course)[1]


def test_a_new_version_installs_again(course):
    """Al cambiar la versión del módulo, el paquete instalado debe decirla."""
    setup(course)
    init = course / VERSION
    init.write_text(init.read_text(encoding="utf-8").replace('__version__ = "', '__version__ = "9'))
    assert setup(course)[1]


def test_a_moved_folder_installs_again(course):
    """Al mover la carpeta, la instalación editable apuntaba a la de antes."""
    setup(course)
    moved = course.rename(course.with_name("otro sitio"))
    assert setup(moved)[1]


def test_a_broken_environment_is_made_again(course):
    """Si el Python de .venv ya no funciona, se crea otro."""
    setup(course)
    (course / ".venv" / "bin" / "python").write_text("#!/bin/sh\nexit 1\n")
    assert setup(course)[1]


CPU_BUILD = "download.pytorch.org/whl/cpu"


@pytest.mark.parametrize(
    ("system", "card", "cpu", "asked"),
    [
        ("Linux", "", "", True),
        ("Linux", "yes", "", False),
        ("Darwin", "", "", False),
        ("Linux", "yes", "1", True),
        ("Darwin", "", "1", True),
        ("Linux", "", "0", False),
    ],
)
def test_the_cpu_build_is_for_linux_without_a_card(course, system, card, cpu, asked):
    """En Linux sin tarjeta de NVIDIA, antes que nada; CPU=1 y CPU=0 mandan más."""
    if Path("/proc/driver/nvidia").exists() and not (card or cpu):
        pytest.skip("esta máquina tiene una tarjeta")
    for name, lines in {"uname": f"echo {system}", "nvidia-smi": f"test -n '{card}'"}.items():
        (course.parent / "bin" / name).write_text(f"#!/bin/sh\n{lines}\n")
        (course.parent / "bin" / name).chmod(0o755)
    _, installs = setup(course, CPU=cpu)
    assert (CPU_BUILD in installs[0] and "torch==" in installs[0]) == asked
    assert not any(CPU_BUILD in install for install in installs[1:])


def test_without_the_cpu_build_the_usual_one_is_installed(course):
    """Si no se llega a ese índice se espera poco, se dice en una línea y se sigue."""
    done, installs = setup(course, CPU="1", UNREACHABLE=CPU_BUILD)
    assert "--timeout 15 --retries 0" in installs[0]
    assert (done.returncode, done.stderr) == (0, "")
    assert installs[-1].endswith("--editable .[dev]")
    assert len([line for line in done.stdout.splitlines() if "sin CUDA" in line]) == 1


def test_a_real_pip_gives_up_quickly_on_an_index_it_cannot_reach(tmp_path):
    """Con la dirección cerrada, las mismas opciones devuelven un error en pocos segundos."""
    options = re.search(r"install (--timeout.*?) --index-url", ENV.read_text("utf-8"))[1].split()
    where = ["--index-url", "http://127.0.0.1:9/simple", "--no-deps", "--target", str(tmp_path)]
    pip = [sys.executable, "-m", "pip", "--isolated", "install", *options, *where, "no-existe==1"]
    start = time.monotonic()
    assert subprocess.run(pip, capture_output=True).returncode != 0
    assert time.monotonic() - start < 30


def test_an_old_python_is_told_so(course):
    """Sin Python 3.11 o posterior: una línea que dice qué hace falta."""
    done, installs = setup(course, OLD="1")
    assert done.returncode != 0 and installs == []
    assert "Python 3.11 o posterior" in done.stderr


@pytest.fixture
def lab(course):
    """`make lab` con ese Python de mentira y un id que dice quién es: la orden que daría."""
    shutil.copy(ROOT / "Makefile", course / "Makefile")

    def order(uid: int = 1000, **variables: str) -> str:
        (course.parent / "bin" / "id").write_text(f"#!/bin/sh\necho {uid}\n")
        (course.parent / "bin" / "id").chmod(0o755)
        calls = course.parent / "llamadas"
        env = {"PATH": f"{course.parent / 'bin'}{os.pathsep}{os.environ['PATH']}", **variables}
        env = {"CALLS": str(calls), "OLD": "", "UNREACHABLE": "", "LC_ALL": "C.UTF-8", **env}
        subprocess.run(["make", "-s", "lab"], cwd=course, env=env, check=True, capture_output=True)
        return calls.read_text().splitlines()[-1]

    return order


needs_make = pytest.mark.skipif(not shutil.which("make"), reason="hace falta make")


@needs_make
def test_publishing_does_not_prepare_the_environment():
    """Poner la dirección no baja gigabytes: `make publish` no pasa por env.sh."""
    asked = ["make", "-n", "publish", "REPO=una-cuenta/un-curso"]
    order = subprocess.check_output(asked, cwd=ROOT, text=True, encoding="utf-8")
    assert "tools/publish.py --repo" in order and "env.sh" not in order


@needs_make
@pytest.mark.parametrize(("uid", "asked"), [(0, True), (1000, False)])
def test_only_root_asks_for_allow_root(lab, uid, asked):
    """Jupyter se niega a correr como root sin esa opción; a los demás no se les pone."""
    order = lab(uid)
    assert ("--allow-root" in order) == asked
    assert order.startswith("-m jupyterlab --ServerApp.ip=127.0.0.1 ")
    assert "/lab/tree/notebooks/00_empieza_aqui.ipynb" in order


@needs_make
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="la pantalla es DISPLAY en Linux")
def test_without_a_screen_no_browser_is_opened(lab):
    """Sin pantalla solo se escribe la dirección."""
    assert "--no-browser" in lab()
    assert "--no-browser" not in lab(DISPLAY=":0")


def test_the_course_tells_jupyterlab_to_speak_spanish_and_to_be_quiet():
    """En español, como las lecciones, y sin preguntar por sus noticias en una proyección."""
    folder = ROOT / "tools" / "jupyter"
    told = json.loads((folder / "labconfig/default_setting_overrides.json").read_text("utf-8"))
    assert told["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"
    assert told["@jupyterlab/translation-extension:plugin"] == {"locale": "es_ES"}
    for path in Path(jupyterlab.__file__).parent.glob("schemas/@jupyterlab/translation-*/*.json"):
        assert "locale" in json.loads(path.read_text("utf-8"))["properties"]
    assert importlib.util.find_spec("jupyterlab_language_pack_es_ES")


def test_the_settings_of_the_server_exist():
    """Cifra lo que habla con el núcleo, que si no avisa en inglés de que podrían escucharlo."""
    told = json.loads((ROOT / "tools/jupyter/jupyter_server_config.json").read_text("utf-8"))
    (name, value), *rest = told["KernelManager"].items()
    assert KernelManager.class_traits()[name].values and rest == []
    assert getattr(KernelManager(**{name: value}), name) == "auto"
