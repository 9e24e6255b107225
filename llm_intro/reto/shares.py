"""Qué parte de unas respuestas cumple el reto, con su intervalo."""

import math
from typing import NamedTuple

from ..support.data import read_text
from ..support.text import count


class Share(NamedTuple):
    """Una proporción medida: aciertos, intentos e intervalo del 95 %."""

    hits: int
    total: int
    low: float
    high: float

    @property
    def value(self) -> float:
        return self.hits / self.total


def share(hits: int, total: int) -> Share:
    """La proporción `hits / total` con su intervalo de Wilson del 95 %.

    Raises:
        ValueError: si no hay intentos, o hay más aciertos que intentos.
    Fuente: Wilson (1927), «Probable Inference, the Law of Succession, and Statistical
        Inference».
    """
    if not 0 <= hits <= total or not total:
        raise ValueError(f"{hits} aciertos de {total} intentos: hace falta 0 ≤ aciertos ≤ total.")
    z, p = 1.959964, hits / total
    middle = (p + z * z / (2 * total)) / (1 + z * z / total)
    half = z / (1 + z * z / total) * math.sqrt(p * (1 - p) / total + (z / (2 * total)) ** 2)
    return Share(hits, total, max(0.0, middle - half), min(1.0, middle + half))


def compliance(answers, words: int = 4, letters: int = 10) -> dict[str, Share]:
    """De unas respuestas, cuántas cumplen las palabras, las letras y las dos cosas."""
    counts = [count(answer) for answer in answers]
    by_words = [found.words == words for found in counts]
    by_letters = [found.letters == letters for found in counts]
    both = [a and b for a, b in zip(by_words, by_letters, strict=True)]
    named = {"palabras": by_words, "letras": by_letters, "ambas": both}
    return {name: share(sum(hits), len(counts)) for name, hits in named.items()}


def load_greetings() -> list[str]:
    """Respuestas a un saludo, escritas para el curso, en minúsculas."""
    return read_text("greetings.txt").splitlines()
