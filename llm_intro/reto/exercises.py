"""Ejercicios de «Perplexity, o por qué no sabe contar letras»."""

import unicodedata
from itertools import product
from math import comb

from ..face.exercises import exercise, expect


@exercise(
    "no basta con quitar los espacios: los signos tampoco son letras.",
    "str.isalpha() dice si un carácter es una letra, con tilde o sin ella.",
    "si miras en una lista de letras, pasa antes el texto por unicodedata.normalize('NFC').",
    proves="contar letras es mirar dentro del texto carácter a carácter: una línea.",
)
def cuenta_letras(answer) -> str | None:
    cases = [
        ("Yo no voy mal.", 10),
        ("¡Muy bien! ¿Y tú?", 10),
        ("", 0),
        ("— 3,5 —", 0),
        ("piñón", 5),
    ]
    loose = [(unicodedata.normalize("NFD", "piñón"), 5)]
    return expect(answer, cases, "«{0}» tiene {expected} letras") or expect(
        answer, loose, "«{0}», con las tildes sueltas, tiene {expected} letras"
    )


@exercise(
    "busca la probabilidad de lo contrario: que fallen todos los intentos.",
    "n intentos fallan todos con probabilidad (1 - p) ** n; despeja n con logaritmos.",
    "redondea hacia arriba: math.ceil(math.log(1 - seguridad) / math.log(1 - p)).",
    proves="generar y tirar funciona, pero con una de cada mil hacen falta miles de intentos.",
)
def intentos(answer) -> str | None:
    cases = [(0.5, 0.9, 4), (0.001, 0.95, 2995), (0.25, 0.5, 3)]
    return expect(answer, cases, "con p = {0} y seguridad {1} hacen falta {expected} intentos")


@exercise(
    "empieza por lo pequeño: 1 palabra se hace de una sola manera, con todas las letras.",
    "elige cuántas letras tiene la primera palabra y suma las maneras de hacer el resto.",
    "la primera tiene de 1 a letras - (palabras - 1): deja una para cada una de las demás.",
    proves="es programación dinámica: el mismo truco que da la probabilidad exacta del n-grama.",
)
def formas(answer) -> str | None:
    sizes = (1, 10), (2, 3), (4, 10), (3, 2), (5, 5), (6, 14)
    cases = [(words, letters, comb(letters - 1, words - 1)) for words, letters in sizes]
    return expect(answer, cases, "{1} letras en {0} palabras: se esperaba {expected}")


@exercise(
    "cada palabra por empezar necesita una letra por lo menos.",
    "si ya no queda ninguna palabra por empezar, ¿dónde caben las letras que faltan?",
    "hacen falta dos cosas: letras >= palabras, y (palabras > 0 o letras == 0 o dentro).",
    proves="con una comparación se sabe si aún se puede acabar justo: no hay que probar nada.",
)
def se_puede(answer) -> str | None:
    cases = [
        (words, letters, inside, letters >= words and (words > 0 or letters == 0 or inside))
        for words, letters, inside in product(range(4), range(5), (False, True))
    ]
    say = "si faltan {0} palabras y {1} letras, y estar dentro es {2}, se esperaba {expected}"
    return expect(answer, cases, say)


@exercise(
    "pasa primero la perplejidad a bits por pieza, con log2.",
    "todas las piezas juntas pagan bits por pieza × piezas; ese total no depende del corte.",
    "es math.log2(perplejidad) * piezas / caracteres.",
    proves="los bits totales son los mismos se corte como se corte: por eso se compara con ellos.",
)
def a_bits_car(answer) -> str | None:
    cases = [(4, 100, 100, 2.0), (64, 50, 100, 3.0), (1, 7, 9, 0.0)]
    say = "con perplejidad {0}, {1} piezas y {2} caracteres se esperaba {expected:g}"
    return expect(answer, cases, say)
