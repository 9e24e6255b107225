"""`make publish` de verdad, en un clon: dos direcciones seguidas, la vuelta, y desde GitHub."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest
import yaml

from address import Address
from badges import HUB

ROOT = Path(__file__).resolve().parent.parent
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="hace falta git")


def git(folder: Path, *words: str) -> str:
    """Lo que responde git en esa carpeta."""
    command = ["git", "-c", "safe.directory=*", "-C", str(folder), *words]
    return subprocess.check_output(command, text=True, encoding="utf-8").strip()


def publish(folder: Path, *options: str) -> None:
    subprocess.run([sys.executable, folder / "tools/publish.py", *options], check=True)


@pytest.fixture
def clone(tmp_path):
    """Un clon de lo que hay en git, con un nombre que da guerra."""
    if not (ROOT / ".git").exists():
        pytest.skip("esta copia no es un repositorio de git")
    folder = tmp_path / "copia con espacios y eñes"
    git(tmp_path, "clone", "-q", "--no-hardlinks", str(ROOT), str(folder))
    git(folder, "checkout", "-qB", "main")  # también si aquí no hay rama, como en una revisión
    return folder


@pytest.mark.slow
def test_a_second_address_leaves_no_trace_of_the_first(clone):
    """Pasar por otra dirección no cambia nada, y volver a la de muestra deja el diff limpio."""
    start = (clone / "pyproject.toml").read_text(encoding="utf-8")
    ref = start.split('\nref = "')[1].split('"')[0]
    publish(clone, "--repo", "ana-2026/mi.curso", "--ref", "v7.8.9")
    publish(clone, "--repo", "otra-cuenta/Curso_LLM", "--ref", ref)
    publish(clone, "--check")
    there = git(clone, "diff")
    assert "otra-cuenta/Curso_LLM" in there and "ana-2026" not in there and "7.8.9" not in there
    assert "_sin_publicar_" not in git(clone, "grep", "-h", "github.com/", "--", "*.md", "*.ipynb")
    git(clone, "checkout", "-q", ".")
    publish(clone, "--repo", "otra-cuenta/Curso_LLM", "--ref", ref)
    assert git(clone, "diff") == there


@pytest.mark.slow
@pytest.mark.parametrize("already", [False, True])
def test_the_workflow_publishes_a_fork_under_its_own_name(clone, tmp_path, already):
    """Los pasos de publish.yml, ejecutados aquí: un cambio, una etiqueta, y todo subido.

    Una etiqueta que ya estaba no se mueve, porque alguien la puede tener abierta, ni hace fallar.
    """
    fork = tmp_path / "fork.git"
    git(tmp_path, "init", "-q", "--bare", str(fork))
    git(clone, "remote", "set-url", "origin", str(fork))
    git(clone, "push", "-qu", "origin", "HEAD")
    before = git(clone, "rev-parse", "HEAD")
    if already:
        git(clone, "push", "-q", "origin", "HEAD:refs/tags/v3.2.1")
    job = yaml.safe_load((clone / ".github/workflows/publish.yml").read_text("utf-8"))["jobs"]
    steps = [step["run"] for step in job["publish"]["steps"] if "run" in step]
    env = {**os.environ, "REF": "v3.2.1", "GITHUB_REPOSITORY": "una-escuela/llm"}
    env["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{env['PATH']}"
    env |= {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "safe.directory",
        "GIT_CONFIG_VALUE_0": "*",
    }
    for step in steps:
        if "pip install" not in step:
            subprocess.run(["bash", "-e", "-c", step], cwd=clone, env=env, check=True)
    head = git(clone, "rev-parse", "HEAD")
    assert head != before
    assert git(fork, "rev-parse", "v3.2.1") == (before if already else head)
    page = git(fork, "show", f"{head}:README.md")
    assert "github/una-escuela/llm/blob/v3.2.1/notebooks/04_" in page
    assert '__version__ = "3.2.1"' in git(fork, "show", f"{head}:llm_intro/__init__.py")


def pulled(folder: Path, branch: str) -> int:
    """Lo que hace el enlace de un aula la segunda vez: traer esa rama y juntarla."""
    git(folder, "fetch", "-q", "origin")
    join = ["git", "-C", str(folder), "merge", "-q", "-Xours", f"origin/{branch}"]
    return subprocess.run(join, capture_output=True).returncode


@pytest.mark.parametrize("ref", ["v1.0.0", "main", "curso/2026"])
def test_the_link_of_a_classroom_can_be_opened_twice(tmp_path, ref):
    """El enlace lleva una rama: desde una etiqueta, la segunda vez no habría qué juntar."""
    where = Address("https://github.com/una-escuela/llm", ref)
    branch = unquote(re.search(r"&branch=([^&]+)", where.fill(HUB))[1])
    course, mine = tmp_path / "curso", tmp_path / "mio"
    git(tmp_path, "init", "-q", "-b", branch, str(course))
    for version in ("v1.0.0", "v1.1.0"):
        (course / "leccion.txt").write_text(version)
        git(course, "add", ".")
        author = ("-c", "user.name=a", "-c", "user.email=a@example.org")
        git(course, *author, "commit", "-qm", version)
        git(course, "tag", version)
        if not mine.exists():
            git(tmp_path, "clone", "-q", "-b", branch, str(course), str(mine))
    assert pulled(mine, "v1.0.0") != 0
    assert pulled(mine, branch) == 0
    assert (mine / "leccion.txt").read_text() == "v1.1.0"


def test_a_copy_runs_one_job_and_the_course_all_of_them():
    """La matriz de tests.yml: en una copia o en privado, una combinación; aquí, doce."""
    jobs = yaml.safe_load((ROOT / ".github/workflows/tests.yml").read_text("utf-8"))["jobs"]
    matrix = jobs["tests"]["strategy"]["matrix"]
    for name, every in (("os", 3), ("python", 4)):
        lists = [json.loads(found) for found in re.findall(r"\[[^]]*\]", matrix[name])]
        assert [len(one) for one in lists] == [1, every]
        assert "repository.fork || github.event.repository.private" in matrix[name]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_workflows_run_what_exists(path):
    """Cada archivo de tools/ que nombra un flujo está, y ningún dato de fuera llega a una orden."""
    jobs = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]
    commands = [step.get("run", "") for job in jobs.values() for step in job["steps"]]
    named = {word for command in commands for word in command.split() if word.startswith("tools/")}
    assert {name for name in named if not (ROOT / name).is_file()} == set()
    assert not any("${{" in command for command in commands)
