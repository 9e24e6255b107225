"""Las figuras del reto: las piezas que ve cada modelo y lo rara que es una respuesta buena."""

from .plots import BLUE, GREY, ORANGE, RED, new_axes, styled, visible
from .reto import LETTER, kind


@styled
def plot_pieces(rows: dict[str, list[bytes]], ax=None):
    """Un texto partido de varias maneras, alineado letra a letra.

    Args:
        rows: {nombre: piezas, en bytes}; las de cada fila, juntas, rehacen el mismo texto. Una
            pieza puede ser medio carácter: «¡» son dos bytes.
    """
    text = b"".join(next(iter(rows.values()))).decode()
    ax = ax or new_axes(8.2, 0.8 * len(rows) + 0.6)
    widths = [1 / len(char.encode()) for char in text for _ in char.encode()]  # de cada byte
    for row, pieces in enumerate(rows.values()):
        start, x = 0, 0.0
        for i, piece in enumerate(pieces):
            width = sum(widths[start : start + len(piece)])
            color = (BLUE, ORANGE)[i % 2]
            ax.barh(row, width, left=x, height=0.8, color=color, alpha=0.25, edgecolor="black")
            start, x = start + len(piece), x + width
        for i, char in enumerate(text):
            weight = "bold" if kind(char) == LETTER else "normal"
            ax.text(i + 0.5, row, visible(char), ha="center", va="center", fontweight=weight)
    names = [f"{name}: {len(pieces)}" for name, pieces in rows.items()]
    ax.set(yticks=range(len(rows)), yticklabels=names, xticks=[], xlim=(-0.05, len(text) + 0.05))
    ax.invert_yaxis()
    ax.spines[["left", "bottom"]].set_visible(False)
    return ax


@styled
def plot_rarity(shares: dict, exact: dict[str, float], ax=None):
    """De cada mil respuestas, cuántas cumplen: medido, con su intervalo, y exacto.

    Args:
        shares: {nombre: Share}, lo contado al azar.
        exact: {nombre: probabilidad}, de los que se sepa.
    """
    ax = ax or new_axes(7.2, 0.8 * len(shares) + 1.4)
    for row, (name, one) in enumerate(shares.items()):
        low, high = 1000 * (one.value - one.low), 1000 * (one.high - one.value)
        label = "contado, con su intervalo del 95 %" if not row else None
        ax.errorbar(1000 * one.value, row, xerr=[[low], [high]], fmt="o", color=BLUE, capsize=6,
                    markersize=9, label=label)  # fmt: skip
        if name in exact:
            ax.plot(1000 * exact[name], row, marker="D", color=RED, markersize=10, mfc="none",
                    linestyle="", mew=2, label="exacto")  # fmt: skip
        ax.axhline(row, color=GREY, linewidth=0.5, zorder=0)
    ax.set_yticks(range(len(shares)), shares)
    ax.set(
        xlabel="respuestas que cumplen, de cada mil", ylim=(len(shares) - 0.4, -0.6), xlim=(0, None)
    )
    ax.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2)
    return ax
