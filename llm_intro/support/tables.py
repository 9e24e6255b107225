"""Una tabla que se enseña sola."""


class Table:
    """Una tabla que se enseña sola en un cuaderno, en GitHub y en una terminal."""

    def __init__(self, head: list[str], rows: list[list]):
        self.head, self.rows = head, [[str(cell) for cell in row] for row in rows]

    def _repr_markdown_(self) -> str:
        lines = [self.head, ["---"] * len(self.head), *self.rows]
        return "\n".join("| " + " | ".join(line) + " |" for line in lines)

    def __repr__(self) -> str:
        widths = [max(map(len, column)) for column in zip(self.head, *self.rows, strict=True)]
        lines = (
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
            for line in (self.head, *self.rows)
        )
        return "\n".join(lines)
