"""Lo que se proyecta en clase: los controles en grande, dos modelos a la vez y un voto a mano."""

import html

import ipywidgets as w
import matplotlib.pyplot as plt

from ..face.controls import BAR, Demo, columns, int_slider, prose, slider, text_box
from ..face.figures import STYLE
from ..face.writing import growing
from ..sampling import stream
from ..support.text import comma

CLASS = "#D55E00"  # los votos de la clase; además, llevan su título
OTHER = "otro sitio"
BIG = """<style>
.llm-escena, .llm-escena .widget-html-content, .llm-escena .jupyter-widgets {
  font-size: 20px; --jp-widgets-font-size: 20px; --jp-widgets-inline-height: 34px;
  --jp-widgets-inline-label-width: 8em; line-height: 1.4 }
.llm-escena { overflow: visible; gap: 0 2em; align-items: flex-start }
.llm-escena > .llm-mandos { flex: 1 1 26em; min-width: 0; max-width: 30em; overflow: visible;
  flex-direction: column; align-items: flex-start }
.llm-escena > .llm-mandos > :first-child { display: none }
.llm-escena > .llm-mandos > * { max-width: 100% }
.llm-escena.llm-ancha > .llm-mandos { flex: 1 1 100%; max-width: none; flex-flow: row wrap }
.llm-ancha .widget-hslider { max-width: 18.5em !important }
.llm-ancha .widget-text { max-width: 26em !important }
.llm-escena > .llm-pantalla { flex: 2 1 30em; min-width: 0; overflow: visible }
.llm-escena .llm-pantalla p { margin: 0 0 .4em }
.llm-escena .noUi-target { background: #767676 }
.llm-escena .widget-readout { min-width: 3em }
.llm-escena .widget-toggle-button, .llm-escena .widget-button {
  width: auto; min-height: 44px; font-size: 20px; line-height: 1.2 }
.llm-escena :focus-visible { outline: 3px solid #D55E00; outline-offset: 2px }
.llm-escena input[type=checkbox] { width: 24px; height: 24px }
.jp-Notebook:has(.llm-escena) .jp-RenderedHTMLCommon { font-size: 24px }
@media (max-width: 600px) {
  .llm-escena, .llm-escena .jupyter-widgets { --jp-widgets-font-size: 18px }
  .llm-escena .widget-label { width: 8.2em !important } }
</style>"""


class Stage(w.Box):
    """Un control para el proyector: letra grande, mandos al lado y «Empezar de nuevo».

    Donde no hay núcleo (GitHub, una página) queda quieta su pantalla tal como se abrió.

    Args:
        box: lo que devuelve un control del curso; lo último que lleva dentro es su pantalla.
        wide: los mandos van encima, para que la pantalla tenga todo el ancho.
    """

    def __init__(self, box, wide: bool = False):
        *controls, screen = box.children
        self.inputs = [one for control in controls for one in _inputs(control)]
        self.first = [one.value for one in self.inputs]
        reset = w.Button(description="Empezar de nuevo")
        reset.on_click(self.back)
        super().__init__(layout=w.Layout(display="flex", flex_flow="row wrap"))
        side = w.Box([w.HTML(BIG), *controls, reset])
        if wide:
            self.add_class("llm-ancha")
        for part, name in ((side, "llm-mandos"), (screen, "llm-pantalla"), (self, "llm-escena")):
            part.add_class(name)
        self.children = [side, screen]

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


def vote_demo(sentences: dict[str, str], answers: dict[str, dict[str, dict[str, float]]]):
    """La clase vota a mano y después se destapa lo que dijo cada modelo.

    Args:
        sentences: {botón: frase con su hueco}.
        answers: {botón: {modelo: {destino: probabilidad}}}.
    """
    places = ("taller", "concesionario", "desguace")
    controls = {
        "name": w.ToggleButtons(options=list(sentences), layout=w.Layout(width="100%")),
        **{place: _hands(place) for place in (*places, OTHER)},
        "shown": w.Checkbox(description="destapar los modelos", indent=False),
    }

    def draw(name, shown, **votes):
        total = max(1, sum(votes.values()))
        parts = {"la clase": {place: hands / total for place, hands in votes.items()}}
        for model, given in answers[name].items() if shown else ():
            known = {place: given[place] for place in places}
            parts[model] = {**known, OTHER: 1 - sum(known.values())}
        yield prose(sentences[name]) + share_table(parts)

    return Demo(controls, draw).box


def _hands(place: str) -> w.BoundedIntText:
    """Una casilla para las manos levantadas."""
    style, layout = {"description_width": "7em"}, w.Layout(width="12em")
    return w.BoundedIntText(value=0, min=0, max=999, description=place, style=style, layout=layout)


def share_table(parts: dict[str, dict[str, float]]) -> str:
    """Una columna por votante y una fila por destino: el tanto por ciento y su barra."""
    head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in parts)
    rows = "".join(
        f'<tr><th scope="row" style="width:1%;padding-right:1em">{html.escape(place)}</th>'
        + "".join(share_cell(part[place], name == "la clase") for name, part in parts.items())
        + "</tr>"
        for place in parts["la clase"]
    )
    return (
        '<table aria-label="Qué responde cada uno" style="width:100%;font-size:1.1em;'
        f'text-align:left;line-height:1.3"><tr><td></td>{head}</tr>{rows}</table>'
    )


def share_cell(share: float, ours: bool) -> str:
    """Una casilla: el número y, debajo, una barra de ese largo."""
    bar = f"background:{CLASS if ours else BAR};height:.5em;width:{100 * max(share, 0):.1f}%"
    return (
        f'<td style="padding:.2em .6em .2em 0;min-width:4em">{comma(100 * share + 0.0, 0)} %'
        f'<div style="{bar}"></div></td>'
    )


def big_figures(points: int = 20) -> None:
    """Desde aquí, las figuras salen con la letra que se lee desde el fondo de la clase."""
    STYLE["font.size"] = plt.rcParams["font.size"] = points
