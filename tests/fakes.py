"""Dobles para las pruebas: un corpus que vigila lo reservado y modelos de respuesta conocida."""

from functools import cache

import numpy as np
import pytest
import torch

from benchmarks.book import describe
from llm_intro.corpus import START_MARK, clean, load_quijote
from llm_intro.tokenizers import CharTokenizer


@cache
def fake_book() -> str:
    """Un libro postizo con la forma del de Gutenberg: el extracto, repetido hasta su tamaño."""
    raw = load_quijote("extracto").raw
    last = raw.index("Capítulo LXXIV")
    first, ending = raw[raw.index(START_MARK) : last], raw[last : raw.index("*** END")]
    body = first * (2_060_000 // len(first) + 1) + ending
    return f"The eBook\n\n*** START ***\n\n{body}*** END OF THE EBOOK ***\n\n{'License. ' * 2000}"


@cache
def fake_card() -> dict:
    """Lo que se sabe de ese libro: puesto en el sitio del de verdad, se reconoce él."""
    return describe(clean(fake_book()))


class TextCorpus:
    """Un corpus de dos partes; leer `heldout` es un fallo."""

    def __init__(self, train: str, valid: str):
        self.train, self.valid, self.text = train, valid, train + valid

    @property
    def heldout(self):
        raise AssertionError("alguien ha leído lo reservado para la nota final")


class FakeTime:
    """Un módulo `time` que no depende de la máquina: cada mirada al reloj lo adelanta 1 s."""

    def __init__(self):
        self.now = 0.0

    def skip(self, seconds):
        self.now += seconds

    def perf_counter(self):
        self.skip(1.0)
        return self.now

    def process_time(self):
        return 2 * self.perf_counter()

    def monotonic(self):
        return self.now


class TableModel:
    """Un modelo de lenguaje que es una tabla: fila `a`, logits de lo que sigue a `a`.

    Su estado es la lista de lo leído; así se ve qué leyó y si alguien lo modificó.
    """

    def __init__(self, symbols: str, table):
        self.tokenizer = CharTokenizer(symbols)
        self.table = np.asarray(table, dtype=float)  # (V, V)

    def start(self):
        return ()

    def step(self, token, state):
        return self.table[token], (*state, token)


def uniform_model(symbols: str) -> TableModel:
    """El que no sabe nada: todo igual de probable."""
    return TableModel(symbols, np.zeros((len(symbols), len(symbols))))


def cycle_model(symbols: str) -> TableModel:
    """El que lo sabe todo: tras cada símbolo, con certeza, el siguiente de la lista."""
    sure = np.roll(np.eye(len(symbols)), 1, axis=1)
    with np.errstate(divide="ignore"):
        return TableModel(symbols, np.log(sure))


def _has_bf16_lstm() -> bool:
    """Si este procesador sabe entrenar una LSTM en bf16: los que no tienen AVX-512, no."""
    try:
        with torch.autocast("cpu", torch.bfloat16):
            torch.nn.LSTM(2, 2)(torch.zeros(1, 1, 2))
    except RuntimeError:
        return False
    return True


needs_bf16 = pytest.mark.skipif(not _has_bf16_lstm(), reason="un procesador con LSTM en bf16")
