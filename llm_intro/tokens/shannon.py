"""El juego de Shannon: cuántos intentos hacen falta para acertar cada letra, y cuántos bits son.

Los intentos se anotan letra a letra: 1 si se acierta a la primera, 2 a la segunda… Con qué
frecuencia sale cada número basta para acotar los bits por carácter de quien juega.
"""

import math
from collections import Counter
from itertools import pairwise

import numpy as np

from ..models.scoreboard import Row
from ..sampling import as_scores

FEW = 100  # con menos letras, las cotas dicen poco


def bounds(ranks) -> tuple[float, float]:
    """Cota inferior y superior, en bits/car., de quien acertó en esos intentos.

    Args:
        ranks: el intento en que se acertó cada letra, enteros de 1 o más.
    Raises:
        ValueError: si no hay ninguno o alguno es menor que 1.
    """
    ranks = np.asarray(ranks)
    if not ranks.size or ranks.min() < 1 or (ranks % 1).any():
        raise ValueError(f"intentos {ranks!r:.60}: se esperaban enteros de 1 o más, uno por letra.")
    return share_bounds(np.array(list(Counter(ranks.tolist()).values())) / len(ranks))


def share_bounds(q: np.ndarray) -> tuple[float, float]:
    """Las cotas, con q_i la parte de las letras que se acierta en el intento i, (I,).

    Σ i·(q_i - q_{i+1})·log2 i ≤ H ≤ -Σ q_i·log2 q_i. La inferior vale para q decreciente: un
    jugador perfecto acierta más a la primera que a la segunda. Por eso se ordenan, y ordenar
    solo puede bajarla.

    Fuente: Shannon (1951), «Prediction and Entropy of Printed English».
    """
    q = -np.sort(-q[q > 0])
    i = np.arange(1, len(q) + 1)
    low = (i * (q - np.append(q[1:], 0)) * np.log2(i)).sum()
    return float(low), float(-(q * np.log2(q)).sum()) + 0.0


def model_ranks(model, ids, first: int) -> list[int]:
    """Los intentos de un modelo que juega con `ids`, desde la letra `first`.

    Propone las letras de más a menos probable; los empates, en el orden del vocabulario.
    """
    if not 1 <= first < len(ids):
        raise ValueError(
            f"first={first}: debe estar entre 1 y {len(ids) - 1}, para tener contexto."
        )
    state, ranks = model.start(), []
    for position, (token, following) in enumerate(pairwise(ids), start=1):
        logits, state = model.step(int(token), state)
        if position >= first:
            order = np.argsort(-as_scores(logits), kind="stable")  # (V,)
            ranks.append(int(np.flatnonzero(order == following)[0]) + 1)
    return ranks


class ShannonGame:
    """Una partida: lo que se ve del texto, los intentos de cada letra y las cotas.

    Args:
        text: el texto que se adivina; mejor, uno que ningún modelo haya visto.
        start: dónde empieza lo tapado.
        length: cuántas letras hay que adivinar.
        context: cuántas letras se enseñan antes.
    """

    def __init__(self, text: str, start: int = 1000, length: int = 100, context: int = 200):
        if start < 1 or length < 1 or start + length > len(text):
            raise ValueError(
                f"start={start}, length={length}: no caben en un texto de {len(text)} letras. "
                "Los dos, de 1 o más; empieza antes o juega menos letras."
            )
        self.symbols = "".join(sorted(set(text)))
        self.before, self.hidden = text[max(0, start - context) : start], text[start:][:length]
        self.ranks: list[int] = []  # el intento en que se acertó cada letra
        self.tried: set[str] = set()  # lo probado ya en la letra de ahora

    @property
    def shown(self) -> str:
        """Lo que el jugador tiene derecho a ver."""
        return self.before + self.hidden[: len(self.ranks)]

    @property
    def done(self) -> bool:
        return len(self.ranks) == len(self.hidden)

    def guess(self, letter: str) -> bool:
        """Prueba una letra. Dice si era; repetir un fallo no cuenta otra vez.

        ValueError si la partida ha acabado o `letter` no es una de las letras del texto.
        """
        if self.done:
            raise ValueError("la partida ha terminado: crea otra para seguir.")
        if len(letter) != 1 or letter not in self.symbols:
            raise ValueError(f"{letter!r} no está en el texto. Prueba una de: {self.symbols}")
        self.tried.add(letter)
        if letter != self.hidden[len(self.ranks)]:
            return False
        self.ranks.append(len(self.tried))
        self.tried = set()
        return True

    def row(self, name: str = "tú") -> Row:
        """La partida como fila del marcador: cuenta la cota superior, como en el artículo."""
        return Row(f"{name} ({len(self.ranks)} letras)", bounds(self.ranks)[1])

    def most_bits(self) -> float:
        """Lo más que puede dar la cota superior con tan pocas letras: log2 de cuántas son."""
        return math.log2(max(len(self.ranks), 1))
