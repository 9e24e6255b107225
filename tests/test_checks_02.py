"""Los ejercicios de la lección 02: las tablas de test_checks_tables.py."""

import math
from collections import Counter


def join(pieces, pair):
    out, i = [], 0
    while i < len(pieces):
        if tuple(pieces[i : i + 2]) == pair:
            out.append("".join(pair))
            i += 2
        else:
            out.append(pieces[i])
            i += 1
    return out


def grams(text, n):
    return [text[i : i + n] for i in range(len(text) - n + 1)]


def unseen(known, new, n):
    seen = set(grams(known, n))
    return sum(g not in seen for g in grams(new, n)) / len(grams(new, n))


def entropy(values):
    return -sum(q * math.log2(q) for q in values)


RIGHT = {
    "une": [join],
    "perplejidad": [lambda probs: 2 ** (sum(-math.log2(p) for p in probs) / len(probs))],
    "laplace": [lambda counts, w, V: (counts.get(w, 0) + 1) / (sum(counts.values()) + V)],
    "nunca_vistos": [unseen],
    "continuaciones": [
        lambda text, g: len({text[i - 1] for i in range(1, len(text)) if text.startswith(g, i)})
    ],
    "cota_superior": [lambda ranks: entropy(n / len(ranks) for n in Counter(ranks).values())],
}
WRONG = {
    "une": [
        lambda pieces, pair: "".join(pieces).replace("".join(pair), "|"),
        lambda pieces, pair: ["".join(pair)],
        lambda pieces, pair: pieces,  # no une nada
        lambda pieces, pair: pieces.clear() or join(pieces, pair),  # estropea lo que recibe
    ],
    "perplejidad": [
        lambda probs: sum(-math.log2(p) for p in probs) / len(probs),  # se queda en los bits
        lambda probs: 2 ** sum(-math.log2(p) for p in probs),  # suma sin media
        lambda probs: len(probs) / sum(probs),
    ],
    "laplace": [
        lambda counts, w, V: counts.get(w, 0) / sum(counts.values()),  # sin regalo
        lambda counts, w, V: (counts.get(w, 0) + 1) / (sum(counts.values()) + 1),
        lambda counts, w, V: (counts[w] + 1) / (sum(counts.values()) + V),  # revienta con la nueva
    ],
    "nunca_vistos": [
        lambda known, new, n: len(set(grams(new, n)) - set(grams(known, n))) / len(grams(new, n)),
        lambda known, new, n: 1 - unseen(known, new, n),
        lambda known, new, n: unseen(new, known, n),
    ],
    "continuaciones": [
        lambda text, g: text.count(g),  # cuenta veces
        lambda text, g: len({text[i - 1] for i in range(len(text)) if text.startswith(g, i)}),
        lambda text, g: len({text[i + 1 : i + 2] for i in range(len(text)) if text[i] == g[0]}),
    ],
    "cota_superior": [
        lambda ranks: math.log2(sum(ranks) / len(ranks)),  # el logaritmo de la media
        lambda ranks: sum(math.log2(r) for r in ranks) / len(ranks),
        lambda ranks: entropy(n / len(ranks) for n in Counter(ranks).values()) * math.log(2),
    ],
}
