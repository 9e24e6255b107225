"""Los ejercicios de la lección 04: la solución pasa, el hueco espera y lo equivocado no cuela."""

import math

import numpy as np
import pytest

from llm_intro.face.exercises import check


def entropia(probs):
    return -sum(p * math.log2(p) for p in probs if p > 0)


def con_temperatura(logits, temperatura):
    escalados = np.array(logits) / temperatura
    exponenciales = np.exp(escalados - escalados.max())
    return exponenciales / exponenciales.sum()


def sortea(probs, u):
    suma = 0.0
    for i, p in enumerate(probs):
        suma += p
        if u < suma:
            return i
    return len(probs) - 1


def bits_con_olvido(modelo, ids, k):
    trozos = [ids[i : i + k] for i in range(0, len(ids) - 1, k)]
    bits = [modelo.token_bits(trozo) for trozo in trozos if len(trozo) > 1]
    return float(np.concatenate(bits).mean())


SOLUTIONS = {
    "entropia": entropia,
    "con_temperatura": con_temperatura,
    "sortea": sortea,
    "lecturas": 100,
    "perdida_inicial": math.log(61),
    "bits_con_olvido": bits_con_olvido,
}
WRONG = [
    ("entropia", lambda p: -sum(x * math.log(x) for x in p if x > 0)),  # en nats
    ("entropia", lambda p: sum(x * math.log2(x) for x in p if x > 0)),  # sin el menos
    ("entropia", lambda p: -sum(x * math.log2(x) for x in p)),  # tropieza con el 0
    ("con_temperatura", lambda z, t: con_temperatura(z, 1)),  # no la usa
    ("con_temperatura", lambda z, t: con_temperatura(np.array(z) * t, 1)),  # multiplica
    ("con_temperatura", lambda z, t: np.exp(np.array(z) / t) / np.exp(np.array(z) / t).sum()),
    ("sortea", lambda p, u: int(np.argmax(p))),  # no sortea
    ("sortea", lambda p, u: int(np.searchsorted(np.cumsum(p), u))),  # con u = 0 da lo imposible
    ("lecturas", 99),
    ("lecturas", 1),
    ("perdida_inicial", math.log2(61)),  # en bits
    ("perdida_inicial", 1 / 61),
    ("bits_con_olvido", lambda m, ids, k: float(m.token_bits(ids).mean())),  # no olvida
    (
        "bits_con_olvido",  # media de medias
        lambda m, ids, k: float(
            np.mean(
                [
                    m.token_bits(ids[i : i + k]).mean()
                    for i in range(0, len(ids), k)
                    if len(ids[i : i + k]) > 1
                ]
            )
        ),
    ),
]


@pytest.mark.parametrize("name", SOLUTIONS)
def test_the_solution_is_right(name):
    """La solución publicada pasa."""
    assert check(**{name: SOLUTIONS[name]}).state == "correcto"


@pytest.mark.parametrize("name", SOLUTIONS)
def test_the_stub_is_pending(name):
    """Con el hueco sin tocar no hay ni acierto ni error."""

    def stub(*args): ...

    assert check(**{name: stub}).state == "pendiente"
    assert check(**{name: ...}).state == "pendiente"


@pytest.mark.parametrize(("name", "answer"), WRONG)
def test_plausible_mistakes_get_a_hint(name, answer):
    """Los errores de siempre no cuelan, y no detienen el cuaderno."""
    assert check(**{name: answer}).state == "pista"


def test_hints_come_one_by_one():
    """Cada fallo da la pista siguiente; la tercera se repite, y acertar empieza de nuevo."""
    stages = [check(lecturas=1).text for _ in range(4)]
    assert [f"Pista {n} de 3" in text for n, text in zip((1, 2, 3, 3), stages, strict=True)] == [
        True
    ] * 4
    check(lecturas=100)
    assert "Pista 1 de 3" in check(lecturas=1).text


def test_a_name_nobody_knows_is_told():
    """Si el alumno cambia el nombre, se le dice."""
    assert "nombre" in check(entropias=lambda p: 1).text


def test_broken_code_is_a_hint_and_not_an_error():
    """Un error dentro de la función del alumno se cuenta, no se lanza."""
    verdict = check(entropia=lambda p: 1 / 0)
    assert verdict.state == "pista" and "ZeroDivisionError" in verdict.text


def raises_error(probs):
    return probs["a"]


def forgets_return(probs):
    total = sum(probs)
    print(total)


def never_ends(probs):
    raise KeyboardInterrupt


CLUMSY = [
    (raises_error, "tu función da un error, TypeError"),
    (forgets_return, "¿falta un return?"),
    (never_ends, "un bucle que no acaba"),
    (lambda probs: "1.0", "devuelve un texto"),
    (lambda probs: [1.0], "llega [1.0], que no es lo que se esperaba"),
    (lambda probs: (), "llega (), que no es lo que se esperaba"),
    (lambda: 1.0, "tu función da un error, TypeError"),
]


@pytest.mark.parametrize("answer, expected", CLUMSY)
def test_a_clumsy_answer_is_told_what_happened_in_spanish(answer, expected):
    """El fallo del alumno se distingue de lo que no se puede corregir, y nada se detiene."""
    verdict = check(entropia=answer)
    assert verdict.state == "pista" and expected in verdict.text


def test_a_constant_answer_is_not_pending():
    """«return 0» es una respuesta, aunque mala; «...» y «return None», no."""
    assert check(sortea=lambda probs, u: 0).state == "pista"
    assert check(sortea=lambda probs, u: None).state == "pendiente"


def test_a_huge_answer_does_not_fill_the_screen():
    """De una lista de cien mil números se enseña el principio."""
    assert len(check(sortea=lambda probs, u: list(range(100_000))).text) < 700


def test_a_value_without_its_name_is_explained():
    """check(100) no sabe de qué ejercicio es, y check(f()) tampoco."""
    assert "sin paréntesis" in check(100).text
