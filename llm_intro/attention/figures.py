"""Figuras de la lección de atención: a quién se mira, quién puede mirar y por dónde pasa."""

import numpy as np

from ..face.figures import panels, styled
from ..face.palette import BLUE, RED
from ..support.text import comma

FAMILIES = {"GPT: hacia atrás": 1, "BERT: todas a todas": 2, "T5: dos torres": 3}


def map_axes(width: float, height: float):
    """Unos ejes del tamaño de un mapa, en pulgadas."""
    return panels(1, width, height)[0]


@styled
def plot_families(given: list[str], written: list[str]):
    """Quién mira a quién en tres familias: cada línea baja de quien lee a quien mira.

    Args:
        given: las palabras de la entrada; en las dos primeras familias, las únicas.
        written: las que escribe la segunda torre de la tercera.
    """
    axes = panels(3, 7.8, 3.4)
    for ax, (name, kind) in zip(axes, FAMILIES.items(), strict=True):
        _tower(ax, given, 0, causal=kind == 1)
        if kind == 3:
            left = len(given) + 0.5
            _tower(ax, written, left, causal=True)
            for i, j in np.ndindex(len(written), len(given)):
                ax.plot((left + i, j), (2, 1), "--", color=RED, linewidth=1.5)
            ax.plot(left + np.arange(len(written)), [2] * len(written), "s", color=RED)
        ax.set(title=name, ylim=(-0.9, 2.3))
        ax.axis("off")
    return axes


def _tower(ax, words: list[str], left: float, causal: bool) -> None:
    """Las palabras, abajo; sus lectores, arriba; y una línea por mirada permitida."""
    places = left + np.arange(len(words))
    for i, j in np.ndindex(len(words), len(words)):
        if j <= i or not causal:
            ax.plot(places[[i, j]], (1, 0), "-o", color=BLUE, linewidth=1.5)
    for x, word in zip(places, words, strict=True):
        ax.text(x, -0.15, word, ha="center", va="top", rotation=60)


@styled
def plot_weights(weights, words: list[str], ax=None):
    """Mapa de atención, (T, T): la palabra de cada fila reparte 1 entre las de las columnas."""
    ax = plot_heads(np.transpose(weights), words, words, ax)
    ax.set(xlabel="mira a", ylabel="quién lee")
    return ax


@styled
def plot_heads(weights, words: list[str], names: list[str], ax=None):
    """A quién mira cada cabeza: una fila por palabra, una columna por cabeza, que reparte 1.

    Args:
        weights: (cabezas, T).
        words, names: las T palabras y las cabezas.
    """
    ax = ax or map_axes(2 + 0.6 * len(names), 0.21 * len(words) + 1.5)
    ax.set(xlabel="cabeza", ylabel="a quién mira")
    return _shade(ax, np.transpose(weights), words, names)


@styled
def plot_walk(data: dict):
    """Lo que la red diría tras la última palabra de cada frase si acabara en cada etapa.

    Args:
        data: lo que guarda benchmarks/attention.py walk.
    """
    axes = panels(2, 8.6, 3.6)
    for ax, told in zip(axes, data["sentences"], strict=True):
        ax.set(title=f"tras «{told['words'][-1]}», en la frase {told['name']}", xlabel="etapa")
        _shade(ax, np.transpose(told["probs"][-1]), told["guesses"][-1], data["stages"])
    axes[0].set(ylabel="probabilidad de…")
    return axes[0]


def _shade(ax, table, rows: list[str], columns: list[str]):
    """Colorea una tabla de 0 a 1, con sus nombres, y escribe los números que llegan a 0,1."""
    image = ax.imshow(table, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for (i, j), share in np.ndenumerate(image.get_array()):
        if share >= 0.1:
            ink = "white" if share > 0.6 else "black"
            ax.text(j, i, comma(share, 1), ha="center", va="center", fontsize=10, color=ink)
    ax.set_xticks(range(len(columns)), columns, rotation=60, ha="right")
    ax.set_yticks(range(len(rows)), rows)
    return ax
