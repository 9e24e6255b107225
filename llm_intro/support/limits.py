"""Comprobar ajustes: el error dice cuál es, cuánto valía y qué se esperaba."""

import math
from dataclasses import field, fields
from operator import index

POSITIVE = "un número finito mayor que 0", lambda value: 0 < value < math.inf
NOT_NEGATIVE = "un número finito, 0 o más", lambda value: 0 <= value < math.inf
PART = "un número mayor que 0 y hasta 1", lambda value: 0 < value <= 1
SHARE = "un número entre 0 y 1", lambda value: 0 <= value <= 1
FRACTION = "un número entre 0 (incluido) y 1 (sin llegar)", lambda value: 0 <= value < 1
PAIR = (
    "dos números entre 0 (incluido) y 1 (sin llegar)",
    lambda values: [0 <= value < 1 for value in values] == [True, True],
)


def whole(least: int):
    """La regla de los enteros de `least` o más."""
    return f"un entero de {least} o más", lambda value: index(value) >= least


def one_of(*options: str):
    """La regla de lo que se elige de una lista."""
    return " o ".join(map(repr, options)), options.__contains__


def check(rule, **settings) -> None:
    """ValueError si un ajuste no cumple la regla: (qué se espera, cómo se comprueba)."""
    expected, good = rule
    for name, value in settings.items():
        try:
            fine = good(value)
        except Exception:  # ni siquiera es un número, o no se deja comparar
            fine = False
        if not fine:
            raise ValueError(f"{name}={value!r}: debe ser {expected}.")


def setting(default, rule):
    """Un campo de una receta, con su regla; None vale solo si es lo que trae."""
    return field(default=default, metadata={"rule": rule})


def check_settings(recipe) -> None:
    """ValueError si un campo de `recipe` no cumple su regla."""
    for each in fields(recipe):
        value = getattr(recipe, each.name)
        if each.metadata and not (value is None is each.default):
            check(each.metadata["rule"], **{each.name: value})
