"""Controles de la prueba del desguace: a quién mira el modelo y qué cambia si cambia la frase."""

import html

import ipywidgets as w

from ..desguace import CHANGES, LONG
from ..plots import comma
from .base import BAR, Demo, bar_table, text_box

OWN = "tu frase"
LESS = "#E69F00"


def attention_demo(probe, text: str = LONG):
    """La frase con cada palabra sombreada según cuánto la mira la posición que elijas.

    Args:
        probe: un `DesguaceProbe` con un Transformer.
        text: la frase con que se abre.
    """
    _, maps = probe.attention(text)
    heads = [
        (f"capa {a + 1}, cabeza {b + 1}", (a, b))
        for a in range(maps.shape[0])
        for b in range(maps.shape[1])
    ]
    controls = {
        "text": text_box("frase", text),
        "back": w.IntSlider(value=0, min=0, max=maps.shape[-1] - 1, description="quién lee",
                            style={"description_width": "8em"}, readout=False,
                            layout=w.Layout(width="100%", max_width="560px")),
        "head": w.Dropdown(options=[("media de todas", None), *heads], description="cabeza",
                           style={"description_width": "8em"}),
    }  # fmt: skip

    def draw(text, back, head):
        words, maps = probe.attention(text)
        reader = max(0, probe.read(text)[1] - back)
        weights = maps.mean((0, 1)) if head is None else maps[head]
        yield shaded(words, weights[reader], reader)

    return Demo(controls, draw).box


def shaded(words: list[str], weights, reader: int) -> str:
    """Las palabras con su peso debajo; la que lee va en un recuadro."""
    cells = []
    for i, (word, weight) in enumerate(zip(words, weights, strict=True)):
        border = "3px solid #D55E00" if i == reader else "1px solid transparent"
        ink = "white" if weight > 0.55 else "inherit"
        cells.append(
            f'<span style="display:inline-block;text-align:center;margin:2px;padding:2px 4px;'
            f'border:{border};background:rgba(0,114,178,{weight:.2f});color:{ink}">'
            f"{html.escape(word)}<br><small>{comma(float(weight))}</small></span>"
        )
    legend = f"Lee «{html.escape(words[reader])}» (recuadro). Debajo, su atención a cada palabra."
    return f'<p style="font-size:1.1em">{legend}</p><div>{"".join(cells)}</div>'


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
        unknown = [
            x for x in probe.tokenizer.split(texts[change]) if x not in probe.tokenizer.index
        ]
        page = f'<p style="font-size:1.15em">{html.escape(texts[change])}</p>'
        if unknown:
            page += f"<p>No conoce: {html.escape(', '.join(dict.fromkeys(unknown)))}.</p>"
        page += share_bars({p: answer[p] for p in list(answer)[:4]})
        yield page + signed_bars(moved, place)

    return Demo(controls, draw).box


def share_bars(shares: dict[str, float]) -> str:
    """Una barra por destino, en tanto por ciento."""
    rows = ((name, 100 * p, BAR, f"{comma(100 * p, 0)} %") for name, p in shares.items())
    return bar_table("Probabilidad de cada destino", rows)


def signed_bars(moved: dict[str, float], place: str) -> str:
    """Una barra por frase con los bits que gana o pierde `place`."""
    largest = max(1.0, *(abs(bits) for bits in moved.values()))
    rows = (
        (name, 100 * abs(bits) / largest, BAR if bits >= 0 else LESS,
         f"{'gana' if bits >= 0 else 'pierde'} {comma(abs(bits), 1)} bits")
        for name, bits in moved.items()
    )  # fmt: skip
    return bar_table(f"Bits que gana o pierde «{place}»", rows)
