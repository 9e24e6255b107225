"""De qué depende una respuesta: mirar no es lo mismo que influir.

La atención dice a quién mira el modelo. Para saber qué importa hay que intervenir: impedir que
una palabra mire a otra y ver qué le pasa a la respuesta.
"""

import math

import numpy as np
import torch

from .probe import DesguaceProbe, run

LN2 = math.log(2)


def attention_of_reader(probe: DesguaceProbe, text: str) -> np.ndarray:
    """Cuánto mira a cada palabra la posición que responde, media de capas y cabezas, (T,)."""
    _, maps = probe.attention(text)
    return maps[:, :, probe.read(text)[1]].mean((0, 1))


def knockout(
    probe: DesguaceProbe, text: str, groups: list[list[int]], place: str, looker: int | None = None
) -> np.ndarray:
    """Bits que gana `place` si la palabra `looker` no puede mirar a las de `groups[n]`, (N,).

    Se tapa esa mirada en todas las capas; las demás posiciones siguen viéndolas.

    Args:
        looker: la posición que deja de mirar; por defecto, la que responde.
    """
    probe.need_transformer()
    ids, reader = probe.read(text)
    mask = torch.zeros(1 + len(groups), 1, len(ids), len(ids))  # la primera, sin tapar nada
    for n, group in enumerate(groups):
        mask[n + 1, 0, reader if looker is None else looker, group] = -math.inf
    rows = torch.from_numpy(ids)[:, None].expand(-1, len(mask))  # (T, 1 + N)
    bits = torch.log_softmax(run(probe.model, rows, [reader] * len(mask), mask), -1) / LN2
    return (bits[1:] - bits[0])[:, probe.tokenizer.index[place]].numpy()


def clue_positions(probe: DesguaceProbe, story) -> list[int]:
    """Las posiciones de las palabras de las dos frases que dan las pistas."""
    words, found = probe.words(story.text), []
    for sentence in story.clues:
        piece = probe.tokenizer.split(sentence)
        start = next(i for i in range(len(words)) if words[i : i + len(piece)] == piece)
        found += range(start, start + len(piece))
    return found


def blindfolded(probe: DesguaceProbe, stories, what: str, seed: int = 0) -> float:
    """Acierto si quien responde no puede mirar a las pistas, o a otras tantas palabras.

    Args:
        what: "pistas" o "azar" (tantas posiciones como pistas, elegidas entre las demás).
    Raises:
        ValueError: si `what` es otra cosa.
    """
    if what not in ("pistas", "azar"):
        raise ValueError(f"what={what!r}: debe ser «pistas» o «azar».")
    rng, hits = np.random.default_rng(seed), []
    for story in stories:
        ids, reader = probe.read(story.text)
        hidden = clue_positions(probe, story)
        if what == "azar":
            others = [i for i in range(reader) if i not in hidden]
            hidden = rng.choice(others, min(len(hidden), len(others)), replace=False).tolist()
        mask = torch.zeros(1, 1, len(ids), len(ids))
        mask[0, 0, reader, hidden] = -math.inf
        scores = run(probe.model, torch.from_numpy(ids)[:, None], [reader], mask)[0]
        best = max(probe.places, key=lambda place: scores[probe.tokenizer.index[place]])
        hits.append(best == story.place)
    return float(np.mean(hits))
