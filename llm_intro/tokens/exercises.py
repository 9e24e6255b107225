"""Ejercicios de «Tokens y n-gramas»."""

import math

from ..face.exercises import exercise, expect


@exercise(
    "recorre las piezas de izquierda a derecha y ve llenando una lista nueva.",
    "cuando unas dos piezas, salta las dos: la segunda ya está usada.",
    "compara (piezas[i], piezas[i + 1]) con par; cuidado con la última, que no tiene vecina.",
    proves="así se aplica cada unión aprendida; un tokenizador BPE repite esto miles de veces.",
)
def une(answer) -> str | None:
    cases = [
        (list("quequé"), ("q", "u"), ["qu", "e", "qu", "é"]),
        (list("aaa"), ("a", "a"), ["aa", "a"]),
        (["qu", "e"], ("qu", "e"), ["que"]),
        (list("no"), ("o", "n"), ["n", "o"]),
    ]
    given = list("quequé")
    answer(given, ("q", "u"))
    if given != list("quequé"):
        return "tu función ha cambiado la lista que recibió."
    return expect(answer, cases, "al unir {1} en {0} se esperaba {expected}")


@exercise(
    "haz un conjunto (set) con los n-gramas de lo estudiado.",
    "un texto de T letras tiene T − n + 1 n-gramas: el último empieza en T − n.",
    "cuenta los del texto nuevo con repetición: uno que sale tres veces pesa tres.",
    proves="la parte nunca vista crece con el orden: por eso un cero no es una rareza.",
)
def nunca_vistos(answer) -> str | None:
    cases = [
        ("abab", "abba", 2, 1 / 3),
        ("abab", "abba", 1, 0.0),
        ("abc", "abdabd", 3, 1.0),
        ("aab", "bbbab", 2, 0.75),
    ]
    return expect(answer, cases, "con «{0}», «{1}» y n = {2} se esperaba {expected:.3f}")


@exercise(
    "suma 1 al recuento de la letra, aunque sea cero.",
    "si regalas 1 a cada una de las V letras, el total crece en V.",
    "(cuentas.get(letra, 0) + 1) / (sum(cuentas.values()) + V).",
    proves="ningún cero, y las V probabilidades siguen sumando 1.",
)
def laplace(answer) -> str | None:
    counts = {"a": 3, "o": 1}
    cases = [
        (counts, *case)
        for case in (("a", 4, 0.5), ("o", 4, 0.25), ("u", 4, 0.125), ("a", 61, 4 / 65))
    ]
    return expect(answer, cases, "con {0}, «{1}» y V = {2} se esperaba {expected:.4f}")


@exercise(
    "la perplejidad es 2 elevado a algo que ya sabes calcular.",
    "ese algo es la media de −log2(p), con una p por cada letra que vino.",
    "2 ** (sum(-math.log2(p) for p in probs) / len(probs)).",
    proves="una perplejidad de 4 es dudar como quien tira un dado de cuatro caras.",
)
def perplejidad(answer) -> str | None:
    cases = [([0.25] * 3, 4.0), ([1.0, 1.0], 1.0), ([0.5, 0.125], 4.0), ([0.1], 10.0)]
    return expect(answer, cases, "con probabilidades {0} se esperaba {expected:g}")


@exercise(
    "cuenta cuántas veces sale cada número de intento y divide por el total.",
    "lo que queda es la entropía de esas partes, en bits.",
    "Counter(intentos).values() da los recuentos; -sum(q * math.log2(q)) con q = n / total.",
    proves="es la cota con que Shannon midió el inglés en 1951, y la nota de tu partida.",
)
def cota_superior(answer) -> str | None:
    cases = [
        ([1, 1, 1], 0.0),
        ([1, 2, 1, 2], 1.0),
        ([1, 1, 1, 2], 2 - 0.75 * math.log2(3)),  # 3/4 · log2(4/3) + 1/4 · 2
        ([1, 5, 9, 30], 2.0),
    ]
    return expect(answer, cases, "con intentos {0} se esperaba {expected:.3f}")


@exercise(
    "no importa cuántas veces sale el trozo, sino detrás de cuántas letras distintas.",
    "junta en un conjunto la letra que va justo antes de cada aparición.",
    "{texto[i - 1] for i in range(1, …) if texto.startswith(trozo, i)}: empieza en 1, no en 0.",
    proves="es la cuenta de Kneser-Ney: lo que va siempre tras la misma letra vale poco.",
)
def continuaciones(answer) -> str | None:
    cases = [
        ("que quien aquel", "u", 1),
        ("la casa alta", "a", 5),
        ("abab", "ab", 1),
        ("hola", "h", 0),
        ("aaaa", "aa", 1),
    ]
    return expect(answer, cases, "en «{0}», «{1}» sigue a {expected} letras distintas")
