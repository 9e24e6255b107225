"""De texto a números y vuelta: por caracteres, o por trozos de palabra (BPE).

Un tokenizador tiene `vocab_size`, `encode` y `decode`; `to_dict` y `from_dict` lo guardan en JSON.
"""

import unicodedata
from dataclasses import dataclass
from functools import cached_property

import numpy as np

MAX_NAMED = 12  # caracteres desconocidos que nombra un error


@dataclass(frozen=True)
class CharTokenizer:
    """Un número por carácter. `symbols` son los caracteres en orden: el primero es el 0.

    El texto pasa antes a la forma NFC de Unicode: «é» es siempre un carácter, nunca «e» más
    una tilde suelta. Por eso `decode(encode(text))` devuelve `text` en NFC.

    Raises:
        ValueError: si `symbols` está vacío, desordenado o con repetidos.
    """

    symbols: str

    def __post_init__(self):
        if not self.symbols or self.symbols != "".join(sorted(set(self.symbols))):
            raise ValueError(
                f"símbolos {self.symbols[:40]!r}: se esperaban caracteres ordenados y sin repetir, "
                "uno al menos. Usa CharTokenizer.from_text(texto)."
            )

    @classmethod
    def from_text(cls, text: str) -> "CharTokenizer":
        """El tokenizador con los caracteres de `text`. ValueError si está vacío."""
        if not text:
            raise ValueError("el texto está vacío: hace falta al menos un carácter.")
        return cls("".join(sorted(set(unicodedata.normalize("NFC", text)))))

    @property
    def vocab_size(self) -> int:
        return len(self.symbols)

    @cached_property
    def _codes(self) -> np.ndarray:
        return _code_points(self.symbols)  # (V,), crecientes

    def encode(self, text: str) -> np.ndarray:
        """Los números de `text`, (T,), int64. ValueError si hay caracteres desconocidos."""
        codes = _code_points(unicodedata.normalize("NFC", text))  # (T,)
        # como están ordenados, el sitio de cada código en la lista es ya su número
        ids = np.searchsorted(self._codes, codes).clip(max=self.vocab_size - 1)
        unknown = np.unique(codes[self._codes[ids] != codes])
        if unknown.size:
            named = [chr(code) for code in unknown[:MAX_NAMED]]
            more = f" y {unknown.size - MAX_NAMED} más" if unknown.size > MAX_NAMED else ""
            raise ValueError(
                f"caracteres fuera del vocabulario: {named}{more}. "
                f"Se esperaba alguno de los {self.vocab_size} de {self.symbols[:80]!r}. "
                "Usa letras del corpus o crea el tokenizador con tu texto."
            )
        return ids

    def decode(self, ids) -> str:
        """El texto de `ids`, enteros en [0, V). ValueError si alguno no está."""
        ids = _checked(ids, self.vocab_size)
        return self._codes[ids].tobytes().decode("utf-32-le", "surrogatepass")

    def to_dict(self) -> dict:
        return {"type": "char", "symbols": self.symbols}


def from_dict(data: dict) -> CharTokenizer:
    """El tokenizador que `to_dict` guardó."""
    if data.get("type") == "char":
        return CharTokenizer(data["symbols"])
    raise ValueError(f"tipo de tokenizador desconocido: {data.get('type')!r}. Se esperaba 'char'.")


def _code_points(text: str) -> np.ndarray:
    """El código Unicode de cada carácter, (T,): cuatro bytes por carácter, sin bucle."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def _checked(ids, vocab_size: int) -> np.ndarray:
    ids = np.asarray(ids)
    if not ids.size:
        return np.zeros(0, dtype=np.int64)
    if ids.ndim != 1 or ids.dtype.kind not in "iu" or ids.min() < 0 or ids.max() >= vocab_size:
        raise ValueError(
            f"ids de tipo {ids.dtype}, forma {ids.shape}: se esperaba una lista de enteros "
            f"entre 0 y {vocab_size - 1}."
        )
    return ids
