"""Los ejercicios de la lección 05: las tablas de test_checks_tables.py."""

import math

import numpy as np

from llm_intro.desguace.stories import Words


class FakeProbe:
    """Una sonda que siempre dice «desguace»."""

    places = ("desguace", "taller")
    tokenizer = Words(Words.split("mi coche se ha vuelto a estropear este mes estreno ordenador "
                                  "mañana voy llevar el al."))  # fmt: skip

    def answers(self, texts):
        return ["desguace"] * len(texts)


STORY = (
    "Mi coche se ha vuelto a estropear. Este mes estreno ordenador. "
    "Mañana voy a llevar el coche al ____."
)


def attend(q, k, v, scale=True, normal=True):
    p = np.exp(k @ q / (np.sqrt(len(q)) if scale else 1))
    return (p / p.sum() if normal else p) @ v


def previous(n, shift=1, strength=50.0):
    scores = np.zeros((n, n))
    for i in range(n):
        scores[i, max(i - shift, 0)] = strength
    return scores


def empty(pairs):
    rows, columns = {o for o, _ in pairs}, {d for _, d in pairs}
    return sorted((o, d) for o in rows for d in columns if (o, d) not in set(pairs))


RIGHT = {
    "mascara_causal": [lambda n: [[j <= i for j in range(n)] for i in range(n)]],
    "atiende": [attend],
    "copia_anterior": [previous],
    "bits_de_cambio": [lambda antes, despues: math.log2(despues / antes)],
    "trampa": [(STORY, "taller", FakeProbe())],
    "casillas_vacias": [empty],
}
WRONG = {
    "mascara_causal": [
        lambda n: [[j < i for j in range(n)] for i in range(n)],  # no se mira a sí misma
        lambda n: [[j >= i for j in range(n)] for i in range(n)],  # mira al futuro
        lambda n: [True] * n,
    ],
    "atiende": [
        lambda q, k, v: attend(q, k, v, scale=False),
        lambda q, k, v: attend(q, k, v, normal=False),
        lambda q, k, v: k @ q / np.sqrt(len(q)),
    ],
    "copia_anterior": [
        lambda n: previous(n, shift=0),
        lambda n: previous(n, strength=1.0),  # demasiado blanda
        lambda n: previous(n + 1),
    ],
    "bits_de_cambio": [
        lambda antes, despues: math.log(despues / antes),  # nats
        lambda antes, despues: math.log2(antes / despues),  # al revés
        lambda antes, despues: despues - antes,
    ],
    "trampa": [
        (STORY, "desguace", FakeProbe()),  # acierta: no ha caído
        ("Mi helicóptero se ha vuelto a estropear. Este mes estreno ordenador. "
         "Mañana voy a llevar el coche al ____.", "taller", FakeProbe()),
        ("Mi coche al ____.", "taller", FakeProbe()),
        (STORY, "hospital", FakeProbe()),
    ],
    "casillas_vacias": [
        lambda pairs: sorted(set(pairs)),
        lambda pairs: [],
        lambda pairs: [(d, o) for o, d in empty(pairs)],
    ],
}  # fmt: skip
