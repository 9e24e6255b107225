"""El Transformer: qué ve cada posición, y que leer a trozos es leer de un tirón."""

import math

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

from llm_intro.models.transformer import Attention, Transformer, alibi_slopes


def make(context=100, layers=2, heads=2, **settings) -> Transformer:
    torch.random.manual_seed(0)
    model = Transformer(11, width=8, heads=heads, layers=layers, context=context, **settings)
    with torch.no_grad():  # pesos grandes: lo que se ve, se nota
        for weight in model.parameters():
            weight.copy_(torch.randn_like(weight) * 0.7)
    return model.eval()


def text(length, seed=0) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(seed).integers(11, size=length))


def logits_of(model, ids) -> torch.Tensor:
    return model(ids[:, None])[0][:, 0].detach()  # (T, V)


def positions_that_change(model, ids, place) -> list[int]:
    """Dónde cambian los logits si se cambia el símbolo de `place`."""
    other = ids.clone()
    other[place] = (other[place] + 1) % 11
    moved = (logits_of(model, ids) - logits_of(model, other)).abs().amax(dim=1)
    return [i for i, change in enumerate(moved.tolist()) if change > 1e-6]


# --- qué ve cada posición ---


def test_a_future_symbol_changes_nothing_before_it():
    """Causal: al cambiar el símbolo 6 cambian del 6 en adelante; lo anterior, nada."""
    assert positions_that_change(make(), text(10), 6) == [6, 7, 8, 9]


def test_without_causality_everything_sees_everything():
    """`causal=False`, como BERT: cambia todo; y no queda memoria que pasar al trozo siguiente."""
    model = make(causal=False, context=2)
    assert positions_that_change(model, text(10), 6) == list(range(10))
    assert model(text(10)[:, None])[1] is None


@pytest.mark.parametrize(("context", "layers"), [(1, 3), (2, 1), (3, 2), (4, 3)])
def test_context_is_honoured(context, layers):
    """Cada capa mira `context` - 1 sitios atrás: con L capas, no se llega más lejos que la suma."""
    reach = layers * (context - 1)
    changed = positions_that_change(make(context, layers), text(30), 5)
    assert changed == list(range(5, 5 + reach + 1))


@pytest.mark.parametrize(
    ("heads", "slopes"),
    [(1, [1 / 256]), (2, [1 / 16, 1 / 256]), (4, [1 / 4, 1 / 16, 1 / 64, 1 / 256])],
)
def test_slopes_by_hand(heads, slopes):
    """Progresión geométrica que acaba en 2⁻⁸; con ocho cabezas, ½, ¼, ⅛…"""
    assert alibi_slopes(heads).tolist() == slopes
    assert alibi_slopes(8).tolist() == [1 / 2**i for i in range(1, 9)]


def test_bias_by_hand():
    """Con contexto 2: 0 para sí misma, -pendiente para la anterior, menos infinito lo demás."""
    no = -math.inf
    model = make(context=2, heads=2)
    assert model.bias(3)[0].tolist() == [[0, no, no], [-1 / 16, 0, no], [no, -1 / 16, 0]]
    assert model.bias(1, past=2)[1].tolist() == [[no, -1 / 256, 0]]
    both = make(context=2, heads=2, causal=False).bias(3)[0]
    assert both.tolist() == [
        [0, -1 / 16, -1 / 8],
        [-1 / 16, 0, -1 / 16],
        [-1 / 8, -1 / 16, 0],
    ]


def test_attention_equals_the_formula():
    """softmax(q·k / √d + sesgo) · v, cabeza a cabeza, escrito en NumPy."""
    torch.random.manual_seed(0)
    layer, x = Attention(6, heads=2), torch.randn(1, 4, 6)
    bias = torch.randn(2, 4, 4)
    qkv = (x[0] @ layer.qkv.weight.T).detach().numpy().reshape(4, 3, 2, 3)  # (T, qkv, heads, d)
    mixed = np.zeros((4, 2, 3))
    for head in range(2):
        q, k, v = qkv[:, 0, head], qkv[:, 1, head], qkv[:, 2, head]
        scores = np.exp(q @ k.T / math.sqrt(3) + bias[head].numpy())
        mixed[:, head] = scores / scores.sum(axis=1, keepdims=True) @ v
    expected = layer.out(torch.from_numpy(mixed.reshape(4, 6)).float())
    assert torch.allclose(layer(x, bias)[0][0], expected, atol=1e-5)


# --- de un tirón, a trozos o letra a letra ---


@pytest.mark.parametrize("context", [1, 2, 7, 100])
def test_step_by_step_equals_a_full_pass(context):
    """Con lo leído guardado, los mismos logits que con el texto entero, pasada la ventana."""
    model, ids = make(context), text(40)
    full, state = logits_of(model, ids), model.start()
    for token, expected in zip(ids.tolist(), full.numpy(), strict=True):
        logits, state = model.step(token, state)
        assert np.abs(logits - expected).max() < 1e-4
    assert all(kv.shape[-2] == min(40, context - 1) for kv in state)  # no crece sin fin


@pytest.mark.parametrize("cuts", [(1, 39), (13, 13, 14), (5, 1, 30, 4)])
def test_chunks_with_memory_equal_a_full_pass(cuts):
    """Trozos de cualquier tamaño, en un lote de tres textos, pasando la memoria."""
    model = make(context=7)
    ids = torch.stack([text(40, seed) for seed in range(3)], dim=1)  # (T, B)
    hidden, pieces = None, []
    for piece in ids.split(cuts):
        logits, hidden = model(piece, hidden)
        pieces.append(logits)
    assert torch.allclose(torch.cat(pieces), model(ids)[0], atol=1e-4)


def test_token_bits_by_definition():
    """Entropía cruzada en bits; también cuando el texto pasa de un trozo de 512."""
    model, ids = make(context=20), text(700)
    nats = cross_entropy(logits_of(model, ids)[:-1], ids[1:], reduction="none")
    assert model.token_bits(ids.numpy()) == pytest.approx(nats.numpy() / math.log(2), abs=1e-3)


# --- errores ---


def test_width_must_split_into_heads():
    """10 no se reparte entre 4 cabezas."""
    with pytest.raises(ValueError, match="width=10 no es múltiplo de heads=4"):
        Transformer(11, width=10, heads=4)
