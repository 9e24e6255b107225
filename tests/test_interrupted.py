"""Quien para la lección 04 a mitad de entrenar lo entiende: un aviso, y lo demás sigue."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
RUN = """
import contextlib, io, json, signal, sys
import matplotlib; matplotlib.use("agg")
from IPython.core.interactiveshell import InteractiveShell
from llm_intro.training import Run
advance, shell, told = Run.advance, InteractiveShell.instance(), []
def stop(run):  # Ctrl-C en el primer paso de cada entrenamiento largo
    advance(run)
    if run.config.minutes:
        signal.raise_signal(signal.SIGINT)
Run.advance = stop
cells = [c for c in json.load(open(sys.argv[1], encoding="utf-8"))["cells"]
         if c["cell_type"] == "code" and c["id"] != "arranque"]
for cell in [*cells, *reversed(cells)]:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        done = shell.run_cell("".join(cell["source"]), store_history=False)
    if error := done.error_before_exec or done.error_in_exec:
        told.append([cell["id"], type(error).__name__, str(error)])
print(json.dumps(told))
"""


@pytest.mark.slow
def test_stopping_every_training_of_lesson_04_is_told_and_any_cell_runs_again(tmp_path):
    """De principio a fin y hacia atrás, con Ctrl-C en cada entrenamiento: avisos en español."""
    lesson = next((ROOT / "notebooks").glob("04*.ipynb"))
    env = {**os.environ, "LLM_INTRO_QUIJOTE": "extracto", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", RUN, str(lesson)]
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout)
    assert {cell for cell, _, _ in told} <= {"continuar"}, told
    assert all(kind in ("ValueError", "AssertionError") and "aún no hay" in text
               for _, kind, text in told)  # fmt: skip
