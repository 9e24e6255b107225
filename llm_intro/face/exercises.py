"""Ejercicios que se corrigen solos y nunca detienen «Ejecutar todo».

`check(entropia)` busca el ejercicio por el nombre de tu función y responde *pendiente*
mientras no la escribas, una pista más cada vez que falle, o lo que has demostrado.
Cada lección guarda los suyos en su carpeta: `tokens/exercises.py`, por ejemplo.
"""

import dis
import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from importlib.util import find_spec
from types import NoneType

import llm_intro

IDLE = {"RESUME", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE", "NOP"}  # lo que hace un «...»


@dataclass(frozen=True)
class Exercise:
    """Un ejercicio: cómo se comprueba, tres pistas de menos a más y lo que demuestra."""

    test: Callable
    hints: tuple[str, str, str]
    proves: str


@dataclass(frozen=True)
class Verdict:
    """La respuesta de `check`: `state` es "pendiente", "pista" o "correcto"."""

    state: str
    text: str

    def __repr__(self) -> str:
        return f"{self.state} · {self.text}"


LONGEST = 300  # caracteres de lo que ha pasado: una respuesta enorme no llena la pantalla
REMARKS = {  # según el tipo de lo que devolvió la función del alumno
    NoneType: "tu función no devuelve nada, ¿falta un return? ",
    str: "tu función devuelve un texto: ¿sobran unas comillas? ",
}
EXERCISES: dict[str, Exercise] = {}
_failures: dict[str, int] = {}  # cuántas veces ha fallado cada uno, para dar la pista siguiente


def exercise(hints: tuple[str, str, str], proves: str) -> Callable:
    """Registra la función que corrige el ejercicio de su mismo nombre.

    La función recibe la respuesta y devuelve None si es correcta o, si no, qué ha pasado.
    """

    def register(test: Callable) -> Callable:
        EXERCISES[test.__name__] = Exercise(test, hints, proves)
        return test

    return register


def check(answer=None, **named) -> Verdict:
    """Corrige una función, `check(entropia)`, o un valor, `check(prediccion=2.1)`.

    Nunca lanza un error: si tu código lo da, el veredicto lo cuenta.
    """
    if not named and not callable(answer):
        return Verdict("pista", "pasa la función sin paréntesis, check(f), o un valor con nombre.")
    name, answer = next(iter(named.items())) if named else (_name_of(answer), answer)
    _load_rooms()
    if name not in EXERCISES:
        return Verdict("pista", f"no hay ningún ejercicio «{name}»: ¿le has cambiado el nombre?")
    if _is_pending(answer):
        return Verdict("pendiente", "escribe tu respuesta y vuelve a ejecutar la celda.")
    problem = _problem(EXERCISES[name], answer)
    if problem is None:
        _failures.pop(name, None)
        return Verdict("correcto", EXERCISES[name].proves)
    tries = _failures[name] = _failures.get(name, 0) + 1
    stage = min(tries, 3)
    problem = problem if len(problem) <= LONGEST else problem[:LONGEST] + "…"
    return Verdict("pista", f"{problem} Pista {stage} de 3: {EXERCISES[name].hints[stage - 1]}")


def _name_of(answer) -> str:
    return getattr(answer, "__name__", type(answer).__name__)


def _load_rooms() -> None:
    for found in pkgutil.iter_modules(llm_intro.__path__, "llm_intro."):
        if found.ispkg and find_spec(f"{found.name}.exercises"):
            importlib.import_module(f"{found.name}.exercises")


def _is_pending(answer) -> bool:
    """Si es «...», None o una función que todavía no hace nada."""
    if answer is None or answer is ...:
        return True
    code = getattr(answer, "__code__", None)
    steps = list(dis.get_instructions(code)) if code else []
    returns = (step.argval for step in steps if "CONST" in step.opname)
    return bool(steps) and {step.opname for step in steps} <= IDLE and {*returns} <= {None, ...}


def _problem(item: Exercise, answer) -> str | None:
    """Lo que dice la corrección, o qué ha pasado si no se ha podido corregir."""
    outputs, calls = [], []

    @wraps(answer)
    def observed(*args, **kwargs):
        calls.append(args)
        outputs.append(answer(*args, **kwargs))
        return outputs[-1]

    try:
        problem = item.test(observed if callable(answer) else answer)
        return problem and REMARKS.get(type((outputs or [0])[-1]), "") + problem
    except KeyboardInterrupt:
        return "la has parado: mira si hay un bucle que no acaba."
    except Exception as error:  # el código del alumno puede fallar de cualquier manera
        if len(calls) > len(outputs):
            return f"tu función da un error, {type(error).__name__}: {error}."
        remark = REMARKS.get(type((outputs or [0])[-1]), "")
        return f"{remark}llega {(outputs or [answer])[-1]!r:.60}, que no es lo que se esperaba."
