"""La puerta de `check`: entre lo que entre, sale un veredicto, y «Ejecutar todo» sigue."""

import functools
import re
import signal
import sys
import threading
import time
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from llm_intro.face import exercises as checks
from llm_intro.face.exercises import check

PACKAGE = Path(checks.__file__).parents[1]
STATES = {"pendiente", "pista", "correcto"}


def returns(value):
    return lambda *given: value


def throws(error):
    def function(*given):
        raise error

    return function


class Sour:
    """Un objeto con el que no se puede hacer nada."""

    def fail(self, *_):
        raise RuntimeError("agrio")

    __repr__ = __str__ = __eq__ = __hash__ = __len__ = __iter__ = __float__ = __call__ = fail

    def __getattr__(self, name):
        raise RuntimeError(name)


CLUMSY = [
    (lambda probs: probs["a"], "tu función da un error, TypeError"),
    (print, "¿falta un return?"),
    (throws(KeyboardInterrupt), "un bucle que no acaba"),
    (
        throws(type("SourError", (Exception,), {"__str__": Sour.fail})),
        "SourError: algo de tipo SourError que no se deja escribir",
    ),
    (lambda probs: "1.0", "devuelve un texto"),
    (lambda probs: [1.0], "llega [1.0], que no es lo que se esperaba"),
    (lambda probs: (), "llega (), que no es lo que se esperaba"),
    (lambda: 1.0, "tu función da un error, TypeError"),
    (lambda probs: 1 / 0, "ZeroDivisionError"),
    (lambda probs: sys.exit(), "SystemExit"),
    (lambda probs: Sour(), "llega <Sour"),
    (lambda probs: (p for p in probs), "un generador"),
    (lambda probs: 10**10_000, "llega algo de tipo int que no se deja escribir"),
    (lambda probs: b"\xed\xa0\x80".decode(errors="surrogatepass") + "x", "ud800x"),
    ([0.5, 0.5], "llega [0.5, 0.5]"),
    (dict, "tu función da un error"),
    (Sour(), "tu función da un error, RuntimeError: agrio"),
    (functools.partial(pow, 2.0), "tu función da un error"),
]


@pytest.mark.parametrize("answer, expected", CLUMSY, ids=map(str, range(len(CLUMSY))))
def test_a_clumsy_answer_is_told_what_happened_in_spanish(answer, expected):
    """El fallo del alumno se distingue de lo que no se puede corregir, y nada se detiene."""
    verdict = check(entropia=answer)
    assert verdict.state == "pista" and expected in verdict.text
    verdict._repr_html_().encode()


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ((100,), {}),  # no se sabe de qué ejercicio es
        ((sum, [0.5, 0.5]), {}),
        ((sum,), {"probs": [0.5, 0.5]}),
        ((), {"entropia": sum, "sortea": sum}),
        ((), {}),
    ],
)
def test_a_call_that_is_not_understood_is_explained(given, named):
    """Ni datos de más, ni dos respuestas, ni ninguna: se dice cómo se llama."""
    assert "sin paréntesis" in check(*given, **named).text


@pytest.mark.parametrize(
    "answer", [lambda probs: 1, functools.partial(max, 3), Sour(), dict], ids="abcd"
)
def test_a_name_nobody_knows_is_told(answer):
    """Si el alumno cambia el nombre, o pasa lo que no lo tiene, se le dice."""
    assert "nombre" in check(answer).text
    assert "nombre" in check(entropias=answer).text


def test_hints_come_one_by_one():
    """Cada fallo da la pista siguiente; la tercera se repite, y acertar empieza de nuevo."""
    stages = [check(lecturas=1).text for _ in range(4)]
    assert all(f"Pista {n} de 3" in text for n, text in zip((1, 2, 3, 3), stages, strict=True))
    check(lecturas=100)
    assert "Pista 1 de 3" in check(lecturas=1).text


def test_a_constant_answer_is_not_pending():
    """«return 0», o devolver lo que llega, es una respuesta, aunque mala; «return None», no."""
    answers = (lambda probs, u: 0), (lambda probs, u: u), (lambda probs, u: "texto")
    assert {check(sortea=answer).state for answer in answers} == {"pista"}
    assert check(sortea=lambda probs, u: None).state == "pendiente"


def test_a_huge_answer_does_not_fill_the_screen():
    """De una lista de cien mil números se enseña el principio."""
    assert len(check(sortea=lambda probs, u: list(range(100_000))).text) < 700


def test_two_lessons_do_not_share_the_name_of_an_exercise():
    """Se registran por su nombre: uno repetido corregiría a escondidas el del otro."""
    rooms = [path.read_text("utf-8") for path in PACKAGE.glob("*/exercises.py")]
    names = re.findall(r"^\)\ndef (\w+)", "\n".join(rooms), re.M)
    assert len(names) == len(set(names)) == len(checks.EXERCISES)


# El tiempo


@pytest.fixture
def hurry(monkeypatch):
    """El límite, en dos décimas: nadie espera diez segundos a una prueba."""
    if not hasattr(signal, "setitimer"):
        pytest.skip("Windows no tiene este reloj")
    monkeypatch.setattr(checks, "LIMIT", 0.2)


