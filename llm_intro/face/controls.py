"""Lo que comparten los controles del curso: una caja, un HTML y ningún error suelto.

El patrón que funciona en JupyterLab, Notebook, Colab y Voilà: controles de ipywidgets y un
`HTML` cuyo valor se reescribe. Nada se imprime desde un control, porque según el programa se
pierde, y el control puede correr en otro hilo: por eso hay un cerrojo y ningún estado global.
"""

import html
import threading

import ipywidgets as w
import numpy as np

from ..support.text import comma, visible
from .palette import BLUE, GREY

NARROW = w.Layout(width="100%", max_width="560px", margin="2px 0")  # en un móvil, justo
SLIDER = {"description_width": "8em", "handle_color": BLUE}  # el tirador de serie no se distingue
LOOK, OUT = {"layout": NARROW, "style": SLIDER}, "fuera"
# ipywidgets no deja dar nombre a un tirador: la página se lo pone, para quien la oye
NAMED = """<style onload="for (const bar of document.querySelectorAll('.widget-slider'))
for (const knob of bar.querySelectorAll('[role=slider]'))
knob.ariaLabel = bar.querySelector('.widget-label').textContent"></style>"""
MAX_TEXT = 500  # letras de una casilla: con más, cada movimiento tardaría segundos


def slider(name: str, value: float, low: float, high: float, step: float) -> w.FloatSlider:
    """Deslizador de números con coma, que avisa mientras se mueve."""
    return w.FloatSlider(value, min=low, max=high, step=step, description=name, **LOOK)


def int_slider(name: str, value: int, low: int, high: int) -> w.IntSlider:
    """Deslizador de enteros."""
    return w.IntSlider(value, min=low, max=high, description=name, **LOOK)


def text_box(name: str, value: str) -> w.Text:
    """Casilla de texto, que avisa con cada letra."""
    return w.Text(value, description=name, layout=NARROW, style={"description_width": "8em"})


class Demo:
    """Controles arriba, un HTML debajo: cada vez que algo se mueve, `draw` lo reescribe.

    Args:
        controls: por nombre; `draw` recibe sus valores con esos nombres.
        draw: función de los valores que va dando trozos de HTML: el primero se enseña
            enseguida, y cada uno sustituye al anterior.
    """

    def __init__(self, controls: dict[str, w.Widget], draw):
        self.controls, self.draw = controls, draw
        self.screen = w.HTML()
        self.box = w.VBox([*controls.values(), self.screen])
        self.lock = threading.Lock()
        self.turn = 0
        for control in controls.values():
            control.observe(self.refresh, names="value")
        self.refresh()

    def refresh(self, _change=None) -> None:
        """Vuelve a dibujar con los valores de ahora; si llega otro cambio, lo deja."""
        self.turn = turn = self.turn + 1
        with self.lock:
            try:
                for page in self.draw(**{k: value(c) for k, c in self.controls.items()}):
                    if turn != self.turn:
                        return  # hay un valor más nuevo esperando
                    self.show(page)
            except ValueError as error:
                self.show(note(str(error)))
            except Exception as error:  # un control no puede dejar la celda en rojo
                self.show(note(f"algo ha fallado ({type(error).__name__}): {error}"))

    def show(self, page: str) -> None:
        """Enseña `page` en lugar de lo que hubiera."""
        self.screen.value = page + NAMED


def value(control):
    """Lo que vale un control; ValueError si es una línea que no se lee en un instante."""
    if isinstance(control, w.Text) and len(control.value) > MAX_TEXT:
        raise ValueError(
            f"el texto tiene {len(control.value)} letras y aquí caben {MAX_TEXT}. Acórtalo."
        )
    return control.value


def note(message: str) -> str:
    """Un aviso en español, con el texto ajeno escapado."""
    return f'<p role="status" style="font-size:1.1em"><b>Aviso:</b> {html.escape(message)}</p>'


def bars_html(probs, kept, tokenizer, top: int = 10) -> str:
    """Tabla de barras de las letras más probables.

    Args:
        probs: probabilidades antes de cortar, (V,): deciden el orden y qué se enseña.
        kept: después de cortar, (V,); donde es 0, la barra va en gris y la letra tachada.
    """
    rows = []
    for i in np.argsort(-probs, kind="stable")[:top]:
        letter, share = visible(tokenizer.decode([i])), 100 * float(kept[i] or probs[i])
        value = f"{comma(share, 1)} %" if kept[i] else OUT
        rows.append((letter, share, BLUE if kept[i] else GREY, value))
    return bar_table("Probabilidad de cada letra siguiente", rows)


def bar_table(title: str, rows) -> str:
    """Tabla de barras: nombre, barra de 0 a 100 y valor escrito. Lo que está «fuera», tachado."""
    lines = []
    for name, share, color, value in rows:
        name = f"<s>{html.escape(name)}</s>" if value == OUT else html.escape(name)
        bar = f"background:{color};height:1em;width:{max(share, 0.3):.1f}%"
        lines.append(
            f'<tr><th scope="row" style="white-space:nowrap;text-align:left;padding-right:.5em">'
            f'{name}</th><td style="width:100%"><div style="{bar}"></div></td>'
            f'<td style="white-space:nowrap;text-align:right;padding-left:.5em">{value}</td></tr>'
        )
    return (
        f'<p style="margin:.5em 0"><b>{html.escape(title)}</b></p>'
        f'<table aria-label="{html.escape(title)}" '
        f'style="width:100%;max-width:36em;font-size:1.1em;line-height:1.3">{"".join(lines)}</table>'
    )


def columns(pages) -> str:
    """Trozos de HTML, uno al lado de otro si caben."""
    parts = (f'<div style="flex:1 1 14em;min-width:0">{page}</div>' for page in pages)
    return f'<div style="display:flex;flex-wrap:wrap;gap:.5em 2em">{"".join(parts)}</div>'


def prose(text: str, start: str = "") -> str:
    """Un texto generado, con su comienzo en negrita y todo escapado; no parte las palabras."""
    return (
        '<p style="font-size:1.15em;line-height:1.5;max-width:46em;overflow-wrap:break-word">'
        f"<b>{html.escape(start)}</b>{html.escape(text)}</p>"
    )
