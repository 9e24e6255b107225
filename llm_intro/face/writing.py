"""Controles para ver escribir a un modelo: una temperatura, dos a la vez y la curva en vivo."""

import html
import math
import time

import ipywidgets as w
import numpy as np

from ..sampling import feed, next_probs, read_prompt, stream
from ..support.progress import History
from ..support.text import comma, visible
from .controls import Demo, bars_html, columns, int_slider, prose, slider, text_box
from .palette import BLUE, RED

TRIPLE, SHOWN = 3, 5  # cada cuánto escribe la red que se entrena, y cuántas muestras se ven
FLUSH = 0.1  # segundos de texto que se acumulan antes de enseñarlo
FORK = f"border:3px solid {RED};border-radius:4px;padding:0 .15em"  # donde dos textos se separan
AFTER = f"background:{BLUE}2e;box-decoration-break:clone"  # el mismo azul, al 18 %


def temperature_demo(model, prompt: str = "en un lugar de la mancha", length: int = 200):
    """Barras de la letra siguiente, su entropía y el texto que sale, con sus mandos.

    Args:
        model: cualquiera con `tokenizer`, `start` y `step`.
        prompt: el comienzo con que se abre.
        length: letras que se escriben al abrir.
    Returns:
        una caja de ipywidgets: basta nombrarla al final de la celda.
    """
    size = model.tokenizer.vocab_size
    controls = {
        "temperature": slider("temperatura", 0.7, 0.0, 2.0, 0.05),
        "top_k": int_slider("top-k", size, 1, size),
        "top_p": slider("top-p", 1.0, 0.05, 1.0, 0.05),
        "seed": int_slider("semilla", 0, 0, 50),
        "length": int_slider("letras", length, 0, 600),
        "prompt": text_box("comienzo", prompt),
    }

    def draw(prompt, length, seed, **settings):
        logits, _ = feed(model, read_prompt(model, prompt))
        whole = next_probs(logits, settings["temperature"])
        kept = next_probs(logits, **settings)
        head = bars_html(whole, kept, model.tokenizer)
        bits, left = comma(entropy_bits(kept)), np.count_nonzero(kept)
        head += f"<p>Entropía: <b>{bits} bits</b>; quedan {left} letras de {size}.</p>"
        yield columns([head, prose("", prompt)])
        for text in growing(stream(model, prompt, length, seed=seed, **settings)):
            yield columns([head, prose(text, prompt)])

    return Demo(controls, draw).box


def compare_demo(model, prompt: str = "en un lugar de la mancha", length: int = 200):
    """Dos temperaturas lado a lado, con los mismos números al azar.

    La primera letra que no coincide va en un recuadro, y lo que viene detrás, sombreado: así se
    ve cuál decidió la temperatura y cómo arrastra a todo lo demás.
    """
    controls = {
        "left": slider("temperatura A", 0.4, 0.0, 2.0, 0.05),
        "right": slider("temperatura B", 1.0, 0.0, 2.0, 0.05),
        "seed": int_slider("semilla", 0, 0, 50),
        "prompt": text_box("comienzo", prompt),
    }

    def draw(left, right, seed, prompt):
        both = [stream(model, prompt, length, t, seed=seed) for t in (left, right)]
        for pairs in growing(([pair] for pair in zip(*both, strict=True)), []):
            texts = ["".join(pair[i] for pair in pairs) for i in (0, 1)]
            parted = (i for i, (a, b) in enumerate(zip(*texts, strict=False)) if a != b)
            same = next(parted, len(texts[0]))
            page = columns(
                f"<p>Temperatura <b>{comma(t)}</b></p>{forked(text, same, prompt)}"
                for t, text in zip((left, right), texts, strict=True)
            )
            yield page + f"<p>Coinciden {same} de {len(texts[0])} letras seguidas.</p>"

    return Demo(controls, draw).box


def entropy_bits(probs) -> float:
    """Bits de indecisión de una distribución."""
    probs = np.asarray(probs)
    probs = probs[probs > 0]
    return float(-(probs * np.log2(probs)).sum()) + 0.0  # + 0.0: que no salga -0


def growing(letters, text=""):
    """Lo acumulado tras `text`, de vez en cuando: no hace falta redibujar cada letra."""
    last = time.monotonic()
    for letter in letters:
        text = text + letter
        if time.monotonic() - last > FLUSH:
            yield text
            last = time.monotonic()
    yield text


def forked(text: str, same: int, start: str) -> str:
    """El texto con su letra número `same` en un recuadro y lo de detrás sombreado."""
    first, rest = html.escape(visible(text[same : same + 1])), html.escape(text[same + 1 :])
    if first:
        rest = f'<b style="{FORK}">{first}</b><span style="{AFTER}">{rest}</span>'
    return prose(text[:same], start).replace("</p>", f"{rest}</p>")


class LiveCurve:
    """La curva de valid y la de train mientras se entrena, contra unas líneas de referencia.

    Se pasa a `train` como `watch`: enseña una barra de avance, el tiempo que falta, un punto
    por medida y, debajo, lo que la red va escribiendo, cada muestra al triple de pasos.

    Args:
        lines: referencias, {nombre: bits/car.}.
        write: función sin argumentos que da un texto de la red; la primera vez, aquí mismo.
    Attributes:
        samples: lo escrito hasta ahora, (pasos, bits/car. en train, texto).
    """

    def __init__(self, lines: dict[str, float] | None = None, write=None):
        self.lines, self.history, self.curve, self.screen = lines or {}, History(), "", None
        self.write, self.samples = write, [(0, math.nan, write())] if write else []

    def __call__(self, event) -> None:
        """Apunta la medida, si la hay, escribe si toca y redibuja."""
        if self.screen is None:
            from IPython.display import display

            self.screen = w.HTML()
            display(self.screen)
        events = self.history.events
        if events and event.seconds < events[-1].seconds:
            self.history, self.curve = History(), ""  # otro entrenamiento, desde el principio
        if event.valid_bits is not None:
            from .figures import history_svg  # aquí: un deslizador no carga matplotlib

            self.history.events.append(event)
            total = event.seconds / max(event.progress, 1e-9)
            self.curve = history_svg(self.history, self.lines, total)
        if self.write and event.step >= max(10, TRIPLE * self.samples[-1][0]):
            self.samples.append((event.step, event.train_bits, self.write()))
        self.screen.value = self.status(event) + self.curve + self.written()

    def written(self) -> str:
        """Las últimas muestras, la más nueva abajo."""
        rows = self.samples[-SHOWN:]
        return "".join(prose(text, f"{step} pasos · ") for step, _, text in rows)

    def status(self, event) -> str:
        """La línea de arriba: cuánto va, a qué velocidad y cuánto falta."""
        done = min(event.progress, 1.0)
        left = event.seconds * (1 / done - 1) if done else math.inf
        speed = event.chars / max(event.seconds, 1e-9)
        events = self.history.events
        valid = comma(events[-1].valid_bits) if events else "…"
        return (
            f'<progress value="{done:.3f}" aria-label="Entrenamiento" '
            'style="width:100%;max-width:480px"></progress>'
            f"<p>{100 * done:.0f} % · faltan {left:.0f} s · train {comma(event.train_bits)} · "
            f"valid <b>{valid}</b> bits/car. · {speed:.0f} car./s</p>"
        )
