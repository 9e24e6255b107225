"""Los ejercicios que se prueban con una tabla: la solución pasa, el hueco espera, lo demás no."""

import pytest
import test_checks_01
import test_checks_03
import test_checks_06

from llm_intro.face.exercises import check

TABLES = [test_checks_01, test_checks_03, test_checks_06]
NAMES = [name for table in TABLES for name in table.RIGHT]


def cases(kind: str) -> list:
    return [
        pytest.param(name, answer, id=f"{name}-{i}")
        for table in TABLES
        for name, answers in getattr(table, kind).items()
        for i, answer in enumerate(answers)
    ]


@pytest.mark.parametrize(("name", "answer"), cases("RIGHT"))
def test_a_right_answer_passes(name, answer):
    """La solución y otras maneras de acertar."""
    assert check(**{name: answer}).state == "correcto"


@pytest.mark.parametrize(("name", "answer"), cases("WRONG"))
def test_a_plausible_wrong_answer_gets_a_hint_in_spanish(name, answer):
    """Lo equivocado recibe lo que ha pasado y la primera pista."""
    verdict = check(**{name: answer})
    assert verdict.state == "pista" and "Pista 1 de 3" in verdict.text


@pytest.mark.parametrize("name", NAMES)
def test_an_untouched_stub_is_pending(name):
    """Los tres huecos posibles: «...», None y una función que todavía no hace nada."""

    def stub(a, b): ...

    assert {check(**{name: empty}).state for empty in (..., None, stub)} == {"pendiente"}
