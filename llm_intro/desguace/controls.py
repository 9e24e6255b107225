"""Controles de la prueba del desguace: a quién mira el modelo y qué cambia si cambia la frase."""

import html

import ipywidgets as w

from ..face.controls import NARROW, SLIDER, Demo, bar_table, prose, text_box
from ..face.palette import BLUE, RED
from ..support.text import comma
from .probe import CHANGES, LONG

OWN, MEAN = "tu frase", "media de todas"  # None no vale de opción: la lista saldría en blanco


def attention_demo(probe, text: str = LONG):
    """La frase con una columna sobre cada palabra: cuánto la mira la posición que elijas.

    Args:
        probe: un `DesguaceProbe` con un Transformer.
        text: la frase con que se abre.
    """
    _, maps = probe.attention(text)
    last = maps.shape[-1] - 1
    heads = [
        (f"capa {a + 1}, cabeza {b + 1}", (a, b))
        for a in range(maps.shape[0])
        for b in range(maps.shape[1])
    ]
    controls = {
        "text": text_box("frase", text),
        "position": w.IntSlider(value=last, min=0, max=last, description="quién lee", style=SLIDER,
                            readout=False, layout=NARROW),
        "head": w.Dropdown(options=[(MEAN, MEAN), *heads], description="cabeza",
                           style={"description_width": "8em"}, layout=NARROW),
    }  # fmt: skip

    def draw(text, position, head):
        words, maps = probe.attention(text)
        reader = max(0, probe.read(text)[1] + position - last)  # a la derecha, la que responde
        weights = maps.mean((0, 1)) if head == MEAN else maps[head]
        yield shaded(words, weights[reader], reader)

    return Demo(controls, draw).box


def shaded(words: list[str], weights, reader: int) -> str:
    """Una columna por palabra, tan alta como su peso; la que lee va en un recuadro."""
    cells = []
    for i, (word, weight) in enumerate(zip(words, weights, strict=True)):
        border = f"3px solid {RED if i == reader else 'transparent'}"
        cells.append(
            f'<span style="display:inline-block;text-align:center;padding:0 .2em;border:{border}">'
            f'<span style="display:block;height:{3 * (1 - weight):.2f}em"></span>'
            f'<span style="display:block;height:{3 * weight:.2f}em;background:{BLUE}"></span>'
            f"{html.escape(word)}<br>{comma(float(weight))}</span>"
        )
    legend = f"Lee «{html.escape(words[reader])}» (recuadro). La altura es su atención a cada una."
    return f'<div style="font-size:1.1em;line-height:1.4"><p>{legend}</p>{"".join(cells)}</div>'


def changes_demo(probe, place: str = "desguace"):
    """Botones que cambian la frase larga: la respuesta y los bits que gana o pierde `place`."""
    controls = {
        "change": w.ToggleButtons(options=[*CHANGES, OWN], description="cambio"),
        "own": text_box(OWN, LONG),
    }

    def draw(change, own):
        texts = {"la frase entera": LONG, change: own if change == OWN else CHANGES[change]}
        moved = probe.changes(texts, place)
        answer = probe.distribution(texts[change])
        known, page = probe.tokenizer.index, prose(texts[change])
        if unknown := [x for x in probe.tokenizer.split(texts[change]) if x not in known]:
            page += f"<p>No conoce: {html.escape(', '.join(dict.fromkeys(unknown)))}.</p>"
        first = list(answer.items())[:4]
        rows = ((name, 100 * p, BLUE, f"{comma(100 * p, 0)} %") for name, p in first)
        page += bar_table("Probabilidad de cada destino", rows)
        yield page + signed_bars(moved, place)

    return Demo(controls, draw).box


def signed_bars(moved: dict[str, float], place: str) -> str:
    """Una barra por frase con los bits que gana o pierde `place`."""
    largest = max(1.0, *(abs(bits) for bits in moved.values()))
    rows = (
        (name, 100 * abs(bits) / largest, BLUE if bits >= 0 else RED,
         f"{'gana' if bits >= 0 else 'pierde'} {comma(abs(bits), 1)} bits")
        for name, bits in moved.items()
    )  # fmt: skip
    return bar_table(f"Bits que gana o pierde «{place}»", rows)
