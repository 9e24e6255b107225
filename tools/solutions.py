"""Pone en los ejercicios la solución que cada lección trae en su <details>.

    python tools/solutions.py CARPETA [ORIGEN]

deja en CARPETA los cuadernos resueltos. Con ORIGEN (una dirección de git), el arranque instala
el módulo de ahí: así se prueba el curso como lo encuentra quien lo abre desde una insignia.
"""

import ast
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import lessons
import publish
from address import Address
from lessons import EXERCISE, Lesson

FENCE = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Found:
    """Un ejercicio: su celda, el enunciado de antes, la línea del check, su nombre y la solución.

    Lo que falta en la lección queda en None.
    """

    cell: dict
    statement: str
    check: str | None
    name: str | None
    solution: str | None


def exercises(lesson: Lesson) -> list[Found]:
    """Los ejercicios de una lección, en orden."""
    found, statement = [], ""
    for position, cell in enumerate(lesson.cells):
        if cell["cell_type"] == "markdown":
            statement = lessons.source(cell)
        elif EXERCISE in lessons.tags(cell):
            check, name = last_check(lessons.source(cell))
            solution = next_solution(lesson.cells[position + 1 :])
            found.append(Found(cell, statement, check, name, solution))
    return found


def last_check(code: str) -> tuple[str | None, str | None]:
    """La instrucción check(…) con que acaba el código y el ejercicio que nombra."""
    match ast.parse(code).body:
        case [*_, ast.Expr(value=ast.Call(func=ast.Name(id="check")) as call) as node]:
            names = [key.arg for key in call.keywords] + [ast.unparse(arg) for arg in call.args]
            return ast.get_source_segment(code, node), names[0] if names else None
    return None, None


def next_solution(cells: list[dict]) -> str | None:
    """El código del primer <details> que viene, si trae un bloque de Python y solo uno."""
    for cell in cells:
        if cell["cell_type"] == "code":
            return None
        if "<details>" in lessons.source(cell):
            fences = FENCE.findall(lessons.source(cell))
            return fences[0].strip() if len(fences) == 1 else None
    return None


def imports(code: str) -> str:
    """Los import con que empieza una celda de ejercicio: la solución también los necesita."""
    kinds = (ast.Import, ast.ImportFrom)
    nodes = [node for node in ast.parse(code).body if isinstance(node, kinds)]
    return "".join(f"{ast.unparse(node)}\n" for node in nodes)


def solve(lesson: Lesson) -> Lesson:
    """Otro cuaderno con todas las soluciones puestas; el que recibe queda igual."""
    solved = {}
    for item in exercises(lesson):
        if item.check is None or item.solution is None:
            raise ValueError(f"{lesson.path.name}, {item.cell['id']}: falta el check o la solución")
        code = f"{imports(lessons.source(item.cell))}{item.solution}\n\n{item.check}"
        solved[item.cell["id"]] = code
    cells = [
        {**cell, "source": solved.get(cell.get("id"), lessons.source(cell))}
        for cell in lesson.cells
    ]
    return Lesson(lesson.path, {**lesson.nb, "cells": cells})


def verdicts(lesson: Lesson) -> dict[str, str]:
    """Lo que contestó cada check en un cuaderno ya ejecutado: id de la celda → texto."""
    return {
        item.cell["id"]: "".join(map(lessons.output_text, item.cell["outputs"]))
        for item in exercises(lesson)
    }


def main(folder: str, origin: str = "") -> None:
    """Escribe en la carpeta los cuadernos resueltos."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    for lesson in lessons.all_lessons():
        ready = solve(lesson)
        if origin:
            ready = publish.with_bootstrap(ready, Address(*origin.rsplit("@", 1)))
        lessons.write(Lesson(Path(folder) / lesson.path.name, ready.nb))


if __name__ == "__main__":
    main(*sys.argv[1:])
