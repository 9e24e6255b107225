"""El corpus del desguace: textos donde el destino depende de dos hechos, y sus palabras.

Cada texto habla de un objeto. Unas frases dicen cómo está (roto, bien, sucio) y otras qué
piensa hacer su dueño (comprar otro, conservarlo, quitarlo porque no hay sitio). Entre ellas
hay relleno, señuelos (lo mismo, pero de otra persona) y calcos (las mismas palabras de enlace
con otro contenido). La última frase acaba siempre igual: «… al» y el destino.
"""

import re
from dataclasses import dataclass
from functools import cache

import numpy as np

from ..support.data import load_results

BLANK = "____"
PAD, UNKNOWN, MASK = range(3)
SPECIAL = ("<relleno>", "<desconocida>", "<hueco>")
KNOWN_DATA = ("phrases", "counterfactuals", "new_sentences", "seeds", "unseen", "distance")


@cache
def load_data(name: str):
    """Lo que acompaña a la lección: las frases, las escritas aparte o una tabla ya calculada."""
    if name not in KNOWN_DATA:
        raise ValueError(f"no hay datos «{name}»: elige uno de {KNOWN_DATA}.")
    return load_results(f"desguace/{name}")


@dataclass(frozen=True)
class Story:
    """Un texto del corpus: sus frases, sin el destino, y cómo se hizo.

    Attributes:
        sentences: las frases, en minúsculas y sin punto; la última acaba en «al».
        place: el destino, una palabra.
        obj, state, plan: el objeto y las dos frases que dan las pistas (None si no está).
        clues: esas dos frases tal como están en el texto.
        asked_first: si la frase del destino abre el texto en vez de cerrarlo.
    """

    sentences: tuple[str, ...]
    place: str
    obj: str
    state: str | None = None
    plan: str | None = None
    clues: tuple[str, ...] = ()
    asked_first: bool = False

    @property
    def text(self) -> str:
        """El texto con su hueco, como lo lee una persona."""
        situation, asked = self.sentences[:-1], f"{self.sentences[-1]} {BLANK}"
        order = (asked, *situation) if self.asked_first else (*situation, asked)
        return " ".join(f"{s[0].upper()}{s[1:]}." for s in order)


@dataclass(frozen=True)
class Stories:
    """Los textos de entrenamiento y los tres exámenes de combinaciones nunca vistas.

    Attributes:
        train: textos para aprender.
        triples: (objeto, frase de estado, frase de plan) que no están en train.
        pairs: (frase de estado, frase de plan) que no están en train con ningún objeto.
        cells: (objeto, destino) que no están en train.
    """

    train: tuple[Story, ...]
    triples: tuple[Story, ...]
    pairs: tuple[Story, ...]
    cells: tuple[Story, ...]

    @property
    def exams(self) -> dict[str, tuple[Story, ...]]:
        """Los tres exámenes, por su nombre en español."""
        return {"ternas": self.triples, "parejas": self.pairs, "casillas": self.cells}


class Words:
    """Tokenizador de palabras: minúsculas, los signos aparte, y lo que no conoce, a un comodín."""

    def __init__(self, words):
        self.words = (*SPECIAL, *sorted(set(words)))
        self.index = {word: i for i, word in enumerate(self.words)}
        self.vocab_size = len(self.words)

    @staticmethod
    def split(text: str) -> list[str]:
        """Las palabras de un texto, en minúsculas, y los puntos."""
        return re.findall(r"[^\W_]+|[.!?]", text.lower())

    def encode(self, text: str) -> np.ndarray:
        """Números de las palabras, (T,); UNKNOWN donde no la conoce."""
        return np.array([self.index.get(w, UNKNOWN) for w in self.split(text)], dtype=np.int64)

    def decode(self, ids) -> str:
        """Las palabras, separadas por espacios."""
        return " ".join(self.words[i] for i in ids)

    @classmethod
    def from_stories(cls, stories) -> "Words":
        """El vocabulario de unos textos, con sus destinos."""
        return cls(w for s in stories for w in cls.split(f"{s.text} {s.place}"))
