"""Los ejercicios de la lección 06: las tablas de test_checks_tables.py."""

import math

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


def empty(pairs):
    rows, columns = {o for o, _ in pairs}, {d for _, d in pairs}
    return sorted((o, d) for o in rows for d in columns if (o, d) not in set(pairs))


RIGHT = {
    "casillas_vacias": [empty],
    "bits_de_cambio": [lambda antes, despues: math.log2(despues / antes)],
    "trampa": [(STORY, "taller", FakeProbe())],
}
WRONG = {
    "casillas_vacias": [
        lambda pairs: sorted(set(pairs)),
        lambda pairs: [],
        lambda pairs: [(d, o) for o, d in empty(pairs)],
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
}  # fmt: skip
