"""Figuras de la lección de atención: máscaras, a quién se mira y qué importa."""

from textwrap import fill

import matplotlib.pyplot as plt
import numpy as np

from .plots import BLUE, GREY, ORANGE, RED, comma, styled

COMMAS = plt.FuncFormatter(lambda value, _: f"{value:g}".replace(".", ","))
DPI = 90  # los mapas con una frase entera caben de alto en un proyector


def new_axes(width: float, height: float):
    """Unos ejes con el estilo del curso, en pulgadas."""
    return _panels(1, width, height)[0]


@styled
def _panels(columns: int, width: float, height: float):
    figure = plt.figure(figsize=(width, height), dpi=DPI, layout="constrained")
    return figure.subplots(1, columns, sharey=True, squeeze=False)[0]


@styled
def plot_masks(masks: dict[str, np.ndarray], words: list[str]):
    """Máscaras lado a lado: un punto donde la palabra de la fila puede mirar a la de la columna.

    Args:
        masks: por familia, una tabla de verdadero y falso, (T, T).
        words: las palabras, que sirven de filas y de columnas.
    """
    axes = _panels(len(masks), 2.5 * len(masks), 3.4)
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
    ax = ax or new_axes(max(5, 0.42 * len(words)), max(2.5, 0.42 * len(words) + 1.5))
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
    ax = ax or new_axes(2 + 0.6 * len(names), 0.21 * len(words) + 1.5)
    ax.set_xticks(range(len(names)), names, rotation=60, ha="right")
    ax.set_yticks(range(len(words)), words)
    ax.set(xlabel="quién lee", ylabel="a quién mira")
    return _shade(ax, np.asarray(weights).T)


def _shade(ax, table: np.ndarray):
    """Colorea la tabla y escribe los pesos que pasan de 0,2."""
    image = ax.imshow(table, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for i, j in np.argwhere(table >= 0.2):
        ink = "white" if table[i, j] > 0.6 else "black"
        ax.text(j, i, comma(table[i, j], 1), ha="center", va="center", fontsize=10, color=ink)
    ax.figure.colorbar(image, ax=ax, label="peso", format=COMMAS)
    return ax


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
    ax = ax or new_axes(6.8, 0.4 * len(answers) + 1.6)
    ax.imshow(table, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for (i, j), p in np.ndenumerate(table):
        ax.text(j, i, comma(p), ha="center", va="center", color="white" if p > 0.6 else "black")
    ax.set_xticks(range(len(columns)), columns, rotation=30, ha="right")
    ax.set_yticks(range(len(answers)), list(answers))
    ax.set(xlabel=what)
    return ax


@styled
def plot_changes(changes: dict[str, float], place: str = "desguace", ax=None):
    """Barras de los bits que gana o pierde un destino con cada cambio de la frase."""
    ax = ax or new_axes(6.8, 0.45 * len(changes) + 1.2)
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
def plot_look_and_effect(words: list[str], looks, effects, title: str = ""):
    """Palabra a palabra: a la izquierda, cuánto se mira; a la derecha, qué pasa al taparla.

    Args:
        looks: atención a cada palabra, (T,).
        effects: bits que pierde la respuesta al tapar cada una, (T,).
    """
    left, right = _panels(2, 6.8, 0.2 * len(words) + 1.2)
    left.barh(range(len(words)), looks, color=BLUE)
    right.barh(range(len(words)), effects, color=RED, hatch="//", edgecolor="white")
    left.set_yticks(range(len(words)), words)
    left.invert_yaxis()
    left.set(xlabel="atención", title=title)
    right.set(xlabel="bits que se pierden al tapar")
    right.axvline(0, color=GREY, linewidth=1)
    for ax in (left, right):
        ax.xaxis.set_major_locator(plt.MaxNLocator(4))
        ax.xaxis.set_major_formatter(COMMAS)
        ax.margins(y=0.01)
    return left, right


@styled
def plot_distance(rows: list[dict], ax=None):
    """Pasos hasta el 95 % según lo lejos que están las pistas; arriba, los que no llegaron.

    Args:
        rows: filas con `modelo`, `k`, `semilla`, `pasos` (None si no llegó) y `tope`.
    """
    ax = ax or new_axes(6.8, 4.2)
    styles = {"transformer": ("Transformer", BLUE, "o", -0.22), "lstm": ("LSTM", RED, "s", 0.1)}
    ks = sorted({row["k"] for row in rows})
    for name, (label, color, mark, shift) in styles.items():
        mine = [row for row in rows if row["modelo"] == name]
        where = [ks.index(r["k"]) + shift + 0.06 * r["semilla"] for r in mine]
        there = [(x, r["pasos"]) for x, r in zip(where, mine, strict=True) if r["pasos"]]
        late = [(x, 1.1 * r["tope"]) for x, r in zip(where, mine, strict=True) if not r["pasos"]]
        if there:
            ax.scatter(*zip(*there, strict=True), color=color, marker=mark, label=label)
        if late:
            ax.scatter(*zip(*late, strict=True), edgecolors=color, facecolors="none", marker="^",
                       s=70, label=f"{label}: no llegó")  # fmt: skip
    ax.set_xticks(range(len(ks)), ks)
    ax.set(
        yscale="log",
        xlim=(-0.5, len(ks) - 0.5),
        xlabel="frases entre las pistas y la pregunta",
        ylabel="pasos de aprender",
    )
    ax.yaxis.set_major_locator(plt.LogLocator(subs=(1, 2, 5)))
    ax.yaxis.set_major_formatter(COMMAS)
    ax.yaxis.set_minor_formatter(plt.NullFormatter())
    ax.margins(y=0.15)
    ax.legend(frameon=False, loc="upper left")  # donde menos pasos hacen falta
    return ax


@styled
def plot_records(records, read=str, ax=None):
    """Las respuestas apuntadas, según su fecha: una fila por respuesta, los asistentes al lado.

    Args:
        records: filas del registro, con fecha "2025", "2025-05" o "2025-05-17".
        read: función de la respuesta que da su fila, como `survey.destination`.
    """
    ax = ax or new_axes(6.8, 3)
    rows = sorted({read(record.answer) for record in records})
    points = {}
    for record in records:
        year, month, day = (*map(int, record.date.split("-")), 1, 1)[:3]
        where = year + (month - 1) / 12 + (day - 1) / 365, rows.index(read(record.answer))
        points.setdefault(where, []).append(record.assistant)
    for (x, y), names in points.items():
        ax.plot(x, y, "o", color=BLUE)
        said = fill(", ".join(dict.fromkeys(names)), 34)
        said += f" ({len(names)} veces)" * (len(names) > 1)
        ax.annotate(said, (x, y), (8, 8), fontsize=10, textcoords="offset points")
    ax.set_yticks(range(len(rows)), rows)
    ax.margins(y=0.5)
    ax.set_xlim(int(min(points)[0]), int(max(points)[0]) + 2)
    ax.xaxis.set_major_locator(plt.MaxNLocator(integer=True))
    ax.set(xlabel="año", ylabel="respuesta")
    return ax
