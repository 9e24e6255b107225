"""Lo que se rellena y se pulsa: apuntar una respuesta, pedirle algo a una red, elegir entre dos."""

import html

import ipywidgets as w
import torch

from ..face.controls import NARROW, Demo, columns, note, prose, slider, text_box
from ..support.text import count, satisfies
from .learning import sample_replies
from .records import PROMPTS, destination, load_records, new_record, save_record

WIDE = {"description_width": "8em"}


def record_form(prompt_id: str = "coche-larga", tokens=None, path=None):
    """Una ficha para apuntar lo que contestó un asistente a una pregunta del curso.

    Enseña la pregunta para copiarla, lo que se lee en la respuesta pegada y las filas que ya hay.

    Args:
        prompt_id: la pregunta con que se abre, una clave de `records.PROMPTS`.
        tokens: función que parte un texto en piezas; con ella, se enseñan las de la respuesta.
        path: el archivo donde se apunta, si no es `records.own_path()`.
    Returns:
        una caja de ipywidgets: basta nombrarla al final de la celda.
    """
    controls = blanks(prompt_id)
    button = w.Button(description="Apuntar", layout=w.Layout(width="10em", margin="0 0 0 8em"))
    said = [""]  # lo último que pasó al apuntar

    def draw(prompt_id, answer, **_who):
        read = reading(prompt_id, answer, tokens) if answer.strip() else ""
        message, said[0] = said[0], ""
        yield message + question(prompt_id) + read + rows_list(load_records(prompt_id, path))

    demo = Demo(controls, draw)

    def keep(_button):
        try:
            values = {name: control.value.strip() for name, control in controls.items()}
            where = save_record(new_record(**values), path)
        except (ValueError, OSError) as error:
            said[0] = note(f"no se ha apuntado: {error}")
            return demo.refresh()
        said[0] = note(f"apuntado en {where}.")
        controls["answer"].value = ""  # y así se vuelve a dibujar

    button.on_click(keep)
    demo.box.children = (*controls.values(), button, demo.screen)
    return demo.box


def blanks(prompt_id: str) -> dict[str, w.Widget]:
    """Lo que se rellena, con el nombre que tiene en una fila del registro."""
    return {
        "prompt_id": w.Dropdown(options=list(PROMPTS), value=prompt_id, description="pregunta",
                                style=WIDE, layout=NARROW),
        "answer": w.Textarea(description="respuesta", placeholder="pega aquí lo que dijo",
                             style=WIDE, layout=NARROW),
        "assistant": text_box("asistente", ""),
        "version": text_box("versión", ""),
        "recorded_by": text_box("quién apunta", ""),
    }  # fmt: skip


def question(prompt_id: str) -> str:
    """La pregunta, para copiarla."""
    text = html.escape(PROMPTS[prompt_id])
    return f'<p style="line-height:1.4">Pregunta: <b style="user-select:all">{text}</b></p>'


def reading(prompt_id: str, answer: str, tokens=None) -> str:
    """Lo que se lee en una respuesta: adónde lleva el coche, o palabras y letras, y sus piezas."""
    if prompt_id.startswith("coche"):
        lines = [f"Destino: <b>{destination(answer)}</b>"]
    else:
        words, letters, _ = count(answer)
        verdict = "cumple" if satisfies(answer) else "no cumple"
        lines = [f"{words} palabra{'s' * (words != 1)} y {letters} letras: <b>{verdict}</b>"]
    if tokens:
        pieces = " · ".join(html.escape(piece.replace(" ", "␣")) for piece in tokens(answer))
        lines.append(f"Piezas: {pieces}")
    return f'<p role="status" style="font-size:1.1em">{"<br>".join(lines)}</p>'


def rows_list(records) -> str:
    """Las respuestas apuntadas, de la más antigua a la más reciente; en un móvil, una tabla no."""
    rows = (
        f"<li>{html.escape(' '.join((r.date, r.assistant, r.version)).strip())}: "
        f"<b>{html.escape(r.answer or '(no se conserva)')}</b></li>"
        for r in records
    )
    return f'<ul style="line-height:1.4;overflow-wrap:anywhere">{"".join(rows)}</ul>'


def reply_demo(models: dict, ask: str = "¿qué hace el gato?"):
    """Lo que contesta cada red a la misma petición, con los mismos números al azar.

    Args:
        models: {nombre: red}.
    """
    controls = {
        "ask": text_box("petición", ask),
        "temperature": slider("temperatura", 0.1, 0.05, 1.5, 0.05),
    }

    def draw(ask, temperature):
        pages = []
        for name, model in models.items():
            dice = torch.Generator().manual_seed(0)
            said = sample_replies(model, f"—{ask.lower()} —", 1, dice, temperature).texts[0]
            pages.append(f"<p><b>{html.escape(name)}</b></p>" + prose(said))
        yield columns(pages)

    return Demo(controls, draw).box


def click_form(rivals, clicked: list):
    """Dos respuestas a lo mismo, un botón para cada una: lo elegido se añade a `clicked`.

    Args:
        rivals: (petición, respuesta, respuesta), las veces que se pregunta.
        clicked: recibe ((petición, elegida), (petición, rechazada)) con cada clic.
    """
    screen, buttons = w.HTML(), [w.Button(layout=NARROW) for _ in range(2)]

    def show() -> None:
        done = len(clicked) == len(rivals)
        ask, *said = ("Hecho, gracias.", "", "") if done else rivals[len(clicked)]
        title = html.escape(f"{len(clicked)} de {len(rivals)} · {ask}")
        screen.value = f'<p role="status"><b>{title}</b></p>'
        for button, text in zip(buttons, said, strict=True):
            button.description, button.disabled = text or "—", done

    def keep(button) -> None:
        ask, *said = rivals[len(clicked)]
        other = said[said[0] == button.description]
        clicked.append(((ask, button.description), (ask, other)))
        show()

    for button in buttons:
        button.on_click(keep)
    show()
    return w.VBox([screen, *buttons])
