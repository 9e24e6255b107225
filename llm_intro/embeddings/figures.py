"""Palabras dibujadas: flechas, tiras, una tabla de compañías y el mapa, con rótulos legibles."""

from itertools import product

import numpy as np

from ..face.figures import new_axes, plot_table, styled
from ..face.palette import BLUE, COLORS, GREEN, GREY, RED, looks
from ..support.text import comma
from . import WordVectors, count_pairs, frequent_words, main_plane

RINGS = (8, 14, 22, 32, 44, 58, 74)  # puntos entre la marca y su rótulo, de menos a más


@styled
def plot_arrows(data: dict, ax=None):
    """Dos vectores del plano como flechas, y su coseno.

    Args:
        data: `arrows`, [(nombre, vector)], y `axes`, qué pregunta cada número.
    """
    ax = ax or new_axes(4.6, 3.6)
    for (name, vector), color in zip(data["arrows"], (BLUE, RED), strict=True):
        ax.annotate("", vector, (0, 0), arrowprops=dict(arrowstyle="-|>", color=color, lw=3))
        ax.annotate(name, vector, xytext=(6, 4), textcoords="offset points", color=color)
    (_, one), (_, other) = data["arrows"]
    cosine = np.dot(one, other) / np.linalg.norm(one) / np.linalg.norm(other)
    ax.set(xlim=(-0.1, 1.4), ylim=(-0.1, 0.8), xlabel=data["axes"][0], ylabel=data["axes"][1])
    ax.set_title(f"coseno = {comma(cosine)}", fontsize=13)
    return ax


def plot_pairs(data: dict):
    """La tabla de compañías de una frase, con sus cuentas.

    Args:
        data: `words`, la frase ya partida, y `window`, hasta qué distancia se cuenta.
    """
    names, ids = frequent_words(data["words"], min_count=1)
    order = np.argsort(names)
    counts = count_pairs(ids, len(names), data["window"])[np.ix_(order, order)]
    cells = [[f"{n:g}".replace(".", ",") for n in row] for row in counts]
    return plot_table(cells, sorted(names), sorted(names))


def map_data(vectors: WordVectors, groups: dict[str, list[str]], questions=()) -> dict:
    """Lo que el mapa necesita, quieto o no: palabras, grupo, sitio en el plano y cosenos.

    Args:
        questions: analogías, (a, b, c, respuesta), con palabras de los grupos.
    """
    words = [word for group in groups.values() for word in group]
    rows = np.array([vectors[word] for word in words])
    return {
        "names": list(groups),
        "words": words,
        "groups": [i for i, group in enumerate(groups.values()) for _ in group],
        "points": main_plane(rows).round(3).tolist(),
        "cosines": (rows @ rows.T).astype(float).round(3).tolist(),
        "questions": [[words.index(word) for word in question] for question in questions],
    }


@styled
def plot_map(data: dict, ax=None):
    """Las palabras de cada grupo, con su color y su marca, en el plano en que más se separan.

    Args:
        data: lo que da `map_data`; si trae analogías, se dibuja la primera.
    """
    if len(data["names"]) > len(COLORS):
        raise ValueError(
            f"{len(data['names'])} grupos: caben {len(COLORS)} colores que se distingan bien."
        )
    ax = ax or new_axes(8.4, 6.4)
    points, kinds = np.array(data["points"]), np.array(data["groups"])
    for i, (name, (color, mark)) in enumerate(zip(data["names"], looks(), strict=False)):
        ax.scatter(*points[kinds == i].T, s=60, color=color, marker=mark, label=name, zorder=3)
    marked, words = points, data["words"]
    for a, b, c, answer in points[data["questions"][:1]]:
        target = a - b + c
        for start, end in ((b, a), (c, target)):
            ax.annotate("", end, start, arrowprops=dict(arrowstyle="-|>", color=BLUE, lw=2.5))
        ax.plot(*np.transpose([target, answer]), "X--", color=RED, markevery=2, ms=12, lw=2)
        marked, words = np.vstack([points, target]), [*words, "✕: a − b + c"]
    ax.set(xticks=[], yticks=[], xlabel="dirección 1", ylabel="dirección 2")
    ax.margins(0.12)
    ax.legend(frameon=False, fontsize=12, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3)
    place_labels(ax, marked, words)
    return ax


