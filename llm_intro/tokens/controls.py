"""Controles de los n-gramas: el texto según el orden, y el juego de Shannon."""

import html
import threading
import unicodedata

import ipywidgets as w
import numpy as np

from ..face.controls import Demo, int_slider, note, prose, text_box
from ..sampling import bits_per_char, feed, next_probs, read_prompt, stream
from ..support.text import comma, visible
from .shannon import FEW, ShannonGame, bounds, model_ranks

SHOWN = 160  # letras ya adivinadas que se dejan a la vista


def order_demo(models: dict[int, object], prompt: str = "en un lugar de la mancha", length=250):
    """Un mando para el orden y el texto que escribe el n-grama de ese orden.

    Args:
        models: los modelos, por orden; deben ser órdenes seguidos.
        prompt: el comienzo con que se abre.
        length: letras que se escriben.
    """
    controls = {
        "order": int_slider("orden", min(3, max(models)), min(models), max(models)),
        "seed": int_slider("semilla", 0, 0, 50),
        "prompt": text_box("comienzo", prompt),
    }

    def draw(order, seed, prompt):
        written = "".join(stream(models[order], prompt, length, temperature=1.0, seed=seed))
        bits = comma(bits_per_char(models[order], prompt + written))
        few = {1: "ninguna letra", 2: "la letra anterior"}
        seen = few.get(order, f"las {order - 1} letras anteriores")
        head = f"<p>Orden <b>{order}</b>: mira {seen}. Su texto le cuesta {bits} bits/car.</p>"
        yield head + prose(written, prompt)

    return Demo(controls, draw).box


def shannon_game(game: ShannonGame, name: str = "tú", rivals: dict[str, object] | None = None):
    """El juego con botones y teclado: se adivina letra a letra y las cotas se mueven.

    Args:
        game: la partida; al terminar, `game.row(nombre)` es tu fila del marcador.
        name: cómo te llamas en el marcador.
        rivals: {nombre: modelo} de quien juega con las mismas letras; tras cada acierto se ve en
            qué intento la tenía y qué apostaba.
    """
    rivals = {who: (model, _ranks(game, model)) for who, model in (rivals or {}).items()}
    keyboard = text_box("letra", "")
    keyboard.placeholder = "escribe aquí la que crees que viene"
    lock = threading.Lock()  # dos teclas pueden llegar en dos hilos
    buttons = {letter: _key(letter) for letter in game.symbols}
    screen = w.HTML(_page(game, name, rivals))

    def play(letter: str) -> None:
        with lock:
            message = ""
            try:
                if not game.guess(letter):
                    message = f"<p>«{html.escape(visible(letter))}» no es. Prueba otra.</p>"
            except ValueError as error:
                message = note(str(error))
            for symbol, button in buttons.items():
                button.disabled = game.done or symbol in game.tried
            screen.value = _page(game, name, rivals) + message

    def typed(change) -> None:
        if change["new"]:
            keyboard.value = ""
            play(unicodedata.normalize("NFC", change["new"])[-1].lower())  # «é» puede ser dos

    keyboard.observe(typed, names="value")
    for letter, button in buttons.items():
        button.on_click(lambda _, letter=letter: play(letter))
    keys = w.Box(list(buttons.values()), layout=w.Layout(flex_flow="row wrap", max_width="46em"))
    return w.VBox([screen, keyboard, keys])


def _ranks(game: ShannonGame, model) -> list[int]:
    """En qué intento tendría un modelo cada letra de la partida."""
    ids = model.tokenizer.encode(game.before + game.hidden)
    return model_ranks(model, ids, len(game.before))


def _key(letter: str) -> w.Button:
    name, width = ("espacio", "5.5em") if letter == " " else (letter, "2.6em")
    return w.Button(description=name, layout=w.Layout(width=width, margin="2px"))


def _page(game: ShannonGame, name: str, rivals: dict[str, tuple]) -> str:
    """El texto con su hueco, cuántos intentos lleva cada uno y tus cotas."""
    tail = game.shown[-SHOWN:]
    hole = "" if game.done else "<b>▁</b>"
    page = prose("…" + tail).replace("</p>", hole + "</p>")
    so_far = len(game.ranks)
    if not so_far:
        return page + f"<p>¿Qué letra viene? Quedan {len(game.hidden)}.</p>"
    low, high = (comma(bits) for bits in bounds(game.ranks))
    page += f"<p>Quedan {len(game.hidden) - so_far}. Tus cotas: de <b>{low} a {high} bits/car.</b>"
    if so_far < FEW:
        page += f" Con {so_far} letras la de arriba no puede pasar de {comma(game.most_bits())}."
    page += _told(name, game.ranks)
    for who, (model, ranks) in rivals.items():
        page += f"{_told(who, ranks[:so_far])} Apostaba: {_bets(model, game.shown[:-1])}."
    return page + "</p>"


def _told(who: str, ranks: list[int]) -> str:
    """Cómo le va a uno: cuántas a la primera, y la última."""
    first = f"{ranks.count(1)} de {len(ranks)} a la primera"
    return f"<br><b>{html.escape(who)}</b>: {first}; esta letra, al intento {ranks[-1]}."


def _bets(model, text: str) -> str:
    """Las cinco letras a las que más apuesta un modelo, con su tanto por ciento."""
    probs = next_probs(feed(model, read_prompt(model, text[-SHOWN:]))[0])
    best = np.argsort(-probs, kind="stable")[:5]
    letters = [html.escape(visible(model.tokenizer.decode([i]))) for i in best]
    return ", ".join(f"{one} {100 * probs[i]:.0f} %" for one, i in zip(letters, best, strict=True))
