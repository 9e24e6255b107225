"""Las figuras del README: copias, en imgs/, de las que enseñan las lecciones guardadas."""

import base64
import sys

import lessons

FOLDER = lessons.ROOT / "imgs"
PICTURES = {  # archivo de imgs/ → lección y celda que la dibuja
    "scoreboard.png": ("04", "marcador"),
    "memory.png": ("04", "memoria"),
    "desguace.png": ("06", "frase-larga"),
}


def figure(number: str, cell_id: str) -> bytes:
    """El PNG que guarda una celda de una lección."""
    (lesson,) = lessons.all_lessons(number)
    found = [output.get("data", {}) for output in lesson.cell(cell_id)["outputs"]]
    (png,) = [lessons.joined(data["image/png"]) for data in found if "image/png" in data]
    return base64.b64decode(png)


def main() -> None:
    """Escribe las figuras."""
    for name, place in PICTURES.items():
        (FOLDER / name).write_bytes(figure(*place))


if __name__ == "__main__":
    sys.exit(main())
