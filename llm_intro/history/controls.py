"""Charlar con ELIZA en una casilla: cada línea, con lo que contesta debajo."""

import html

import ipywidgets as w

from ..face.controls import Demo, note, text_box


def chat_demo(answer, first: str = ""):
    """Una charla por escrito: se escribe, se pulsa Enter o el botón, y contesta `answer`.

    Args:
        answer: función que recibe lo que se ha dicho, un texto, y devuelve otro.
        first: lo que se dice al abrir.
    Returns:
        una caja de ipywidgets: basta nombrarla al final de la celda.
    """
    said: list[tuple[str, str]] = []
    line, button = text_box("tú", first), w.Button(description="Decir")
    line.continuous_update = False  # avisa con Enter, no con cada letra

    def draw(text):
        if text.strip():
            said.append((text.strip(), str(answer(text))))
        yield "".join(turn(*both) for both in said) or note("escribe algo y pulsa Enter.")

    demo = Demo({"text": line}, draw)
    button.on_click(demo.refresh)
    demo.box.children = (line, button, demo.screen)
    return demo.box


def turn(line: str, reply: str) -> str:
    """Una línea y su respuesta, con todo lo ajeno escapado."""
    return (
        '<p style="margin:.4em 0;line-height:1.4;max-width:46em">'
        f"— {html.escape(line)}<br><b>— {html.escape(reply)}</b></p>"
    )
