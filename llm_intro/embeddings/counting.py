"""De un texto a un vector por palabra: contar compañías, PPMI y SVD. Solo NumPy."""

import re
from collections import Counter

import numpy as np

from .vectors import WordVectors

WORD = re.compile(r"[^\W\d_]+")


def split_words(text: str) -> list[str]:
    """Las palabras de `text`, en minúsculas y en orden: tiras de letras, sin signos ni cifras."""
    return WORD.findall(text.lower())


def frequent_words(tokens: list[str], min_count: int = 8) -> tuple[list[str], np.ndarray]:
    """Las palabras vistas `min_count` veces o más, y el texto como sus números.

    Returns:
        words: de más a menos frecuente; si empatan, por orden alfabético.
        ids: (T,), el número de cada palabra de `tokens`; las raras se saltan.
    """
    counts = Counter(tokens)
    words = sorted((w for w, n in counts.items() if n >= min_count), key=lambda w: (-counts[w], w))
    if len(words) < 2:
        raise ValueError(
            f"de {len(tokens)} palabras, solo {len(words)} salen {min_count} veces o más: "
            "hace falta más texto o un min_count menor."
        )
    index = {word: i for i, word in enumerate(words)}
    return words, np.array([index[t] for t in tokens if t in index])


def count_pairs(ids: np.ndarray, vocab_size: int, window: int = 5) -> np.ndarray:
    """Cuánto acompaña cada palabra a cada otra, (V, V), simétrica.

    Dos palabras a distancia d ≤ `window` suman 1/d: lo cercano cuenta más.
    """
    if window < 1:
        raise ValueError(f"window={window}: la ventana abarca al menos una palabra.")
    counts = np.zeros(vocab_size * vocab_size)
    for d in range(1, min(window, len(ids) - 1) + 1):
        counts += np.bincount(ids[:-d] * vocab_size + ids[d:], minlength=counts.size) / d
    counts = counts.reshape(vocab_size, vocab_size)
    return counts + counts.T


def ppmi(counts: np.ndarray, smoothing: float = 0.75) -> np.ndarray:
    """Cuántos bits más de lo esperado por azar va cada pareja junta; lo negativo se deja en 0.

    Args:
        counts: compañías, (V, V).
        smoothing: potencia a la que se elevan las frecuencias de la compañía; menos de 1 evita
            que las palabras raras parezcan la mejor compañía de todas.
    Returns:
        max(0, log2 P(a, b) / (P(a) P(b))), (V, V), float32.
    Fuente: Levy, Goldberg y Dagan (2015), «Improving Distributional Similarity with Lessons
        Learned from Word Embeddings».
    """
    rows = counts.sum(axis=1, keepdims=True)  # (V, 1)
    columns = counts.sum(axis=0) ** smoothing  # (V,)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = counts * columns.sum() / (rows * columns)
        return np.nan_to_num(np.maximum(np.log2(ratio), 0)).astype(np.float32)


def truncated_svd(matrix: np.ndarray, dims: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Las `dims` direcciones en que más se extiende `matrix`, y cuánto se extiende en cada una.

    No calcula la SVD entera: proyecta sobre unas pocas direcciones al azar y las afina.

    Returns:
        u: (V, dims), columnas ortogonales de longitud 1; s: (dims,), de mayor a menor.
    Fuente: Halko, Martinsson y Tropp (2011), «Finding Structure with Randomness: Probabilistic
        Algorithms for Constructing Approximate Matrix Decompositions».
    """
    if not 1 <= dims <= min(matrix.shape):
        raise ValueError(f"dims={dims}: se esperaba de 1 a {min(matrix.shape)}.")
    width = min(dims + 20, min(matrix.shape))
    random = np.random.default_rng(seed).standard_normal((matrix.shape[1], width))
    basis = np.linalg.qr(matrix @ random.astype(matrix.dtype))[0]  # (V, width)
    for _ in range(4):
        basis = np.linalg.qr(matrix.T @ basis)[0]
        basis = np.linalg.qr(matrix @ basis)[0]
    u, s, _ = np.linalg.svd(basis.T @ matrix, full_matrices=False)
    return (basis @ u)[:, :dims], s[:dims]


def count_vectors(
    tokens: list[str],
    dims: int = 100,
    window: int = 5,
    min_count: int = 8,
    power: float = 0.5,
    seed: int = 0,
) -> WordVectors:
    """Los vectores de PPMI y SVD de un texto.

    Args:
        tokens: sus palabras, en orden.
        dims: E, números por palabra.
        power: exponente de los valores singulares; con 0 todas las direcciones pesan igual.
    Fuente: Levy y Goldberg (2014), «Neural Word Embedding as Implicit Matrix Factorization».
    """
    words, ids = frequent_words(tokens, min_count)
    u, s = truncated_svd(ppmi(count_pairs(ids, len(words), window)), dims, seed)
    return WordVectors(tuple(words), u * s**power)


def main_plane(rows: np.ndarray) -> np.ndarray:
    """Cada fila en el plano en que más se separan unas de otras, (N, 2); es un PCA.

    El signo de cada eje, que es arbitrario, se elige para que el punto más lejano sea positivo.
    """
    u, s, _ = np.linalg.svd(rows - rows.mean(axis=0), full_matrices=False)
    points = u[:, :2] * s[:2]
    farthest = points[np.abs(points).argmax(axis=0), [0, 1]]
    return points * np.where(farthest < 0, -1, 1)
