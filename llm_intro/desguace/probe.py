"""La prueba del desguace: qué responde un modelo, y qué pasa al tapar lo que mira.

«Mañana voy a llevar el coche al ____.» Con el coche averiado y otro ya elegido, una persona
dice «desguace». Aquí se mide lo que dice un modelo y de qué depende.
"""

import re
from dataclasses import replace

import numpy as np
import torch
from torch import nn

from ..models.transformer import Transformer
from ..sampling import feed, log_softmax
from ..support.machine import evaluating
from .networks import pad, padding_mask
from .stories import BLANK, MASK, Story, Words, load_data

SHORT = f"Mañana voy a llevar el coche al {BLANK}."
_BROKEN = "Estoy harto de que mi coche no pare de tener averías. "
_BUY = "Ya he visto el modelo de coche que me quiero comprar. "
LONG = _BROKEN + _BUY + SHORT
CHANGES = {
    "la frase entera": LONG,
    "sin averías": _BUY + SHORT,
    "sin comprar": _BROKEN + SHORT,
    "otro orden": _BUY + _BROKEN + SHORT,
    "averías del vecino": "El coche de mi vecino no para de tener averías. " + _BUY + SHORT,
    "harto → contento": _BROKEN.replace("harto", "contento") + _BUY + SHORT,
    "comprar → vender": _BROKEN + _BUY.replace("me quiero comprar", "quiero vender") + SHORT,
    "a quién se lo vendo": _BROKEN + "Ya he visto a quién le voy a vender el coche. " + SHORT,
}
"""Lo que se le puede cambiar a la frase larga, con el nombre de su botón."""
HOLE = re.compile(r"_{2,}")
BATCH = 64


def places() -> list[str]:
    """Los destinos del corpus, en orden alfabético."""
    kinds = load_data("phrases")["places"].values()
    return sorted({place for kind in kinds for place in kind})


def cut_at_hole(text: str) -> tuple[str, str]:
    """Lo que va antes y después del hueco; sin hueco, todo va antes.

    Raises:
        ValueError: texto vacío o con más de un hueco.
    """
    parts = HOLE.split(text)
    if len(parts) > 2 or not Words.split(parts[0]):
        raise ValueError(
            f"texto con {len(parts) - 1} huecos y {len(Words.split(parts[0]))} palabras antes: "
            f"escribe una frase con un solo hueco, como «{SHORT}»."
        )
    return parts[0], parts[1] if len(parts) == 2 else ""


class DesguaceProbe:
    """Pregunta a un modelo por el destino que falta.

    Args:
        model: cualquiera con `start` y `step`, o una red de `networks`; su `tokenizer`
            es un `Words`.
    Raises:
        ValueError: si el modelo no lleva un tokenizador de palabras.
    """

    def __init__(self, model):
        if not isinstance(getattr(model, "tokenizer", None), Words):
            raise ValueError(
                f"{type(model).__name__} no lee palabras: su tokenizer debe ser un Words. "
                "Entrena uno con networks.teach."
            )
        self.model, self.tokenizer = model, model.tokenizer
        self.places = [p for p in places() if p in self.tokenizer.index]

    def distribution(self, text: str) -> dict[str, float]:
        """Probabilidad de cada destino en el hueco, de más a menos.

        Lo que falta hasta 1 es lo que el modelo da a palabras que no son destinos.
        """
        probs = self.probs([text])[0]
        return dict(sorted(zip(self.places, probs.tolist(), strict=True), key=lambda x: -x[1]))

    def probs(self, texts: list[str]) -> np.ndarray:
        """Probabilidad de cada destino en el hueco de cada texto, (N, destinos)."""
        rows = [self._scores(texts[i : i + BATCH]) for i in range(0, len(texts), BATCH)]
        probs = np.exp(log_softmax(np.concatenate(rows)))  # (N, V)
        return probs[:, [self.tokenizer.index[p] for p in self.places]]

    def answers(self, texts: list[str]) -> list[str]:
        """El destino más probable de cada texto."""
        return [self.places[i] for i in self.probs(texts).argmax(1)]

    def accuracy(self, stories) -> float:
        """Fracción de textos (`Story`) cuyo destino acierta."""
        got = self.answers([story.text for story in stories])
        return float(np.mean([a == s.place for a, s in zip(got, stories, strict=True)]))

    def attention(self, text: str) -> tuple[list[str], np.ndarray]:
        """Las palabras que lee y a quién mira cada una, (capas, cabezas, T, T).

        La fila que importa es la del lector: la posición que responde (`reader`).

        Raises:
            ValueError: si el modelo no es un `Transformer`.
        """
        self.need_transformer()
        ids, _ = self.read(text)
        with torch.inference_mode():
            maps = self.model.attention(torch.from_numpy(ids)[:, None])[:, 0]
        return self.words(text), maps.numpy()

    def words(self, text: str) -> list[str]:
        """Las palabras tal como las lee el modelo: el hueco tapado, ____."""
        return [BLANK if i == MASK else self.tokenizer.words[i] for i in self.read(text)[0]]

    def need_transformer(self) -> None:
        """Avisa si el modelo no tiene una atención que mirar."""
        if not isinstance(self.model, Transformer):
            raise ValueError(
                f"{type(self.model).__name__} no tiene atención: prueba con un Transformer."
            )

    def read(self, text: str) -> tuple[np.ndarray, int]:
        """Los números de lo que lee, (T,), y la posición que responde.

        Un modelo causal lee hasta el hueco y responde en la última palabra; el bidireccional
        lo lee todo y responde en el hueco.
        """
        before, after = cut_at_hole(text)
        ids = self.tokenizer.encode(before)
        if getattr(self.model, "causal", True):
            return ids, len(ids) - 1
        return np.concatenate([ids, [MASK], self.tokenizer.encode(after)]), len(ids)

    def changes(self, texts: dict[str, str], place: str = "desguace") -> dict[str, float]:
        """Bits que gana (o pierde) `place` con cada texto respecto al primero."""
        column = self.places.index(place)
        bits = np.log2(self.probs(list(texts.values()))[:, column])
        return dict(zip(texts, (bits - bits[0]).tolist(), strict=True))

    def _scores(self, texts: list[str]) -> np.ndarray:
        """Puntuaciones de todas las palabras en cada hueco, (N, V)."""
        rows, readers = zip(*map(self.read, texts), strict=True)
        if isinstance(self.model, nn.Module):
            return run(self.model, pad(list(rows)), readers).numpy()
        return np.stack([feed(self.model, row)[0] for row in rows])


def run(model: nn.Module, ids: torch.Tensor, readers, mask=None) -> torch.Tensor:
    """Puntuaciones de las posiciones `readers`, (B, V). ids: (T, B); mask, como en Transformer."""
    with evaluating(model):
        if isinstance(model, Transformer):
            hidden = padding_mask(ids)
            logits = model(ids, None, hidden if mask is None else hidden + mask)[0]
        else:
            logits = model(ids)[0]  # el relleno va detrás: ni la LSTM ni la bolsa lo han leído aún
    return logits[list(readers), range(len(readers))].float()  # (B, V)


def swapped(story: Story) -> Story:
    """El mismo texto con la frase del destino al principio: las pistas vienen después."""
    return replace(story, asked_first=True)
