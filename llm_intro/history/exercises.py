"""Ejercicios de «Historia del NLP»."""

import re
from collections import Counter

from ..face.exercises import exercise, expect
from ..support.text import count_letters, count_words

SHOWN = ("muybienytú", "yonovoymal", "yonitanmal")  # las tres respuestas de la lección
ANSWERS = "VFVFVFFV"


@exercise(
    "cuenta solo las letras: los espacios, las comas y los signos no valen.",
    "busca palabras cortas: 2 + 2 + 2 + 4 suman diez.",
    "por ejemplo, «Sí, me va ____.» con un adverbio de cuatro letras.",
    proves="tú pruebas, cuentas y corriges; guarda la idea para la lección 07.",
)
def saludo(answer) -> str | None:
    if not isinstance(answer, str):
        return f"se esperaba un texto entre comillas y llega {type(answer).__name__}."
    words, letters = count_words(answer), count_letters(answer)
    if (words, letters) != (4, 10):
        return f"tu respuesta tiene {words} palabras y {letters} letras; pedimos 4 y 10."
    only = "".join(sign for sign in answer.lower() if sign.isalpha())
    return "esa ya está en la lección: busca otra." if only in SHOWN else None


@exercise(
    r"es una pareja (patrón, plantilla): parte de la regla de «estoy».",
    r"el patrón lleva «no » delante y el hueco entre paréntesis: r'\bno estoy (…)'.",
    r"(r'\bno estoy ' + REST, '¿Por qué no estás {}?').",
    proves="cada excepción pide su regla, y además hay que ponerla en su sitio.",
)
def mi_regla(answer) -> str | None:
    if not (isinstance(answer, tuple | list) and len(answer) == 2):
        return "se esperaba una pareja: patrón y plantilla."
    pattern, template = answer
    try:
        found = re.search(pattern, "no estoy triste.")
    except re.error as error:
        return f"tu patrón no se puede leer ({error}): revisa los paréntesis."
    if not found:
        return "tu patrón no encuentra nada en «no estoy triste.»."
    if re.search(pattern, "estoy triste."):
        return "tu regla también salta con «estoy triste.», que no lleva negación."
    if not found.groups():
        return "tu patrón no tiene hueco: falta un paréntesis que guarde lo que sigue."
    if template.count("{}") != 1:
        return f"tu plantilla, {template!r}, debe tener un solo hueco, {{}}."
    reply = template.format(found[1].strip())
    if reply.rstrip("?.") != "¿Por qué no estás triste":
        return f"a «No estoy triste.» contesta «{reply}»."
    return None


@exercise(
    "escribe las combinaciones de dos géneros y dos números: ¿son cuatro o son dos más dos?",
    "los rasgos se multiplican entre sí, y el resultado por el número de plantillas.",
    "from math import prod; return plantillas * prod(rasgos).",
    proves="una construcción más cuesta tantas reglas como combinaciones de rasgos.",
)
def cuantas_reglas(answer) -> str | None:
    cases = [(2, [2], 4), (2, [2, 2], 8), (3, [2, 2], 12), (3, [2, 2, 3], 36), (5, [], 5)]
    return expect(answer, cases, "{0} plantillas con rasgos {1} son {expected}")


@exercise(
    "`cuentas[palabra]` es un Counter: mira qué da su `most_common(1)`.",
    "la probabilidad es lo contado entre el total, `cuentas[palabra].total()`.",
    "antes de nada, si la palabra no está en cuentas, devuelve None.",
    proves="contar y dividir ya es un modelo de lenguaje; lo no visto se queda sin respuesta.",
)
def apuesta(answer) -> str | None:
    tables = {
        "el": Counter(molino=1, caballero=3),
        "don": Counter(quijote=9, luis=1),
        "buen": Counter(camino=2),
    }
    truth = ("don", "quijote", 0.9), ("el", "caballero", 0.75), ("buen", "camino", 1)
    for word, after, p in truth:
        got = answer(tables, word)
        if not (isinstance(got, tuple | list) and len(got) == 2):
            return f"con «{word}» se esperaba una pareja, y devuelves {got!r}."
        if got[0] != after:
            return f"tras «{word}» lo que más viene es «{after}», y apuestas por {got[0]!r}."
        if abs(got[1] - p) > 1e-9:
            return f"la probabilidad de «{after}» tras «{word}» es {p}, y dices {got[1]}."
    if (got := answer(tables, "teléfono")) is not None:
        return f"«teléfono» no está en las cuentas: se esperaba None y devuelves {got!r}."
    return None


@exercise(
    "relee la tabla «Un LLM es… / no es…».",
    "las frases 3 y 6 se responden con el código de los apartados 2 y 3.",
    "son falsas tantas como verdaderas.",
    proves="tienes claro qué es un LLM: un reparto de probabilidades, no un oráculo.",
)
def autotest(answer) -> str | None:
    letters = re.sub(r"[\s,.;-]", "", str(answer)).upper()
    if len(letters) != len(ANSWERS) or set(letters) - {"V", "F"}:
        return f"se esperaban {len(ANSWERS)} letras V o F, y llega {answer!r}."
    wrong = [i for i, (a, b) in enumerate(zip(letters, ANSWERS, strict=True), 1) if a != b]
    return f"fallas en {len(wrong)} de {len(ANSWERS)}; mira la frase {wrong[0]}." if wrong else None
