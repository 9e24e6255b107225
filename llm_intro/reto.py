"""El reto de las 4 palabras y las 10 letras: contar, y medir lo rara que es una respuesta buena.

**Letra**: lo que Unicode llama letra. «á», «ñ» y «ü» son una cada una, vengan en un carácter o
en dos. No lo son las cifras, los signos, los espacios ni los emojis.

**Palabra**: letras y cifras seguidas. Un guion o un apóstrofo entre dos de ellas no la parte
(«teórico-práctico», «O'Higgins»), ni un punto, una coma o dos puntos entre cifras («3,5»,
«10:30»), ni el punto de «1.º». Todo lo demás separa: también la raya, la barra y los puntos.
Las tildes sueltas y lo invisible (guion de separación, selector de emoji) no cuentan ni separan.
"""

import math
import unicodedata
from functools import cache
from importlib.resources import files
from typing import NamedTuple

# Qué es cada carácter para quien cuenta
OTHER, LETTER, DIGIT, JOINER, NUMERIC, ORDINAL, SILENT = range(7)
# Dónde está quien cuenta: fuera de palabra, tras una letra, tras una cifra o en un signo que
# quizá una («-» tras letra o cifra; «,» tras cifra)
OUT, IN_LETTERS, IN_DIGITS, JOINING, IN_NUMBER = range(5)
_AFTER_JOINER = {IN_LETTERS: JOINING, IN_DIGITS: JOINING}


class Count(NamedTuple):
    """Palabras y letras leídas hasta aquí, y dónde está el que lee."""

    words: int = 0
    letters: int = 0
    mode: int = OUT


@cache
def kind(char: str) -> int:
    """Qué es un carácter para quien cuenta."""
    if char in "ªº":
        return ORDINAL
    category = unicodedata.category(char)
    if category[0] in "LN":
        return LETTER if category[0] == "L" else DIGIT
    if category[0] == "M" or category == "Cf":
        return SILENT
    return JOINER if char in "-‐‑'’" else NUMERIC if char in ".,:" else OTHER


def advance(count: Count, what: int) -> Count:
    """La cuenta tras leer un carácter de la clase `what` (la da `kind`)."""
    words, letters, mode = count
    if what in (LETTER, ORDINAL):
        same = mode not in (OUT, IN_NUMBER) or (what == ORDINAL and mode == IN_NUMBER)
        return Count(words + (not same), letters + 1, IN_LETTERS)
    if what == DIGIT:
        return Count(words + (mode == OUT), letters, IN_DIGITS)
    if what == SILENT:
        return count
    if what == JOINER:
        return Count(words, letters, _AFTER_JOINER.get(mode, OUT))
    number = what == NUMERIC and mode == IN_DIGITS
    return Count(words, letters, IN_NUMBER if number else OUT)


def count(text: str) -> Count:
    """Cuenta palabras y letras de una pasada, con las definiciones del módulo."""
    if not isinstance(text, str):
        raise ValueError(f"llegó {type(text).__name__}: se esperaba un texto entre comillas.")
    found = Count()
    for char in unicodedata.normalize("NFC", text):
        found = advance(found, kind(char))
    return found


def count_words(text: str) -> int:
    """Cuántas palabras tiene el texto. «¡Muy bien! ¿Y tú?» tiene 4."""
    return count(text).words


def count_letters(text: str) -> int:
    """Cuántas letras tiene el texto. «¡Muy bien! ¿Y tú?» tiene 10."""
    return count(text).letters


def satisfies(text: str, words: int = 4, letters: int = 10) -> bool:
    """Si el texto tiene exactamente esas palabras y esas letras."""
    return count(text)[:2] == (words, letters)


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
    return (files(__package__) / "data" / "saludos.txt").read_text(encoding="utf-8").splitlines()
