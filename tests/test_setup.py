"""«make lab» y «make test»: prepararlo todo una vez, y después empezar sin instalar nada."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import lab

ROOT = Path(__file__).resolve().parent.parent
LISTS = ("requirements.txt", "requirements.lock", "pyproject.toml")
VERSION = "llm_intro/__init__.py"
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="env.sh es para Linux y macOS")

# Un Python de mentira: apunta con qué lo llaman, y sabe crear otro como él en .venv
FAKE_PYTHON = """#!/bin/sh
echo "$*" >> "$CALLS"
[ -z "$OLD" ] || exit 1
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
    env = {**os.environ, "PATH": path, "CALLS": str(calls), "OLD": "", "CPU": "", **variables}
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


def test_cpu_asks_pytorch_for_its_own_build(course):
    """CPU=1 instala antes el PyTorch sin CUDA, en la versión probada."""
    _, installs = setup(course, CPU="1")
    assert "torch==" in installs[0] and "download.pytorch.org/whl/cpu" in installs[0]


def test_an_old_python_is_told_so(course):
    """Sin Python 3.11 o posterior: una línea que dice qué hace falta."""
    done, installs = setup(course, OLD="1")
    assert done.returncode != 0 and installs == []
    assert "Python 3.11 o posterior" in done.stderr


@pytest.mark.parametrize(("uid", "asked"), [(0, True), (1000, False)])
def test_only_root_asks_for_allow_root(monkeypatch, uid, asked):
    """Jupyter se niega a correr como root sin esa opción; a los demás no se les pone."""
    monkeypatch.setattr(os, "geteuid", lambda: uid)
    assert ("--allow-root" in lab.command()) == asked
    assert "--ServerApp.ip=127.0.0.1" in lab.command()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="la pantalla es DISPLAY en Linux")
def test_the_course_silences_the_news_and_keeps_other_settings(monkeypatch):
    """JupyterLab pregunta por sus noticias en mitad de una proyección: aquí, no."""
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "otros ajustes")
    folder, other = lab.settings()
    told = json.loads(Path(folder, "labconfig/default_setting_overrides.json").read_text("utf-8"))
    assert told["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"
    assert other == "otros ajustes"


def test_without_a_screen_no_browser_is_opened(monkeypatch):
    """Sin pantalla solo se escribe la dirección."""
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert "--no-browser" in lab.command()
