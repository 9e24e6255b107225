"""Ejecuta los cuadernos resueltos de una carpeta: todos llegan al final y todo está bien.

    python tools/solved.py CARPETA

Se corre con el Python que se quiere probar, y cada cuaderno, con ese mismo.
"""

import sys
import time
from datetime import datetime
from pathlib import Path

import lessons
import notebooks
import solutions


def bootstrap_seconds(lesson: lessons.Lesson) -> float:
    """Lo que tardó la celda de arranque."""
    times = lesson.cell(lessons.BOOTSTRAP)["metadata"]["execution"]
    start, end = (times[key] for key in ("iopub.execute_input", "shell.execute_reply"))
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()


def wrong(lesson: lessons.Lesson) -> dict[str, str]:
    """Los ejercicios resueltos que su check no da por buenos."""
    found = solutions.verdicts(lesson)
    return {name: text for name, text in found.items() if not text.startswith("correcto")}


def main(folder: str) -> int:
    """Ejecuta la carpeta entera; 1 si la solución de algún ejercicio no es correcta."""
    bad = 0
    for path in sorted(Path(folder).glob(lessons.PATTERN)):
        start = time.monotonic()
        lesson = notebooks.execute(lessons.read(path), record_timing=True)
        seconds, first = time.monotonic() - start, bootstrap_seconds(lesson)
        right = len(solutions.exercises(lesson)) - len(wrong(lesson))
        print(
            f"{path.name}: {seconds:.0f} s, arranque {first:.1f} s, {right} ejercicios", flush=True
        )
        for name, text in wrong(lesson).items():
            print(f"  {name}: la solución de la lección da «{text}»")
            bad += 1
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
