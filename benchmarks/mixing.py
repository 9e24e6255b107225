"""Los pesos de una mezcla de modelos: se ajustan en un texto y se miden en otro."""

import numpy as np


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
