"""La línea del tiempo de la lección 01."""

from ..face.figures import BLUE, GREEN, ORANGE, new_axes, styled


@styled
def plot_timeline(rows: list[dict], ax=None):
    """Los hitos de la historia, uno por renglón, del más antiguo (arriba) al más reciente.

    Args:
        rows: filas de `data/cronologia.json`: year, era, who, idea.
    """
    ax = ax or new_axes(8.2, 7)
    looks = {"reglas": (ORANGE, "s"), "estadística": (GREEN, "^"), "redes": (BLUE, "o")}
    for era, (color, mark) in looks.items():
        places = [i for i, row in enumerate(rows) if row["era"] == era]
        years = [rows[i]["year"] for i in places]
        ax.scatter(years, places, s=90, color=color, marker=mark, label=era, zorder=3)
    middle = (rows[0]["year"] + rows[-1]["year"]) / 2
    for i, row in enumerate(rows):
        left = row["year"] > middle
        name = f"{row['year']} · {row['who']}: {row['idea']}"
        shift, side = (-11, "right") if left else (11, "left")
        ax.annotate(name, (row["year"], i), xytext=(shift, 0), textcoords="offset points",
                    ha=side, va="center", fontsize=11)  # fmt: skip
    ax.set(xlabel="año", yticks=[], ylim=(len(rows) - 0.4, -0.6))
    ax.spines["left"].set_visible(False)
    ax.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.1), ncols=3)
    return ax
