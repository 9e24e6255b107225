"""Palabras dibujadas: dos flechas, una tabla de compañías y el mapa, con rótulos que se leen."""

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


def map_data(vectors: WordVectors, groups: dict[str, list[str]]) -> dict:
    """Lo que el mapa que se mueve necesita: palabras, grupo, sitio en el plano y cosenos."""
    words = [word for group in groups.values() for word in group]
    rows = np.array([vectors[word] for word in words])
    return {
        "words": words,
        "groups": [i for i, group in enumerate(groups.values()) for _ in group],
        "points": main_plane(rows).round(3).tolist(),
        "cosines": (rows @ rows.T).astype(float).round(3).tolist(),
    }


@styled
def plot_map(vectors: WordVectors, groups: dict[str, list[str]], ax=None):
    """Las palabras de cada grupo en el plano en que más se separan.

    Args:
        vectors: de donde salen las palabras.
        groups: {nombre: palabras}; cada grupo, con su color y su marca.
    """
    if len(groups) > len(COLORS):
        raise ValueError(
            f"{len(groups)} grupos: caben {len(COLORS)} colores que se distingan bien."
        )
    ax = ax or new_axes(8.4, 6.4)
    words = [word for group in groups.values() for word in group]
    points = main_plane(np.array([vectors[word] for word in words]))
    start = 0
    for (name, group), (color, mark) in zip(groups.items(), looks(), strict=False):
        x, y = points[start : start + len(group)].T
        ax.scatter(x, y, s=60, color=color, marker=mark, label=name, zorder=3)
        start += len(group)
    ax.set(xticks=[], yticks=[], xlabel="dirección 1", ylabel="dirección 2")
    ax.margins(0.12)
    ax.legend(frameon=False, fontsize=12, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3)
    place_labels(ax, points, words)
    return ax


def place_labels(ax, points, words: list[str], fontsize: int = 12) -> list:
    """Un rótulo junto a cada punto, donde no pise a otro rótulo ni a otro punto.

    Prueba doce direcciones cada vez más lejos, y une con una raya el que se aleja. Si no hay
    sitio libre, elige el que menos pise. Devuelve los rótulos.
    """
    figure = ax.figure
    figure.draw_without_rendering()  # coloca los ejes: hace falta saber dónde cae cada punto
    pixels = ax.transData.transform(points)  # (N, 2)
    taken = np.hstack([pixels - 7, pixels + 7])  # (N, 4): izquierda, abajo, derecha, arriba
    frame = np.array(ax.get_window_extent().extents)
    labels = []
    for word, pixel in zip(words, pixels, strict=True):
        text = ax.annotate(word, (0, 0), fontsize=fontsize, annotation_clip=False)
        box = text.get_window_extent()
        text.remove()
        shift, rectangle = _free_place(pixel, box.width, box.height, taken, frame, figure.dpi / 72)
        taken = np.vstack([taken, rectangle])
        line = dict(arrowstyle="-", color=GREY, lw=0.8) if np.hypot(*shift) > 45 else None
        labels.append(ax.annotate(word, ax.transData.inverted().transform(pixel), shift,
                                  textcoords="offset points", ha="center", va="center",
                                  fontsize=fontsize, arrowprops=line))  # fmt: skip
    return labels


def _free_place(pixel, width, height, taken, frame, scale):
    """El primer hueco libre alrededor de `pixel`: desplazamiento en puntos y rectángulo."""
    half, best = np.array([width, height]) / 2, (np.inf, None, None)
    for radius in RINGS:
        for angle in np.radians(np.arange(0, 360, 30)):
            direction = np.array([np.cos(angle), np.sin(angle)])
            center = pixel + direction * (radius * scale + half)
            rectangle = np.hstack([center - half, center + half])
            below, above = frame[:2] - rectangle[:2], rectangle[2:] - frame[2:]
            outside = np.maximum(below, 0).sum() + np.maximum(above, 0).sum()
            cost = overlap_area(rectangle, taken) + 1e3 * outside
            if cost < best[0]:
                best = (cost, (center - pixel) / scale, rectangle)
            if cost == 0:
                return best[1:]
    return best[1:]


def overlap_area(rectangle, others) -> float:
    """Cuánto pisa un rectángulo (izquierda, abajo, derecha, arriba) a los de `others`, (N, 4)."""
    low = np.maximum(rectangle[:2], others[:, :2])
    high = np.minimum(rectangle[2:], others[:, 2:])
    return float(np.clip(high - low, 0, None).prod(axis=1).sum())


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
        ax.text(*(1.12 * np.asarray(end)), name, color=color, ha="center", fontweight="bold")
    ax.set(xlim=(-2, 2.5), ylim=(-1.8, 2.3))
    return ax
