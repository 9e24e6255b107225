"""Lo que da y lo que cuesta aprender de un contador: según se aprende, y con cinco semillas."""

from ..face.figures import COMMAS, panels, styled
from ..face.palette import looks

# lo que se dice de cada receta de data/counter.json
RECIPES = {
    "bare_loose": "sin remedios, y vale acabar en raya",
    "no_share": "correas, sin repartir el premio",
    "main": "correas y premio repartido",
    "known_share_1": "los tres remedios",
    "bare": "sin remedios",
    "no_memory": "sin la correa del libro",
}
TOLD, SCORED = list(RECIPES)[:4], list(RECIPES)[1:]  # en cada figura, las suyas


def rule_data(counter: dict) -> list[dict]:
    """Cuatro recetas de `data/counter.json` según aprenden: lo que mueve la figura «rule»."""
    runs = {run["variant"]: run for run in counter["runs"] if run["curve"]}
    return [{**runs[one], "name": RECIPES[one]} for one in TOLD]


@styled
def plot_rule(recipes: list[dict]):
    """Las recetas de `rule_data` según aprenden."""
    keys, series = ("step", "comply", "favourite"), []
    for one in recipes:
        series.append((one["name"], [[now[key] for now in one["curve"]] for key in keys]))
    return _two_panels(series, "pasos", "-")


@styled
def plot_frontier(counter: dict):
    """Lo que cuesta cada receta en el libro y lo que da: un punto por semilla."""
    keys, series = ("comply", "favourite_times"), []
    for name in SCORED:
        after = [run["after"] for run in counter["runs"] if run["variant"] == name]
        price = [one["bits"] - counter["start_bits"] for one in after]
        shares = [[one[key] / one["replies"] for one in after] for key in keys]
        series.append((RECIPES[name], [price, *shares]))
    return _two_panels(series, "bits/car. que pierde", "")


def _two_panels(series, xlabel: str, line: str):
    """De cada serie, cuántas cumplen y cuánto pesa la favorita; devuelve el primer eje."""
    axes = panels(2, 9, 4.4)
    for (name, (x, *shares)), (color, mark) in zip(series, looks(), strict=False):
        for ax, share in zip(axes, shares, strict=True):
            percent = [100 * one for one in share]
            ax.plot(x, percent, mark + line, color=color, label=name, markersize=8, alpha=0.8)
    for ax, title in zip(axes, ("cumplen, con punto", "son la favorita"), strict=True):
        ax.set(xlabel=xlabel, ylabel="% de las respuestas", title=title)
        ax.xaxis.set_major_formatter(COMMAS)
    handles = axes[0].get_legend_handles_labels()
    axes[0].figure.legend(*handles, loc="outside lower center", ncols=2, frameon=False)
    return axes[0]
