"""Palabras como vectores: sacarlos de un texto, compararlos y leerlos. Solo NumPy."""

from .counting import (  # noqa: F401
    count_pairs,
    count_vectors,
    frequent_words,
    main_plane,
    ppmi,
    split_words,
    truncated_svd,
)
from .vectors import WordVectors, load_vectors  # noqa: F401
