"""Ejercicios de «Atención y desguace»."""

import math

import numpy as np

from ..face.exercises import exercise, expect


@exercise(
    "primero, una puntuación por palabra: el producto de la pregunta por cada clave.",
    "divide las puntuaciones por la raíz de cuántos números tiene la pregunta; luego softmax.",
    "p = np.exp(k @ q / np.sqrt(len(q))); p = p / p.sum(); devuelve p @ v.",
    proves="una cabeza es esto: parecidos, reparto y media. Lo demás es repetirlo.",
)
def atiende(answer) -> str | None:
    rng, cases = np.random.default_rng(0), []
    for n, d in ((1, 2), (4, 3), (6, 8)):
        q, k, v = rng.normal(size=d), rng.normal(size=(n, d)), rng.normal(size=(n, 2))
        weights = np.exp(k @ q / math.sqrt(d))
        cases.append((q, k, v, weights @ v / weights.sum()))
    return expect(answer, cases, "con claves {1.shape} se esperaba la media {expected}", 1e-5)


@exercise(
    "en la fila i, la única puntuación alta es la de la columna i - 1.",
    "la primera palabra no tiene anterior: que se mire a sí misma.",
    "empieza con np.zeros((n, n)) y pon 50 en [i, max(i - 1, 0)].",
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
            if not weights[i, max(i - 1, 0)] >= 0.99:  # así tampoco cuela un NaN
                got = weights[i].round(2).tolist()
                return f"la palabra {i} de {n} debería mirar a la anterior y reparte {got}."
    return None


@exercise(
    "la palabra i puede mirar a la j si j ya se ha leído.",
    "ya se ha leído quiere decir que j es menor o igual que i: ella también se mira.",
    "[[j <= i for j in range(n)] for i in range(n)].",
    proves="la máscara causal es un triángulo: con n palabras hay n(n+1)/2 miradas permitidas.",
)
def mascara_causal(answer) -> str | None:
    cases = [(n, np.tril(np.ones((n, n)))) for n in (1, 3, 6)]
    return expect(answer, cases, "con {0} palabras hacen falta {0} filas de {0}: {expected}")
