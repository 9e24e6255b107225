"""Escribir y contar texto en español: comas, blancos a la vista, palabras y letras.

**Letra**: lo que Unicode llama letra. «á», «ñ» y «ü» son una cada una, vengan en un carácter o
en dos. No lo son las cifras, los signos, los espacios ni los emojis.

**Palabra**: letras y cifras seguidas. Un guion o un apóstrofo entre dos de ellas no la parte
(«teórico-práctico», «O'Higgins»), ni un punto, una coma o dos puntos entre cifras («3,5»,
«10:30»), ni el punto de «1.º». Todo lo demás separa: también la raya, la barra y los puntos.
Las tildes sueltas y lo invisible (guion de separación, selector de emoji) no cuentan ni separan.
"""

import unicodedata
from functools import cache
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


def comma(number: float, digits: int = 2) -> str:
    """Un número como se escribe en español: 1,85."""
    return f"{number:.{digits}f}".replace(".", ",")


def check_text(text) -> str:
    """`text`, si es un texto que se puede guardar en UTF-8; si no, ValueError."""
    if not isinstance(text, str):
        raise ValueError(
            f"llegó {type(text).__name__}: se esperaba un texto. De un Corpus, usa .text o .train."
        )
    try:
        text.encode()
    except UnicodeEncodeError as error:  # viene de cortar un emoji, o de un JSON dañado
        raise ValueError(
            f"el carácter {error.start}, {text[error.start]!r}, es media pareja UTF-16 y no es "
            "texto: quítalo o vuelve a copiarlo."
        ) from error
    return text


VISIBLE = {" ": "␣", "\n": "↵", "\t": "⇥"}


def visible(text: str) -> str:
    """El texto con los blancos a la vista: ␣ espacio, ↵ salto de línea, ⇥ tabulador."""
    return "".join(VISIBLE.get(letter, letter) for letter in text)
