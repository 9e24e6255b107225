"""Lo que se proyecta en clase: los controles en grande, dos modelos a la vez y un voto a mano."""

import html

import ipywidgets as w

from ..face.controls import NAMED, Demo, columns, int_slider, prose, slider, text_box
from ..face.palette import BLUE, GREY, RED
from ..face.writing import growing
from ..sampling import stream
from ..support.data import read_text
from ..support.text import comma

OTHER = "otro sitio"
BIG = f"<style>{read_text('stage.css').replace('ROJO', RED)}</style>"


class Stage(w.Box):
    """Un control para el proyector: letra grande, mandos al lado y «Empezar de nuevo».

    Donde no hay núcleo (GitHub, una página) queda quieta su pantalla tal como se abrió.

    Args:
        box: lo que devuelve un control del curso; lo último que lleva dentro es su pantalla.
        wide: los mandos van encima, para que la pantalla tenga todo el ancho.
    """

    def __init__(self, box, wide: bool = False):
        *controls, screen = box.children
        self.inputs = [one for one in controls if isinstance(one, w.ValueWidget)]
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
        twin = {"text/html": self.children[-1].value.removesuffix(NAMED)}
        return {**super()._repr_mimebundle_(**kwargs), **twin}


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
    name = w.ToggleButtons(options=list(sentences), layout=w.Layout(width="100%"))
    hands = {(one, place): _hands(place) for one in sentences for place in (*places, OTHER)}

    def only_this(_change=None):  # cada frase tiene sus votos; los de las otras esperan
        for (sentence, _), box in hands.items():
            box.layout.display = None if sentence == name.value else "none"

    only_this()
    name.observe(only_this, names="value")
    controls = {"name": name, **{" ".join(key): box for key, box in hands.items()}}
    controls["shown"] = w.Checkbox(description="destapar los modelos", indent=False,
                                   layout=w.Layout(width="auto"))  # fmt: skip

    def draw(name, shown, **votes):
        mine = {place: votes[f"{name} {place}"] for place in (*places, OTHER)}
        total = max(1, sum(mine.values()))
        parts = {"la clase": {place: hands / total for place, hands in mine.items()}}
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
        f'<tr><th scope="row">{html.escape(place)}</th>'
        + "".join(share_cell(part[place], name == "la clase") for name, part in parts.items())
        + "</tr>"
        for place in parts["la clase"]
    )
    wide = f"width:100%;min-width:{8 + 4 * len(parts)}em;table-layout:fixed;font-size:1.1em"
    return (  # en un móvil no caben todos: se desplaza
        '<div tabindex="0" style="overflow-x:auto"><table aria-label="Qué responde cada uno" '
        f'style="{wide};text-align:left;line-height:1.3"><tr><td style="width:8em"></td>{head}</tr>'
        f"{rows}</table></div>"
    )


def share_cell(share: float, ours: bool) -> str:
    """Una casilla: el número y, debajo, una barra; el fondo gris mide lo mismo en todas."""
    bar = f"background:{RED if ours else BLUE};height:.5em;width:{100 * max(share, 0):.1f}%"
    return (
        f'<td style="padding:.2em .6em .2em 0">{comma(100 * share + 0.0, 0)} %'
        f'<div style="background:{GREY}40"><div style="{bar}"></div></div></td>'
    )
