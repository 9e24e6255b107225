"""Lo que se proyecta en clase: los controles en grande, dos modelos a la vez y un voto a mano."""

import html

import ipywidgets as w
import matplotlib.pyplot as plt

from ..plots import STYLE, comma
from ..sampling import stream
from .base import BAR, Demo, bar_table, int_slider, prose, slider, text_box
from .writing import growing

CLASS = "#D55E00"  # los votos de la clase; además, llevan su título
OTHER = "otro sitio"
BIG = """<style>
.llm-escena, .llm-escena .widget-html-content, .llm-escena .jupyter-widgets {
  font-size: 20px; --jp-widgets-font-size: 20px; --jp-widgets-inline-height: 34px;
  --jp-widgets-inline-label-width: 8em; line-height: 1.4 }
.llm-escena { overflow: visible; gap: 0 2em; align-items: flex-start }
.llm-escena > .llm-mandos { flex: 1 1 26em; max-width: 30em; overflow: visible }
.llm-escena > .llm-pantalla { flex: 2 1 30em; min-width: 0; overflow: visible }
.llm-escena .widget-html-content > * { margin-top: 0 }
.llm-escena .widget-readout { min-width: 3em }
.llm-escena .widget-toggle-buttons .widget-toggle-button, .llm-escena .widget-button {
  width: auto; min-height: 44px; font-size: 20px; line-height: 1.2 }
.llm-escena :focus-visible { outline: 3px solid #D55E00; outline-offset: 2px }
</style>"""


class Stage(w.Box):
    """Un control para el proyector: letra grande, mandos al lado y «Empezar de nuevo».

    Donde no hay núcleo (GitHub, una página) queda quieta su pantalla tal como se abrió.

    Args:
        box: lo que devuelve un control del curso; lo último que lleva dentro es su pantalla.
    """

    def __init__(self, box):
        *controls, screen = box.children
        self.inputs = [one for control in controls for one in _inputs(control)]
        self.first = [one.value for one in self.inputs]
        reset = w.Button(description="Empezar de nuevo", layout=w.Layout(width="auto"))
        reset.on_click(self.back)
        side = w.VBox([w.HTML(BIG), *controls, reset])
        super().__init__([side, screen], layout=w.Layout(display="flex", flex_flow="row wrap"))
        for part, name in ((side, "llm-mandos"), (screen, "llm-pantalla"), (self, "llm-escena")):
            part.add_class(name)

    def back(self, _button=None) -> None:
        """Deja cada mando como estaba al abrir."""
        for one, value in zip(self.inputs, self.first, strict=True):
            one.value = value

    def _repr_mimebundle_(self, **kwargs):
        twin = {"text/html": self.children[-1].value}
        return {**super()._repr_mimebundle_(**kwargs), **twin}


def _inputs(widget) -> list:
    """Todo lo que se puede mover dentro de un control."""
    if isinstance(widget, w.Box):
        return [one for child in widget.children for one in _inputs(child)]
    return [widget] if isinstance(widget, w.ValueWidget) and not isinstance(widget, w.HTML) else []


def models_demo(models: dict, prompt: str = "en un lugar de la mancha", length: int = 200):
    """Varios modelos siguen el mismo comienzo, con la misma temperatura y la misma semilla.

    Args:
        models: {nombre: modelo}; con `tokenizer`, `start` y `step`.
    """
    controls = {
        "temperature": slider("temperatura", 0.7, 0.0, 2.0, 0.05),
        "seed": int_slider("semilla", 0, 0, 50),
        "prompt": text_box("comienzo", prompt),
    }

    def draw(temperature, seed, prompt):
        texts = dict.fromkeys(models, "")
        for name, model in models.items():
            for text in growing(stream(model, prompt, length, temperature, seed=seed)):
                texts[name] = text
                yield columns(f"<p><b>{html.escape(k)}</b></p>{prose(t, prompt)}"
                              for k, t in texts.items())  # fmt: skip

    return Demo(controls, draw).box


def columns(pages) -> str:
    """Trozos de HTML, uno al lado de otro si caben."""
    parts = (f'<div style="flex:1 1 14em;min-width:0">{page}</div>' for page in pages)
    return f'<div style="display:flex;flex-wrap:wrap;gap:.5em 2em">{"".join(parts)}</div>'


def vote_demo(sentences: dict[str, str], answers: dict[str, dict[str, dict[str, float]]]):
    """La clase vota a mano y después se destapa lo que dijo cada modelo.

    Args:
        sentences: {botón: frase con su hueco}.
        answers: {botón: {modelo: {destino: probabilidad}}}.
    """
    places = ("taller", "concesionario", "desguace")
    controls = {
        "name": w.ToggleButtons(options=list(sentences)),
        **{place: _hands(place) for place in (*places, OTHER)},
        "shown": w.Checkbox(description="destapar los modelos", indent=False),
    }

    def draw(name, shown, **votes):
        total = max(1, sum(votes.values()))
        pages = [shares("la clase", {k: v / total for k, v in votes.items()}, CLASS)]
        for model, given in answers[name].items() if shown else ():
            known = {place: given[place] for place in places}
            pages.append(shares(model, {**known, OTHER: 1 - sum(known.values())}, BAR))
        yield prose(sentences[name]) + columns(pages)

    return Demo(controls, draw).box


def _hands(place: str) -> w.BoundedIntText:
    """Una casilla para las manos levantadas."""
    style = {"description_width": "8em"}
    return w.BoundedIntText(value=0, min=0, max=999, description=place, style=style)


def shares(title: str, parts: dict[str, float], color: str) -> str:
    """Una barra por destino, en tanto por ciento."""
    rows = ((name, 100 * p, color, f"{comma(100 * p, 0)} %") for name, p in parts.items())
    return bar_table(title, rows)


def big_figures(points: int = 20) -> None:
    """Desde aquí, las figuras salen con la letra que se lee desde el fondo de la clase."""
    STYLE["font.size"] = plt.rcParams["font.size"] = points
