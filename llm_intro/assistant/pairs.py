"""Peticiones con su respuesta, escritas para el curso: con ellas se enseña a contestar.

Van como los diálogos del libro: «—petición —respuesta.».
"""

import random
from itertools import product
from typing import NamedTuple

from ..support.data import load_results, read_text
from ..support.text import satisfies

REQUEST = "—salúdame con cuatro palabras y diez letras. —"


class Pair(NamedTuple):
    """Una petición y una respuesta. `key`, la palabra que la hace buena; "", si vale cualquiera."""

    kind: str
    ask: str
    reply: str
    key: str = ""

    @property
    def prompt(self) -> str:
        return f"—{self.ask} —"


def fixed_pairs() -> list[Pair]:
    """Las de respuesta fija: cada manera de pedir, con cada cosa que se pide."""
    found = []
    for kind, told in load_results("requests")["fixed"].items():
        for (x, y), ask in product(told["items"], told["asks"]):
            asked = ask.format(x=x).replace(" de el ", " del ")
            found.append(Pair(kind, asked, told["reply"].format(y=y), y))
    return found


def open_pairs() -> list[Pair]:
    """Las de respuesta libre. Faltan los saludos que ya cumplen el reto: no se enseña el final."""
    greetings = [text for text in read_text("greetings.txt").splitlines() if not satisfies(text)]
    return [
        Pair(kind, ask, reply)
        for kind, told in load_results("requests")["open"].items()
        for ask, reply in product(told["asks"], told["replies"] or greetings)
    ]


def split(pairs: list[Pair], held: float = 0.25, seed: int = 0) -> tuple[list[Pair], list[Pair]]:
    """Barajadas y partidas en dos: con las primeras se enseña, con las otras se mide."""
    shuffled = random.Random(seed).sample(pairs, len(pairs))
    return shuffled[round(held * len(pairs)) :], shuffled[: round(held * len(pairs))]
