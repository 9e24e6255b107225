"""La LSTM: la de la lección de partida, su copia en NumPy y el contrato de los modelos."""

import math

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

from llm_intro.lstm import CervantesLSTM
from llm_intro.models.regularized_lstm import RegularizedLSTM
from llm_intro.support.numpy_lstm import NumpyLSTM, State
from llm_intro.tokenizers import CharTokenizer

STARTING_REPR = """\
CervantesLSTM(
  (embedding): Embedding(48, 64)
  (lstm): LSTM(64, 128, num_layers=3, dropout=0.3)
  (fc): Linear(in_features=128, out_features=48, bias=True)
)"""
PARAGRAPH = (
    "en un lugar de la mancha, de cuyo nombre no quiero acordarme, no ha mucho tiempo que vivía "
    "un hidalgo de los de lanza en astillero, adarga antigua, rocín flaco y galgo corredor."
)


def make(layers=1, vocab=11, kind=CervantesLSTM, **settings) -> CervantesLSTM:
    torch.random.manual_seed(layers)
    settings = {"dropout": 0.0, **settings}
    model = kind(vocab, embed_dim=5, hidden_size=7, num_layers=layers, **settings)
    with torch.no_grad():  # pesos grandes: las puertas se mueven de verdad
        for weight in model.parameters():
            weight.copy_(torch.randn_like(weight))
    return model


def random_state(layers, batch, seed=0) -> State:
    draws = np.random.default_rng(seed)
    return State(*draws.normal(size=(2, layers, batch, 7)).astype(np.float32))


# --- la de la lección de partida ---


def test_prints_like_the_starting_lesson():
    """Con 48 símbolos, la misma ficha que en la lección de partida."""
    assert repr(CervantesLSTM(48)) == STARTING_REPR


def test_has_the_starting_lessons_parameters():
    """48·64 + 3 capas de 4·128·(entrada + 128 + 2) + 128·48 + 48 = 372 784."""
    by_hand = 48 * 64 + 4 * 128 * (64 + 130 + 2 * (128 + 130)) + 129 * 48
    assert sum(p.numel() for p in CervantesLSTM(48).parameters()) == by_hand == 372_784


def test_course_model_is_not_larger_than_the_starting_one():
    """La comparación de recetas es a igualdad de parámetros: como mucho, 372 784."""
    assert sum(p.numel() for p in CervantesLSTM.course(61).parameters()) <= 372_784


def test_forget_bias_sets_that_gate_and_no_other():
    """El cuarto segundo de la suma de los dos sesgos vale 1; los otros tres, lo de PyTorch."""
    torch.random.manual_seed(3)
    plain = CervantesLSTM(11, 5, 7, num_layers=2, dropout=0.0)
    torch.random.manual_seed(3)
    model = CervantesLSTM(11, 5, 7, num_layers=2, dropout=0.0, forget_bias=1.0)
    for i in range(2):
        for name in ("bias_ih", "bias_hh"):
            ours, theirs = (getattr(m.lstm, f"{name}_l{i}").detach() for m in (model, plain))
            forget = torch.arange(28) // 7 == 1
            assert torch.equal(ours[~forget], theirs[~forget])
        both = getattr(model.lstm, f"bias_ih_l{i}") + getattr(model.lstm, f"bias_hh_l{i}")
        assert torch.equal(both[forget], torch.ones(7))


DROPOUTS = ["dropout", "input_dropout", "output_dropout", "weight_dropout"]


@pytest.mark.parametrize("where", DROPOUTS)
def test_each_dropout_acts_only_while_training(where):
    """Al entrenar, dos pasadas difieren; al medir, ni difieren ni cambian el resultado."""
    model, x = make(layers=2, kind=RegularizedLSTM, **{where: 0.5}), torch.arange(10)[:, None]
    assert not torch.equal(model(x)[0], model(x)[0])
    assert torch.equal(model.eval()(x)[0], make(layers=2).eval()(x)[0])


def test_the_regularized_one_is_the_taught_one_with_more_dropout():
    """Los mismos pesos con los mismos nombres; sin apagados, entrena igual, letra por letra."""
    plain, other, x = make(layers=2), make(layers=2, kind=RegularizedLSTM), torch.arange(9)[:, None]
    other.load_state_dict(plain.state_dict())
    assert isinstance(other, CervantesLSTM) and other.config == {
        **plain.config, "input_dropout": 0.0, "output_dropout": 0.0, "weight_dropout": 0.0
    }  # fmt: skip
    assert torch.equal(other.train()(x)[0], plain.train()(x)[0])