def place_labels(ax, points, words: list[str], fontsize: int = 12) -> list:
    """Un rótulo junto a cada punto, donde no pise a otro rótulo ni a otro punto.

    Prueba doce direcciones cada vez más lejos, y une con una raya el que se aleja. Si no hay
    sitio libre, elige el que menos pise. Devuelve los rótulos.
    """
    ax.figure.draw_without_rendering()  # coloca los ejes: hace falta saber dónde cae cada punto
    scale, pixels = ax.figure.dpi / 72, ax.transData.transform(points)  # (N, 2)
    taken = np.hstack([pixels - 7, pixels + 7])  # (N, 4): izquierda, abajo, derecha, arriba
    low, high = np.array(ax.get_window_extent().extents).reshape(2, 2)
    labels = []
    for word, point, pixel in zip(words, points, pixels, strict=True):
        text = ax.annotate(word, (0, 0), fontsize=fontsize, annotation_clip=False)
        half = np.array(text.get_window_extent().size) / 2
        text.remove()
        best = (np.inf, None, None)
        for radius, turn in product(RINGS, np.radians(np.arange(0, 360, 30))):
            shift = np.array([np.cos(turn), np.sin(turn)]) * (radius * scale + half)
            box = np.hstack([pixel + shift - half, pixel + shift + half])
            outside = np.maximum(low - box[:2], 0).sum() + np.maximum(box[2:] - high, 0).sum()
            cost = overlap_area(box, taken) + 1e3 * outside
            best = min(best, (cost, shift / scale, box), key=lambda one: one[0])
            if cost == 0:
                break
        taken = np.vstack([taken, best[2]])
        line = dict(arrowstyle="-", color=GREY, lw=0.8) if np.hypot(*best[1]) > 45 else None
        labels.append(ax.annotate(word, point, best[1], textcoords="offset points", ha="center",
                                  va="center", fontsize=fontsize, arrowprops=line))  # fmt: skip
    return labels


def overlap_area(rectangle, others) -> float:
    """Cuánto pisa un rectángulo (izquierda, abajo, derecha, arriba) a los de `others`, (N, 4)."""
    low = np.maximum(rectangle[:2], others[:, :2])
    high = np.minimum(rectangle[2:], others[:, 2:])
    return float(np.clip(high - low, 0, None).prod(axis=1).sum())


@styled
def plot_strips(rows, names: list[str], ax=None):
    """Cada vector como una tira de casillas: azul lo positivo, rojo lo negativo, blanco el 0.

    Args:
        rows: un vector por fila, (N, E).
        names: el de cada fila.
    """
    ax = ax or new_axes(8.4, 0.5 * len(names) + 0.8)
    top = np.abs(rows).max()
    ax.imshow(rows, cmap="RdBu", vmin=-top, vmax=top, aspect="auto", interpolation="none")
    ax.hlines(np.arange(1, len(names)) - 0.5, -0.5, len(rows[0]) - 0.5, color="white", lw=5)
    ax.set_yticks(range(len(names)), names)
    ax.set(xticks=[], xlabel=f"{len(rows[0])} números")
    return ax


@styled
def plot_pull(before, after, names: list[str], ax=None):
    """Flechas de dos números antes (trazo fino) y después (grueso) de unos pasos de Word2Vec.

    Args:
        before, after: los mismos vectores, (2,) cada uno, en el orden de `names`.
    """
    ax = ax or new_axes(6.4, 4.6)
    arrows = {"color": [BLUE, GREEN, RED], "angles": "xy", "scale_units": "xy", "scale": 1}
    for ends, width in ((before, 0.004), (after, 0.012)):
        x, y = np.transpose(ends)
        ax.quiver(0 * x, 0 * y, x, y, width=width, **arrows)
    for name, end, color in zip(names, after, arrows["color"], strict=True):
        ax.annotate(name, end, (8, 0), textcoords="offset points", color=color, fontweight="bold")
    ax.axhline(0, color=GREY, lw=0.8)
    ax.axvline(0, color=GREY, lw=0.8)
    ax.set(xlim=(-1.3, 2.7), ylim=(-1.6, 2.1), xticks=[], yticks=[])
    ax.set(xlabel="primer número", ylabel="segundo número")
    return ax
