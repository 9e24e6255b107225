"""Figuras que se mueven bajo la mano: sin núcleo, sin red y en cualquier programa.

Cada una es un módulo de JavaScript de `data/explorables/` y sus datos, dentro de un marco que
no puede salir de sí mismo. Debajo va su gemelo quieto, un PNG de los mismos datos: es lo que
queda donde no hay marcos (GitHub, el papel, un cuaderno en el que Jupyter aún no confía).
"""

import base64
import hashlib
import html
import json
from typing import NamedTuple

from ..support.data import read_text
from .figures import as_png

MAX_DATA = 150_000  # bytes
QUIET = "Figura quieta. Ejecuta la celda, o confía en el cuaderno, y se moverá."
PAGE = """<!DOCTYPE html><html lang="es"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width"><title>{title}</title>
<style>{style}</style></head><body><h2>{title}</h2><main></main>
<script type="application/json" id="datos">{data}</script><script>{code}</script></body></html>"""


class Shape(NamedTuple):
    """La pregunta que contesta una figura y su alto, en puntos, en un móvil y en ancho."""

    title: str
    phone: int
    wide: int

    @property
    def height(self) -> str:
        """El alto en CSS: `phone` con 400 puntos de ancho, `wide` con 800, y en recta en medio."""
        low, high = sorted((self.phone, self.wide))
        slope = (self.wide - self.phone) / 4
        return f"clamp({low}px, calc({2 * self.phone - self.wide}px + {slope}vw), {high}px)"


SHELF = {
    "count": Shape("¿Cumple tu respuesta las dos cuentas?", 500, 400),
    "birth": Shape("¿Qué aprende primero una red?", 800, 530),
    "cosine": Shape("¿Qué mira el coseno: el largo o la dirección?", 690, 470),
    "window": Shape("¿Cómo se llena la tabla de compañías?", 585, 510),
    "map": Shape("¿Son vecinas de verdad las que se tocan en el mapa?", 790, 600),
}


class Explorable:
    """Una figura que se mueve, con su gemelo quieto. La hace `explorable`."""

    def __init__(self, shape: Shape, page: str, twin: bytes):
        self.shape, self.page, self.twin = shape, page, twin

    def __repr__(self) -> str:
        return f"[figura que se mueve: {self.shape.title}]"

    def _repr_html_(self) -> str:
        title = html.escape(self.shape.title)
        page = self.page.replace("&", "&amp;").replace("'", "&#39;")
        image = base64.b64encode(self.twin).decode()
        return (
            f'<div class="explorable" style="position:relative;height:{self.shape.height}">'
            f'<img alt="{title} {QUIET}" src="data:image/png;base64,{image}" '
            'style="max-width:100%;max-height:100%">'
            f'<iframe title="{title}" sandbox="allow-scripts" '
            'style="position:absolute;left:0;top:0;width:100%;height:100%;border:0" '
            f"srcdoc='{page}'></iframe></div>"
        )


def explorable(name: str, data, twin) -> Explorable:
    """La figura `name` con sus datos.

    Args:
        name: una de `SHELF`.
        data: lo que necesita, hecho de listas, textos y números; 150 KB como mucho.
        twin: la función que dibuja los mismos datos quietos y devuelve sus ejes.
    Raises:
        ValueError: si no hay figura con ese nombre, o si sus datos pesan demasiado.
    """
    if name not in SHELF:
        raise ValueError(f"no hay figura «{name}». Hay: {', '.join(SHELF)}.")
    return Explorable(SHELF[name], frame(name, data), as_png(twin(data)))


def frame(name: str, data) -> str:
    """La página de dentro del marco; solo puede correr su propio código y no pide nada."""
    packed = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    if (size := len(packed.encode())) > MAX_DATA:
        raise ValueError(f"los datos de «{name}» pesan {size} bytes, más de {MAX_DATA}: recorta.")
    parts = [read_text(f"explorables/{part}.js") for part in ("kit", name)]
    code = '"use strict";\n' + "\n".join([*parts, "begin();\n"])
    digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    style = read_text("explorables/kit.css")
    return PAGE.format(policy=policy, title=SHELF[name].title, style=style, data=packed, code=code)
