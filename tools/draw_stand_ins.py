"""Dibuja las recreaciones de la conversación con Perplexity: `python tools/draw_stand_ins.py`.

No son capturas: cuentan lo que pasó sin poner palabras en boca de nadie.
"""

from pathlib import Path

import matplotlib.pyplot as plt
from matplotlib.patches import FancyBboxPatch

FOLDER = Path(__file__).resolve().parent.parent / "imgs"
WIDTH = 6.2  # pulgadas: en un móvil se sigue leyendo
PERSON, MACHINE = "#CFE5F3", "#EDEDED"
BUBBLES = {
    "perplexity1.png": [
        ("persona", "Saluda y pide una respuesta con 4 palabras y 10 letras."),
        ("Perplexity, primer intento", "Contesta al saludo, pero no cumple las cuentas."),
        ("Perplexity, segundo intento", "Cumple las cuentas con una frase sin sentido."),
    ],
    "perplexity3.png": [
        ("persona", "Insiste: la charla sigue un buen rato."),
        ("Perplexity", "Da respuestas cada vez más absurdas."),
        ("Perplexity, al final", "Se da por vencido."),
    ],
}


def draw(bubbles: list[tuple[str, str]]):
    """Una figura con un bocadillo por turno: la persona a la derecha, la máquina a la izquierda."""
    height = 0.95 * len(bubbles) + 0.75
    figure, ax = plt.subplots(figsize=(WIDTH, height))
    figure.subplots_adjust(0, 0, 1, 1)
    ax.set(xlim=(0, WIDTH), ylim=(0, height))
    ax.axis("off")
    title = "Recreación de lo que ocurrió\n(Perplexity pro, mayo de 2025). No es una captura."
    ax.text(0.1, height - 0.36, title, fontsize=12.5, style="italic", va="center")
    for i, (who, what) in enumerate(bubbles):
        draw_bubble(ax, who, what, bottom=height - 1.6 - 0.95 * i)
    return figure


def draw_bubble(ax, who: str, what: str, bottom: float) -> None:
    """Un bocadillo: quién habla, en negrita, y lo que hace."""
    mine = who == "persona"
    left, color = (WIDTH - 5.6, PERSON) if mine else (0.1, MACHINE)
    box = FancyBboxPatch((left, bottom), 5.5, 0.8, boxstyle="round,pad=0,rounding_size=0.15",
                         facecolor=color, edgecolor="#555555", linewidth=1)  # fmt: skip
    ax.add_patch(box)
    ax.text(left + 0.2, bottom + 0.57, who, fontsize=11.5, weight="bold", va="center")
    ax.text(left + 0.2, bottom + 0.24, what, fontsize=12, va="center")


if __name__ == "__main__":
    for name, bubbles in BUBBLES.items():
        draw(bubbles).savefig(FOLDER / name, dpi=110, metadata={"Software": None})
