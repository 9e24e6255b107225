"""El reto con mandos: pide palabras y letras, y mira qué escribe el modelo."""

import html

from ..face.controls import Demo, int_slider, prose, slider, text_box
from ..support.text import count
from .constrained import PROMPT, best_replies


def reto_demo(model, prompt: str = PROMPT, words: int = 4, letters: int = 10, beams: int = 16):
    """Las diez mejores respuestas con las palabras y letras que se pidan, y una al azar.

    Args:
        model: de caracteres, con `tokenizer`, `start` y `step`.
        prompt: lo que hay delante de la respuesta.
        beams: cuántos caminos sigue la búsqueda; más, mejor y más despacio.
    Returns:
        una caja de ipywidgets: basta nombrarla al final de la celda.
    """
    controls = {
        "words": int_slider("palabras", words, 1, 12),
        "letters": int_slider("letras", letters, 1, 60),
        "temperature": slider("temperatura", 0.0, 0.0, 2.0, 0.1),
        "seed": int_slider("semilla", 0, 0, 50),
        "prompt": text_box("comienzo", prompt),
    }

    def draw(words, letters, temperature, seed, prompt):
        head = prose("", prompt)
        if not temperature:
            head += f"<p>A temperatura 0 no hay sorteo: la semilla {seed} no cambia nada.</p>"
        for width in (1, beams):  # un solo camino se recorre en un instante; después, los demás
            asked = words, letters, min(10, width), width, temperature, seed
            yield head + replies_table(best_replies(model, prompt, *asked))

    return Demo(controls, draw).box


def replies_table(replies) -> str:
    """Las respuestas en una tabla: puesto, texto y lo que se cuenta en cada una."""
    rows = []
    for place, reply in enumerate(replies, start=1):
        words, letters, _ = count(reply.text)
        rows.append(
            f'<tr><td style="padding-right:1em">{place}</td>'
            f'<td style="padding-right:1em"><b>{html.escape(reply.text)}</b></td>'
            f"<td>{words} palabras, {letters} letras</td></tr>"
        )
    return (
        '<table aria-label="Las mejores respuestas que cumplen" '
        f'style="font-size:1.15em;line-height:1.35">{"".join(rows)}</table>'
    )
