"""Escribir con la cuenta hecha: respuestas que siempre tienen las palabras y letras pedidas.

Una respuesta acaba en el primer punto o en la primera raya, que en el *Quijote* cierra lo que
alguien dice («—Sí soy —respondió Sancho»). «!» y «?» no la cierran: «¡Muy bien! ¿Y tú?» sigue.

A cada paso se sabe cuántas palabras y letras faltan, y se tapan los símbolos tras los que ya no
se podría acabar justo. Con cada palabra de una letra al menos, la cuenta es exacta: si quedan
`w` palabras por empezar y `l` letras por escribir, se puede acabar cuando `l >= w` y, si `w` es
0, cuando además se está dentro de una palabra o `l` es 0.
"""

import re
from typing import NamedTuple

import numpy as np

from ..sampling import check_sampling, next_probs, pick
from ..support.text import LETTER, kind
from .branches import Branches

PROMPT = "—¿cómo está vuestra merced? —preguntó sancho. —"
STOPS = ".—"
BLANKS = " ,;:!?¡¿"  # los signos que puede usar; sin comillas ni guiones, que rara vez se cierran
MAX_BLANKS = 3  # signos seguidos: «? ¿»
FLOOR = -100.0  # nats: ni lo que el modelo cree imposible impide cumplir
MAX_WORDS, MAX_LETTERS = 12, 60
WORD = re.compile(r"[^\W\d_]+")


class Reply(NamedTuple):
    """Una respuesta y el logaritmo natural de la probabilidad que le da el modelo."""

    text: str
    log_prob: float


def by_score(reply: Reply) -> float:
    return reply.log_prob


def symbols_of(model) -> str:
    """Los símbolos de un modelo de caracteres. ValueError si sus piezas son mayores."""
    symbols = getattr(model.tokenizer, "symbols", None)
    if symbols is None:
        raise ValueError("el modelo lee trozos de palabra: aquí hace falta uno de caracteres.")
    return symbols


def check_goal(words: int, letters: int) -> None:
    """ValueError si lo pedido no es un entero de los que caben, o es imposible."""
    for name, value, top in (("palabras", words, MAX_WORDS), ("letras", letters, MAX_LETTERS)):
        if not (value == int(value) and 1 <= value <= top):
            raise ValueError(f"{value!r} {name}: pide un entero de 1 a {top}.")
    if letters < words:
        raise ValueError(
            f"imposible: {words} palabras necesitan al menos {words} letras, y pides {letters}."
        )


class _Paths(NamedTuple):
    """Los caminos abiertos de la búsqueda, (B,) cada uno."""

    score: np.ndarray  # nats acumulados
    words: np.ndarray  # las que faltan por empezar
    letters: np.ndarray  # las que faltan por escribir
    inside: np.ndarray  # si va por dentro de una palabra
    blanks: np.ndarray  # signos seguidos
    ready: np.ndarray  # si lo último deja empezar palabra: nada, un espacio, «¡» o «¿»


class _Symbols:
    """Qué símbolos del vocabulario son letras, signos y finales, (V,) cada uno."""

    def __init__(self, model):
        self.text = symbols_of(model)
        self.letter = np.array([kind(symbol) == LETTER for symbol in self.text])
        self.blank = np.array([symbol in BLANKS for symbol in self.text])
        self.stop = np.array([symbol in STOPS for symbol in self.text])
        self.opener = np.array([symbol in " ¡¿" for symbol in self.text])
        if not (self.letter.any() and self.stop.any() and " " in self.text):
            raise ValueError(f"símbolos {self.text!r}: hacen falta letras, un espacio y un final.")

    def allowed(self, paths: _Paths) -> np.ndarray:
        """Tras qué símbolos se puede acabar todavía justo, (B, V)."""
        words, letters, inside = paths.words, paths.letters, paths.inside
        # Una letra más: que empiece palabra si no está en una, y que queden para las demás.
        ok_letter = (inside | (paths.ready & (words > 0))) & (letters - 1 >= words - ~inside)
        ok_blank = (words > 0) | (letters == 0)
        # El último signo permitido tiene que dejar empezar la palabra siguiente.
        ok_blank = (ok_blank & (paths.blanks < MAX_BLANKS))[:, None] & (
            self.opener | (paths.blanks < MAX_BLANKS - 1)[:, None]
        )
        ok_stop = (words == 0) & (letters == 0)
        return (
            (ok_letter[:, None] & self.letter)
            | (ok_blank & self.blank)
            | (ok_stop[:, None] & self.stop)
        )

    def follow(self, paths: _Paths, rows, tokens, scores) -> _Paths:
        """Los caminos tras escribir `tokens[i]` al final del camino `rows[i]`."""
        letter = self.letter[tokens]
        started = letter & ~paths.inside[rows]
        blanks = np.where(letter, 0, paths.blanks[rows] + 1)
        words, letters = paths.words[rows] - started, paths.letters[rows] - letter
        return _Paths(scores, words, letters, letter, blanks, self.opener[tokens])


