"""De qué depende una respuesta: mirar no es lo mismo que influir.

La atención dice a quién mira el modelo. Para saber qué importa hay que intervenir: impedir que
mire a una palabra, borrarla, o ver cómo se movería la respuesta si su vector cambiara un poco.
"""

import math

import numpy as np
import torch

from .probe import DesguaceProbe, run
from .stories import UNKNOWN

LN2 = math.log(2)


def attention_of_reader(probe: DesguaceProbe, text: str) -> np.ndarray:
    """Cuánto mira a cada palabra la posición que responde, media de capas y cabezas, (T,)."""
    _, maps = probe.attention(text)
    return maps[:, :, probe.read(text)[1]].mean((0, 1))


def knockout(probe: DesguaceProbe, text: str, groups: list[list[int]], place: str) -> np.ndarray:
    """Bits que gana `place` si quien responde no puede mirar a las palabras `groups[n]`, (N,).

    Se tapan esas aristas en todas las capas; las demás posiciones siguen viéndolas.
    """
    probe.need_transformer()
    ids, reader = probe.read(text)
    mask = torch.zeros(len(groups), 1, len(ids), len(ids))
    for n, group in enumerate(groups):
        mask[n, 0, reader, group] = -math.inf
    return _gain(probe, np.tile(ids, (len(groups), 1)), ids, reader, place, mask)


def ablation(probe: DesguaceProbe, text: str, groups: list[list[int]], place: str) -> np.ndarray:
    """Bits que gana `place` si en vez de las palabras `groups[n]` hay una desconocida, (N,)."""
    ids, reader = probe.read(text)
    rows = np.tile(ids, (len(groups), 1))  # (N, T)
    for n, group in enumerate(groups):
        rows[n, group] = UNKNOWN
    return _gain(probe, rows, ids, reader, place)


def _gain(probe, rows, ids, reader: int, place: str, mask=None) -> np.ndarray:
    """log2 P(place) con cada fila menos log2 P(place) con `ids`, (N,)."""
    word = probe.tokenizer.index[place]
    changed = run(probe.model, torch.from_numpy(rows.T.copy()), [reader] * len(rows), mask)
    before = run(probe.model, torch.from_numpy(ids)[:, None], [reader])
    gain = torch.log_softmax(changed, -1)[:, word] - torch.log_softmax(before, -1)[:, word]
    return gain.numpy() / LN2


def gradient_input(probe: DesguaceProbe, text: str, place: str) -> np.ndarray:
    """Gradiente de log2 P(place) por la entrada, palabra a palabra, (T,).

    Es lo que bajaría la respuesta si el vector de esa palabra se hiciera cero, en línea recta.
    """
    probe.need_transformer()
    ids, reader = probe.read(text)
    caught = []

    def keep(_module, _inputs, vectors):
        caught.append(vectors)

    hook = probe.model.embedding.register_forward_hook(keep)
    try:
        logits = probe.model(torch.from_numpy(ids)[:, None])[0][reader, 0]  # (V,)
    finally:
        hook.remove()
    score = torch.log_softmax(logits, -1)[probe.tokenizer.index[place]] / LN2
    (slope,) = torch.autograd.grad(score, caught)  # (1, T, E)
    return (slope * caught[0]).sum(-1)[0].detach().numpy()


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
