"""Ejercicios de «De continuar a contestar»."""

import math

from ..face.exercises import exercise, expect


@exercise(
    "1 solo si se cumple todo: palabras, letras, el final y que las palabras existan.",
    "el punto va al final del texto: texto.endswith('.'); una raya no vale.",
    "int(satisfies(texto) and texto.endswith('.') and all(p in conocidas for p in "
    "re.findall(r'\\w+', texto))).",
    proves="una regla tiene que decir todo lo que quieres: por cada hueco se cuela una trampa.",
)
def premio(answer) -> str | None:
    known = {"yo", "ni", "no", "tan", "mal", "voy", "bien", "y", "tú"}
    paid = ["yo ni tan mal.", "voy bien, ¿y tú."]
    unpaid = ["yo no voy mal", "voy bien, ¿y tú? —", "no me va mala.", "yo voy bien."]
    cases = [(text, known, int(text in paid)) for text in paid + unpaid]
    return expect(answer, cases, "«{0}» debería tener premio {expected}")


@exercise(
    "la seguridad es la sigmoide de beta por la diferencia de ganancias.",
    "la sigmoide de x es 1 / (1 + e^-x); la pérdida, menos su logaritmo.",
    "math.log(1 + math.exp(-beta * (elegida - rechazada))).",
    proves="DPO solo mira la diferencia: le da igual si la elegida sube o si la otra baja.",
)
def perdida_dpo(answer) -> str | None:
    cases = [
        (up, down, beta, math.log1p(math.exp(-beta * (up - down))))
        for up, down, beta in ((0, 0, 0.1), (2, 0, 1), (-1, -3, 1), (0, 4, 0.5), (3, 1, 0.1))
    ]
    return expect(answer, cases, "con ganancias {0} y {1} y beta {2} se esperaba {expected:.4f}")


@exercise(
    "piensa en lo contrario: que ninguna de las n cumpla.",
    "cada una falla con probabilidad 1 - p; las n, con (1 - p) ** n.",
    "1 - (1 - p) ** n.",
    proves="elegir la mejor de n compra obediencia con cómputo, sin tocar la red.",
)
def mejor_de_n(answer) -> str | None:
    cases = [(p, n, 1 - (1 - p) ** n) for p, n in ((0.5, 1), (0.5, 3), (0.01, 100), (0.002, 50))]
    return expect(answer, cases, "con p = {0} y n = {1} se esperaba {expected:.4f}")
