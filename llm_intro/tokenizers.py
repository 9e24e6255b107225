"""De texto a números y vuelta, carácter a carácter.

Un tokenizador tiene `vocab_size`, `encode` y `decode`; `to_dict` y `from_dict` lo guardan en JSON.
"""

import unicodedata
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .support.text import check_text

MAX_NAMED = 12  # caracteres desconocidos que nombra un error


@dataclass(frozen=True)
class CharTokenizer:
    """Un número por carácter: su puesto en `symbols`, que va ordenado y sin repetir.

    El texto pasa antes a la forma NFC de Unicode: «é» es siempre un carácter, nunca «e» más
    una tilde suelta. Por eso `decode(encode(text))` devuelve `text` en NFC.
    """

    symbols: str

    def __post_init__(self):
        if not check_text(self.symbols) or self.symbols != "".join(sorted(set(self.symbols))):
            raise ValueError(
                f"símbolos {self.symbols[:40]!r}: se esperaba uno o más, ordenados y sin repetir. "
                "Usa CharTokenizer.from_text(texto)."
            )

    @classmethod
    def from_text(cls, text: str) -> "CharTokenizer":
        """El tokenizador con los caracteres de `text`, que no puede estar vacío."""
        if not check_text(text):
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
        codes = _code_points(unicodedata.normalize("NFC", check_text(text)))  # (T,)
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
    return np.frombuffer(text.encode("utf-32-le"), dtype="<u4")
