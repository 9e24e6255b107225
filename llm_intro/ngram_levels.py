"""Las tablas de un n-grama: los códigos de las ventanas, los descuentos y cada orden contado."""

import numpy as np

DEFAULT_DISCOUNT = 0.75  # cuando un texto pequeño no da para estimar los descuentos


class Level:
    """Los k-gramas vistos (`codes`, crecientes, y `counts`), listos para mezclarse.

    P_k(w | h) = α(h, w) + γ(h) · P_{k-1}(w | h'), con h' = h sin su primer símbolo.
    """

    def __init__(self, codes, counts, V: int, smoothing: str | None):
        self.codes, self.V = codes, V  # (N,)
        self.contexts, starts = np.unique(codes // V, return_index=True)  # (C,) cada una
        self.starts = np.append(starts, len(codes))  # (C+1,) dónde empieza cada contexto
        total = np.add.reduceat(counts, starts)  # (C,)  c(h) = Σ_w c(h, w)
        taken = spare = 0
        if smoothing == "laplace":
            spare, total = V, total + V
        elif smoothing == "kneser-ney":
            taken = discounts(counts)[np.minimum(counts, 3)]  # (N,)  D(c)
            spare = np.add.reduceat(taken, starts)  # (C,)  D1·N1(h) + D2·N2(h) + D3·N3+(h)
        self.alpha = (counts - taken) / np.repeat(total, np.diff(self.starts))  # (N,)
        self.gamma = spare / total  # (C,)

    def mix(self, context: int, probs: np.ndarray) -> None:
        """Mezcla en `probs`, (V,), lo que se vio tras `context`. Si nunca se vio, nada."""
        i = self.contexts.searchsorted(context)
        if i < len(self.contexts) and self.contexts[i] == context:
            seen = slice(self.starts[i], self.starts[i + 1])
            probs *= self.gamma[i]
            probs[self.codes[seen] % self.V] += self.alpha[seen]

    def lookup(self, grams: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """α de cada k-grama, 0 si no se vio, y γ de su contexto, 1 si no se vio."""
        contexts = grams // self.V
        i = self.codes.searchsorted(grams).clip(max=len(self.codes) - 1)
        j = self.contexts.searchsorted(contexts).clip(max=len(self.contexts) - 1)
        alpha = np.where(self.codes[i] == grams, self.alpha[i], 0)
        return alpha, np.where(self.contexts[j] == contexts, self.gamma[j], 1)


def pack(ids: np.ndarray, k: int, V: int) -> np.ndarray:
    """El código de cada ventana de k símbolos, (T-k+1,): sus cifras en base V."""
    windows = np.lib.stride_tricks.sliding_window_view(ids, k)  # (T-k+1, k), sin copiar
    return windows @ V ** np.arange(k - 1, -1, -1)


def discounts(counts: np.ndarray) -> np.ndarray:
    """D(0) = 0, D1, D2 y D3+, (4,), según cuántos k-gramas salen 1, 2, 3 y 4 veces.

    D_r = r - (r + 1)·Y·n_{r+1} / n_r, con Y = n1 / (n1 + 2·n2). Si algún n_r es cero o D_r
    se sale de (0, r), vale `DEFAULT_DISCOUNT`.
    """
    n = np.bincount(np.minimum(counts, 5), minlength=6)[1:5]  # n1, n2, n3, n4
    r, D = np.arange(1, 4), np.zeros(3)
    if n.all():
        Y = n[0] / (n[0] + 2 * n[1])
        D = r - (r + 1) * Y * n[1:] / n[:-1]
    return np.append(0, np.where((D > 0) & (r > D), D, DEFAULT_DISCOUNT))
