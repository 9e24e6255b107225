"""Los ejercicios de la lección 01: la solución pasa, el hueco espera y lo equivocado no cuela."""

from math import prod

from llm_intro.face.exercises import check

REST = "([^.,;:!?]+)"


def apuesta_buena(cuentas, palabra):
    if palabra not in cuentas:
        return None
    siguiente, veces = cuentas[palabra].most_common(1)[0]
    return siguiente, veces / cuentas[palabra].total()


def primera_vista(cuentas, palabra):
    """Error: la primera que se apuntó, no la más repetida."""
    if palabra not in cuentas:
        return None
    siguiente = next(iter(cuentas[palabra]))
    return siguiente, cuentas[palabra][siguiente] / cuentas[palabra].total()


def sin_dividir(cuentas, palabra):
    """Error: devuelve cuántas veces, no la probabilidad."""
    return cuentas[palabra].most_common(1)[0] if palabra in cuentas else None


def entre_distintas(cuentas, palabra):
    """Error: divide por cuántas palabras distintas siguen."""
    if palabra not in cuentas:
        return None
    siguiente, veces = cuentas[palabra].most_common(1)[0]
    return siguiente, veces / len(cuentas[palabra])


def sin_mirar_si_esta(cuentas, palabra):
    """Error: con una palabra nueva, KeyError."""
    siguiente, veces = cuentas[palabra].most_common(1)[0]
    return siguiente, veces / cuentas[palabra].total()


def solo_la_palabra(cuentas, palabra):
    """Error: se olvida de la probabilidad."""
    return cuentas[palabra].most_common(1)[0][0] if palabra in cuentas else None


RIGHT = {
    "saludo": ["Sí, me va bien.", "¡Aún no va mal!", "SÍ ME VA BIEN"],
    "mi_regla": [
        (r"\bno estoy " + REST, "¿Por qué no estás {}?"),
        (r"no estoy (\w+)", "¿Por qué no estás {}?"),
    ],
    "cuantas_reglas": [lambda plantillas, rasgos: plantillas * prod(rasgos)],
    "apuesta": [apuesta_buena],
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
    "apuesta": [primera_vista, sin_dividir, entre_distintas, sin_mirar_si_esta, solo_la_palabra],
    "autotest": ["VVVVFFFF", "VFVFVFVF", "VFVFVF", "SNSNSNNS", 7],
}


def test_the_self_test_says_how_many_and_which_comes_first_but_not_the_answers():
    """Con dos fallos, la frase 2 y la 8, nombra la 2."""
    assert "fallas en 2 de 8; mira la frase 2" in check(autotest="VVVFVFFF").text
