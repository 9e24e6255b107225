"""La figura del reto: lo rara que es una respuesta buena."""

from ..face.figures import new_axes, styled
from ..face.palette import BLUE, GREY, RED


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
