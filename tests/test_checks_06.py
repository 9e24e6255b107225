"""Los ejercicios de la lección 06: la solución pasa, el hueco espera y lo equivocado no cuela."""

import math
import unicodedata

import pytest

from llm_intro import checks
from llm_intro.checks import check


def formas(words, letters):
    if words == 1:
        return int(letters >= 1)
    return sum(formas(words - 1, letters - n) for n in range(1, letters))


RIGHT = {
    "cuenta_letras": lambda t: sum(c.isalpha() for c in unicodedata.normalize("NFC", t)),
    "se_puede": lambda w, n, inside: n >= w and (w > 0 or n == 0 or inside),
    "perplejidad_de": lambda ps: 2 ** (-sum(math.log2(p) for p in ps) / len(ps)),
    "a_bits_car": lambda ppl, pieces, chars: math.log2(ppl) * pieces / chars,
    "intentos": lambda p, sure: math.ceil(math.log(1 - sure) / math.log(1 - p)),
    "formas": formas,
}
WRONG = {
    "cuenta_letras": [
        lambda t: len(t.replace(" ", "")),  # cuenta los signos
        lambda t: sum(c.isalnum() for c in t),  # cuenta las cifras
        lambda t: sum(c in "abcdefghijklmnopqrstuvwxyz" for c in t.lower()),  # sin tildes ni eñe
        lambda t: sum(not c.isspace() for c in unicodedata.normalize("NFC", t)),
    ],
    "se_puede": [
        lambda w, n, inside: n >= w,  # olvida que pueden sobrar letras
        lambda w, n, inside: n > w,
        lambda w, n, inside: n >= w and (w > 0 or n == 0),  # olvida la palabra empezada
    ],
    "perplejidad_de": [
        lambda ps: -sum(math.log2(p) for p in ps) / len(ps),  # los bits
        lambda ps: 1 / (sum(ps) / len(ps)),  # media de probabilidades
        lambda ps: math.e ** (-sum(math.log2(p) for p in ps) / len(ps)),  # mezcla bases
    ],
    "a_bits_car": [
        lambda ppl, pieces, chars: math.log2(ppl),  # bits por pieza
        lambda ppl, pieces, chars: math.log2(ppl) * chars / pieces,  # al revés
        lambda ppl, pieces, chars: ppl * pieces / chars,  # sin pasar a bits
    ],
    "intentos": [
        lambda p, sure: round(1 / p),  # la media de intentos
        lambda p, sure: math.ceil(sure / p),
        lambda p, sure: math.log(1 - sure) / math.log(1 - p),  # sin redondear
    ],
    "formas": [
        lambda w, n: math.comb(n, w),
        lambda w, n: w**n,
        lambda w, n: math.comb(n + w - 1, w - 1),  # deja palabras sin letras
    ],
}


@pytest.fixture(autouse=True)
def forget_failures():
    """Cada prueba empieza por la primera pista."""
    checks._failures.clear()
    yield
    checks._failures.clear()


@pytest.mark.parametrize("name", RIGHT)
def test_the_solution_passes(name):
    """La que da la lección."""
    assert check(**{name: RIGHT[name]}).state == "correcto"


@pytest.mark.parametrize(
    ("name", "answer"), [(name, answer) for name, answers in WRONG.items() for answer in answers]
)
def test_a_plausible_wrong_answer_gets_a_hint(name, answer):
    """Lo equivocado recibe lo que ha pasado y la primera pista."""
    verdict = check(**{name: answer})
    assert verdict.state == "pista" and "Pista 1 de 3" in verdict.text


@pytest.mark.parametrize("name", RIGHT)
def test_an_untouched_stub_is_pending(name):
    """Un hueco sin escribir espera."""

    def stub(a): ...

    assert {check(**{name: empty}).state for empty in (..., None, stub)} == {"pendiente"}
