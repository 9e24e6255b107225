"""Mezclar modelos: la apuesta común pesa lo que dice cada uno, y falla menos que el mejor.

Vale porque se equivocan en sitios distintos: el n-grama recuerda al pie de la letra y la red
generaliza. Los pesos se ajustan en un texto y se miden en otro. `Mixture` suma probabilidades;
`Product` las multiplica.
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


class Product:
    """P(w | h) ∝ Π_i P_i(w | h)^peso_i: con que uno vete un símbolo, queda casi descartado.

    El peso hace también de temperatura, 1/peso_i, y por eso no tienen que sumar 1.

    Args:
        models: dos o más, con los mismos símbolos.
        weights: uno por modelo.
    Raises:
        ValueError: si los símbolos no coinciden.
    Fuente: Klakow (1998), «Log-linear interpolation of language models».
    """

    def __init__(self, models, weights):
        several = Mixture(models)  # comprueba los símbolos
        self.models, self.tokenizer, self.start = several.models, several.tokenizer, several.start
        self.weights = np.asarray(weights, dtype=float)

    def step(self, token: int, state: tuple) -> tuple[np.ndarray, tuple]:
        """Lee un símbolo: log-probabilidades del siguiente, (V,), y los estados nuevos."""
        pairs = [m.step(token, s) for m, s in zip(self.models, state, strict=True)]
        probs = np.stack([next_probs(as_scores(logits)) for logits, _ in pairs])  # (M, V)
        scores = self.weights @ np.log(np.maximum(probs, 1e-300))
        return scores - np.logaddexp.reduce(scores), tuple(new for _, new in pairs)


def product_bits(log_probs, weights, ids) -> np.ndarray:
    """Bits de cada símbolo `ids`, (N,), con el producto de unos modelos.

    Args:
        log_probs: logaritmo neperiano de todas las probabilidades de cada modelo, (M, N, V).
    """
    scores = np.tensordot(weights, np.asarray(log_probs), 1)  # (N, V)
    chosen = scores[np.arange(len(ids)), ids]
    return (np.logaddexp.reduce(scores, axis=1) - chosen) / np.log(2)


def fit_product(log_probs, ids, rounds: int = 20) -> np.ndarray:
    """Los pesos del producto que menos bits gastan en un texto, (M,), por el método de Newton.

    La pérdida es convexa: su gradiente es lo que cada modelo espera de su propia nota menos la
    que saca de verdad, y su curvatura, la covarianza de esas notas.

    Args:
        log_probs: como en `product_bits`, sin ceros de probabilidad.
    """
    log_probs, ids = np.asarray(log_probs, dtype=np.float64), np.asarray(ids)  # (M, N, V)
    got = log_probs[:, np.arange(len(ids)), ids].mean(axis=1)  # (M,)
    weights = np.full(len(log_probs), 1 / len(log_probs))
    for _ in range(rounds):
        scores = np.tensordot(weights, log_probs, 1)  # (N, V)
        probs = np.exp(scores - np.logaddexp.reduce(scores, axis=1, keepdims=True))
        expected = np.einsum("mnv,nv->mn", log_probs, probs)  # (M, N)
        second = np.stack([(log_probs * row * probs).sum(axis=(1, 2)) for row in log_probs])
        curvature = (second - expected @ expected.T) / len(ids)  # (M, M)
        change = np.linalg.solve(curvature, expected.mean(axis=1) - got)
        weights = weights - change
        if np.abs(change).max() < 1e-6:
            break
    return weights
