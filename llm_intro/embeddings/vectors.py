"""Vectores de palabras: vecinas, analogías, y leerlos de un archivo. Solo NumPy."""

import difflib
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import numpy as np

from ..support import data


@dataclass(frozen=True, eq=False, repr=False)
class WordVectors:
    """Un vector por palabra. Los guarda con longitud 1: entre dos, el coseno es su producto.

    Attributes:
        words: V palabras distintas, de más a menos frecuente.
        vectors: (V, E); una fila de ceros se queda en ceros, y su coseno con todo es 0.
    Raises:
        ValueError: si hay palabras repetidas, no hay un vector por palabra o alguno no es finito.
    """

    words: tuple[str, ...]
    vectors: np.ndarray

    def __post_init__(self):
        vectors = np.asarray(self.vectors, dtype=np.float32)
        if vectors.ndim != 2 or len(vectors) != len(self.words) or not len(self.words):
            raise ValueError(
                f"{len(self.words)} palabras y vectores de forma {vectors.shape}: "
                "se esperaba una fila por palabra, y al menos una."
            )
        if len(set(self.words)) < len(self.words) or not np.isfinite(vectors).all():
            raise ValueError(
                "hay palabras repetidas o vectores con NaN o infinitos: revisa el archivo."
            )
        object.__setattr__(self, "words", tuple(self.words))
        object.__setattr__(self, "vectors", unit_rows(vectors))

    @cached_property
    def index(self) -> dict[str, int]:
        """palabra → su fila."""
        return {word: row for row, word in enumerate(self.words)}

    def __repr__(self) -> str:
        return f"WordVectors({len(self.words)} palabras, {self.vectors.shape[1]} números cada una)"

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word) -> bool:
        return word in self.index

    def __getitem__(self, word: str) -> np.ndarray:
        """El vector de `word`, (E,). ValueError con las más parecidas si no está."""
        if word not in self.index:
            close = difflib.get_close_matches(str(word), self.words, n=3)
            hint = f"¿Querías decir {' o '.join(close)}?" if close else "Prueba con otra."
            raise ValueError(
                f"«{word}» no está entre las {len(self)} palabras con vector. {hint} "
                "Las palabras raras quedan fuera, y van en minúsculas y con sus tildes."
            )
        return self.vectors[self.index[word]]

    def similarity(self, one: str, other: str) -> float:
        """El coseno entre dos palabras, de -1 a 1."""
        return float(self[one] @ self[other])

    def neighbours(self, query, k: int = 10, exclude=()) -> list[tuple[str, float]]:
        """Las `k` palabras de mayor coseno con `query`, de más a menos.

        Args:
            query: una palabra, que no se cuenta entre sus vecinas, o un vector, (E,).
            exclude: palabras que no pueden salir.
        """
        if k < 1:
            raise ValueError(f"k={k}: pide al menos una vecina.")
        if isinstance(query, str):
            query, exclude = self[query], {query, *exclude}
        cosines = self._cosines(query)
        order = (row for row in np.argsort(-cosines, kind="stable"))
        kept = (row for row in order if self.words[row] not in exclude)
        return [(self.words[row], float(cosines[row])) for row in islice(kept, k)]

    def analogy(self, a: str, b: str, c: str, k: int = 5) -> list[tuple[str, float]]:
        """Lo más cercano a `a` − `b` + `c`, sin contar esas tres palabras.

        Fuente: Mikolov, Yih y Zweig (2013), «Linguistic Regularities in Continuous Space Word
        Representations».
        """
        return self.neighbours(self[a] - self[b] + self[c], k, {a, b, c})

    def rank(self, answer: str, a: str, b: str, c: str) -> int:
        """El puesto de `answer` en `analogy(a, b, c)`; 1 es la primera."""
        if answer in {a, b, c}:
            raise ValueError(f"«{answer}» está en la pregunta: esa palabra nunca sale.")
        cosines = self._cosines(self[a] - self[b] + self[c])
        cosines[[self.index[word] for word in (a, b, c)]] = -2
        _ = self[answer]  # avisa si no está
        return int((cosines > cosines[self.index[answer]]).sum()) + 1

    def _cosines(self, vector) -> np.ndarray:
        return self.vectors @ unit_rows(np.asarray(vector, dtype=np.float32)[None])[0]


def unit_rows(rows: np.ndarray) -> np.ndarray:
    """Cada fila dividida por su longitud; las de ceros se quedan como están. (V, E)"""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(lengths > 0, lengths, 1)


def load_vectors(path=None) -> WordVectors:
    """Lee un npz con `words` y `vectors`; sin `path`, el del Quijote que trae el curso."""
    path = data.path("vectors.npz") if path is None else path
    with np.load(path, allow_pickle=False) as arrays:
        return WordVectors(tuple(arrays["words"].tolist()), arrays["vectors"])
