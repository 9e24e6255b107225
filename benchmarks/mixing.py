"""Mezclar modelos: la apuesta común pesa lo que dice cada uno, y falla menos que el mejor.

Vale porque se equivocan en sitios distintos: el n-grama recuerda al pie de la letra y la red
generaliza. Los pesos se ajustan en un texto y se miden en otro.
"""

import numpy as np

from llm_intro.sampling import as_scores, next_probs, token_bits


class Mixture:
    """P(w | h) = Σ_i peso_i · P_i(w | h): un modelo más, con `tokenizer`, `start` y `step`.

    Args:
        models: dos o más, con los mismos símbolos.
        weights: uno por modelo, de 0 o más, que suman 1; sin ellos, iguales.
    Raises:
        ValueError: si los símbolos no coinciden o los pesos no son un reparto.
    Fuente: Jelinek y Mercer (1980), «Interpolated estimation of Markov source parameters from
        sparse data».
    """

    def __init__(self, models, weights=None):
        self.models, self.tokenizer = list(models), models[0].tokenizer
        if any(m.tokenizer.to_dict() != self.tokenizer.to_dict() for m in self.models):
            raise ValueError("los modelos no tienen los mismos símbolos: no se pueden mezclar.")
        self.weights = np.full(len(self.models), 1 / len(self.models))  # (M,)
        if weights is not None:
            self.weights = np.asarray(weights, dtype=float)
        good = self.weights.shape == (len(self.models),) and (self.weights >= 0).all()
        if not (good and np.isclose(self.weights.sum(), 1)):
            raise ValueError(
                f"weights={weights!r}: hacen falta {len(self.models)} números, de 0 o más, que "
                "sumen 1."
            )

    def start(self) -> tuple:
        """Un estado por modelo."""
        return tuple(model.start() for model in self.models)

    def step(self, token: int, state: tuple) -> tuple[np.ndarray, tuple]:
        """Lee un símbolo: log-probabilidades del siguiente, (V,), y los estados nuevos."""
        pairs = [m.step(token, s) for m, s in zip(self.models, state, strict=True)]
        probs = self.weights @ np.stack([next_probs(as_scores(logits)) for logits, _ in pairs])
        with np.errstate(divide="ignore"):  # log 0 = -inf, sin aviso
            return np.log(probs), tuple(new for _, new in pairs)

    def token_bits(self, ids) -> np.ndarray:
        """Bits de cada símbolo, (T-1,), de los de cada modelo, que a menudo los da de una vez."""
        probs = 2.0 ** -np.stack([token_bits(model, ids) for model in self.models])  # (M, T-1)
        with np.errstate(divide="ignore"):
            return -np.log2(self.weights @ probs)


def fit_weights(bits, rounds: int = 100) -> np.ndarray:
    """Los pesos que menos bits gastan en un texto, (M,), por el algoritmo EM.

    Cada vuelta reparte el mérito de cada símbolo entre los modelos, según lo que aportó cada
    uno, y el peso nuevo de un modelo es su mérito medio. Nunca empeora, y solo hay un óptimo.

    Args:
        bits: los de cada símbolo con cada modelo, (M, N).
    """
    probs = 2.0 ** -np.asarray(bits)  # (M, N)
    weights = np.full(len(probs), 1 / len(probs))
    for _ in range(rounds):
        shares = weights[:, None] * probs
        weights = (shares / shares.sum(axis=0)).mean(axis=1)
    return weights
