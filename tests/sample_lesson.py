"""Un cuaderno pequeño que cumple todas las reglas, y maneras de estropearlo de una en una."""

import copy

import lessons
from address import Address
from publish import refreshed

ADDRESS = Address("https://github.com/una-cuenta/un-curso", "v1.2.3")
PROSE = (
    "Sumar es juntar dos montones y contar lo que queda.\n"
    "Con dos piedras y otras dos tienes cuatro.\n"
    "El orden no importa: puedes empezar por el montón que quieras y el total será el mismo.\n"
)
MINUTES = "Clase: 1 minutos · ejercicios: 5 · ampliación: 0."
STATEMENT = "### Ejercicio 1 · Sumar (fácil, 5 min)\n\nEscribe una función que sume dos números.\n"
SOLUTION = (
    "<details><summary>Solución</summary>\n\n"
    "```python\ndef suma_de_prueba(a, b):\n    return a + b\n```\n\n"
    "El signo más ya sabe sumar.\n</details>\n"
)


def markdown(cell_id: str, text: str) -> dict:
    return {"cell_type": "markdown", "id": cell_id, "metadata": {}, "source": text}


def code(cell_id: str, text: str, *tags: str, shows: str = "") -> dict:
    """Una celda de código; `shows` es el texto de su salida."""
    shown = {"text/plain": shows}
    result = {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": shown}
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": cell_id,
        "metadata": {"tags": list(tags)} if tags else {},
        "outputs": [result] if shows else [],
        "source": text,
    }


def lesson(folder, *cells: dict, name: str = "00_ejemplo.ipynb") -> lessons.Lesson:
    """Un cuaderno con esas celdas, numeradas en orden, guardado en la carpeta."""
    cells = copy.deepcopy(cells)
    for count, cell in enumerate([c for c in cells if c["cell_type"] == "code"], start=1):
        cell["execution_count"] = count
        for output in cell["outputs"]:
            output["execution_count"] = count
    nb = {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return save(refreshed(lessons.Lesson(folder / name, nb), ADDRESS))


def save(item: lessons.Lesson) -> lessons.Lesson:
    """Lo guarda y lo vuelve a leer, como lo verá quien lo abra."""
    lessons.write(item)
    return lessons.read(item.path)


def good_cells() -> list[dict]:
    """Las celdas de una lección que cumple todas las reglas."""
    stub = "def suma_de_prueba(a, b):\n    ...  # ~1 línea\n\n\ncheck(suma_de_prueba)"
    return [
        markdown("insignia", "# Sumar"),
        markdown(
            "objetivos",
            f"## Qué vas a aprender\n\n{PROSE}\n{MINUTES}\n",
        ),
        code("arranque", "pass", "nbval-ignore-output", shows="listo"),
        markdown("dos-y-dos", PROSE),
        code("suma", "2 + 2", shows="4"),
        markdown("dos-y-dos-leer", PROSE),
        code("comprobada", "# Dos y dos son cuatro\nassert 2 + 2 == 4", "claim"),
        markdown("enunciado", STATEMENT),
        code("ej-suma", stub, "exercise", shows="pendiente"),
        markdown("solucion", SOLUTION),
    ]
