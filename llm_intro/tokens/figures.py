"""Las figuras de los tokens y los n-gramas."""

import re
from collections import Counter

import numpy as np

from ..face.figures import new_axes, styled
from ..face.palette import BLUE, GREY, ORANGE, looks
from ..models.bpe import BPETokenizer
from ..support.text import comma, visible

HALF = re.compile(rb"\\x([0-9a-f]{2})")


@styled
def plot_pieces(splits: dict[str, list], ax=None):
    """Un texto partido de varias maneras, letra a letra: cada pieza, una caja. En negrita, letras.

    Args:
        splits: {nombre: piezas}. Un byte suelto, medio carácter, se escribe «\\xc2».
    """
    ax = ax or new_axes(8.4, 0.75 * len(splits) + 0.5)
    for row, pieces in enumerate(splits.values()):
        coded = [HALF.sub(lambda byte: bytes.fromhex(byte[1].decode()), p.encode()) for p in pieces]
        text = b"".join(coded).decode()
        widths = [1 / len(char.encode()) for char in text for _ in char.encode()]  # de cada byte
        ends = np.cumsum([len(piece) for piece in coded])
        for i, (piece, end) in enumerate(zip(coded, ends, strict=True)):
            left, width = sum(widths[: end - len(piece)]), sum(widths[end - len(piece) : end])
            ax.barh(row, width, left=left, height=0.8, color=(BLUE, ORANGE)[i % 2], alpha=0.25,
                    edgecolor="black")  # fmt: skip
        for i, char in enumerate(text):
            weight = "bold" if char.isalpha() else "normal"
            ax.text(i + 0.5, row, visible(char), ha="center", va="center", fontweight=weight)
    names = [f"{name}: {len(pieces)}" for name, pieces in splits.items()]
    ax.set(yticks=range(len(splits)), yticklabels=names, xticks=[])
    ax.margins(x=0.005)
    ax.invert_yaxis()
    ax.spines[["left", "bottom"]].set_visible(False)
    return ax


def plot_bench(data: dict):
    """La frase de `pieces`, partida en letras, con nuestro BPE, en palabras y con cada vocabulario.

    Args:
        data: `pairs`, las uniones del BPE; `real`, lo de real_pieces.json; `phrase`, la frase.
    """
    real, phrase = data["real"], data["phrase"]
    text = real["sentences"][phrase]
    bpe = BPETokenizer(tuple(map(tuple, data["pairs"])))
    ours = {"letras": list(text), "nuestro BPE": bpe.tokens(text), "palabras": text.split()}
    return plot_pieces({**ours, **{name: found[phrase] for name, found in real["pieces"].items()}})


@styled
def plot_copies(data: dict):
    """Qué parte de lo que escribe cada autor va en un trozo que está en el libro, según su largo.

    Args:
        data: lo de copies.json: `sizes`, y de cada uno de los `writers` su nombre y su `share`.
    """
    ax = new_axes(7.2, 4.4)
    for one, (color, mark) in zip(data["writers"], looks(), strict=False):
        ax.plot(data["sizes"], one["share"], color=color, marker=mark, markevery=5,
                label=one["name"])  # fmt: skip
    ax.set(xlabel="trozos de n letras o más", ylabel="letras en un trozo copiado (%)")
    ax.legend(frameon=False)
    return ax


@styled
def plot_unseen(shares: dict[str, list[float]], ax=None):
    """Qué parte de los n-gramas de un texto nuevo no estaba en lo estudiado.

    Args:
        shares: {nombre: partes de 0 a 1, para los órdenes 1, 2, 3…}.
    """
    ax = ax or new_axes()
    for (name, values), (color, mark) in zip(shares.items(), looks(), strict=False):
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
    for (name, bits), (color, mark) in zip(curves.items(), looks(), strict=False):
        best = min(range(len(bits)), key=bits.__getitem__)
        label = f"{name}: el mejor, {best + 1} ({comma(bits[best])})"
        ax.plot(range(1, len(bits) + 1), bits, color=color, marker=mark, label=label)
        ax.plot(best + 1, bits[best], marker="o", markersize=17, fillstyle="none", color=GREY)
    ax.yaxis.set_major_formatter(lambda bits, _: comma(bits, 1))
    orders = range(1, max(map(len, curves.values())) + 1)
    ax.set(xlabel="orden n", ylabel="bits/car. en valid (menos es mejor)", xticks=orders)
    ax.legend(frameon=False, fontsize=11)
    return ax


@styled
def plot_backoff(text: str, context: str, ax=None, top: int = 4):
    """Qué vino en `text` tras un contexto y tras cada uno más corto: una fila por contexto.

    Args:
        top: letras que se nombran en cada fila; las demás van juntas, en gris.
    """
    endings = [context[i:] for i in range(len(context) + 1)]
    ax = ax or new_axes(7.2, 0.42 * len(endings) + 1)
    names = []
    for row, ending in enumerate(endings):
        after = Counter(re.findall(f"(?={re.escape(ending)}(.))", text, re.DOTALL))
        names.append(f"«{visible(ending)}», {after.total()} veces" if ending else "sin contexto")
        left = 0.0
        for (letter, n), (color, _) in zip(after.most_common(top), looks(), strict=False):
            share = 100 * n / after.total()
            ax.barh(row, share, left=left, color=color, alpha=0.5, edgecolor="white")
            if share > 4:
                ax.text(left + share / 2, row, visible(letter), ha="center", va="center")
            left += share
        ax.barh(row, 100 - left if after else 0, left=left, color=GREY, alpha=0.4)
        if not after:
            ax.text(1, row, "nunca visto: pregunta al de abajo", va="center")
    ax.set(xlabel="qué vino detrás (%)", xlim=(0, 100), yticks=range(len(endings)))
    ax.set_yticklabels(names)
    ax.invert_yaxis()
    return ax
