"""Las reglas de los cuadernos, sobre todos los que hay o los que empiecen por un número.

    python tools/hygiene.py [04]

Cada regla es una función que recibe una lección y va diciendo lo que no cumple.
"""

import sys

import lessons
import rules_file
import rules_teaching

RULES = [*rules_file.RULES, *rules_teaching.RULES]


def problems(lesson: lessons.Lesson) -> list[str]:
    """Todo lo que una lección no cumple, con el nombre de la regla."""
    return [f"{rule.__name__}: {problem}" for rule in RULES for problem in rule(lesson)]


def main(only: str = "") -> int:
    """Escribe los problemas de cada cuaderno; 1 si hay alguno."""
    found = {lesson.path.name: problems(lesson) for lesson in lessons.all_lessons(only)}
    for name, messages in found.items():
        for message in messages:
            print(f"{name}: {message}")
    print(f"Cuadernos: {len(found)}. Problemas: {sum(map(len, found.values()))}.")
    return int(any(found.values()))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
