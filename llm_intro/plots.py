"""Las figuras del curso: cada una es una función de los datos, recibe `ax` y lo devuelve."""

from collections.abc import Callable
from functools import wraps

import matplotlib.pyplot as plt
import numpy as np

from .scoreboard import comma

# Okabe e Ito (2008): se distinguen también sin ver bien los colores
BLUE, ORANGE, GREEN, RED, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#8A8A8A"
STYLE = {
    "font.size": 13,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "figure.constrained_layout.use": True,
}
VISIBLE = {" ": "␣", "\n": "↵", "\t": "⇥"}


def visible(text: str) -> str:
    """El texto con los blancos a la vista: ␣ espacio, ↵ salto de línea, ⇥ tabulador."""
    return "".join(VISIBLE.get(letter, letter) for letter in text)


def styled(draw: Callable) -> Callable:
    """La misma función, que dibuja con el estilo del curso y deja los ajustes como estaban."""

    # no rc_context: al salir apaga el modo interactivo, y Jupyter solo enseña la primera figura
    @wraps(draw)
    def with_style(*args, **options):
        before = {name: plt.rcParams[name] for name in STYLE}
        plt.rcParams.update(STYLE)
        try:
            return draw(*args, **options)
        finally:
            plt.rcParams.update(before)

    return with_style


@styled
def new_axes(width: float = 6.8, height: float = 3.8):
    """Unos ejes con el estilo del curso, en pulgadas: caben en un móvil y se leen."""
    return plt.subplots(figsize=(width, height), layout="constrained")[1]


@styled
def plot_next_probs(probs, tokenizer, ax=None, top: int = 12):
    """Barras de las letras siguientes más probables; las descartadas (0), en gris y rayadas.

    Args:
        probs: probabilidades, (V,).
        tokenizer: para poner su letra a cada barra.
        top: cuántas se dibujan.
    """
    ax = ax or new_axes()
    probs = np.asarray(probs)
    order = np.argsort(-probs, kind="stable")[:top]
    bars = ax.bar(range(len(order)), 100 * probs[order], color=BLUE)
    ax.bar_label(bars, [comma(100 * p, 0) if p >= 0.005 else "" for p in probs[order]])
    ax.set_xticks(range(len(order)), [visible(tokenizer.decode([i])) for i in order])
    ax.set(xlabel="letra siguiente", ylabel="probabilidad (%)")
    return ax


@styled
def plot_history(history, lines: dict[str, float] | None = None, ax=None):
    """Bits/car. en valid según los segundos de entrenamiento.

    Args:
        history: lo que devuelve `train`, o varias, {nombre: historia}.
        lines: referencias horizontales, {nombre: bits/car.}.
    """
    ax = ax or new_axes()
    histories = history if isinstance(history, dict) else {"tu modelo": history}
    for (name, one), color, mark in zip(histories.items(), (BLUE, RED, GREEN), "os^", strict=False):
        seconds = [event.seconds for event in one.events]
        ax.plot(seconds, [e.valid_bits for e in one.events], color=color, marker=mark, label=name)
    draw_lines(ax, lines or {})
    ax.yaxis.set_major_formatter(lambda bits, _: comma(bits, 1))
    ax.set(xlabel="segundos de entrenamiento", ylabel="bits/car. en valid")
    ax.legend(frameon=False)
    return ax


def draw_lines(ax, lines: dict[str, float]):
    """Líneas horizontales de referencia, cada una con su nombre al final."""
    for name, bits in lines.items():
        ax.axhline(bits, color=GREY, linestyle="--", linewidth=1)
        ax.annotate(f"{name}: {comma(bits)}", (0.99, bits), xycoords=("axes fraction", "data"),
                    ha="right", va="bottom", fontsize=11)  # fmt: skip
    return ax


@styled
def plot_memory(distances, changes: dict, ax=None, floor: float = 1e-6):
    """Cuánto cambia la predicción al cambiar una letra, según lo lejos que esté.

    Args:
        distances: posiciones hacia atrás.
        changes: {nombre: cambios en bits, una lista por distancia}.
        floor: por debajo de estos bits no se distingue del redondeo.
    """
    ax = ax or new_axes()
    for (name, lists), color, mark in zip(changes.items(), (BLUE, RED, GREEN), "os^", strict=False):
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


@styled
def plot_scoreboard(rows, ax=None):
    """El marcador como barras: llenas si se han calculado ahora, rayadas si se calcularon antes.

    Args:
        rows: las de `scoreboard`, de peor a mejor.
    """
    ax = ax or new_axes(7.2, 0.4 * len(rows) + 1.2)
    now = [row.made == "ahora" for row in rows]
    bars = ax.barh(
        range(len(rows)),
        [row.bits for row in rows],
        color=[BLUE if live else "white" for live in now],
        hatch=["" if live else "////" for live in now],
        edgecolor=BLUE,
    )
    ax.bar_label(bars, [comma(row.bits) for row in rows], padding=4)
    ax.set_yticks(range(len(rows)), [row.name for row in rows])
    ax.set(xlabel="bits/car. en lo reservado (menos es mejor)\nrayado: calculado antes")
    return ax


@styled
def plot_mixture(weights, bits, names: tuple[str, str], ax=None):
    """Lo que paga la mezcla de dos modelos según el peso del primero, con la mejor señalada.

    Args:
        weights: pesos del primero, de 0 a 1.
        bits: bits/car. con cada peso.
        names: los dos modelos, con su artículo.
    """
    ax = ax or new_axes(height=3.4)
    best = int(np.argmin(bits))
    ax.plot(weights, bits, color=BLUE, marker="o", markersize=4)
    ax.plot(weights[best], bits[best], color=RED, marker="D", markersize=9)
    ax.annotate(comma(bits[best], 3), (weights[best], bits[best]), (0, 10),
                textcoords="offset points", ha="center", color=RED)  # fmt: skip
    ax.set_xticks([0, 0.25, 0.5, 0.75, 1], [f"solo {names[1]}", "¼", "½", "¾", f"solo {names[0]}"])
    ax.yaxis.set_major_formatter(lambda value, _: comma(value))
    ax.yaxis.get_major_locator().set_params(steps=[1, 2, 5, 10])
    ax.set(xlabel="cuánto caso se hace a cada uno", ylabel="bits/car. en valid")
    return ax
