"""Cómo se guarda en poco sitio lo que viaja con el curso: pesos y vectores en 8 bits."""

import numpy as np

from llm_intro.embeddings import WordVectors
from llm_intro.models.pretrained import SCALE


def pack_8bit(weights: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Cada matriz en enteros de 8 bits, con una escala por fila; los vectores, en float16."""
    packed = {}
    for name, weight in weights.items():
        if weight.ndim < 2:
            packed[name] = weight.astype(np.float16)
            continue
        scale = np.abs(weight).max(axis=1, keepdims=True) / 127  # (filas, 1)
        scale = np.maximum(scale, 1e-12).astype(np.float32)
        packed[name] = np.rint(weight / scale).astype(np.int8)
        packed[name + SCALE] = scale
    return packed


def cool(packed: dict, temperature: float) -> dict:
    """Los pesos empaquetados con los logits divididos: basta tocar la escala de `fc` y su sesgo."""
    keys = ("fc.weight" + SCALE, "fc.bias")
    return packed | {key: (packed[key] / temperature).astype(packed[key].dtype) for key in keys}


def save_vectors(path, vectors: WordVectors) -> None:
    """Guarda las direcciones en enteros de 8 bits: para el coseno, la longitud no cuenta."""
    top = np.abs(vectors.vectors).max(axis=1, keepdims=True)
    small = np.rint(vectors.vectors / np.where(top > 0, top, 1) * 127).astype(np.int8)
    np.savez_compressed(path, words=np.array(vectors.words), vectors=small)
