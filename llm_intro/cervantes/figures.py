"""Figuras de «Escribir como Cervantes»: dos redes, lo que recuerdan y cómo nacen."""

import base64

import numpy as np

from ..face.figures import COMMAS, new_axes, styled
from ..face.palette import BLUE, RED, looks


@styled
def plot_memory(distances, changes: dict, ax=None, floor: float = 1e-6):
    """Cuánto cambia la predicción al cambiar una letra, según lo lejos que esté.

    Args:
        distances: posiciones hacia atrás.
        changes: {nombre: cambios en bits, una lista por distancia}.
        floor: por debajo de estos bits no se distingue del redondeo.
    """
    ax = ax or new_axes(height=3.2)
    for (name, lists), (color, mark) in zip(changes.items(), looks(), strict=False):
        low, middle, high = np.array(
            [np.quantile(np.asarray(one), [0.25, 0.5, 0.75]) for one in lists]
        ).T.clip(floor)
        ax.fill_between(distances, low, high, color=color, alpha=0.15)
        ax.plot(distances, middle, color=color, marker=mark, label=f"{name}: mediana y cuartiles")
    ax.set(xscale="log", yscale="log", ylim=(floor, None))
    ax.set(xlabel="letras hacia atrás", ylabel="cambio de la predicción (bits)")
    ax.legend(frameon=False)
    return ax


@styled
def plot_unit(data: dict, lines: int = 4, width: int = 62):
    """Las primeras líneas de una página, cada letra con el color de una casilla de `c`.

    Args:
        data: lo que guarda benchmarks/units.py; la casilla es su `target`.
    """
    ax, size = new_axes(7.6, 1.6), lines * width
    states = np.frombuffer(base64.b64decode(data["states"]), np.int8)
    states = states.reshape(len(data["units"]), -1)[data["units"].index(data["target"])]
    ax.imshow(states[:size].reshape(lines, width), cmap="PuOr", vmin=-160, vmax=160, aspect="auto")
    for place, letter in enumerate(data["text"][:size]):
        row, column = divmod(place, width)
        ax.text(column, row, letter, ha="center", va="center", family="monospace", fontsize=11)
    ax.axis("off")
    return ax


@styled
def plot_traces(data: dict, ax=None):
    """Qué queda de cada letra de una palabra en una LSTM y en una red simple, ya leída entera.

    Args:
        data: lo que guarda benchmarks/cell.py: su `word` y sus `traces`, en bits.
    """
    ax, names = ax or new_axes(7, 3.2), {"lstm": "LSTM", "rnn": "red simple"}
    for n, (kind, color) in enumerate((("lstm", BLUE), ("rnn", RED))):
        places = np.arange(len(data["word"])) + 0.4 * n
        bars = ax.bar(places, data["traces"][kind], 0.38, color=color if n == 0 else "white",
                      edgecolor=color, hatch="//" if n else "", label=names[kind])  # fmt: skip
        told = [COMMAS(float(f"{bits:.2g}")) for bits in data["traces"][kind]]
        ax.bar_label(bars, told, fontsize=11)
    ax.set_xticks(np.arange(len(data["word"])) + 0.2, list(data["word"]))
    ax.set(yscale="log", ylim=(1e-3, 20), ylabel="cambio de la predicción (bits)")
    ax.set(xlabel="letra que se cambia por otra, leída ya la palabra")
    ax.yaxis.set_major_formatter(COMMAS)
    ax.legend(frameon=False)
    return ax


@styled
def plot_birth(data: dict, shown=(0, 10, 30, 200, 1000, 20_000)):
    """Lo que paga y lo que escribe una red en unos cuantos pasos de su entrenamiento.

    Args:
        data: lo que guarda benchmarks/birth.py.
        shown: pasos de los que se enseña el texto.
    """
    ax = new_axes(7.6, 5.2)
    photos = [photo for photo in data["photos"] if photo["step"] in shown]
    steps = [max(1, photo["step"]) for photo in data["photos"]]
    ax.plot(steps, [photo["bits"] for photo in data["photos"]], color=BLUE, marker="o")
    ax.set(xscale="log", xlabel="pasos (el primer punto, 0)", ylabel="bits/car. en valid")
    lines = [f"{photo['step']:>6}  {photo['text'][:62].strip()}" for photo in photos]
    ax.set_title("\n".join(lines), loc="left", family="monospace", fontsize=11)
    return ax


@styled
def plot_networks(ax=None):
    """Una red de avance y una recurrente, leyendo «hola»: la diferencia es la flecha."""
    ax = ax or new_axes(8.4, 3.8)
    arrow = dict(arrowstyle="->", lw=1.6, color="black")
    for x, letter in enumerate("hola"):
        ax.text(x, 0, letter, ha="center", va="center", fontsize=18)
        ax.annotate("", (1.5, 1.25), (x, 0.25), arrowprops=arrow)
        ax.text(x + 5.5, 0, letter, ha="center", va="center", fontsize=18)
        ax.annotate("", (x + 5.5, 1.2), (x + 5.5, 0.25), arrowprops=arrow)
        _box(ax, x + 5.5, 1.5, "estado", BLUE)
        if x:
            ax.annotate(
                "", (x + 5.08, 1.5), (x + 4.92, 1.5), arrowprops=arrow | {"color": RED, "lw": 3}
            )
    _box(ax, 1.5, 1.5, "red", BLUE)
    for x in (1.5, 8.5):
        ax.annotate("", (x, 2.7), (x, 1.8), arrowprops=arrow)
        ax.text(x, 2.95, "letra siguiente", ha="center", va="center")
    ax.text(1.5, -0.45, "de avance:\nuna entrada de tamaño fijo", ha="center", va="top")
    ax.text(7, -0.45, "recurrente:\nel estado pasa de letra en letra", ha="center", va="top")
    ax.set(xlim=(-0.6, 9.3), ylim=(-1.3, 3.3))
    ax.axis("off")
    return ax


def _box(ax, x: float, y: float, name: str, color: str) -> None:
    ax.text(x, y, name, ha="center", va="center", color="white", fontsize=11,
            bbox=dict(boxstyle="round,pad=0.45", facecolor=color, edgecolor="none"))  # fmt: skip
