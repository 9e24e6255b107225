"""Ejercicios de «Embeddings»."""

from collections import Counter
from fractions import Fraction

import numpy as np

from ..face.exercises import exercise, expect, shown

IN_LESSON = (
    {"rey", "hombre", "mujer", "reina"},
    {"rey", "señor", "señora", "reina"},
    {"rey", "duque", "duquesa", "reina"},
    {"sancho", "quijote", "caballero", "escudero"},
    {"buena", "bueno", "malo", "mala"},
)


@exercise(
    "multiplica número a número y suma; después quita el efecto de las longitudes.",
    "la longitud de una lista es la raíz de la suma de sus cuadrados; divide por las dos.",
    "si una longitud es 0 no se puede dividir: devuelve 0 antes de hacerlo.",
    proves="el coseno mira la dirección: alargar un vector no lo cambia.",
)
def coseno(answer) -> str | None:
    cases = {
        "dos flechas en ángulo recto deben dar 0": ([1, 0], [0, 1], 0.0),
        "una lista consigo misma debe dar 1": ([3, 4], [3, 4], 1.0),
        "alargar una lista no cambia su coseno: debe dar 1": ([1, 2], [10, 20], 1.0),
        "dos flechas opuestas deben dar −1": ([1, 0], [-2, 0], -1.0),
        "(3, 4) y (4, 3) deben dar 24/25 = 0,96": ([3, 4], [4, 3], 0.96),
        "con una lista de ceros debe dar 0": ([0, 0], [1, 1], 0.0),
    }
    return expect(answer, cases)


@exercise(
    "lo esperado por azar es una · otra / total; divide lo que hay por eso.",
    "en bits el logaritmo es el de base 2; lo negativo se cambia por 0.",
    "si juntas es 0, devuelve 0 sin calcular el logaritmo.",
    proves="un bit es ir juntas el doble de lo esperado; por debajo de lo esperado, 0.",
)
def ppmi_bits(answer) -> str | None:
    cases = {
        "juntas 4 veces, cuando por azar serían 2, es 1 bit": (4, 10, 20, 100, 1.0),
        "juntas 8 veces, cuando por azar serían 2, son 2 bits": (8, 10, 20, 100, 2.0),
        "juntas las mismas veces que por azar, son 0 bits": (2, 10, 20, 100, 0.0),
        "juntas menos que por azar, se deja en 0": (1, 10, 20, 100, 0.0),
        "si no se juntan nunca, se deja en 0": (0, 10, 20, 100, 0.0),
    }
    return expect(answer, cases)


@exercise(
    "matriz @ fila da de una vez el coseno de esa fila con todas.",
    "np.argsort ordena de menos a más: cambia el signo antes de ordenar.",
    "quita la palabra de la pregunta antes de quedarte con las k primeras.",
    proves="con filas de longitud 1, buscar vecinas es un producto y ordenar.",
)
def vecinas(answer) -> str | None:
    angles = np.radians([0, 60, 10, 180, 25])
    rows = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    words = ["rey", "yegua", "reina", "queso", "duque"]
    cases = [
        ("rey", words, rows, 2, ["reina", "duque"]),
        ("yegua", words, rows, 3, ["duque", "reina", "rey"]),
        ("queso", words, rows, 1, ["yegua"]),
        ("duque", words, rows, 4, ["reina", "rey", "yegua", "queso"]),
    ]
    return expect(answer, cases, "las {3} vecinas de «{0}» eran {expected}")


@exercise(
    "recorre las posiciones, no las palabras: una palabra puede repetirse.",
    "en los extremos no hay tanta compañía: max(0, i - ventana) y min(len(palabras), …).",
    "range(i - ventana, i + ventana + 1) incluye el propio i: sáltalo.",
    proves="de T palabras y ventana w salen unas 2·w·T parejas: por eso se entrena por lotes.",
)
def parejas(answer) -> str | None:
    for words, window in ((["a", "b", "c"], 1), (["a", "b", "c", "d"], 2), (["no", "no"], 3)):
        places = list(enumerate(words))
        expected = Counter((a, b) for i, a in places for j, b in places if 0 < abs(i - j) <= window)
        got = Counter(tuple(pair) for pair in answer(list(words), window))
        if got != expected:
            pair = next(iter((expected - got) + (got - expected)))
            times = f"{expected[pair]} veces y sale {got[pair]}"
            return f"con {words} y ventana {window}, la pareja {shown(pair)} debe salir {times}."
    return None


@exercise(
    "mira el puesto de tu respuesta con vectors.rank(respuesta, a, b, c).",
    "busca parejas que el libro use en los mismos sitios, como «duque» y «duquesa».",
    "prueba con títulos, con masculino y femenino, o con singular y plural.",
    proves="has buscado hasta encontrarla: quien enseña una analogía también ha buscado.",
)
def mi_analogia(answer) -> str | None:
    from . import load_vectors

    if not (isinstance(answer, tuple | list) and len(answer) == 4):
        return "se esperaban cuatro palabras: (a, b, c, respuesta)."
    a, b, c, target = answer
    if len({a, b, c, target}) < 4:
        return "las cuatro palabras deben ser distintas."
    if {a, b, c, target} in IN_LESSON:
        return "esa está en la lección, o es una de las suyas con otro orden."
    vectors = load_vectors()
    try:
        rank = vectors.rank(target, a, b, c)
    except ValueError as error:  # una palabra que no está
        return str(error)
    first = vectors.analogy(a, b, c, 1)[0][0]
    return None if rank == 1 else f"«{target}» sale en el puesto {rank}; la primera es «{first}»."


@exercise(
    "cuenta cuántos de los barajados son iguales o mayores que el de verdad.",
    "el de verdad también cuenta: suma 1 arriba y 1 abajo.",
    "es (1 + cuántos) / (1 + len(al_azar)).",
    proves="si barajando se llega a menudo a lo mismo, no hay nada que celebrar.",
)
def valor_p_de(answer) -> str | None:
    cases = [
        (5, [1, 2, 3], Fraction(1, 4)),
        (2, [1, 2, 3], Fraction(3, 4)),
        (0, [1, 2, 3], Fraction(1)),
        (9, [0] * 9, Fraction(1, 10)),
    ]
    return expect(answer, cases, "con {0} de verdad y {1} al barajar se esperaba {expected}")
