"""Ejercicios de «Tokens y n-gramas»."""

import math
from collections import Counter

from ..face.exercises import exercise


@exercise(
    hints=(
        "recorre las piezas de izquierda a derecha y ve llenando una lista nueva.",
        "cuando unas dos piezas, salta las dos: la segunda ya está usada.",
        "compara (piezas[i], piezas[i + 1]) con par; cuidado con la última, que no tiene vecina.",
    ),
    proves="así se aplica cada unión aprendida; un tokenizador BPE repite esto miles de veces.",
)
def une(answer) -> str | None:
    for pieces, pair, expected in (
        (list("quequé"), ("q", "u"), ["qu", "e", "qu", "é"]),
        (list("aaa"), ("a", "a"), ["aa", "a"]),
        (["qu", "e"], ("qu", "e"), ["que"]),
        (list("no"), ("o", "n"), ["n", "o"]),
    ):
        given = list(pieces)
        got = answer(given, pair)
        if given != pieces:
            return "tu función ha cambiado la lista que recibió."
        if got is None or list(got) != expected:
            return f"al unir {pair} en {pieces} se esperaba {expected}; sale {got}."
    return None


@exercise(
    hints=(
        "la perplejidad es 2 elevado a algo que ya sabes calcular.",
        "ese algo es la media de −log2(p), con una p por cada letra que vino.",
        "2 ** (sum(-math.log2(p) for p in probs) / len(probs)).",
    ),
    proves="una perplejidad de 4 es dudar como quien tira un dado de cuatro caras.",
)
def perplejidad(answer) -> str | None:
    for probs, expected in (([0.25] * 3, 4), ([1.0, 1.0], 1), ([0.5, 0.125], 4), ([0.1], 10)):
        got = answer(list(probs))
        if got is None or not math.isclose(got, expected, rel_tol=1e-6):
            return f"con probabilidades {probs} se esperaba {expected}; sale {got}."
    return None


@exercise(
    hints=(
        "suma 1 al recuento de la letra, aunque sea cero.",
        "si regalas 1 a cada una de las V letras, el total crece en V.",
        "(cuentas.get(letra, 0) + 1) / (sum(cuentas.values()) + V).",
    ),
    proves="ningún cero, y las V probabilidades siguen sumando 1.",
)
def laplace(answer) -> str | None:
    counts = {"a": 3, "o": 1}
    for letter, V, expected in (("a", 4, 0.5), ("o", 4, 0.25), ("u", 4, 0.125), ("a", 61, 4 / 65)):
        got = answer(dict(counts), letter, V)
        if got is None or not math.isclose(got, expected, rel_tol=1e-6):
            return f"con {counts}, «{letter}» y V = {V} se esperaba {expected:.4f}; sale {got}."
    return None


@exercise(
    hints=(
        "haz un conjunto (set) con los n-gramas de lo estudiado.",
        "un texto de T letras tiene T − n + 1 n-gramas: el último empieza en T − n.",
        "cuenta los del texto nuevo con repetición: uno que sale tres veces pesa tres.",
    ),
    proves="la parte nunca vista crece con el orden: por eso un cero no es una rareza.",
)
def nunca_vistos(answer) -> str | None:
    for known, new, n, expected in (
        ("abab", "abba", 2, 1 / 3),
        ("abab", "abba", 1, 0),
        ("abc", "abdabd", 3, 1),
        ("aab", "bbbab", 2, 0.75),
    ):
        got = answer(known, new, n)
        if got is None or not math.isclose(got, expected, abs_tol=1e-6):
            return f"con «{known}», «{new}» y n = {n} se esperaba {expected:.3f}; sale {got}."
    return None


@exercise(
    hints=(
        "no importa cuántas veces sale el trozo, sino detrás de cuántas letras distintas.",
        "junta en un conjunto la letra que va justo antes de cada aparición.",
        "{texto[i - 1] for i in range(1, …) if texto.startswith(trozo, i)}: empieza en 1, no en 0.",
    ),
    proves="es la cuenta de Kneser-Ney: lo que va siempre tras la misma letra vale poco.",
)
def continuaciones(answer) -> str | None:
    for text, piece, expected in (
        ("que quien aquel", "u", 1),
        ("la casa alta", "a", 5),
        ("abab", "ab", 1),
        ("hola", "h", 0),
        ("aaaa", "aa", 1),
    ):
        if (got := answer(text, piece)) != expected:
            return f"en «{text}», «{piece}» sigue a {expected} letras distintas; sale {got}."
    return None


@exercise(
    hints=(
        "cuenta cuántas veces sale cada número de intento y divide por el total.",
        "lo que queda es la entropía de esas partes, en bits.",
        "Counter(intentos).values() da los recuentos; -sum(q * math.log2(q)) con q = n / total.",
    ),
    proves="es la cota con que Shannon midió el inglés en 1951, y la nota de tu partida.",
)
def cota_superior(answer) -> str | None:
    for ranks in ([1, 1, 1], [1, 2, 1, 2], [1, 1, 1, 2], [1, 5, 9, 30]):
        shares = [n / len(ranks) for n in Counter(ranks).values()]
        expected = sum(q * math.log2(1 / q) for q in shares)
        got = answer(list(ranks))
        if got is None or not math.isclose(got, expected, abs_tol=1e-6):
            return f"con intentos {ranks} se esperaba {expected:.3f}; sale {got}."
    return None
