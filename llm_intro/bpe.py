"""Byte-pair encoding: qué pares de piezas conviene unir, y cómo partir con ellos una palabra.

Una pieza es un número: del 0 al 255, un byte; desde el 256, la unión de dos piezas anteriores.

Fuente: Sennrich, Haddow y Birch (2016), «Neural Machine Translation of Rare Words with Subword
    Units».
"""

import heapq
import re
from collections import Counter, defaultdict
from itertools import pairwise

# Una palabra se lleva el espacio que la precede; números, signos y más espacios van aparte.
WORD = re.compile(r" ?[^\W\d_]+| ?\d+| ?(?:[^\w\s]|_)+|\s+(?!\S)|\s+")


def check_text(text) -> str:
    """`text`, si es un texto; si no, ValueError."""
    if not isinstance(text, str):
        raise ValueError(
            f"llegó {type(text).__name__}: se esperaba un texto. De un Corpus, usa .text o .train."
        )
    return text


def split_words(text: str) -> list[str]:
    """Las palabras del texto, con el espacio de delante. Juntas lo rehacen; nada se une entre dos.

    «en un lugar» → «en», « un», « lugar».
    """
    return WORD.findall(check_text(text))


def learn_pairs(words: list[str], how_many: int) -> list[tuple[int, int]]:
    """Los pares que hay que unir, en orden: cada vez, el que más se repite en `words`.

    El i-ésimo forma la pieza 256 + i. Si empatan varios, gana el de números menores, es decir,
    el de las piezas más antiguas. Son menos de `how_many` si ya ningún par se repite.
    """
    times = Counter(words)  # basta con trabajar una vez con cada palabra distinta
    spelled = {word: list(word.encode()) for word in times}
    counts, where = Counter(), defaultdict(set)  # de cada par: cuántas veces y en qué palabras
    for word, ids in spelled.items():
        for pair in pairwise(ids):
            counts[pair] += times[word]
            where[pair].add(word)
    queue = [(-count, pair) for pair, count in counts.items()]
    heapq.heapify(queue)  # delante, el más repetido; en un empate, el de números menores
    learned = []
    while queue and queue[0][0] <= -2 and len(learned) < how_many:
        count, pair = heapq.heappop(queue)
        if -count != counts[pair]:
            continue  # recuento anticuado: el bueno está más atrás
        learned.append(pair)
        changed = set()
        for word in where.pop(pair):  # solo cambian las palabras que lo tienen
            before, after = spelled[word], join(spelled[word], pair, 255 + len(learned))
            for old in pairwise(before):
                counts[old] -= times[word]
            for new in pairwise(after):
                counts[new] += times[word]
                where[new].add(word)
            changed.update(pairwise(before), pairwise(after))
            spelled[word] = after
        for each in changed:
            heapq.heappush(queue, (-counts[each], each))
    return learned


def join(ids: list[int], pair: tuple[int, int], new: int) -> list[int]:
    """Pone `new` en el sitio de cada `pair`, de izquierda a derecha."""
    joined = []
    for token in ids:
        if joined and (joined[-1], token) == pair:
            joined[-1] = new
        else:
            joined.append(token)
    return joined


def apply_pairs(word: str, joined: dict[tuple[int, int], int]) -> list[int]:
    """Las piezas de una palabra. `joined`: la pieza que forma cada par aprendido."""
    ids = list(word.encode())
    while pairs := [pair for pair in pairwise(ids) if pair in joined]:
        oldest = min(pairs, key=joined.get)  # en el orden en que se aprendieron
        ids = join(ids, oldest, joined[oldest])
    return ids
