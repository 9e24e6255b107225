"""Los ejercicios de la lección 07: las tablas de test_checks_tables.py."""

import math
import unicodedata


def formas(words, letters):
    if words == 1:
        return int(letters >= 1)
    return sum(formas(words - 1, letters - n) for n in range(1, letters))


RIGHT = {
    "cuenta_letras": [lambda t: sum(c.isalpha() for c in unicodedata.normalize("NFC", t))],
    "se_puede": [lambda w, n, inside: n >= w and (w > 0 or n == 0 or inside)],
    "a_bits_car": [lambda ppl, pieces, chars: math.log2(ppl) * pieces / chars],
    "intentos": [lambda p, sure: math.ceil(math.log(1 - sure) / math.log(1 - p))],
    "formas": [formas],
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
