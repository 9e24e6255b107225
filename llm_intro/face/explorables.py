"""Figuras que se mueven bajo la mano: sin núcleo, sin red y en cualquier programa.

Cada una es un módulo de JavaScript de `data/explorables/` y sus datos, dentro de un marco que
no puede salir de sí mismo. Debajo va su gemelo quieto, un PNG de los mismos datos: es lo que
queda donde no hay marcos (GitHub, el papel, un cuaderno en el que Jupyter aún no confía).
"""

import base64
import hashlib
import json
from string import Template
from typing import NamedTuple

from ..support.data import load_results, read_text
from .figures import as_png, plot_table

MAX_DATA = 150_000  # bytes


class Explorable(NamedTuple):
    """Una figura que se mueve, con su gemelo quieto (un PNG). La hace `explorable`."""

    title: str
    phone: int  # su alto, en puntos, en una ventana estrecha
    wide: int  # y en una ancha
    page: str
    twin: bytes

    def __repr__(self) -> str:
        return f"[figura que se mueve: {self.title}]"

    def _repr_html_(self) -> str:
        page = self.page.replace("&", "&amp;").replace("'", "&#39;")
        outer = Template(read_text("explorables/frame.html"))
        image = base64.b64encode(self.twin).decode()
        return outer.substitute(self._asdict(), page=page, image=image)


def explorable(name: str, data, twin) -> Explorable:
    """La figura `name` con sus datos.

    Args:
        name: una de las de `data/explorables/shelf.json`, donde está la pregunta que contesta.
        data: lo que necesita, hecho de listas, textos y números; 150 KB como mucho.
        twin: la función que dibuja los mismos datos quietos y devuelve sus ejes.
    Raises:
        ValueError: si no hay figura con ese nombre, o si sus datos pesan demasiado.
    """
    shelf = load_results("explorables/shelf")
    if name not in shelf:
        raise ValueError(f"no hay figura «{name}». Hay: {', '.join(shelf)}.")
    return Explorable(*shelf[name], frame(name, shelf[name][0], data), as_png(twin(data)))


def quiz(number: str) -> Explorable:
    """El cuestionario de una lección: cinco preguntas, y de cada respuesta, por qué.

    Args:
        number: la lección, «04»; sus preguntas están en `data/quizzes/`.
    """
    questions = load_results(f"quizzes/{number}")
    asked = [[one["ask"]] for one in questions]
    return explorable("quiz", questions, lambda _: plot_table(asked, ["cinco preguntas"]))


def frame(name: str, title: str, data) -> str:
    """La página de dentro del marco; solo puede correr su propio código y no pide nada."""
    packed = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    if (size := len(packed.encode())) > MAX_DATA:
        raise ValueError(f"los datos de «{name}» pesan {size} bytes, más de {MAX_DATA}: recorta.")
    parts = [read_text(f"explorables/{part}.js") for part in ("kit", name)]
    code = '"use strict";\n' + "\n".join([*parts, "begin();\n"])
    digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
    style, page = (read_text(f"explorables/{part}") for part in ("kit.css", "page.html"))
    return Template(page).substitute(
        title=title, digest=digest, style=style, data=packed, code=code
    )
