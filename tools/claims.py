"""Reúne las celdas `claim` de las lecciones en notebooks/AFIRMACIONES.md.

Cada una empieza con un comentario, lo que la lección afirma, y lo comprueba con un `assert`.
"""

import ast
import sys

import lessons

PAGE = lessons.NOTEBOOKS / "AFIRMACIONES.md"
INTRO = """# Lo que el curso afirma, y dónde se comprueba

Cada fila sale de una celda de una lección: si la comprobación fallara, la celda se detendría.
La columna «Valor» es lo que la celda enseñó la última vez que se ejecutó con el libro entero.
Esta página la escribe `make notebooks`: no la edites a mano.
"""
MAX_VALUE = 90  # caracteres


def statement(cell: dict) -> str:
    """Los comentarios con que empieza la celda, sin las almohadillas."""
    lines = []
    for line in lessons.source(cell).splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.lstrip("# ").rstrip())
    return " ".join(lines)


def tests(cell: dict) -> list[str]:
    """Las condiciones de los `assert` de la celda, tal como están escritas."""
    text = lessons.source(cell)
    found = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Assert)]
    return [" ".join(ast.get_source_segment(text, node.test).split()) for node in found]


def value(cell: dict) -> str:
    """La última salida de la celda que se puede leer en una línea, recortada."""
    texts = [" ".join(lessons.output_text(output).split()) for output in cell["outputs"]]
    readable = [text for text in texts if text and not text.startswith(("<Axes", "<Figure"))]
    text = readable[-1] if readable else ""
    return text if len(text) <= MAX_VALUE else text[: MAX_VALUE - 1] + "…"


def page() -> str:
    """La página entera, con una tabla por lección."""
    parts = [INTRO]
    for lesson in lessons.all_lessons():
        rows = [row(cell) for cell in lesson.code if lessons.CLAIM in lessons.tags(cell)]
        if rows:
            parts.append(f"## [{lesson.number} · {lesson.title}]({lesson.path.name})\n")
            parts.append("| Afirmación | Valor | Comprobación |\n|---|---|---|")
            parts.append("\n".join(rows) + "\n")
    return "\n".join(parts)


def row(cell: dict) -> str:
    """Una fila de la tabla; las barras verticales se escriben de modo que no la rompan."""
    conditions = " y ".join(f"`{test}`" for test in tests(cell))
    fields = [statement(cell), f"`{value(cell)}`" if value(cell) else "", conditions]
    return "| " + " | ".join(field.replace("|", "\\|") for field in fields) + " |"


def main() -> None:
    """Escribe la página."""
    PAGE.write_text(page(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    sys.exit(main())
