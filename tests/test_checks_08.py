"""Los ejercicios de la lección 08: las tablas de test_checks_tables.py."""

import math
import re

from llm_intro import count_letters, satisfies


def premio(text, known):
    words = re.findall(r"\w+", text)
    return int(satisfies(text) and text.endswith(".") and all(word in known for word in words))


RIGHT = {
    "premio": [premio],
    "perdida_dpo": [
        lambda up, down, beta: math.log(1 + math.exp(-beta * (up - down))),
        lambda up, down, beta: -math.log(1 / (1 + math.exp(-beta * (up - down)))),
    ],
    "mejor_de_n": [lambda p, n: 1 - (1 - p) ** n],
}
WRONG = {
    "premio": [
        lambda text, known: int(satisfies(text)),  # vale acabar en raya, o no acabar
        lambda text, known: int(satisfies(text) and text[-1] in ".—"),
        lambda text, known: int(satisfies(text) and text.endswith(".")),  # palabras inventadas
        lambda text, known: int(count_letters(text) == 10 and text.endswith(".")),
    ],
    "perdida_dpo": [
        lambda up, down, beta: 1 / (1 + math.exp(-beta * (up - down))),  # la seguridad
        lambda up, down, beta: math.log(1 + math.exp(-beta * (down - up))),  # al revés
        lambda up, down, beta: math.log(1 + math.exp(-(up - down))),  # sin beta
    ],
    "mejor_de_n": [
        lambda p, n: min(1, p * n),  # suma las probabilidades
        lambda p, n: p**n,  # que cumplan todas
        lambda p, n: (1 - p) ** n,  # que no cumpla ninguna
    ],
}
