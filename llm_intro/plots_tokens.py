"""Las figuras de los tokens y los n-gramas."""

from .plots import BLUE, GREEN, GREY, ORANGE, RED, new_axes, styled
from .scoreboard import comma

LOOKS = [(BLUE, "o"), (RED, "s"), (GREEN, "^"), (ORANGE, "D")]


@styled
def plot_pieces(splits: dict[str, list[str]], ax=None):
    """La misma frase partida de varias maneras: cada pieza, una caja.

    Args:
        splits: {nombre: piezas}; el espacio se ve como «␣».
    """
    ax = ax or new_axes(8.4, 0.75 * len(splits) + 0.4)
    total = max(sum(len(piece) for piece in pieces) for pieces in splits.values())
    for row, pieces in enumerate(splits.values()):
        x = 0
        for i, piece in enumerate(pieces):
            ax.barh(-row, len(piece), left=x, height=0.7, edgecolor="black",
                    color="#CFE4F2" if i % 2 else "white")  # fmt: skip
            ax.text(x + len(piece) / 2, -row, piece.replace(" ", "␣"), ha="center", va="center",
                    fontsize=12, family="monospace")  # fmt: skip
            x += len(piece)
        ax.text(total + 0.4, -row, f"{len(pieces)} piezas", va="center")
    ax.set_yticks([-row for row in range(len(splits))], list(splits))
    ax.set(xticks=[], xlim=(0, total + 6))
    ax.tick_params(axis="y", length=0)
    for side in ("bottom", "left"):
        ax.spines[side].set_visible(False)
    return ax


@styled
def plot_unseen(shares: dict[str, list[float]], ax=None):
    """Qué parte de los n-gramas de un texto nuevo no estaba en lo estudiado.

    Args:
        shares: {nombre: partes de 0 a 1, para los órdenes 1, 2, 3…}.
    """
    ax = ax or new_axes()
    for (name, values), (color, mark) in zip(shares.items(), LOOKS, strict=False):
        ax.plot(range(1, len(values) + 1), [100 * v for v in values], color=color, marker=mark,
                label=name)  # fmt: skip
    orders = range(1, max(map(len, shares.values())) + 1)
    ax.set(xlabel="orden n", ylabel="n-gramas nunca vistos (%)", xticks=orders, ylim=(-2, 102))
    ax.legend(frameon=False)
    return ax


@styled
def plot_orders(curves: dict[str, list[float]], ax=None):
    """Bits/car. según el orden, una curva por manera de suavizar; se señala la mejor.

    Args:
        curves: {nombre: bits/car. para los órdenes 1, 2, 3…}.
    """
    ax = ax or new_axes(7.2, 4.6)
    for (name, bits), (color, mark) in zip(curves.items(), LOOKS, strict=False):
        best = min(range(len(bits)), key=bits.__getitem__)
        label = f"{name}: el mejor, {best + 1} ({comma(bits[best])})"
        ax.plot(range(1, len(bits) + 1), bits, color=color, marker=mark, label=label)
        ax.plot(best + 1, bits[best], marker="o", markersize=17, fillstyle="none", color=GREY)
    ax.yaxis.set_major_formatter(lambda bits, _: comma(bits, 1))
    orders = range(1, max(map(len, curves.values())) + 1)
    ax.set(xlabel="orden n", ylabel="bits/car. en valid (menos es mejor)", xticks=orders)
    ax.legend(frameon=False, fontsize=11)
    return ax
