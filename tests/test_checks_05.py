"""Los ejercicios de la lección 05: las tablas de test_checks_tables.py."""

import numpy as np


def attend(q, k, v, scale=True, normal=True):
    p = np.exp(k @ q / (np.sqrt(len(q)) if scale else 1))
    return (p / p.sum() if normal else p) @ v


def previous(n, shift=1, strength=50.0):
    scores = np.zeros((n, n))
    for i in range(n):
        scores[i, max(i - shift, 0)] = strength
    return scores


RIGHT = {
    "atiende": [attend],
    "copia_anterior": [previous],
    "mascara_causal": [lambda n: [[j <= i for j in range(n)] for i in range(n)]],
}
WRONG = {
    "atiende": [
        lambda q, k, v: attend(q, k, v, scale=False),
        lambda q, k, v: attend(q, k, v, normal=False),
        lambda q, k, v: k @ q / np.sqrt(len(q)),
    ],
    "copia_anterior": [
        lambda n: previous(n, shift=0),
        lambda n: previous(n, strength=1.0),  # demasiado blanda
        lambda n: previous(n + 1),
    ],
    "mascara_causal": [
        lambda n: [[j < i for j in range(n)] for i in range(n)],  # no se mira a sí misma
        lambda n: [[j >= i for j in range(n)] for i in range(n)],  # mira al futuro
        lambda n: [True] * n,
    ],
}  # fmt: skip
