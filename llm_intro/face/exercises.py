"""Ejercicios que se corrigen solos y nunca detienen «Ejecutar todo».

`check(entropia)` busca el ejercicio por el nombre de tu función y responde *pendiente*
mientras no la escribas, una pista más cada vez que falle, o lo que has demostrado.
Cada lección guarda los suyos en su carpeta: `tokens/exercises.py`, por ejemplo.
"""

import html
import importlib
import math
import pkgutil
import reprlib
import signal
import threading
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib.util import find_spec
from types import FunctionType, GeneratorType, NoneType

import numpy as np

import llm_intro

LIMIT = 10.0  # segundos para una respuesta: ninguna buena llega a uno
AGAIN = 0.05  # segundos entre avisos, por si un «except:» se traga el primero
LONGEST = 300  # caracteres de lo que ha pasado: una respuesta enorme no llena la pantalla
LOOKS = {  # signo y color; con letra blanca encima, el contraste es de 6 a 1 o más
    "correcto": ("✓", "#00664B"),
    "pista": ("•", "#9A3B00"),
    "pendiente": ("…", "#595959"),
}
REMARKS = {  # según el tipo de lo que devolvió la función del alumno
    NoneType: "tu función no devuelve nada, ¿falta un return? ",
    str: "tu función devuelve un texto: ¿sobran unas comillas? ",
    GeneratorType: "tu función devuelve un generador: ¿y si lo metes en list(…)? ",
}
HOW = (
    "pasa una sola cosa: la función sin paréntesis ni datos, check(f), o un valor con nombre, "
    "check(nombre=valor)."
)
ORDINARY = (Exception, SystemExit, GeneratorExit)  # lo que puede dar el código del alumno


@dataclass(frozen=True)
class Exercise:
    """Un ejercicio: cómo se comprueba, tres pistas de menos a más y lo que demuestra."""

    test: Callable
    hints: tuple[str, ...]
    proves: str


@dataclass(frozen=True)
class Verdict:
    """La respuesta de `check`: `state` es "pendiente", "pista" o "correcto"."""

    state: str
    text: str

    def __repr__(self) -> str:
        return f"{self.state} · {self.text}"

    def _repr_html_(self) -> str:
        sign, color = LOOKS[self.state]
        return (
            f'<p role="status" style="border-left:.3em solid {color};padding:.2em .6em">'
            f'<b style="background:{color};color:#FFFFFF;padding:.1em .5em;border-radius:.3em">'
            f"{sign} {self.state}</b> {html.escape(self.text)}</p>"
        )


EXERCISES: dict[str, Exercise] = {}
_failures: dict[str, int] = {}  # cuántas veces ha fallado cada uno, para dar la pista siguiente


def exercise(*hints: str, proves: str) -> Callable:
    """Registra la función que corrige el ejercicio de su mismo nombre, con sus tres pistas.

    La función recibe la respuesta y devuelve None si es correcta o, si no, qué ha pasado.
    """

    def register(test: Callable) -> Callable:
        EXERCISES[test.__name__] = Exercise(test, hints, proves)
        return test

    return register


def expect(answer, cases, say: str = "", tolerance: float = 1e-6) -> str | None:
    """Llama a `answer` con cada caso, (*datos, resultado); cuenta el primero que no sale.

    Args:
        cases: los casos o, si cada uno lleva su frase, {frase: caso}.
        say: la frase común, con {0}, {1}… por los datos y {expected} por el resultado.
        tolerance: lo que se puede apartar un número con decimales.
    """
    rows = cases.items() if isinstance(cases, dict) else ((say, case) for case in cases)
    for text, (*data, expected) in rows:
        got = answer(*deepcopy(data))
        if not _same(got, expected, tolerance):
            wanted = expected.round(3) if isinstance(expected, np.ndarray) else expected
            return f"{text.format(*data, expected=wanted)}; sale {shown(got)}."
    return None


def _same(got, expected, tolerance: float) -> bool:
    if isinstance(expected, float | Fraction):
        return math.isclose(got, expected, rel_tol=tolerance, abs_tol=tolerance)
    if isinstance(expected, np.ndarray):
        got = np.asarray(got, dtype=float)
        return got.shape == expected.shape and np.allclose(got, expected, atol=tolerance)
    return bool((list(got) if isinstance(expected, list) else got) == expected)


