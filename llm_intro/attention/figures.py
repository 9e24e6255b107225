"""Figuras de la lección de atención: máscaras, a quién se mira y qué importa."""

import numpy as np

from ..face.figures import COMMAS, panels, styled
from ..face.palette import BLUE
from ..support.text import comma

SMALL = 64  # casillas de un mapa en el que caben todos los números


def map_axes(width: float, height: float):
    """Unos ejes del tamaño de un mapa, en pulgadas."""
    return panels(1, width, height)[0]


@styled
def plot_masks(masks: dict[str, np.ndarray], words: list[str]):
    """Máscaras lado a lado: un punto donde la palabra de la fila puede mirar a la de la columna.

    Args:
        masks: por familia, una tabla de verdadero y falso, (T, T).
        words: las palabras, que sirven de filas y de columnas.
    """
    axes = panels(len(masks), 2.5 * len(masks), 3.4)
    for ax, (name, mask) in zip(axes, masks.items(), strict=True):
        rows, columns = np.nonzero(mask)
        ax.imshow(np.asarray(mask), cmap="Blues", vmin=0, vmax=2)
        ax.scatter(columns, rows, color=BLUE, s=30)
        ax.set_xticks(range(len(words)), words, rotation=90)
        ax.set_yticks(range(len(words)), words)
        ax.set(title=name, xlabel="mira a")
    axes[0].set(ylabel="quién lee")
    return axes


@styled
def plot_weights(weights, words: list[str], ax=None):
    """Mapa de atención, (T, T): la palabra de cada fila reparte 1 entre las de las columnas."""
    weights = np.asarray(weights)
    ax = ax or map_axes(max(5, 0.42 * len(words)), max(2.5, 0.42 * len(words) + 1.5))
    ax.set_xticks(range(len(words)), words, rotation=60, ha="right")
    ax.set_yticks(range(len(words)), words)
    ax.set(xlabel="mira a", ylabel="quién lee")
    return _shade(ax, weights)


@styled
def plot_heads(weights, words: list[str], names: list[str], ax=None):
    """A quién mira cada cabeza: una fila por palabra, una columna por cabeza, que reparte 1.

    Args:
        weights: (cabezas, T).
        words, names: las T palabras y las cabezas.
    """
    ax = ax or map_axes(2 + 0.6 * len(names), 0.21 * len(words) + 1.5)
    ax.set_xticks(range(len(names)), names, rotation=60, ha="right")
    ax.set_yticks(range(len(words)), words)
    ax.set(xlabel="cabeza", ylabel="a quién mira")
    return _shade(ax, np.asarray(weights).T)


def _shade(ax, table: np.ndarray):
    """Colorea la tabla y escribe sus pesos; si es grande, solo los que pasan de 0,2."""
    image = ax.imshow(table, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for i, j in np.argwhere(table >= (0.2 if table.size > SMALL else 0.05)):
        ink = "white" if table[i, j] > 0.6 else "black"
        ax.text(j, i, comma(table[i, j], 1), ha="center", va="center", fontsize=10, color=ink)
    ax.figure.colorbar(image, ax=ax, label="peso", format=COMMAS)
    return ax
