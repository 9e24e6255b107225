"""Byte-pair encoding: qué pares de piezas conviene unir, y cómo partir con ellos una palabra.

Una pieza es un número: del 0 al 255, un byte; desde el 256, la unión de dos piezas anteriores.

Fuente: Sennrich, Haddow y Birch (2016), «Neural Machine Translation of Rare Words with Subword
    Units».
"""

import heapq
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

import numpy as np

from ..support.limits import check, whole
from ..support.text import check_text
from ..tokenizers import check_ids

# Una palabra se lleva el espacio que la precede; números, signos y más espacios van aparte.
WORD = re.compile(r" ?[^\W\d_]+| ?\d+| ?(?:[^\w\s]|_)+|\s+(?!\S)|\s+")


def chunks(text: str) -> list[str]:
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


@dataclass(frozen=True)
class BPETokenizer:
    """Trozos de palabra: desde los 256 bytes, une una y otra vez el par que más se repite.

    Como todo texto son bytes, no hay desconocidos: `decode(encode(text))` devuelve `text`.

    Fuente, sobre bytes: Wang et al. (2019), «Neural Machine Translation with Byte-Level
        Subwords».
    """

    pairs: tuple[tuple[int, int], ...] = field(repr=False)  # el par i forma la pieza 256 + i

    @classmethod
    def train(cls, text: str, vocab_size: int = 1000) -> "BPETokenizer":
        """Une pares de `text` hasta tener `vocab_size` piezas, o hasta que ninguno se repita.

        Si empatan varios, gana el de números menores: el de las piezas más antiguas.
        """
        check(whole(256), vocab_size=vocab_size)  # los bytes
        return cls(tuple(learn_pairs(chunks(text), vocab_size - 256)))

    @property
    def vocab_size(self) -> int:
        return 256 + len(self.pairs)

    @cached_property
    def pieces(self) -> list[bytes]:
        """Los bytes de cada pieza, (V,)."""
        pieces = [bytes([byte]) for byte in range(256)]
        for left, right in self.pairs:
            pieces.append(pieces[left] + pieces[right])
        return pieces

    @property
    def merges(self) -> list[tuple[str, str]]:
        """Los pares unidos, en orden, para leerlos."""
        return [(_visible(self.pieces[a]), _visible(self.pieces[b])) for a, b in self.pairs]

    @cached_property
    def _joined(self) -> dict[tuple[int, int], int]:
        return {pair: 256 + i for i, pair in enumerate(self.pairs)}

    @cached_property
    def _known(self) -> dict[str, list[int]]:
        return {}  # palabras ya partidas: en un libro se repiten mucho

    def encode(self, text: str) -> np.ndarray:
        """Los números de las piezas de `text`, (T,)."""
        ids = []
        for word in chunks(text):
            if word not in self._known:
                self._known[word] = apply_pairs(word, self._joined)
            ids += self._known[word]
        return np.array(ids, dtype=np.int64)

    def decode(self, ids) -> str:
        """El texto de `ids`, (T,). Los bytes que no forman un carácter salen como «�»."""
        ids = check_ids(ids, self.vocab_size).tolist()
        return b"".join(self.pieces[token] for token in ids).decode(errors="replace")

    def tokens(self, text: str) -> list[str]:
        r"""Las piezas de `text`, para leerlas. Media «ñ» se ve como «\xc3»."""
        return [_visible(self.pieces[token]) for token in self.encode(text)]

    def to_dict(self) -> dict:
        return {"type": "bpe", "pairs": [list(pair) for pair in self.pairs]}


def _visible(piece: bytes) -> str:
    return piece.decode(errors="backslashreplace")
