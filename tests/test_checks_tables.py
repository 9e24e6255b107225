"""Los ejercicios de cada lección: la solución pasa, el hueco espera y lo equivocado no cuela."""

from importlib import import_module

import pytest

from llm_intro.face.exercises import EXERCISES, check

TABLES = [import_module(f"test_checks_0{number}") for number in range(1, 9)]
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
    verdict = check(**{name: answer})
    assert verdict.state == "correcto", verdict


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # equivocarse desborda y divide por cero
@pytest.mark.parametrize(("name", "answer"), cases("WRONG"))
def test_a_plausible_wrong_answer_gets_a_hint_in_spanish(name, answer):
    """Lo equivocado recibe lo que ha pasado y la primera pista."""
    verdict = check(**{name: answer})
    assert verdict.state == "pista" and "Pista 1 de 3" in verdict.text


@pytest.mark.parametrize("name", NAMES)
def test_an_untouched_stub_is_pending(name):
    """Los huecos posibles: «...», None y una función que todavía no hace nada."""

    def stub(a, b): ...

    def told(a):
        """Qué habrá que devolver."""

    empty = (..., None, stub, told, lambda a: None, lambda a: ...)
    assert {check(**{name: answer}).state for answer in empty} == {"pendiente"}


def test_every_exercise_has_its_table():
    """Ningún ejercicio se queda sin una solución y dos errores verosímiles."""
    check(...), check(nada=1)  # carga los de todas las lecciones
    assert sorted(EXERCISES) == sorted(NAMES)
    assert min(len(wrong) for table in TABLES for wrong in table.WRONG.values()) >= 2