def search(model, prompt, words, letters, temperature, beams, seed) -> list[Reply]:
    """Todas las respuestas completas que encuentra una búsqueda en haz, de mejor a peor."""
    check_goal(words, letters)
    check_sampling(temperature)
    symbols, branches, draws = _Symbols(model), Branches(model, prompt), np.random.default_rng(seed)
    texts, found = [""], {}
    start = ((0.0, float), (words, int), (letters, int), (False, bool), (0, int), (True, bool))
    paths = _Paths(*(np.array([value], dtype) for value, dtype in start))
    while texts:
        scores = paths.score[:, None] + np.maximum(branches.log_probs, FLOOR)  # (B, V)
        scores[~symbols.allowed(paths)] = -np.inf
        for row, token in np.argwhere((scores > -np.inf) & symbols.stop):
            text = (texts[row] + symbols.text[token].replace("—", "")).strip()
            reply, key = Reply(text, float(scores[row, token])), tuple(WORD.findall(text))
            found[key] = max(reply, found.get(key, reply), key=by_score)  # sin repetir palabras
        scores[:, symbols.stop] = -np.inf
        rows, tokens = _best(scores, temperature, beams, draws)
        if rows.size:
            paths = symbols.follow(paths, rows, tokens, scores[rows, tokens])
            branches.read(rows, tokens)
        texts = [texts[r] + symbols.text[t] for r, t in zip(rows, tokens, strict=True)]
    return sorted(found.values(), key=by_score, reverse=True)


def _best(scores: np.ndarray, temperature: float, beams: int, draws):
    """Las `beams` casillas mejores; con temperatura, tras sumarles azar de ese tamaño."""
    noisy = scores.ravel()
    if temperature:
        noisy = noisy + temperature * draws.gumbel(size=noisy.size)
    order = np.argsort(-noisy, kind="stable")[:beams]
    order = order[noisy[order] > -np.inf]
    return np.divmod(order, scores.shape[1])


def write_reply(
    model, prompt=PROMPT, words=4, letters=10, temperature=0.5, beams=16, seed=0
) -> Reply:
    """Una respuesta con esas palabras y esas letras, siempre.

    Args:
        model: de caracteres, con `tokenizer`, `start` y `step`.
        prompt: lo que hay delante; acaba en espacio o signo, fuera de palabra.
        temperature: 0, la mejor que encuentra la búsqueda en haz; más, más variada.
        beams: cuántos caminos se siguen a la vez.
    Raises:
        ValueError: una cuenta imposible («10 palabras en 5 letras») o fuera de 1-12 palabras
            y 1-60 letras, una temperatura o un comienzo que no valen.
    """
    replies = search(model, prompt, words, letters, temperature, beams, seed)
    chances = next_probs([reply.log_prob for reply in replies], temperature)
    return replies[pick(chances, np.random.default_rng(seed).random())]


def best_replies(
    model, prompt=PROMPT, words=4, letters=10, how_many=10, beams=64, temperature=0.0, seed=0
) -> list[Reply]:
    """Las mejores respuestas que encuentra la búsqueda, de más a menos probable.

    Con temperatura, la búsqueda prueba caminos menos seguros. Errores: los de `write_reply`.
    """
    beams = max(beams, how_many)
    return search(model, prompt, words, letters, temperature, beams, seed)[:how_many]
