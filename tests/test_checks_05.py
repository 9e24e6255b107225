"""Los ejercicios de la lección 05: las tablas de test_checks_tables.py."""

import numpy as np


def attend(q, k, v, scale=True, normal=True):
    p = np.exp(k @ q / (np.sqrt(len(q)) if scale else 1))
    return (p / p.sum() if normal else p) @ v


def lists(asks, shows, strength=8.0):
    """Ceros, salvo la columna por la que se pregunta y la que se enseña."""
    return [strength * (i == asks) for i in range(6)], [float(i == shows) for i in range(6)]


RIGHT = {
    "pregunta_y_clave": [lambda: lists(4, 3), lambda: np.array(lists(4, 3, 50.0))],
    "atiende": [attend],
    "mascara_causal": [lambda n: [[j <= i for j in range(n)] for i in range(n)]],
}
WRONG = {
    "pregunta_y_clave": [
        lambda: lists(3, 4),  # al revés: pregunta la avería
        lambda: lists(4, 3, 1.0),  # demasiado blanda
        lambda: lists(4, 4),  # la acción se mira a sí misma
        lambda: [0, 0, 0, 0, 8, 0],  # falta la clave
    ],
    "atiende": [
        lambda q, k, v: attend(q, k, v, scale=False),
        lambda q, k, v: attend(q, k, v, normal=False),
        lambda q, k, v: k @ q / np.sqrt(len(q)),
    ],
    "mascara_causal": [
        lambda n: [[j < i for j in range(n)] for i in range(n)],  # no se mira a sí misma
        lambda n: [[j >= i for j in range(n)] for i in range(n)],  # mira al futuro
        lambda n: [True] * n,
    ],
}  # fmt: skip
