"""El contrato de todos los modelos del curso: `tokenizer`, `start`, `step`…"""

import copy
import math
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from benchmarks.mixing import Mixture, Product
from llm_intro.lstm import CervantesLSTM
from llm_intro.models.ngram import NGramModel
from llm_intro.models.regularized_lstm import RegularizedLSTM
from llm_intro.models.transformer import Transformer
from llm_intro.sampling import token_bits
from llm_intro.tokenizers import CharTokenizer

SYMBOLS = "abcdefghijk"
TEXT = "".join(np.random.default_rng(1).choice(list(SYMBOLS), size=300))


def network(kind, *sizes, **settings):
    """Una red con pesos grandes: lo que se mueve, se nota."""
    torch.random.manual_seed(0)
    model = kind(len(SYMBOLS), *sizes, **settings)
    with torch.no_grad():
        for weight in model.parameters():
            weight.copy_(torch.randn_like(weight))
    model.tokenizer = CharTokenizer(SYMBOLS)
    return model


def counted(order: int) -> NGramModel:
    return NGramModel(order).fit(TEXT)


DROPS = dict(input_dropout=0.5, output_dropout=0.5, weight_dropout=0.5)
NETWORKS = {
    "LSTM": lambda: network(CervantesLSTM, 5, 7, 1, dropout=0.0),
    "LSTM de 3 capas": lambda: network(CervantesLSTM, 5, 7, 3, dropout=0.5),
    "LSTM regularizada": lambda: network(RegularizedLSTM, 5, 7, 2, dropout=0.5, **DROPS),
    "Transformer": lambda: network(Transformer, 8, 2, 2, 20, 0.5),
}
MODELS = {
    **NETWORKS,
    "LSTM en NumPy": lambda: NETWORKS["LSTM"]()._numpy(),
    "n-grama": lambda: counted(3),
    "mezcla": lambda: Mixture([counted(3), counted(1)], [0.25, 0.75]),
    "producto": lambda: Product([counted(3), counted(1)], [0.4, 0.9]),
}
LONG = {"LSTM": 4500, "LSTM de 3 capas": 4500, "Transformer": 700}  # más de un trozo
each_model = pytest.mark.parametrize("name", MODELS)
each_network = pytest.mark.parametrize("name", NETWORKS)


def numbers(state) -> list:
    """Todo lo que hay en un estado, en fila."""
    if isinstance(state, tuple):
        return [n for part in state for n in numbers(part)]
    return np.ravel(state).tolist()


@each_model
def test_a_state_is_a_value(name):
    """Dar dos veces el mismo paso da lo mismo, y el estado de partida sigue igual."""
    model = MODELS[name]()
    state = model.start()
    for token in (3, 1):
        _, state = model.step(token, state)
    before = copy.deepcopy(state)
    once, _ = model.step(4, state)
    model.step(5, state)
    twice, _ = model.step(4, state)
    assert once.shape == (len(SYMBOLS),) and np.array_equal(once, twice)
    assert numbers(state) == numbers(before)


@each_model
def test_reading_at_once_costs_the_bits_of_reading_step_by_step(name):
    """La vía rápida, si la hay, da los bits de `start` y `step`, también en varios trozos."""
    model = MODELS[name]()
    ids = np.random.default_rng(0).integers(len(SYMBOLS), size=LONG.get(name, 60))
    slow = SimpleNamespace(start=model.start, step=model.step)
    bits = token_bits(model, ids)
    assert bits.shape == (len(ids) - 1,)
    assert bits == pytest.approx(token_bits(slow, ids), abs=1e-3)
    assert len(token_bits(model, ids[:1])) == 0  # el primero no se puntúa


@each_network
@pytest.mark.parametrize("training", [True, False])
def test_measuring_leaves_the_mode_as_found(name, training):
    """Ni medir ni fallar midiendo cambian el modo; y con dropout se mide sin él."""
    model = NETWORKS[name]().train(training)
    ids = np.arange(9)
    assert np.array_equal(model.token_bits(ids), model.token_bits(ids))
    assert np.array_equal(model.step(1, model.start())[0], model.step(1, model.start())[0])
    for fail in (lambda: model.step(99, model.start()), lambda: model.token_bits([1, 99, 1])):
        with pytest.raises(IndexError):
            fail()
    assert {module.training for module in model.modules()} == {training}


SIZES = {
    CervantesLSTM: ("vocab_size", "embed_dim", "hidden_size", "num_layers"),
    Transformer: ("vocab_size", "width", "heads", "layers", "context"),
}
FRACTIONS = {CervantesLSTM: ("dropout",), RegularizedLSTM: tuple(DROPS), Transformer: ("dropout",)}


def cases(names: dict, values) -> list:
    return [(kind, name, v) for kind, own in names.items() for name in own for v in values]


@pytest.mark.parametrize(("kind", "name", "value"), cases(SIZES, [0, -3, 2.5, "x", None]))
def test_bad_sizes_are_named(kind, name, value):
    """El error dice qué tamaño y cuánto valía."""
    with pytest.raises(ValueError, match=f"{name}={value!r}: debe ser un entero de 1 o más"):
        kind(**{"vocab_size": 48, name: value})


@pytest.mark.parametrize(
    ("kind", "name", "value"), cases(FRACTIONS, [-0.1, 1.0, math.nan, "x", None])
)
def test_bad_dropouts_are_named(kind, name, value):
    """Un dropout de 1 lo apagaría todo; un texto no es una fracción."""
    with pytest.raises(ValueError, match=f"{name}={value!r}: debe ser un número entre 0"):
        kind(48, **{name: value})
