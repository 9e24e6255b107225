"""Las figuras del curso: cada una es una función de los datos, recibe `ax` y lo devuelve."""

import io
from collections.abc import Callable
from functools import wraps

import matplotlib.pyplot as plt
import numpy as np
from PIL import Image  # la trae matplotlib

from ..support.text import comma, count, visible
from .palette import BLUE, GREY, RED, looks

COMMAS = plt.FuncFormatter(lambda value, _: f"{value:g}".replace(".", ","))
STYLE = {
    "font.size": 13,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "figure.constrained_layout.use": True,
    "svg.fonttype": "none",  # letras, no dibujos de letras: pesan menos y se pueden leer
}


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


def as_png(ax) -> bytes:
    """La figura como PNG de 256 colores; la cierra, para que Jupyter no la enseñe dos veces."""
    drawn, saved = io.BytesIO(), io.BytesIO()
    ax.figure.savefig(drawn, dpi=80, facecolor="white")
    plt.close(ax.figure)
    flat = Image.open(drawn).convert("RGB").quantize(256, dither=Image.Dither.NONE)
    flat.save(saved, "PNG", optimize=True)
    return saved.getvalue()


@styled
def panels(columns: int, width: float, height: float):
    """Varios ejes en fila, en pulgadas, para mapas de una frase entera."""
    # con 90 puntos por pulgada caben de alto en un proyector
    figure = plt.figure(figsize=(width, height), dpi=90, layout="constrained")
    return figure.subplots(1, columns, sharey=True, squeeze=False)[0]


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
    """Bits/car. según los segundos de entrenamiento.

    Args:
        history: lo que devuelve `train`: su valid y, con puntos, su train; o varias,
            {nombre: historia}: el valid de cada una.
        lines: referencias horizontales, {nombre: bits/car.}.
    """
    ax = ax or new_axes()
    several = isinstance(history, dict)
    histories = history if several else {"valid": history}
    for (name, one), (color, mark) in zip(histories.items(), looks(), strict=False):
        seconds = [event.seconds for event in one.events]
        ax.plot(seconds, [e.valid_bits for e in one.events], color=color, marker=mark, label=name)
        if not several:
            train = [event.train_bits for event in one.events]
            ax.plot(seconds, train, color=RED, linestyle=":", label="train")
    for n, (name, bits) in enumerate((lines or {}).items()):  # sus nombres, en dos columnas
        ax.axhline(bits, color=GREY, linestyle="--", linewidth=1)
        place, units = (0.99 - 0.33 * (n % 2), bits), ("axes fraction", "data")
        ax.annotate(f"{name}: {comma(bits)}", place, xycoords=units,
                    ha="right", va="bottom", fontsize=11)  # fmt: skip
    ax.yaxis.set_major_formatter(lambda bits, _: comma(bits, 1))
    part = " en valid" if several else ""
    ax.set(xlabel="segundos de entrenamiento", ylabel=f"bits/car.{part}")
    ax.legend(frameon=False)
    return ax


@styled
def history_svg(history, lines: dict[str, float], seconds: float) -> str:
    """La curva de `plot_history` como SVG, de 0 a `seconds`, con la tinta de la página.

    Sin pyplot, que no se lleva bien con los hilos; en claro o en oscuro, se lee igual.
    """
    figure, page = plt.Figure(figsize=(5, 3.2)), io.StringIO()
    plot_history(history, lines, figure.subplots()).set_xlim(0, seconds)
    figure.savefig(page, format="svg", transparent=True)
    look = 'role="img" aria-label="Bits por carácter" style="width:100%;max-width:480px;'
    svg = page.getvalue().replace("#000000", "currentColor")
    return svg[svg.index("<svg") :].replace("<svg", f'<svg {look}fill:currentColor"')


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
def plot_table(rows: list, heads: list[str], names: list[str] | None = None):
    """Una tabla como figura: `heads` encima de las columnas y `names` delante de las filas."""
    ax = new_axes(6.4, 0.45 * len(rows) + 0.6)
    ax.table(rows, colLabels=heads, rowLabels=names, cellLoc="center", bbox=[0, 0, 1, 1])
    ax.axis("off")
    return ax


def plot_counts(data: dict):
    """Cada respuesta con sus palabras y sus letras, y si cumple.

    Args:
        data: `replies`, y las `words` y `letters` que se piden.
    """
    rows, asked = [], (data["words"], data["letters"])
    for reply in data["replies"]:
        pairs = zip(count(reply), asked, strict=False)
        rows.append([reply, *(f"{n} {'✓' if n == wanted else '✗'}" for n, wanted in pairs)])
    return plot_table(rows, ["respuesta", "palabras", "letras"])
