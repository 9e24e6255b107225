"""La línea del tiempo de las respuestas apuntadas."""

from textwrap import fill

import matplotlib.pyplot as plt

from ..face.figures import new_axes, styled
from ..face.palette import BLUE


@styled
def plot_records(records, read=str, ax=None):
    """Las respuestas apuntadas, según su fecha: una fila por respuesta, los asistentes al lado.

    Args:
        records: filas del registro, con fecha "2025", "2025-05" o "2025-05-17".
        read: función de la respuesta que da su fila, como `records.destination`.
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
