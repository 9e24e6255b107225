"""Los ejercicios de la lección 01: la solución pasa, el hueco espera y lo equivocado no cuela."""

from math import prod

from llm_intro.face.exercises import check

REST = "([^.,;:!?]+)"


def best(counts, word):
    return counts[word].most_common(1)[0][0]


RIGHT = {
    "saludo": ["Sí, me va bien.", "¡Aún no va mal!", "SÍ ME VA BIEN"],
    "mi_regla": [
        (r"\bno estoy " + REST, "¿Por qué no estás {}?"),
        (r"no estoy (\w+)", "¿Por qué no estás {}?"),
    ],
    "cuantas_reglas": [lambda plantillas, rasgos: plantillas * prod(rasgos)],
    "apuesta": [lambda c, w: (best(c, w), c[w][best(c, w)] / c[w].total()) if w in c else None],
    "autotest": ["VFVFVFFV", "v f v f v f f v", "V, F, V, F, V, F, F, V"],
}
WRONG = {
    "saludo": [
        "Yo no voy mal.",  # está en la lección
        "¡muy bien! y tú",  # la misma con otros signos
        "Estoy muy bien, gracias",  # cuatro palabras, veinte letras
        "Muy contento",  # once letras, dos palabras
        4,
    ],
    "mi_regla": [
        (r"\bestoy " + REST, "¿Por qué no estás {}?"),  # salta sin negación
        (r"\bno estoy", "¿Por qué no estás {}?"),  # sin hueco
        (r"\bno estoy " + REST, "¿Por qué estás {}?"),  # sigue sin negar
        (r"\bno estoy " + REST, "¿Por qué no estás?"),  # no usa el hueco
        (r"\bNo estoy " + REST, "¿Por qué no estás {}?"),  # eliza pasa todo a minúsculas
        r"\bno estoy (.+)",
    ],
    "cuantas_reglas": [
        lambda plantillas, rasgos: plantillas * sum(rasgos),
        lambda plantillas, rasgos: plantillas + prod(rasgos),
        lambda plantillas, rasgos: prod(rasgos),
        lambda plantillas, rasgos: plantillas * 2 ** len(rasgos),
    ],
    "apuesta": [
        lambda c, w: (n := next(iter(c[w])), c[w][n] / c[w].total()) if w in c else None,  # la 1.ª
        lambda c, w: c[w].most_common(1)[0] if w in c else None,  # veces, y no probabilidad
        lambda c, w: (best(c, w), c[w][best(c, w)] / len(c[w])) if w in c else None,  # distintas
        lambda c, w: (best(c, w), c[w][best(c, w)] / c[w].total()),  # con una nueva, KeyError
        lambda c, w: best(c, w) if w in c else None,  # olvida la probabilidad
    ],
    "autotest": ["VVVVFFFF", "VFVFVFVF", "VFVFVF", "SNSNSNNS", 7],
}


def test_the_self_test_says_how_many_and_which_comes_first_but_not_the_answers():
    """Con dos fallos, la frase 2 y la 8, nombra la 2."""
    assert "fallas en 2 de 8; mira la frase 2" in check(autotest="VVVFVFFF").text
