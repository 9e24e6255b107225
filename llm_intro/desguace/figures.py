"""Figuras del desguace: qué responde cada modelo, qué cambia y qué importa."""

from math import inf
from statistics import median

import matplotlib.pyplot as plt
import numpy as np

from ..face.figures import COMMAS, panels, styled
from ..face.palette import BLUE, GREEN, GREY, ORANGE, RED
from ..support.text import comma

STYLES = {  # de cada modelo: su nombre, su color y su marca
    "5-grama": ("5-grama", GREY, "x"),
    "bolsa": ("bolsa de palabras", ORANGE, "s"),
    "lstm": ("LSTM", GREEN, "D"),
    "transformer": ("Transformer", BLUE, "o"),
}


@styled
def plot_answers(answers: dict[str, dict[str, float]], ax=None, what="probabilidad"):
    """Tabla de números de 0 a 1: una fila por modelo, una columna por destino.

    Args:
        answers: por modelo, lo que da `DesguaceProbe.distribution`. Los destinos que todos dan
            por casi imposibles (menos del 1 %) no se dibujan.
        what: qué es cada número.
    """
    columns = sorted({p for row in answers.values() for p, share in row.items() if share >= 0.01})
    table = np.array([[row.get(place, 0) for place in columns] for row in answers.values()])
    ax = ax or panels(1, 6.8, 0.4 * len(answers) + 1.6)[0]
    ax.imshow(table, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for (i, j), p in np.ndenumerate(table):
        ax.text(j, i, comma(p), ha="center", va="center", color="white" if p > 0.6 else "black")
    ax.set_xticks(range(len(columns)), columns, rotation=30, ha="right")
    ax.set_yticks(range(len(answers)), [STYLES.get(name, [name])[0] for name in answers])
    ax.set(xlabel=what)
    return ax


@styled
def plot_changes(changes: dict[str, float], place: str = "desguace", ax=None):
    """Barras de los bits que gana o pierde un destino con cada cambio de la frase."""
    ax = ax or panels(1, 6.8, 0.45 * len(changes) + 1.2)[0]
    names, bits = list(changes), list(changes.values())
    bars = ax.barh(names, bits, color=[ORANGE if b < 0 else BLUE for b in bits])
    ax.bar_label(bars, [comma(round(b, 1) + 0.0, 1) for b in bits], padding=3)
    ax.invert_yaxis()
    ax.margins(x=0.15)
    ax.axvline(0, color=GREY, linewidth=1)
    ax.xaxis.set_major_formatter(COMMAS)
    ax.set(xlabel=f"bits que gana «{place}» (negativo: pierde)")
    return ax


@styled
def plot_look_and_effect(words: list[str], looks, effects, title: str = "", reach=(None, None)):
    """Palabra a palabra: a la izquierda, cuánto se mira; a la derecha, qué pasa al taparla.

    Args:
        looks: atención a cada palabra, (T,).
        effects: bits que pierde la respuesta al tapar cada una, (T,).
        reach: hasta dónde llega cada eje; el mismo en dos figuras, para compararlas.
    """
    left, right = panels(2, 6.8, 0.2 * len(words) + 1.2)
    left.barh(range(len(words)), looks, color=BLUE)
    right.barh(range(len(words)), effects, color=RED, hatch="//", edgecolor="white")
    left.set_yticks(range(len(words)), words)
    left.invert_yaxis()
    left.set(xlabel="atención", title=title)
    right.set(xlabel="bits que se pierden al tapar")
    right.axvline(0, color=GREY, linewidth=1)
    for ax, end in zip((left, right), reach, strict=True):
        ax.set_xlim(right=end and 1.05 * end)
        ax.xaxis.set_major_locator(plt.MaxNLocator(4))
        ax.xaxis.set_major_formatter(COMMAS)
        ax.margins(y=0.01)
    return left, right


@styled
def plot_marks(tables: dict[str, dict[str, dict[str, list[float]]]], what: str):
    """Los aciertos de cada modelo, fila a fila: un punto por semilla y una raya en la mediana.

    Args:
        tables: por panel, por fila y por modelo, un número por semilla.
        what: qué es cada número.
    """
    rows = len(next(iter(tables.values())))
    axes = panels(len(tables), 6.8, 0.4 * rows + 2)
    for ax in axes[1:]:
        ax.sharex(axes[0])
    for ax, (title, table) in zip(axes, tables.items(), strict=True):
        for at, marks in enumerate(table.values()):
            for n, (name, values) in enumerate(marks.items()):
                label, color, mark = STYLES[name]
                y = at + (n - (len(marks) - 1) / 2) * 0.8 / len(marks)
                ax.scatter(values, [y] * len(values), s=22, color=color, marker=mark,
                           alpha=0.6, label=None if at else label)  # fmt: skip
                ax.plot(median(values), y, "|", color=color, markersize=14, markeredgewidth=3)
            ax.axhline(at + 0.5, color=GREY, linewidth=0.3)
        ax.set_yticks(range(rows), list(table))
        ax.set(xlabel=what, title=title, ylim=(rows - 0.5, -0.5))
        ax.xaxis.set_major_locator(plt.MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
        ax.xaxis.set_major_formatter(COMMAS)
    handles, labels = axes[0].get_legend_handles_labels()
    axes[0].figure.legend(handles, labels, loc="outside upper center", ncols=2, frameon=False)
    return axes


@styled
def plot_distance(rows: list[dict], ax=None):
    """Pasos hasta el 95 % según lo lejos que están las pistas; arriba, los que no llegaron.

    Un punto por semilla; la línea une las medianas, mientras la mitad o más hayan llegado.

    Args:
        rows: filas con `model`, `k`, `seed`, `steps` (None si no llegó) y `cap`.
    """
    ax = ax or panels(1, 6.8, 4.2)[0]
    ks = sorted({row["k"] for row in rows})
    for name in sorted({row["model"] for row in rows}):
        label, color, mark = STYLES[name]
        mine = [(ks.index(row["k"]), row) for row in rows if row["model"] == name]
        there = [(x, row["steps"]) for x, row in mine if row["steps"]]
        late = [(x, 1.1 * row["cap"]) for x, row in mine if not row["steps"]]
        middle = [(x, median([row["steps"] or inf for at, row in mine if at == x]))
                  for x in sorted({x for x, _ in mine})]  # fmt: skip
        if there:
            ax.scatter(*zip(*there, strict=True), color=color, marker=mark, label=label)
            ax.plot(*zip(*middle, strict=True), color=color, linewidth=1.5)
        if late:
            ax.scatter(*zip(*late, strict=True), edgecolors=color, facecolors="none", marker="^",
                       s=70, label=f"{label}: no llegó")  # fmt: skip
    ax.set_xticks(range(len(ks)), ks)
    ax.set(
        yscale="log",
        xlim=(-0.5, len(ks) - 0.5),
        xlabel="frases entre las pistas y la pregunta",
        ylabel="pasos de aprender (línea: mediana)",
    )
    ax.yaxis.set_major_locator(plt.LogLocator(subs=(1, 2, 5)))
    ax.yaxis.set_major_formatter(COMMAS)
    ax.yaxis.set_minor_formatter(plt.NullFormatter())
    ax.margins(y=0.15)
    ax.legend(frameon=False, loc="upper left")  # donde menos pasos hacen falta
    return ax
