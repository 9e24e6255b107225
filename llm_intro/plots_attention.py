"""Figuras de la lección de atención: máscaras, a quién se mira y qué importa."""

from textwrap import shorten

import matplotlib.pyplot as plt
import numpy as np

from .plots import BLUE, GREY, ORANGE, RED, STYLE, comma

COMMAS = plt.FuncFormatter(lambda value, _: f"{value:g}".replace(".", ","))


DPI = 75  # los mapas llevan mucho texto: con más puntos, el cuaderno pesaría demasiado


def new_axes(width: float, height: float):
    """Unos ejes con el estilo del curso, en pulgadas."""
    return _panels(1, width, height)[0, 0]


def _panels(columns: int, width: float, height: float, rows: int = 1):
    before = {name: plt.rcParams[name] for name in STYLE}
    plt.rcParams.update(STYLE)  # rc_context apaga el modo interactivo de Jupyter
    try:
        figure = plt.figure(figsize=(width, height), dpi=DPI, layout="constrained")
        return figure.subplots(rows, columns, squeeze=False)
    finally:
        plt.rcParams.update(before)


def plot_masks(masks: dict[str, np.ndarray], words: list[str]):
    """Máscaras lado a lado: un punto donde la palabra de la fila puede mirar a la de la columna.

    Args:
        masks: por familia, una tabla de verdadero y falso, (T, S).
        words: las palabras, que sirven de filas y de columnas.
    """
    axes = _panels(len(masks), 3.6 * len(masks), 3.6)[0]
    for ax, (name, mask) in zip(axes, masks.items(), strict=True):
        rows, columns = np.nonzero(mask)
        ax.imshow(np.asarray(mask), cmap="Blues", vmin=0, vmax=2)
        ax.scatter(columns, rows, color=BLUE, s=30)
        ax.set_xticks(range(mask.shape[1]), words[: mask.shape[1]], rotation=60, ha="right")
        ax.set_yticks(range(mask.shape[0]), words[: mask.shape[0]])
        ax.set(title=name, xlabel="mira a", ylabel="quién lee")
    return axes


