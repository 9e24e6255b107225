"""El control de la prueba del desguace: qué responde el modelo si se cambia la frase."""

import html

import ipywidgets as w

from ..face.controls import Demo, bar_table, prose, text_box
from ..face.palette import BLUE, RED
from ..support.text import comma
from .probe import CHANGES, LONG

OWN = "tu frase"


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
