"""Los cuadernos del curso como datos: leerlos, mirarlos por dentro y guardarlos siempre igual."""

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
PATTERN = "0[0-9]_*.ipynb"

BADGE, BOOTSTRAP = "insignia", "arranque"  # ids de las dos celdas que escribe publish.py
MARK = "<!-- insignias: las escribe make publish -->"
IGNORED, EXERCISE, CLAIM = "nbval-ignore-output", "exercise", "claim"
FOLDED = "hide-input"  # la celda se guarda con el código plegado
FOLDS = {"jupyter": {"source_hidden": True}, "cellView": "form"}  # JupyterLab y Colab


@dataclass(frozen=True)
class Lesson:
    """Un cuaderno: dónde está y lo que dice. `nb` es el JSON de nbformat, sin tocar."""

    path: Path
    nb: dict

    @property
    def cells(self) -> list[dict]:
        return self.nb["cells"]

    @property
    def code(self) -> list[dict]:
        return [cell for cell in self.cells if cell["cell_type"] == "code"]

    @property
    def own_code(self) -> list[dict]:
        """Las celdas de código de la lección: todas menos el arranque."""
        return [cell for cell in self.code if cell.get("id") != BOOTSTRAP]

    @property
    def markdown(self) -> list[dict]:
        return [cell for cell in self.cells if cell["cell_type"] == "markdown"]

    def cell(self, cell_id: str) -> dict | None:
        return next((cell for cell in self.cells if cell.get("id") == cell_id), None)

    @property
    def number(self) -> str:
        return self.path.name[:2]

    @property
    def title(self) -> str:
        """El primer título de nivel 1, o el nombre del archivo si no lo hay."""
        for cell in self.markdown:
            if found := re.search(r"^# +(.+)$", source(cell), re.MULTILINE):
                return found[1].strip()
        return self.path.stem


def replaced(lesson: Lesson, cell_id: str, **changes) -> Lesson:
    """Otro cuaderno con lo que se diga de una celda cambiado."""
    cells = [{**c, **changes} if c.get("id") == cell_id else c for c in lesson.cells]
    return Lesson(lesson.path, {**lesson.nb, "cells": cells})


def joined(text: str | list[str]) -> str:
    """En un archivo .ipynb un texto es una lista de líneas; en memoria, una cadena."""
    return "".join(text)


def source(cell: dict) -> str:
    return joined(cell["source"])


def tags(cell: dict) -> list[str]:
    return cell["metadata"].get("tags", [])


def metadata(labels: list[str]) -> dict:
    """Todo lo que una celda guarda además del texto: sus etiquetas y, si va plegada, los pliegues.

    Los pliegues salen de la etiqueta: en JupyterLab, `source_hidden`; en Colab, `cellView`.
    """
    return {**({"tags": labels} if labels else {}), **(FOLDS if FOLDED in labels else {})}


def code_lines(cell: dict, comments: bool = False) -> int:
    """Cuántas líneas con algo escrito tiene una celda; con los comentarios solo si se piden."""
    lines = [line.strip() for line in source(cell).splitlines()]
    return sum(bool(line) and (comments or not line.startswith("#")) for line in lines)


def output_text(output: dict) -> str:
    """Lo que una salida deja leer como texto, o una cadena vacía."""
    return joined(output.get("text") or output.get("data", {}).get("text/plain") or "")


def read(path) -> Lesson:
    path = Path(path)
    return Lesson(path, json.loads(path.read_text(encoding="utf-8")))


def all_lessons(only: str = "") -> list[Lesson]:
    """Los cuadernos que hay, en orden; con `only`, los que empiezan por ese número."""
    return [read(path) for path in sorted(NOTEBOOKS.glob(PATTERN)) if path.name.startswith(only)]


def as_text(nb: dict) -> str:
    """La única forma en que se guarda un cuaderno: así un cambio pequeño da un diff pequeño."""
    return json.dumps(as_lines(nb), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def as_lines(value, key: str = ""):
    """Lo mismo con sus textos en líneas, como los guarda nbformat, que aquí no hace falta."""
    if isinstance(value, dict) and not key.endswith("json"):
        return {name: as_lines(inner, name) for name, inner in value.items()}
    if isinstance(value, list) and not key.endswith("json"):
        return [as_lines(inner) for inner in value]
    text = key in ("source", "text", "image/svg+xml", "application/javascript")
    text = isinstance(value, str) and (text or key.startswith("text/"))
    return value.splitlines(keepends=True) if text else value


def save(path: Path, text: str) -> None:
    """Escribe un archivo de golpe: si algo lo corta, queda el de antes, entero."""
    partial = path.with_name(path.name + ".parcial")
    try:
        partial.write_text(text, encoding="utf-8", newline="\n")
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def write(lesson: Lesson) -> bool:
    """Guarda el cuaderno si ha cambiado; dice si lo ha hecho."""
    text = as_text(lesson.nb)
    if lesson.path.exists() and lesson.path.read_text(encoding="utf-8") == text:
        return False
    save(lesson.path, text)
    return True