# --- la copia en NumPy es la misma red ---


@pytest.mark.parametrize("layers", [1, 3])
def test_numpy_step_equals_pytorch_on_random_states(layers):
    """Un paso desde un estado cualquiera, cinco textos a la vez: mismos logits y estado."""
    model, state = make(layers).eval(), random_state(layers, batch=5)
    tokens = np.array([0, 3, 10, 3, 7])
    logits, after = model._numpy().step(tokens, state)  # (B, V)
    hidden = tuple(torch.from_numpy(part) for part in state)
    expected, (h, c) = model(torch.from_numpy(tokens)[None], hidden)
    assert logits.shape == (5, 11)
    assert np.abs(logits - expected[0].detach().numpy()).max() < 1e-4
    assert np.abs(after.h - h.detach().numpy()).max() < 1e-4
    assert np.abs(after.c - c.detach().numpy()).max() < 1e-4


@pytest.mark.parametrize("layers", [1, 3])
def test_numpy_steps_equal_a_full_pass_over_a_paragraph(layers):
    """Letra a letra con estado, o el párrafo entero en PyTorch: los mismos logits."""
    tokenizer = CharTokenizer.from_text(PARAGRAPH)
    model, ids = make(layers, tokenizer.vocab_size).eval(), tokenizer.encode(PARAGRAPH)
    full, _ = model(torch.from_numpy(ids)[:, None])
    state = model.start()
    for token, expected in zip(ids, full[:, 0].detach().numpy(), strict=True):
        logits, state = model.step(token, state)
        assert np.abs(logits - expected).max() < 1e-4


def test_a_batch_of_texts_equals_one_text_at_a_time():
    """`start(batch=B)` sirve para generar varios textos a la vez."""
    model = make(3)
    fast = NumpyLSTM({k: v.detach().numpy() for k, v in model.named_parameters()})
    texts = np.array([[1, 2, 3, 4], [9, 0, 9, 0], [5, 5, 5, 5]])
    state = fast.start(batch=3)
    for tokens in texts.T:
        together, state = fast.step(tokens, state)
    for row, text in zip(together, texts, strict=True):
        alone = fast.start()
        for token in text:
            logits, alone = fast.step(token, alone)
        assert np.abs(row - logits).max() < 1e-5


def test_huge_inputs_do_not_overflow():
    """Con pesos enormes las puertas se saturan, sin avisos ni NaN."""
    model = make(1)
    with torch.no_grad():
        model.embedding.weight.mul_(1e6)
    with np.errstate(all="raise"):
        logits, _ = model.step(3, model.start())
    assert np.isfinite(logits).all()


# --- el contrato: start, step, token_bits ---


@pytest.mark.parametrize("optimizer", [torch.optim.SGD, torch.optim.AdamW, torch.optim.Adam])
@pytest.mark.parametrize("fused", [True, False])
def test_step_sees_the_weights_of_the_last_update(optimizer, fused):
    """Se puede generar en mitad de un entrenamiento: la copia en NumPy se rehace."""
    model = make(1)
    model.step(2, model.start())
    update = optimizer(model.parameters(), lr=0.1, fused=fused)
    model(torch.tensor([[2]]))[0].sum().backward()
    update.step()
    logits, _ = model.step(2, model.start())
    assert np.abs(logits - model(torch.tensor([[2]]))[0][0, 0].detach().numpy()).max() < 1e-4


def test_step_sees_loaded_weights():
    """Tras `load_state_dict`, los pesos nuevos."""
    model, other = make(1), make(1)
    with torch.no_grad():
        other.fc.bias.add_(1.0)
    before, _ = model.step(2, model.start())
    model.load_state_dict(other.state_dict())
    assert model.step(2, model.start())[0] == pytest.approx(before + 1, abs=1e-5)


def test_the_numpy_copy_does_not_share_memory_with_the_weights():
    """Un entrenamiento no cambia por debajo una generación ya empezada."""
    model = make(1)
    frozen = model._numpy()
    before, _ = frozen.step(2, frozen.start())
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(1.0)
    assert np.array_equal(before, frozen.step(2, frozen.start())[0])


def test_token_bits_by_definition():
    """Entropía cruzada en bits, no en nats: la de PyTorch entre ln 2."""
    model, ids = make(1).eval(), torch.tensor([3, 1, 4, 1, 5])
    logits, _ = model(ids[:-1, None])
    nats = cross_entropy(logits[:, 0], ids[1:], reduction="none").detach().numpy()
    assert model.token_bits(ids) == pytest.approx(nats / math.log(2), abs=1e-4)
