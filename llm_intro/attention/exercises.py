"""Ejercicios de «Atención y desguace»."""

import math

import numpy as np

from ..face.exercises import exercise


@exercise(
    hints=(
        "la palabra i puede mirar a la j si j ya se ha leído.",
        "ya se ha leído quiere decir que j es menor o igual que i: ella también se mira.",
        "[[j <= i for j in range(n)] for i in range(n)].",
    ),
    proves="la máscara causal es un triángulo: con n palabras hay n(n+1)/2 miradas permitidas.",
)
def mascara_causal(answer) -> str | None:
    for n in (1, 3, 6):
        got = np.asarray(answer(n))
        if got.shape != (n, n):
            return f"con {n} palabras debe tener {n} filas y {n} columnas; tiene {got.shape}."
        if not np.array_equal(got.astype(bool), np.tril(np.ones((n, n), dtype=bool))):
            return f"con {n} palabras sale {got.astype(int).tolist()}."
    return None


@exercise(
    hints=(
        "primero, una puntuación por palabra: el producto de la pregunta por cada clave.",
        "divide las puntuaciones por la raíz de cuántos números tiene la pregunta; luego softmax.",
        "p = np.exp(k @ q / np.sqrt(len(q))); p = p / p.sum(); devuelve p @ v.",
    ),
    proves="una cabeza es esto: parecidos, reparto y media. Lo demás es repetirlo.",
)
def atiende(answer) -> str | None:
    rng = np.random.default_rng(0)
    for n, d in ((1, 2), (4, 3), (6, 8)):
        q, k, v = rng.normal(size=d), rng.normal(size=(n, d)), rng.normal(size=(n, 2))
        scores = k @ q / math.sqrt(d)
        weights = np.exp(scores - scores.max())
        expected = weights @ v / weights.sum()
        got = np.asarray(answer(q.copy(), k.copy(), v.copy()), dtype=float)
        if got.shape != expected.shape:
            return f"el resultado es una sola media, de forma {expected.shape}; sale {got.shape}."
        if not np.allclose(got, expected, atol=1e-5):
            return f"con {n} palabras de {d} números se esperaba {expected.round(3)}; sale {got}."
    return None


@exercise(
    hints=(
        "en la fila i, la única puntuación alta es la de la columna i - 1.",
        "la primera palabra no tiene anterior: que se mire a sí misma.",
        "empieza con np.zeros((n, n)) y pon 50 en [i, max(i - 1, 0)].",
    ),
    proves="con puntuaciones que solo dependen de la posición, una cabeza copia la palabra "
    "anterior: sin posiciones no podría.",
)
def copia_anterior(answer) -> str | None:
    for n in (2, 5):
        scores = np.asarray(answer(n), dtype=float)
        if scores.shape != (n, n):
            return f"con {n} palabras hacen falta {n} × {n} puntuaciones; hay {scores.shape}."
        scores = np.where(np.tril(np.ones((n, n))) > 0, scores, -np.inf)
        weights = np.exp(scores - scores.max(1, keepdims=True))
        weights /= weights.sum(1, keepdims=True)
        for i in range(n):
            if weights[i, max(i - 1, 0)] < 0.99:
                got = weights[i].round(2).tolist()
                return f"la palabra {i} de {n} debería mirar a la anterior y reparte {got}."
    return None
