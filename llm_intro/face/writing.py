"""Controles para ver escribir a un modelo: una temperatura, dos a la vez y la curva en vivo."""

import html
import math
import time

import ipywidgets as w
import numpy as np

from ..sampling import feed, next_probs, read_prompt, stream
from ..support.text import comma
from .controls import GREY, Demo, bars_html, columns, int_slider, prose, slider, text_box
from .figures import BLUE

FLUSH = 0.1  # segundos de texto que se acumulan antes de enseñarlo


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
        head += f"<p>Entropía de lo que queda: <b>{comma(entropy_bits(kept))} bits</b></p>"
        yield columns([head, prose("", prompt)])
        for text in growing(stream(model, prompt, length, seed=seed, **settings)):
            yield columns([head, prose(text, prompt)])

    return Demo(controls, draw).box


def compare_demo(model, prompt: str = "en un lugar de la mancha", length: int = 200):
    """Dos temperaturas lado a lado, con los mismos números al azar.

    Las letras que ya no coinciden van subrayadas y en negrita: así se ve cuál decidió la
    temperatura y cómo lo demás cambia detrás.
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
            ours, theirs = ([pair[i] for pair in pairs] for i in (0, 1))
            same = sum(a == b for a, b in pairs)
            texts = marked(ours, theirs, prompt), marked(theirs, ours, prompt)
            heads = (f"<p>Temperatura <b>{comma(t)}</b></p>" for t in (left, right))
            page = columns(head + text for head, text in zip(heads, texts, strict=True))
            yield page + f"<p>Coinciden {same} de {len(pairs)} letras, cada una en su sitio.</p>"

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


def marked(text, other, start: str) -> str:
    """El texto con las letras que no coinciden con `other` subrayadas y en negrita."""
    parts = []
    for letter, twin in zip(text, other, strict=True):
        safe = html.escape(letter)
        parts.append(safe if letter == twin else f"<b><u>{safe}</u></b>")
    joined = "".join(parts).replace("</u></b><b><u>", "")
    return prose("", start).replace("</p>", f"{joined}</p>")


class LiveCurve:
    """La curva de valid mientras se entrena, contra unas líneas de referencia.

    Se pasa a `train` como `watch`: enseña una barra de avance, el tiempo que falta y un punto
    por medida.

    Args:
        lines: referencias, {nombre: bits/car.}.
    """

    WIDTH, HEIGHT, RIGHT, BOTTOM = 400, 200, 110, 24
    FIT = "width:100%;max-width:480px"  # en un móvil encoge; así, la letra aún se lee

    def __init__(self, lines: dict[str, float] | None = None):
        self.lines, self.points, self.screen = lines or {}, [], None

    def __call__(self, event) -> None:
        """Apunta la medida, si la hay, y redibuja."""
        if self.screen is None:
            from IPython.display import display

            self.screen = w.HTML()
            display(self.screen)
        if self.points and event.seconds < self.points[-1][0]:
            self.points = []  # otro entrenamiento, desde el principio
        if event.valid_bits is not None:
            self.points.append((event.seconds, event.valid_bits))
        self.screen.value = self.status(event) + self.svg(event.seconds / max(event.progress, 1e-9))

    def status(self, event) -> str:
        """La línea de arriba: cuánto va, a qué velocidad y cuánto falta."""
        done = min(event.progress, 1.0)
        left = event.seconds * (1 / done - 1) if done else math.inf
        speed = event.chars / max(event.seconds, 1e-9)
        valid = comma(self.points[-1][1]) if self.points else "…"
        return (
            f'<progress value="{done:.3f}" style="{self.FIT}"></progress>'
            f"<p>{100 * done:.0f} % · faltan {left:.0f} s · train {comma(event.train_bits)} · "
            f"valid <b>{valid}</b> bits/car. · {speed:.0f} car./s</p>"
        )

    def svg(self, total: float) -> str:
        """La curva, de 0 a `total` segundos, como SVG: pyplot no se lleva bien con los hilos."""
        values = [bits for _, bits in self.points] + list(self.lines.values())
        if not self.points:
            return ""
        top, low = max(values) + 0.1, min(values) - 0.1

        def xy(seconds, bits):
            x = seconds / max(total, 1e-9) * (self.WIDTH - self.RIGHT)
            return x, (top - bits) / (top - low) * (self.HEIGHT - self.BOTTOM)

        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (xy(*p) for p in self.points))
        marks = "".join(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{BLUE}"/>'
            for x, y in (xy(*p) for p in self.points)
        )
        rules = "".join(
            self._rule(f"{name}: {comma(bits)}", *xy(total, bits))
            for name, bits in self.lines.items()
        )
        return (
            f'<svg role="img" aria-label="Bits por carácter en valid, medida a medida" '
            f'viewBox="0 0 {self.WIDTH} {self.HEIGHT}" style="{self.FIT}">'
            f'{rules}<polyline points="{path}" fill="none" stroke="{BLUE}" stroke-width="2"/>'
            f"{marks}"
            f'<text x="0" y="{self.HEIGHT - 6}" fill="currentColor" font-size="14">'
            "presupuesto gastado → (vertical: bits/car. en valid)</text></svg>"
        )

    def _rule(self, name: str, x: float, y: float) -> str:
        return (
            f'<line x1="0" x2="{x:.1f}" y1="{y:.1f}" y2="{y:.1f}" stroke="{GREY}" '
            f'stroke-dasharray="6 4"/><text x="{x + 6:.1f}" y="{y + 5:.1f}" '
            f'fill="currentColor" font-size="14">{html.escape(name)}</text>'
        )
