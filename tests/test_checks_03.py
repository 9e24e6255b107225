"""Los ejercicios de la lección 03: la solución pasa, el hueco espera y lo equivocado no cuela."""

import math

import numpy as np

from llm_intro.face.exercises import check


def coseno_bueno(a, b):
    a, b = np.array(a), np.array(b)
    lengths = np.sqrt(a @ a) * np.sqrt(b @ b)
    return float(a @ b / lengths) if lengths > 0 else 0.0


def coseno_sin_ceros(a, b):
    """Error: divide entre cero."""
    return float(np.dot(a, b)) / math.sqrt(np.dot(a, a) * np.dot(b, b))


def ppmi_buena(juntas, una, otra, total):
    return max(0.0, math.log2(juntas * total / (una * otra))) if juntas else 0.0


def vecinas_buenas(palabra, palabras, matriz, k):
    order = np.argsort(-(matriz @ matriz[palabras.index(palabra)]))
    return [palabras[i] for i in order if palabras[i] != palabra][:k]


def vecinas_con_ella(palabra, palabras, matriz, k):
    """Error: la primera vecina es la propia palabra."""
    return [palabras[i] for i in np.argsort(-(matriz @ matriz[palabras.index(palabra)]))][:k]


def vecinas_al_reves(palabra, palabras, matriz, k):
    """Error: las menos parecidas."""
    order = np.argsort(matriz @ matriz[palabras.index(palabra)])
    return [palabras[i] for i in order if palabras[i] != palabra][:k]


def vecinas_de_menos(palabra, palabras, matriz, k):
    """Error: quita la propia palabra después de cortar, y falta una."""
    return [w for w in vecinas_con_ella(palabra, palabras, matriz, k) if w != palabra]


def parejas_buenas(palabras, ventana):
    spots = range(len(palabras))
    return [(palabras[i], palabras[j]) for i in spots for j in spots if 0 < abs(i - j) <= ventana]


def parejas_hacia_delante(palabras, ventana):
    """Error: solo por la derecha."""
    spots = range(len(palabras))
    return [(palabras[i], palabras[j]) for i in spots for j in spots if 0 < j - i <= ventana]


def parejas_consigo(palabras, ventana):
    """Error: cada palabra se acompaña a sí misma."""
    spots = range(len(palabras))
    return [(palabras[i], palabras[j]) for i in spots for j in spots if abs(i - j) <= ventana]


def parejas_distintas(palabras, ventana):
    """Error: compara palabras en vez de posiciones, y pierde «no, no»."""
    return [(a, b) for a, b in parejas_buenas(palabras, ventana) if a != b]


def parejas_cortas(palabras, ventana):
    """Error: range se deja el último."""
    return parejas_buenas(palabras, ventana - 1)


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
        coseno_sin_ceros,
    ],
    "ppmi_bits": [
        lambda j, a, b, n: max(0.0, math.log(j * n / (a * b))) if j else 0.0,
        lambda j, a, b, n: math.log2(j * n / (a * b)) if j else 0.0,
        lambda j, a, b, n: max(0.0, math.log2(j / (a * b))) if j else 0.0,
        lambda j, a, b, n: max(0.0, math.log2(j * n / (a * b))),
    ],
    "vecinas": [vecinas_con_ella, vecinas_al_reves, vecinas_de_menos],
    "parejas": [parejas_hacia_delante, parejas_consigo, parejas_distintas, parejas_cortas],
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
