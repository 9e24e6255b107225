"""Modelo de n-gramas: contar qué símbolo siguió a cada contexto.

Un n-grama se guarda como un solo entero: sus símbolos son las cifras de un número en base V.
Ordenados esos números, los n-gramas que comparten contexto quedan seguidos.
"""

import math

import numpy as np

from ..support.limits import check, one_of, whole
from ..tokenizers import CharTokenizer, check_ids

DEFAULT_DISCOUNT = 0.75  # cuando un texto pequeño no da para estimar los descuentos
SMOOTHINGS = ("kneser-ney", "laplace", None)


class NGramModel:
    """Predice el símbolo siguiente, w, con los `order - 1` anteriores, h.

    De los recuentos c a las probabilidades, según `smoothing`:

    - None: c(h, w) / c(h), máxima verosimilitud. Lo no visto tiene probabilidad cero (bits
      infinitos) y, tras un contexto nunca visto, la distribución es uniforme.
    - "laplace": (c(h, w) + 1) / (c(h) + V), un recuento de regalo para cada símbolo.
    - "kneser-ney": la versión modificada e interpolada. Cada orden descuenta D1, D2 o D3+,
      estimados de los recuentos, y lo reparte el orden anterior; lo del 1, la uniforme.

    Al principio del texto aún no hay `order - 1` símbolos: predice el orden que cabe.
    ValueError si `order` es menor que 1 o `smoothing` no es de la lista.

    Fuente: Chen y Goodman (1999), «An empirical study of smoothing techniques for language
        modeling».
    """

    def __init__(self, order: int = 6, smoothing: str | None = "kneser-ney"):
        check(whole(1), order=order)
        check(one_of(*SMOOTHINGS), smoothing=smoothing)
        self.order, self.smoothing, self.tokenizer = int(order), smoothing, None
        self._levels: list[Level] = []  # uno por orden, del 1 al n

    def fit(self, text: str, tokenizer=None) -> "NGramModel":
        """Cuenta los n-gramas de `text` y devuelve el modelo. Sin `tokenizer`, por caracteres.

        ValueError si el texto es más corto que `order` o un n-grama no cabe en 64 bits.
        """
        tokenizer = tokenizer or CharTokenizer.from_text(text)
        ids, V = tokenizer.encode(text), tokenizer.vocab_size  # (T,)
        if len(ids) < self.order:
            raise ValueError(f"texto de {len(ids)} símbolos: hacen falta {self.order} o más.")
        largest = int(62 / math.log2(max(V, 2)))  # lo que cabe en un entero de 64 bits
        if self.order > largest:
            raise ValueError(f"order={self.order}: con {V} símbolos, usa {largest} o menos.")
        grams = gram_codes(ids, self.order, V)  # (T-n+1,)
        codes, counts = np.unique(grams, return_counts=True)
        return self._build(tokenizer, codes, counts, int(grams[0]))

    def _build(self, tokenizer, codes, counts, first: int) -> "NGramModel":
        """Todos los órdenes, a partir del mayor. `first`: el n-grama que abre el texto."""
        V, kneser_ney = tokenizer.vocab_size, self.smoothing == "kneser-ney"
        self.tokenizer, self._counted = tokenizer, (codes, counts, first)
        self._levels = [Level(codes, counts, V, self.smoothing)]
        for k in range(self.order - 1, 0, -1):
            # Todo k-grama es el final de un (k+1)-grama, menos el que abre el texto.
            endings = np.append(codes % V**k, first // V ** (self.order - k))
            # Kneser-Ney cuenta tras cuántos símbolos distintos apareció g, N1+(· g): es lo que
            # importa cuando el contexto largo falla. Los demás, cuántas veces apareció, c(g).
            # El que abre el texto apareció una vez, y tras ninguno.
            opening = 0 if kneser_ney else 1
            weights = np.append(np.ones_like(counts) if kneser_ney else counts, opening)
            codes, which = np.unique(endings, return_inverse=True)
            counts = np.bincount(which, weights).astype(np.int64)
            kept = counts > 0  # fuera el que solo abre el texto: no apareció tras nada
            self._levels.insert(0, Level(codes[kept], counts[kept], V, self.smoothing))
        return self

    @property
    def size(self) -> int:
        """Cuántos n-gramas distintos guarda, sumados todos los órdenes."""
        return sum(len(level.codes) for level in self._levels)

    def probs(self, context: str) -> np.ndarray:
        """P(· | context), (V,): suma 1. El contexto puede ser vacío, o no haberse visto."""
        return self._distribution(self._fitted().encode(context)[-self.order :].tolist())

    def start(self) -> tuple:
        """El estado antes de leer nada: cero símbolos de contexto."""
        self._fitted()
        return ()

    def step(self, token: int, state: tuple) -> tuple[np.ndarray, tuple]:
        """Lee un símbolo: log-probabilidades del siguiente, (V,), y el estado nuevo."""
        state = (*state, int(token))[-self.order :]
        with np.errstate(divide="ignore"):  # log 0 = -inf, sin aviso
            return np.log(self._distribution(state)), state

    def token_bits(self, ids) -> np.ndarray:
        """Bits de cada símbolo dados los anteriores, (T-1,): el primero no se puntúa."""
        V = self._fitted().vocab_size
        ids = check_ids(ids, V)
        probs = np.full(len(ids), 1 / V)  # (T,)
        for k, level in enumerate(self._levels[: len(ids)], start=1):
            alpha, gamma = level.lookup(gram_codes(ids, k, V))  # (T-k+1,) cada una
            shorter = probs[k - 1 :] if self.smoothing == "kneser-ney" else 1 / V
            probs[k - 1 :] = alpha + gamma * shorter
        with np.errstate(divide="ignore"):
            return np.log2(1 / probs[1:])

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Lo contado, para `np.savez_compressed`. Lo demás se deduce al cargar."""
        vocab_size, (codes, counts, first) = self._fitted().vocab_size, self._counted
        return {
            "gaps": np.diff(codes, prepend=0),  # los huecos se comprimen mejor que los códigos
            "counts": counts.astype(np.min_scalar_type(counts.max())),
            "sizes": np.array([vocab_size, self.order, first]),
            "smoothing": np.array(self.smoothing or ""),
        }

    @classmethod
    def from_arrays(cls, arrays, tokenizer) -> "NGramModel":
        """El modelo que `to_arrays` guardó. ValueError si el vocabulario es otro."""
        V, order, first = arrays["sizes"].tolist()
        if tokenizer.vocab_size != V:
            raise ValueError(f"el modelo es de {V} símbolos, no de {tokenizer.vocab_size}.")
        codes, counts = np.cumsum(arrays["gaps"]), arrays["counts"].astype(np.int64)
        model = cls(order, str(arrays["smoothing"]) or None)
        return model._build(tokenizer, codes, counts, first)

    def shortened(self, order: int) -> "NGramModel":
        """Otro modelo, de un orden menor o igual: el que daría `fit` con el mismo texto."""
        V, (codes, counts, first) = self._fitted().vocab_size, self._counted
        if order not in range(1, self.order + 1):
            raise ValueError(f"order={order!r}: este modelo contó hasta el {self.order}.")
        drop = self.order - order
        # Todo n-grama corto es el final de uno largo, menos los que están dentro del primero.
        opening = [first // V ** (drop - j) % V**order for j in range(drop)]
        endings = np.concatenate([codes % V**order, np.array(opening, codes.dtype)])
        codes, which = np.unique(endings, return_inverse=True)
        counts = np.bincount(which, np.append(counts, np.ones(drop))).astype(np.int64)
        shorter = NGramModel(order, self.smoothing)
        return shorter._build(self.tokenizer, codes, counts, first // V**drop)

    def _fitted(self):
        if self.tokenizer is None:
            raise ValueError("el modelo aún no ha contado nada: llama antes a fit(texto).")
        return self.tokenizer

    def _distribution(self, context) -> np.ndarray:
        """P(· | contexto), (V,): empieza uniforme y mezcla contextos cada vez más largos."""
        V, code = self.tokenizer.vocab_size, 0
        for token in context:
            code = code * V + token
        probs = np.full(V, 1 / V)
        levels = list(enumerate(self._levels[: len(context) + 1]))
        for length, level in levels if self.smoothing == "kneser-ney" else levels[-1:]:
            level.mix(code % V**length, probs)  # las últimas cifras, los últimos símbolos
        return probs


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


def gram_codes(ids: np.ndarray, k: int, V: int) -> np.ndarray:
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
