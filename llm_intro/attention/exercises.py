"""Ejercicios de «Atención»."""

import math

import numpy as np

from ..face.exercises import exercise, expect


@exercise(
    "quien pregunta es la acción, y lo que busca está en la columna de la avería.",
    "pon un número grande en la quinta de la pregunta y un 1 en la cuarta de la clave.",
    "return [0, 0, 0, 0, 8, 0], [0, 0, 0, 1, 0, 0].",
    proves="una cabeza pregunta lo que dicen sus dos listas; en una red, se aprenden.",
)
def pregunta_y_clave(answer) -> str | None:
    w_q, w_k = np.asarray(answer(), dtype=float)  # la palabra i solo tiene un 1 en la columna i
    weights = np.exp(w_q[4] * (w_k - w_k.max()))
    share = float(weights[3] / weights.sum())
    return None if share > 0.9 else f"la acción pone {share:.2f} de su interés en la avería."


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
    "la palabra i puede mirar a la j si j ya se ha leído.",
    "ya se ha leído quiere decir que j es menor o igual que i: ella también se mira.",
    "[[j <= i for j in range(n)] for i in range(n)].",
    proves="la máscara causal es un triángulo: con n palabras hay n(n+1)/2 miradas permitidas.",
)
def mascara_causal(answer) -> str | None:
    cases = [(n, np.tril(np.ones((n, n)))) for n in (1, 3, 6)]
    return expect(answer, cases, "con {0} palabras hacen falta {0} filas de {0}: {expected}")
