"""Escribe los textos del desguace y aparta los que nunca se verán al aprender.

Las frases están en `data/desguace/phrases.json`: ahí se añade una o se cambia una regla.
"""

import random

from .stories import Stories, Story, load_data

CHOOSING, EXAM = 0, 1  # dos sorteos de lo reservado: con uno se elige, con el otro se examina


def fill(template: str, obj: str, gender: str, person=("mi vecino", "m")) -> str:
    """La frase con el objeto y la persona puestos y concertados."""
    ends = {"m": "o", "f": "a"}
    end, end_q = ends[gender], ends[person[1]]
    el = "el" if gender == "m" else "la"
    return template.format(
        o=obj, el=el, un="un" if gender == "m" else "una", nuevo=f"nuev{end}", otro=f"otr{end}",
        perdido=f"perdid{end}", cubierto=f"cubiert{end}", lleno=f"llen{end}",
        q=person[0], harto_q=f"hart{end_q}",
        la_q="lo" if person[1] == "m" else "la", tirado_q=f"tirad{end_q}",
        **{"del": "del" if gender == "m" else "de la"},
    )  # fmt: skip


class Generator:
    """Escribe textos al azar, siempre los mismos para la misma semilla.

    Args:
        reserve: qué combinaciones se apartan: `CHOOSING` o `EXAM`. No depende de la semilla.
    """

    def __init__(self, seed: int, reserve: int = EXAM):
        self.bank, self.rng = load_data("phrases"), random.Random(seed)
        split, kinds = random.Random(0), self.bank["objects"]
        phrases = [(k, s, p) for k in kinds for s in self._states(k) for p in self._plans()]
        triples = [(o, s, p) for k, s, p in phrases for o, _ in kinds[k]]
        sizes = len(phrases) // 8, len(triples) // 6
        for _ in range(reserve + 1):  # cada sorteo, con lo que dejó el anterior
            self.pairs = {tuple(x[1:]) for x in split.sample(phrases, sizes[0])}
            self.triples = set(split.sample(triples, sizes[1]))
            phrases = [x for x in phrases if x[1:] not in self.pairs]
            triples = [x for x in triples if x not in self.triples]
        self.cells = {tuple(cell) for cell in self.bank["reserved_cells"]}
        self.forbidden = [row["clues"] for row in load_data("counterfactuals")]

    def _states(self, kind: str) -> list[str]:
        return [s for told in self.bank["states"].values() for s in told.get(kind, ())]

    def _plans(self) -> list[str]:
        return [p for told in self.bank["plans"].values() for p in told]

    def draw(self, clueless: float = 0.18, distance: int | None = None) -> Story:
        """Un texto; sin pistas, con probabilidad `clueless`.

        Entre las pistas van de 0 a 4 frases que no cuentan; con `distance`, todas las pistas
        están juntas y justo `distance` frases de relleno las separan de la pregunta.
        """
        rng, bank = self.rng, self.bank
        kind = rng.choices(("vehículo", "aparato"), (3, 1))[0]
        obj, gender = rng.choice(bank["objects"][kind])
        place, state, plan = self._facts(kind, clueless)
        clues = [fill(c, obj, gender) for c in (state, plan) if c]
        rng.shuffle(clues)
        sentences = list(clues)
        if distance is not None:
            sentences += rng.choices(bank["filler"], k=distance)
        for _ in range(rng.randint(0, 4) if distance is None else 0):
            sentences.insert(rng.randint(0, len(sentences)), self._other(kind))
        end = fill(rng.choice(bank["endings"]), obj, gender)
        return Story((*sentences, end), place, obj, state, plan, tuple(clues))

    def _facts(self, kind: str, clueless: float):
        """El destino y las frases de estado y de plan que llevan a él (None si no se dice)."""
        rng, bank = self.rng, self.bank
        if rng.random() < clueless:
            prior = bank["clueless"][kind]
            return rng.choices(list(prior), list(prior.values()))[0], None, None
        place = rng.choice(list(bank["places"][kind]))
        state, plan = rng.choice(bank["places"][kind][place])
        state = rng.choice(bank["states"][state][kind]) if state else None
        return place, state, rng.choice(bank["plans"][plan]) if plan else None

    def _other(self, kind: str) -> str:
        """Una frase que no cuenta: señuelo (40 %), calco (25 %) o relleno."""
        rng, bank = self.rng, self.bank
        what = rng.choices(("others", "mimics", "filler"), (40, 25, 35))[0]
        thing = rng.choice(bank["objects"][kind])
        return fill(rng.choice(bank[what]), *thing, rng.choice(bank["people"]))

    def exam_of(self, story: Story) -> str | None:
        """El examen para el que está reservado un texto, o "train", o None: no se usa."""
        text = story.text.lower()
        if any(all(clue in text for clue in clues) for clues in self.forbidden):
            return None
        if (story.obj, story.place) in self.cells:
            return "cells" if story.state and story.plan else None
        if story.state and story.plan:
            if (story.state, story.plan) in self.pairs:
                return "pairs"
            if (story.obj, story.state, story.plan) in self.triples:
                return "triples"
        return "train"


def make_stories(
    train=12000, exam=300, seed=0, distance: int | None = None, reserve: int = EXAM
) -> Stories:
    """Genera los textos: `train` para aprender y `exam` en cada examen, sin repetidos.

    Con `distance`, todos llevan sus pistas, a esa distancia (en frases) de la pregunta.
    Las tasas, los pasos y las frases se eligieron con lo reservado en `CHOOSING`; los exámenes
    salen de `EXAM`, que se sorteó después.

    Raises:
        ValueError: si alguna cantidad es menor que 1.
    """
    wanted = dict(train=train, triples=exam, pairs=exam, cells=exam)
    if min(wanted.values()) < 1:
        raise ValueError(f"train={train}, exam={exam}: pide al menos un texto de cada.")
    writer, piles = Generator(seed, reserve), {name: {} for name in wanted}
    for _ in range(200 * (train + 3 * exam)):
        story = writer.draw() if distance is None else writer.draw(0.0, distance)
        name = writer.exam_of(story)
        # los textos sin pistas son pocos y se repiten: los demás, una vez cada uno
        key = (story.text, story.place, None if story.state or story.plan else writer.rng.random())
        if name and len(piles[name]) < wanted[name]:
            piles[name].setdefault(key, story)
        if all(len(piles[n]) == wanted[n] for n in wanted):
            return Stories(**{n: tuple(pile.values()) for n, pile in piles.items()})
    raise ValueError(f"no hay tantos textos distintos: pide menos de train={train}, exam={exam}.")
