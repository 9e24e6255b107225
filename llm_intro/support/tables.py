"""Una tabla que se enseña sola."""

import html


class Table:
    """Una tabla que se enseña sola en un cuaderno, en GitHub y en una terminal.

    Cada celda ocupa una línea, y lo que diga se lee tal cual: ni Markdown ni HTML.
    """

    def __init__(self, head: list[str], rows: list[list]):
        self.head, self.rows = head, [[str(cell) for cell in row] for row in rows]

    def _repr_markdown_(self) -> str:
        lines = [self.head, ["---"] * len(self.head), *self.rows]
        return "\n".join("| " + " | ".join(map(plain, line)) + " |" for line in lines)

    def __repr__(self) -> str:
        lines = [[" ".join(cell.splitlines()) for cell in line] for line in (self.head, *self.rows)]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)


def plain(cell: str) -> str:
    """Un texto cualquiera como celda de Markdown: sin saltos, sin HTML y sin columnas de más."""
    return html.escape(" ".join(cell.splitlines()), quote=False).replace("|", "&#124;")
