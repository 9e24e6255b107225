"""Los ejercicios de la lección 03: la solución pasa, el hueco espera y lo equivocado no cuela."""

import math

import numpy as np

from llm_intro.face.exercises import check


def coseno_bueno(a, b):
    a, b = np.array(a), np.array(b)
    lengths = np.sqrt(a @ a) * np.sqrt(b @ b)
    return float(a @ b / lengths) if lengths > 0 else 0.0


def ppmi_buena(juntas, una, otra, total):
    return max(0.0, math.log2(juntas * total / (una * otra))) if juntas else 0.0


def ordenadas(palabra, palabras, matriz, signo=-1):
    return [palabras[i] for i in np.argsort(signo * matriz @ matriz[palabras.index(palabra)])]


def vecinas_buenas(palabra, palabras, matriz, k, signo=-1):
    return [w for w in ordenadas(palabra, palabras, matriz, signo) if w != palabra][:k]


def parejas_buenas(palabras, ventana, desde=1):
    """Las que están a distancia entre `desde` y `ventana`, por los dos lados."""
    spots = range(len(palabras))
    return [
        (palabras[i], palabras[j]) for i in spots for j in spots if desde <= abs(i - j) <= ventana
    ]


def p_bueno(observado, al_azar):
    return (1 + sum(x >= observado for x in al_azar)) / (1 + len(al_azar))


RIGHT = {
    "coseno": [coseno_bueno],
    "ppmi_bits": [ppmi_buena],
    "vecinas": [vecinas_buenas],
    "parejas": [parejas_buenas, lambda p, v: parejas_buenas(p, v)[::-1]],
    "mi_analogia": [("condesa", "conde", "duque", "duquesa")],
    "valor_p_de": [p_bueno],
}
WRONG = {
    "coseno": [
        lambda a, b: float(np.dot(a, b)),
        lambda a, b: float(np.dot(a, b) / max(np.dot(a, a), 1e-9)),
        lambda a, b: float(np.linalg.norm(np.subtract(a, b))),
        lambda a, b: abs(coseno_bueno(a, b)),
        lambda a, b: float(np.dot(a, b)) / math.sqrt(np.dot(a, a) * np.dot(b, b)),  # entre cero
    ],
    "ppmi_bits": [
        lambda j, a, b, n: max(0.0, math.log(j * n / (a * b))) if j else 0.0,
        lambda j, a, b, n: math.log2(j * n / (a * b)) if j else 0.0,
        lambda j, a, b, n: max(0.0, math.log2(j / (a * b))) if j else 0.0,
        lambda j, a, b, n: max(0.0, math.log2(j * n / (a * b))),
    ],
    "vecinas": [
        lambda w, ws, m, k: ordenadas(w, ws, m)[:k],  # la primera es la propia palabra
        lambda w, ws, m, k: vecinas_buenas(w, ws, m, k, signo=1),  # las menos parecidas
        lambda w, ws, m, k: [v for v in ordenadas(w, ws, m)[:k] if v != w],  # falta una
    ],
    "parejas": [
        lambda ws, v: [
            (a, b) for i, a in enumerate(ws) for b in ws[i + 1 : i + 1 + v]
        ],  # a un lado
        lambda ws, v: parejas_buenas(ws, v, desde=0),  # cada una consigo
        lambda ws, v: [(a, b) for a, b in parejas_buenas(ws, v) if a != b],  # pierde «no, no»
        lambda ws, v: parejas_buenas(ws, v - 1),  # range se deja el último
    ],
    "mi_analogia": [
        ("rey", "hombre", "mujer", "reina"),
        ("duquesa", "duque", "rey", "reina"),  # la de la lección en otro orden
        ("duquesa", "duque", "rey", "duque"),  # la respuesta está en la pregunta
        ("caballero", "lanza", "queso", "ínsula"),
        ("rey", "padre", "madre", "televisor"),  # no está en el libro
        ("rey", "señor", "señora"),
    ],
    "valor_p_de": [
        lambda o, xs: sum(x >= o for x in xs) / len(xs),
        lambda o, xs: (1 + sum(x > o for x in xs)) / (1 + len(xs)),
        lambda o, xs: (1 + sum(x <= o for x in xs)) / (1 + len(xs)),
        lambda o, xs: (1 + sum(x >= o for x in xs)) / len(xs),
    ],
}


def test_a_failed_analogy_says_who_came_first():
    """Así se aprende algo de cada intento."""
    assert "la primera es «" in check(mi_analogia=("caballero", "lanza", "queso", "pan")).text
