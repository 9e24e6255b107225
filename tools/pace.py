"""Cuántos minutos pide una lección, contados en el propio cuaderno.

    python tools/pace.py          # la tabla de todas
    python tools/pace.py 04       # una

Palabras de prosa entre 130, líneas de código a la vista por 0,15, un minuto por cada
«Predice antes», los minutos que dice cada ejercicio y lo que tarda en ejecutarse.
"""

import re
import sys
from dataclasses import dataclass

import lessons
import readability
from lessons import Lesson
from llm_intro.support.data import load_results

WORDS_PER_MINUTE, MINUTES_PER_LINE = 130, 0.15
PREDICTION = re.compile(r"\*\*Predice antes")
EXERCISE = re.compile(r"^### Ejercicio \d+ · .+ \(\w+, (\d+) min\)$", re.MULTILINE)
EXTENSION = re.compile(r"^## Ampliación", re.MULTILINE)
HIDDEN = re.compile(r"<details>.*?</details>", re.DOTALL)
ANNOUNCED = re.compile(
    r"^Clase: (\d+) minutos · ejercicios: (\d+) · ampliación: (\d+)\.$", re.MULTILINE
)


@dataclass(frozen=True)
class Pace:
    """Minutos enteros de cada parte."""

    classroom: int
    exercises: int
    extension: int

    def __str__(self) -> str:
        return (
            f"Clase: {self.classroom} minutos · ejercicios: {self.exercises} · "
            f"ampliación: {self.extension}."
        )


def pace(lesson: Lesson) -> Pace:
    """Los minutos de clase, de ejercicios y de ampliación, según lo que hay escrito."""
    cut = next((i for i, c in enumerate(lesson.cells) if starts_extension(c)), len(lesson.cells))
    run = running_minutes(lesson.number)
    essential, beyond = reading(lesson.cells[:cut]) + run, reading(lesson.cells[cut:])
    practice = sum(int(n) for c in lesson.markdown for n in EXERCISE.findall(lessons.source(c)))
    return Pace(round(essential), practice, round(beyond))


def agrees(told: int, counted: int) -> bool:
    """Si lo anunciado se aparta de lo contado un 10 % como mucho, o dos minutos si es poco."""
    return abs(told - counted) <= max(2, 0.1 * counted)


def starts_extension(cell: dict) -> bool:
    return cell["cell_type"] == "markdown" and bool(EXTENSION.search(lessons.source(cell)))


def reading(cells: list[dict]) -> float:
    """Minutos de leer, mirar el código y predecir; las referencias y las soluciones no se leen."""
    total = 0.0
    for cell in cells:
        text = lessons.source(cell)
        if cell["cell_type"] == "code":
            folded = lessons.FOLDED in lessons.tags(cell) or cell.get("id") == lessons.BOOTSTRAP
            total += 0 if folded else MINUTES_PER_LINE * lessons.code_lines(cell)
        elif cell.get("id") not in (lessons.BADGE, "referencias"):
            words = len(readability.words(readability.prose(HIDDEN.sub("", text))))
            total += words / WORDS_PER_MINUTE + len(PREDICTION.findall(text))
    return total


def running_minutes(number: str) -> float:
    """Lo que tardó «Ejecutar todo» donde se midió."""
    stored = load_results("durations")["lessons"]
    return sum(sum(v.values()) for name, v in stored.items() if name.startswith(number)) / 60


def announced(lesson: Lesson) -> Pace | None:
    """Lo que la lección dice que dura, o None si no lo dice."""
    found = ANNOUNCED.search("\n".join(map(lessons.source, lesson.markdown)))
    return Pace(*map(int, found.groups())) if found else None


if __name__ == "__main__":
    for each in lessons.all_lessons(*sys.argv[1:2]):
        prose = readability.prose("\n".join(map(lessons.source, each.markdown)))
        words = len(readability.words(prose))
        print(f"{each.number} · {pace(each)} · {words} palabras, {len(each.cells)} celdas")
