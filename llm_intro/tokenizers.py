"""De texto a números y vuelta: por caracteres, o por trozos de palabra (BPE).

Un tokenizador tiene `vocab_size`, `encode` y `decode`; `to_dict` y `from_dict` lo guardan en JSON.
"""

import unicodedata
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from . import bpe

MAX_NAMED = 12  # caracteres desconocidos que nombra un error


@dataclass(frozen=True)
class CharTokenizer:
    """Un número por carácter: su puesto en `symbols`, que va ordenado y sin repetir.

    El texto pasa antes a la forma NFC de Unicode: «é» es siempre un carácter, nunca «e» más
    una tilde suelta. Por eso `decode(encode(text))` devuelve `text` en NFC.
    """

    symbols: str

    def __post_init__(self):
        if not self.symbols or self.symbols != "".join(sorted(set(self.symbols))):
            raise ValueError(
                f"símbolos {self.symbols[:40]!r}: se esperaba uno o más, ordenados y sin repetir. "
                "Usa CharTokenizer.from_text(texto)."
            )

    @classmethod
    def from_text(cls, text: str) -> "CharTokenizer":
        """El tokenizador con los caracteres de `text`, que no puede estar vacío."""
        if not bpe.check_text(text):
            raise ValueError("el texto está vacío: hace falta al menos un carácter.")
        return cls("".join(sorted(set(unicodedata.normalize("NFC", text)))))

    @property
    def vocab_size(self) -> int:
        return len(self.symbols)

    @cached_property
    def _codes(self) -> np.ndarray:
        return _code_points(self.symbols)  # (V,), crecientes

    def encode(self, text: str) -> np.ndarray:
        """Los números de `text`, (T,). ValueError que nombra los caracteres desconocidos."""
        codes = _code_points(unicodedata.normalize("NFC", bpe.check_text(text)))  # (T,)
        # El puesto de un código en la lista ordenada es ya su número.
        ids = np.searchsorted(self._codes, codes).clip(max=self.vocab_size - 1)
        unknown = np.unique(codes[self._codes[ids] != codes])
        if unknown.size:
            named = [chr(code) for code in unknown[:MAX_NAMED]]
            more = f" y {unknown.size - MAX_NAMED} más" if unknown.size > MAX_NAMED else ""
            raise ValueError(
                f"caracteres fuera del vocabulario: {named}{more}. Hay {self.vocab_size}: "
                f"{self.symbols[:80]!r}. Usa esos o crea el tokenizador con tu texto."
            )
        return ids

    def decode(self, ids) -> str:
        """El texto de `ids`, (T,)."""
        return self._codes[check_ids(ids, self.vocab_size)].tobytes().decode("utf-32-le")

    def to_dict(self) -> dict:
        return {"type": "char", "symbols": self.symbols}


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
        if not isinstance(vocab_size, int) or vocab_size < 256:
            raise ValueError(
                f"vocab_size={vocab_size!r}: pide un entero de 256 o más, que son los bytes."
            )
        return cls(tuple(bpe.learn_pairs(bpe.split_words(text), vocab_size - 256)))

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
        for word in bpe.split_words(text):
            if word not in self._known:
                self._known[word] = bpe.apply_pairs(word, self._joined)
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


def from_dict(data: dict) -> CharTokenizer | BPETokenizer:
    """El tokenizador que `to_dict` guardó."""
    if data.get("type") == "char":
        return CharTokenizer(data["symbols"])
    if data.get("type") == "bpe":
        return BPETokenizer(tuple((left, right) for left, right in data["pairs"]))
    raise ValueError(f"tokenizador de tipo {data.get('type')!r}: se esperaba 'char' o 'bpe'.")


def check_ids(ids, vocab_size: int) -> np.ndarray:
    """`ids` como vector, (T,). ValueError si no son enteros de 0 a V-1."""
    ids = np.asarray(ids)
    if not ids.size:
        return np.zeros(0, dtype=np.int64)
    if ids.ndim != 1 or ids.dtype.kind not in "iu" or ids.min() < 0 or ids.max() >= vocab_size:
        raise ValueError(f"ids {ids!r:.60}: se esperaba una lista de enteros < {vocab_size}.")
    return ids


def _code_points(text: str) -> np.ndarray:
    """El código Unicode de cada carácter, (T,): cuatro bytes por carácter, sin bucle."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def _visible(piece: bytes) -> str:
    return piece.decode(errors="backslashreplace")