def check(*answers, **named) -> Verdict:
    """Corrige una función, `check(entropia)`, o un valor, `check(prediccion=2.1)`.

    Nunca lanza un error: si tu código lo da, el veredicto lo cuenta.
    """
    if len(answers) + len(named) != 1 or not all(map(callable, answers)):
        return Verdict("pista", HOW)
    name, answer = next(iter(named.items() or ((_name_of(*answers), *answers),)))
    _load_rooms()
    if name not in EXERCISES:
        return Verdict("pista", f"no hay ningún ejercicio «{name}»: ¿le has cambiado el nombre?")
    if _is_pending(answer):
        return Verdict("pendiente", "escribe tu respuesta y vuelve a ejecutar la celda.")
    problem = _problem(EXERCISES[name], answer)
    if problem is None:
        _failures.pop(name, None)
        return Verdict("correcto", EXERCISES[name].proves)
    stage = _failures[name] = min(_failures.get(name, 0) + 1, 3)
    problem = problem if len(problem) <= LONGEST else problem[:LONGEST] + "…"
    problem = problem.encode(errors="backslashreplace").decode()  # medio emoji no es UTF-8
    return Verdict("pista", f"{problem} Pista {stage} de 3: {EXERCISES[name].hints[stage - 1]}")


def _name_of(answer) -> str:
    return shown(answer, lambda function: f"{function.__name__}")


@cache
def _load_rooms() -> None:
    for found in pkgutil.iter_modules(llm_intro.__path__, "llm_intro."):
        if found.ispkg and find_spec(f"{found.name}.exercises"):
            importlib.import_module(f"{found.name}.exercises")


def _empty(): ...


def _documented():
    """Igual de vacía; su None es la segunda constante, y cambia el código."""


_BLANK = {function.__code__.co_code for function in (_empty, _documented)}


def _is_pending(answer) -> bool:
    """Si es «...», None o una función que todavía no hace nada."""
    if type(answer) is not FunctionType or answer.__code__.co_code not in _BLANK:
        return answer is None or answer is ...
    return {*answer.__code__.co_consts} <= {None, ..., answer.__doc__}


def _problem(item: Exercise, answer) -> str | None:
    """Lo que dice la corrección, o qué ha pasado si no se ha podido corregir."""
    outputs, calls = [], []

    def observed(*args, **kwargs):
        calls.append(args)
        outputs.append(answer(*args, **kwargs))
        return outputs[-1]

    try:
        problem = _in_time(LIMIT, item.test, observed if callable(answer) else answer)
    except _TooSlow:
        return f"lleva más de {LIMIT:g} segundos: ¿puede que tu bucle no acabe?"
    except KeyboardInterrupt:
        return "la has parado: mira si hay un bucle que no acaba."
    except ORDINARY as error:
        if len(calls) > len(outputs):
            return f"tu función da un error, {type(error).__name__}: {shown(error, str)}."
        problem = f"llega {shown((outputs or [answer])[-1])}, que no es lo que se esperaba."
    return problem and REMARKS.get(type((outputs or [0])[-1]), "") + problem


_short = reprlib.Repr()
_short.maxlist = _short.maxtuple = _short.maxset = _short.maxdict = 12
_short.maxother = _short.maxstring = _short.maxlong = 80


def shown(value, write: Callable = _short.repr) -> str:
    """`value` por escrito y en corto, también si es enorme o no se deja escribir."""
    try:
        return write(value)
    except ORDINARY:
        return f"algo de tipo {type(value).__name__} que no se deja escribir"


class _TooSlow(BaseException):
    """Se acabó el tiempo. No es Exception: un «except Exception» del alumno no la para."""


def _in_time(seconds: float, test: Callable, answer) -> str | None:
    """`test(answer)`, o `_TooSlow` si no acaba a tiempo.

    El aviso es una señal: solo llega al hilo principal, no existe en Windows y espera a que
    acabe una operación escrita en C. Sin ella no hay límite; queda «Interrumpir el núcleo».
    Si ya corre el reloj de otro, no se toca.
    """

    def ring(_, frame):
        if frame.f_code is not _in_time.__code__:  # lo de abajo, que recoge, se deja acabar
            raise _TooSlow

    main = threading.current_thread() is threading.main_thread()
    known = hasattr(signal, "setitimer") and signal.getsignal(signal.SIGALRM) is not None
    if not (main and known) or any(signal.getitimer(signal.ITIMER_REAL)):
        return test(answer)
    before = signal.signal(signal.SIGALRM, ring)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
        return test(answer)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
