"""Figuras de la lección 01: cuántos pasos hay entre dos palabras, y la línea del tiempo."""

from ..face.figures import new_axes, styled
from ..face.palette import BLUE, GREEN, ORANGE

LOOKS = {"reglas": (ORANGE, "s"), "estadística": (GREEN, "^"), "redes": (BLUE, "o")}
TODAY = 2026


@styled
def plot_links(words: list[str], ax=None):
    """Cómo llega cada palabra a la última: pasando de mano en mano (arriba) o de golpe (abajo)."""
    ax = ax or new_axes(7.4, 4)
    last, drop = len(words) - 1, 3.4
    rows = (
        (0.0, [(i, i + 1) for i in range(last)], f"en cadena: {last} pasos desde la primera"),
        (drop, [(i, last) for i in range(last)], "mirando de golpe: un paso desde cualquiera"),
    )
    for low, links, title in rows:
        for i, word in enumerate(words):
            ax.text(i, -low, word, ha="center", va="top", fontsize=13)
        for start, end in links:
            bend = f"arc3,rad=-{0.25 + 0.3 / (end - start)}"
            arrow = {"arrowstyle": "->", "color": BLUE, "lw": 1.6, "connectionstyle": bend}
            ax.annotate("", (end, 0.1 - low), (start, 0.1 - low), arrowprops=arrow)
        ax.text(0, 0.9 - low + (low > 0) * 0.9, title, fontweight="bold")
    ax.set(xlim=(-0.6, last + 0.6), ylim=(-drop - 0.6, 1.3))
    ax.axis("off")
    return ax


@styled
def plot_timeline(rows: list[dict], ax=None):
    """Tres bandas, de cuándo a cuándo hubo trabajos de cada manera, y debajo los trabajos.

    La parte clara de cada banda llega hasta hoy: las tres se siguen usando.

    Args:
        rows: filas de `data/timeline.json`, en orden: year, era, who, idea.
    """
    ax = ax or new_axes(8.2, 0.36 * len(rows) + 2)
    for place, (era, (color, mark)) in enumerate(LOOKS.items()):
        mine = [(row["year"], i) for i, row in enumerate(rows) if row["era"] == era]
        first, last = mine[0][0], mine[-1][0]
        ax.barh(place - 4, last - first, left=first, height=0.8, color=color, alpha=0.4)
        ax.barh(place - 4, TODAY - last, left=last, height=0.8, color=color, alpha=0.15)
        ax.annotate(era, (first, place - 4), (6, 0), textcoords="offset points", va="center")
        ax.scatter(*zip(*mine, strict=True), s=80, color=color, marker=mark, zorder=3)
    middle = (rows[0]["year"] + rows[-1]["year"]) / 2
    for i, row in enumerate(rows):
        left = row["year"] > middle
        name = f"{row['year']} · {row['who']}: {row['idea']}"
        shift, side = (-11, "right") if left else (11, "left")
        ax.annotate(name, (row["year"], i), xytext=(shift, 0), textcoords="offset points",
                    ha=side, va="center", fontsize=11)  # fmt: skip
    ax.set(xlabel="año", yticks=[], ylim=(len(rows) - 0.4, -4.8))
    ax.set_xlim(rows[0]["year"] - 3, TODAY + 1)
    ax.spines["left"].set_visible(False)
    return ax
