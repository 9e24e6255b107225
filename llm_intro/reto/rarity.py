"""Lo rara que es una respuesta que cumple: contando respuestas al azar, y exacta.

Una respuesta acaba donde dice `constrained`: en el primer punto o en la primera raya.
"""

from collections import Counter
from itertools import product

import numpy as np

from ..sampling import check_sampling, read_prompt
from ..support.text import LETTER, ORDINAL, OUT, Count, advance, kind
from .branches import Branches
from .constrained import PROMPT, STOPS, symbols_of
from .shares import Share, share

MAX_CHARS = 300  # una respuesta que no ha acabado aquí cuenta como que no cumple
MAX_ORDER = 4  # el exacto guarda V³ contextos; con otro símbolo más no caben


def sampled_share(
    model, prompt=PROMPT, words=4, letters=10, samples=1000, temperature=1.0, seed=0
) -> tuple[Share, Counter]:
    """Escribe respuestas al azar y cuenta cuántas cumplen.

    Cada una se abandona en cuanto se pasa de palabras o de letras: ya no puede cumplir.

    Returns:
        la proporción, con su intervalo del 95 %, y las que cumplen con las veces que salieron.
    Raises:
        ValueError: sin muestras, o con una temperatura que no sea mayor que 0.
    """
    check_sampling(temperature)
    if samples < 1 or temperature == 0:
        raise ValueError(f"samples={samples}, temperature={temperature}: deben ser mayores que 0.")
    symbols, branches = symbols_of(model), Branches(model, prompt)
    draws = np.random.default_rng(seed)
    kinds, found = [kind(symbol) for symbol in symbols], Counter()
    rows, texts, counts = np.zeros(samples, int), [""] * samples, [Count()] * samples
    for _ in range(MAX_CHARS):
        tokens = _draw(branches.log_probs[rows], temperature, draws)
        alive = []
        for i, token in enumerate(tokens):
            count, symbol = advance(counts[i], kinds[token]), symbols[token]
            if symbol in STOPS:
                if count[:2] == (words, letters):
                    found[(texts[i] + symbol.replace("—", "")).strip()] += 1
            elif count.words <= words and count.letters <= letters:
                texts[i], counts[i] = texts[i] + symbol, count
                alive.append(i)
        if not alive:
            break
        texts, counts = [texts[i] for i in alive], [counts[i] for i in alive]
        branches.read(rows[alive], tokens[alive])
        rows = np.arange(len(alive))
    return share(found.total(), samples), found


def _draw(log_probs: np.ndarray, temperature: float, draws) -> np.ndarray:
    """Un símbolo al azar por fila, (B,): sumar ruido de Gumbel y elegir el máximo es sortear."""
    return (log_probs / temperature + draws.gumbel(size=log_probs.shape)).argmax(axis=1)


class ExactReplies:
    """Las respuestas de un n-grama que cumplen, con su probabilidad exacta.

    Programación dinámica: la probabilidad de acabar justo depende solo de las palabras y letras
    que faltan y de los últimos símbolos escritos. Se calcula de menos a más letras.

    Args:
        model: un n-grama de orden 4 o menos, por caracteres; su estado, los últimos símbolos.
        prompt: lo que hay delante, de dos símbolos o más y acabado fuera de palabra.
    Attributes:
        probability: la de que una respuesta cumpla.
    Raises:
        ValueError: si el orden es mayor o el comienzo es demasiado corto.
    """

    def __init__(self, model, prompt=PROMPT, words: int = 4, letters: int = 10):
        if model.order > MAX_ORDER:
            raise ValueError(f"orden {model.order}: el cálculo exacto llega a {MAX_ORDER}.")
        self.model, self.goal, self.symbols = model, (words, letters), symbols_of(model)
        self.width = max(model.order - 1, 2)  # con dos símbolos se sabe si se está en palabra
        ids = read_prompt(model, prompt)
        if len(ids) < self.width or self._mode(ids[-self.width :]) != OUT:
            raise ValueError(f"{prompt!r}: hacen falta {self.width} símbolos y acabar en un signo.")
        self.context = self._code(ids[-self.width :])
        self._prepare()
        self.values = self._solve(*self.goal)
        self.probability = float(self.values[words, letters, self.context])

    def _code(self, ids) -> int:
        return int(sum(t * len(self.symbols) ** i for i, t in enumerate(reversed(ids))))

    def _mode(self, ids) -> int:
        count = Count()
        for token in ids:
            count = advance(count, kind(self.symbols[token]))
        return count.mode

    def _prepare(self) -> None:
        """Las probabilidades de cada contexto, (V, S, V), y qué hace en él cada símbolo."""
        V = len(self.symbols)
        contexts = list(product(range(V), repeat=self.width))
        rows = [np.exp(self.model.step(ids[-1], ids[:-1])[0]) for ids in contexts]
        self.probs = np.array(rows).reshape(V, -1, V)
        kinds = [kind(symbol) for symbol in self.symbols]
        starts = np.array([[advance(Count(0, 0, m), k).words for k in kinds] for m in range(5)])
        modes = np.array([self._mode(ids) for ids in contexts])
        self.starts = starts[modes].reshape(V, -1, V)  # 1 si ahí empieza palabra
        self.letter = np.isin(kinds, (LETTER, ORDINAL))
        self.stop = np.array([symbol in STOPS for symbol in self.symbols])

    def _solve(self, words: int, letters: int) -> np.ndarray:
        """Probabilidad de acabar justo si faltan w palabras y n letras, (W+1, N+1, contextos)."""
        V = len(self.symbols)
        values = np.zeros((words + 1, letters + 1, V**self.width))
        letter, sign = np.flatnonzero(self.letter), np.flatnonzero(~self.letter & ~self.stop)
        flows = {
            (name, new): self.probs[:, :, columns] * (self.starts[:, :, columns] == new)
            for name, columns in (("letter", letter), ("sign", sign))
            for new in (0, 1)
        }

        def via(name, new, w, n):
            """Lo que llega de escribir una letra o un signo, según empiece palabra o no."""
            if w < 0 or n < 0:
                return np.zeros(V**self.width)
            after = values[w, n].reshape(-1, V)[:, letter if name == "letter" else sign]
            return np.einsum("asd,sd->as", flows[name, new], after).ravel()

        ends = self.probs[:, :, self.stop].sum(axis=2).ravel()
        for n, w in product(range(letters + 1), range(words + 1)):
            fixed = via("letter", 0, w, n - 1) + via("letter", 1, w - 1, n - 1)
            fixed = fixed + via("sign", 1, w - 1, n) + ends * (w == n == 0)
            change, values[w, n] = fixed, fixed
            while change.max() > 1e-15:  # los signos seguidos: cada vuelta, uno más
                longer = fixed + via("sign", 0, w, n)
                change, values[w, n] = longer - values[w, n], longer
        return values
