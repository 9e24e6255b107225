"""Ejecuta los cuadernos resueltos de una carpeta: todos llegan al final y todo está bien.

    python tools/solved.py CARPETA

Se corre con el Python que se quiere probar, y cada cuaderno, con ese mismo.
"""

import sys
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from itertools import chain
from pathlib import Path

import lessons
import notebooks
import solutions

TOGETHER = 2  # cuadernos a la vez, después del primero


def bootstrap_seconds(lesson: lessons.Lesson) -> float:
    """Lo que tardó la celda de arranque."""
    times = lesson.cell(lessons.BOOTSTRAP)["metadata"]["execution"]
    start, end = (times[key] for key in ("iopub.execute_input", "shell.execute_reply"))
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()


def wrong(lesson: lessons.Lesson) -> dict[str, str]:
    """Los ejercicios resueltos que su check no da por buenos."""
    found = solutions.verdicts(lesson)
    return {name: text for name, text in found.items() if not text.startswith("correcto")}


def run(path: Path) -> tuple[str, int]:
    """Ejecuta un cuaderno: lo que hay que contar y cuántas soluciones no son correctas."""
    start = time.monotonic()
    lesson = notebooks.execute(lessons.read(path), record_timing=True)
    seconds, first, bad = time.monotonic() - start, bootstrap_seconds(lesson), wrong(lesson)
    right = len(solutions.exercises(lesson)) - len(bad)
    told = [f"{path.name}: {seconds:.0f} s, arranque {first:.1f} s, {right} ejercicios"]
    told += [f"  {name}: la solución de la lección da «{text}»" for name, text in bad.items()]
    return "\n".join(told), len(bad)


def main(folder: str) -> int:
    """Ejecuta la carpeta entera; 1 si la solución de algún ejercicio no es correcta.

    El primero va solo, porque instala el módulo; los demás, de dos en dos y del último al segundo,
    que así las lecciones largas no acaban solas.
    """
    first, *others = sorted(Path(folder).glob(lessons.PATTERN))
    total = 0
    with ProcessPoolExecutor(TOGETHER) as pool:
        for told, bad in chain([run(first)], pool.map(run, reversed(others))):
            print(told, flush=True)
            total += bad
    return int(total > 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