def forgotten_increment(probs):
    n = 0
    while n < len(probs):
        pass


def deaf_loop(probs):
    """Se traga los errores, como quien no los entiende."""
    while True:
        try:  # noqa: SIM105
            probs.index(2)
        except Exception:
            pass


def deafer_loop(probs):
    while True:
        try:  # noqa: SIM105
            sum(probs)
        except:  # noqa: E722
            pass


def endless(probs):
    while True:
        yield 1


LOOPS = [forgotten_increment, deaf_loop, deafer_loop, lambda probs: time.sleep(60)]


@pytest.mark.parametrize("answer", LOOPS)
def test_a_loop_that_never_ends_gets_a_hint(hurry, answer):
    """Con un `n += 1` olvidado, «Ejecutar todo» sigue."""
    start = time.monotonic()
    assert "¿puede que tu bucle no acabe?" in check(entropia=answer).text
    assert time.monotonic() - start < 5


def test_an_endless_generator_is_a_loop_too(hurry):
    """Quien lo recorre es `check`, y también se cansa."""
    assert "bucle" in check(une=lambda pieces, pair: endless(pieces)).text


def test_the_clock_of_another_is_not_touched(hurry):
    """Si quien ejecuta el cuaderno ya ha puesto un límite, vale el suyo; y queda su mando."""

    class Theirs(BaseException):
        pass

    before = signal.signal(signal.SIGALRM, theirs := throws(Theirs))
    try:
        check(entropia=forgotten_increment)
        assert signal.getsignal(signal.SIGALRM) is theirs
        signal.setitimer(signal.ITIMER_REAL, 0.4)
        with pytest.raises(Theirs):
            check(entropia=forgotten_increment)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_in_another_thread_it_corrects_without_a_limit(hurry):
    """Ahí no llegan las señales: se corrige igual, aunque tarde más de lo permitido."""
    found = []
    slow = {"entropia": lambda probs: time.sleep(0.3) or 1.0}
    worker = threading.Thread(target=lambda: found.append(check(**slow)))
    worker.start()
    worker.join()
    assert "deben dar 2 bits; sale 1.0" in found[0].text


def test_without_signals_it_corrects_without_a_limit(monkeypatch):
    """En Windows no hay setitimer."""
    monkeypatch.delattr(signal, "setitimer", raising=False)
    assert check(lecturas=100).state == "correcto"


# Cómo se ve


def luminance(color: str) -> float:
    """Luminancia relativa de un color, según WCAG 2.2."""
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_a_verdict_is_told_by_word_sign_and_color():
    """Los tres se distinguen sin ver el color, y la letra blanca sobre él se lee (4,5 a 1)."""
    assert set(checks.LOOKS) == STATES
    assert all(len(set(column)) == 3 for column in zip(*checks.LOOKS.values(), strict=True))
    for state, (sign, color) in checks.LOOKS.items():
        page = checks.Verdict(state, "a < b")._repr_html_()
        assert f"{sign} {state}</b> a &lt; b" in page and f"background:{color};color:#FFF" in page
        assert 1.05 / (luminance(color) + 0.05) >= 4.5
        assert repr(checks.Verdict(state, "a < b")) == f"{state} · a < b"


# Cualquier cosa

NUMBERS = st.integers() | st.floats() | st.complex_numbers() | st.booleans() | st.fractions()
ATOMS = NUMBERS | st.text(st.characters(), max_size=20) | st.binary(max_size=9) | st.none()
ODD = st.builds(Sour) | st.sampled_from(
    [..., Sour, object(), range(10**18), NotImplemented, "V" * 10**5]
)
VALUES = st.recursive(
    ATOMS | ODD,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text(max_size=2), inner, max_size=3)
    ),
    max_leaves=8,
)
ERRORS = st.sampled_from(
    [ValueError, KeyError, SystemExit, GeneratorExit, StopIteration, RecursionError, MemoryError]
)


def answers_by_turns(values):
    turns = iter(values)
    return lambda *given: next(turns)


ANSWERS = (
    VALUES
    | VALUES.map(returns)
    | ERRORS.map(throws)
    | st.lists(VALUES, max_size=3).map(answers_by_turns)
    | st.lists(VALUES, max_size=3).map(lambda values: lambda *given: (v for v in values))
    | st.sampled_from([print, sum, list, str, type, min, lambda *given: given, lambda x: x.pop()])
)


check(nada=1)  # carga los ejercicios de todas las lecciones


@settings(max_examples=300, suppress_health_check=list(HealthCheck))
@given(name=st.sampled_from(sorted(checks.EXERCISES)), answer=ANSWERS)
def test_whatever_the_answer_there_is_a_verdict(name, answer):
    """Cualquier valor y cualquier función: un veredicto que se puede escribir, nunca un error."""
    verdict = check(**{name: answer})
    assert verdict.state in STATES and len(verdict.text) < 800
    repr(verdict).encode(), verdict._repr_html_().encode()
