"""Los ejercicios de la lección 04: las tablas de test_checks_tables.py."""

import math

import numpy as np


def entropia(probs):
    return -sum(p * math.log2(p) for p in probs if p > 0)


def con_temperatura(logits, temperatura):
    escalados = np.array(logits) / temperatura
    exponenciales = np.exp(escalados - escalados.max())
    return exponenciales / exponenciales.sum()


def sortea(probs, u):
    suma = 0.0
    for i, p in enumerate(probs):
        suma += p
        if u < suma:
            return i
    return len(probs) - 1


def bits_con_olvido(modelo, ids, k):
    trozos = [ids[i : i + k] for i in range(0, len(ids) - 1, k)]
    bits = [modelo.token_bits(trozo) for trozo in trozos if len(trozo) > 1]
    return float(np.concatenate(bits).mean())


def media_de_medias(modelo, ids, k):
    """Error: un trozo corto pesa lo mismo que uno largo."""
    trozos = [ids[i : i + k] for i in range(0, len(ids), k)]
    return float(np.mean([modelo.token_bits(trozo).mean() for trozo in trozos if len(trozo) > 1]))


RIGHT = {
    "entropia": [entropia],
    "con_temperatura": [con_temperatura],
    "sortea": [sortea],
    "lecturas": [100],
    "perdida_inicial": [math.log(61)],
    "bits_con_olvido": [bits_con_olvido],
}
WRONG = {
    "entropia": [
        lambda p: -sum(x * math.log(x) for x in p if x > 0),  # en nats
        lambda p: sum(x * math.log2(x) for x in p if x > 0),  # sin el menos
        lambda p: -sum(x * math.log2(x) for x in p),  # tropieza con el 0
    ],
    "con_temperatura": [
        lambda z, t: con_temperatura(z, 1),  # no la usa
        lambda z, t: con_temperatura(np.array(z) * t, 1),  # multiplica
        lambda z, t: np.exp(np.array(z) / t) / np.exp(np.array(z) / t).sum(),
    ],
    "sortea": [
        lambda p, u: int(np.argmax(p)),  # no sortea
        lambda p, u: int(np.searchsorted(np.cumsum(p), u)),  # con u = 0 da lo imposible
    ],
    "lecturas": [99, 1],
    "perdida_inicial": [math.log2(61), 1 / 61],  # en bits, y la probabilidad
    "bits_con_olvido": [
        lambda m, ids, k: float(m.token_bits(ids).mean()),  # no olvida
        media_de_medias,
    ],
}