def plot_weights(weights, words: list[str], ax=None, row_names: list[str] | None = None):
    """Mapa de atención: cada fila reparte 1 entre las palabras de las columnas.

    Args:
        weights: (filas, T); con `row_names`, una fila por cabeza; si no, una por palabra.
        words: las palabras a las que se mira, T.
    """
    weights = np.asarray(weights)
    ax = ax or new_axes(max(5, 0.42 * len(words)), max(2.5, 0.42 * len(weights) + 1.5))
    image = ax.imshow(weights, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    ax.set_xticks(range(len(words)), words, rotation=60, ha="right")
    ax.set_yticks(range(len(weights)), row_names or words)
    ax.set(xlabel="mira a", ylabel="quién lee" if row_names is None else "")
    for i, j in np.argwhere(weights >= 0.2):
        ink = "white" if weights[i, j] > 0.6 else "black"
        value = comma(weights[i, j], 1)
        ax.text(j, i, value, ha="center", va="center", fontsize=10, color=ink)
    ax.figure.colorbar(image, ax=ax, label="peso", format=COMMAS)
    return ax


def plot_answers(answers: dict[str, dict[str, float]], ax=None):
    """Tabla de probabilidades: una fila por modelo, una columna por destino.

    Args:
        answers: por modelo, lo que da `DesguaceProbe.distribution`. Los destinos que todos dan
            por casi imposibles (menos del 1 %) no se dibujan.
    """
    columns = sorted({p for row in answers.values() for p, share in row.items() if share >= 0.01})
    table = np.array([[row.get(place, 0) for place in columns] for row in answers.values()])
    ax = ax or new_axes(9, 0.55 * len(answers) + 1.6)
    ax.imshow(table, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for (i, j), p in np.ndenumerate(table):
        ax.text(j, i, comma(p), ha="center", va="center", color="white" if p > 0.6 else "black")
    ax.set_xticks(range(len(columns)), columns, rotation=30, ha="right")
    ax.set_yticks(range(len(answers)), list(answers))
    ax.set(xlabel="probabilidad de cada destino")
    return ax


def plot_changes(changes: dict[str, float], place: str = "desguace", ax=None):
    """Barras de los bits que gana o pierde un destino con cada cambio de la frase."""
    ax = ax or new_axes(8, 0.45 * len(changes) + 1.2)
    names, bits = list(changes), list(changes.values())
    bars = ax.barh(names, bits, color=[ORANGE if b < 0 else BLUE for b in bits])
    ax.bar_label(bars, [comma(round(b, 1) + 0.0, 1) for b in bits], padding=3)
    ax.invert_yaxis()
    ax.margins(x=0.15)
    ax.axvline(0, color=GREY, linewidth=1)
    ax.xaxis.set_major_formatter(COMMAS)
    ax.set(xlabel=f"bits que gana «{place}» (negativo: pierde)")
    return ax


def plot_look_and_effect(words: list[str], looks, effects, title: str = ""):
    """Arriba, cuánto se mira a cada palabra; abajo, qué pasa al taparla.

    Args:
        looks: atención a cada palabra, (T,).
        effects: bits que pierde la respuesta al tapar cada una, (T,).
    """
    top, bottom = _panels(1, 10, 4.6, rows=2)[:, 0]
    where = range(len(words))
    top.bar(where, looks, color=BLUE)
    bottom.bar(where, effects, color=RED, hatch="//", edgecolor="white")
    top.set(ylabel="atención", title=title)
    top.set_xticks([])
    for ax in (top, bottom):
        ax.yaxis.set_major_formatter(COMMAS)
    bottom.set(ylabel="bits que se\npierden al tapar")
    bottom.set_xticks(where, words, rotation=60, ha="right")
    bottom.axhline(0, color=GREY, linewidth=1)
    return top, bottom


def plot_distance(rows: list[dict], ax=None):
    """Pasos hasta el 95 % según lo lejos que están las pistas; arriba, los que no llegaron.

    Args:
        rows: filas con `modelo`, `k`, `pasos` (None si no llegó) y `tope`.
    """
    ax = ax or new_axes(8, 4.4)
    styles = {"transformer": ("Transformer", BLUE, "o", -0.12), "lstm": ("LSTM", RED, "s", 0.12)}
    ks = sorted({row["k"] for row in rows})
    for name, (label, color, mark, shift) in styles.items():
        mine = [row for row in rows if row["modelo"] == name]
        there = [(ks.index(r["k"]) + shift, r["pasos"]) for r in mine if r["pasos"]]
        late = [(ks.index(r["k"]) + shift, 1.1 * r["tope"]) for r in mine if not r["pasos"]]
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


def plot_records(records, read=str, ax=None):
    """Las respuestas apuntadas, según su fecha: una fila por respuesta, los asistentes al lado.

    Args:
        records: filas del registro, con fecha "2025", "2025-05" o "2025-05-17".
        read: función de la respuesta que da su fila; `survey.destination` junta las que van
            al mismo sitio.
    """
    ax = ax or new_axes(8, 3)
    rows = sorted({read(record.answer) for record in records})
    points = {}
    for record in records:
        year, month, day = (*map(int, record.date.split("-")), 1, 1)[:3]
        where = year + (month - 1) / 12 + (day - 1) / 365, rows.index(read(record.answer))
        points.setdefault(where, []).append(record.assistant)
    for (x, y), names in points.items():
        ax.plot(x, y, "o", color=BLUE)
        said = shorten(", ".join(dict.fromkeys(names)), 48, placeholder="…")
        times = f" ({len(names)} veces)" * (len(names) > 1)
        ax.annotate(said + times, (x, y), (8, 8), fontsize=10, textcoords="offset points")
    ax.set_yticks(range(len(rows)), rows)
    ax.margins(y=0.5)
    years = [x for x, _ in points]
    ax.set_xlim(int(min(years)), int(max(years)) + 2)
    ax.xaxis.set_major_locator(plt.MaxNLocator(integer=True))
    ax.set(xlabel="año", ylabel="respuesta")
    return ax
