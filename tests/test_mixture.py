"""La mezcla de modelos, con cuentas que se hacen a mano."""

import numpy as np
import pytest
from fakes import TableModel, cycle_model, uniform_model
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.mixing import Mixture, Product, fit_product, fit_weights, product_bits
from llm_intro import NGramModel, bits_per_char, generate
from llm_intro.models.scoreboard import bootstrap_interval
from llm_intro.sampling import next_probs


def sure(symbols: str, letter: str) -> TableModel:
    """Uno que da 3/4 a `letter` y se reparte el resto."""
    V = len(symbols)
    row = [0.75 if symbol == letter else 0.25 / (V - 1) for symbol in symbols]
    return TableModel(symbols, np.log([row] * V))


def test_two_models_by_hand():
    """3/4 y 1/2 a partes iguales son 5/8; con pesos 1 y 0, el primero."""
    a, b = sure("ab", "a"), uniform_model("ab")
    mixed, state = Mixture([a, b]).step(0, ((), ()))
    assert np.allclose(np.exp(mixed), [5 / 8, 3 / 8]) and state == ((0,), (0,))
    assert np.allclose(np.exp(Mixture([a, b], [1, 0]).step(0, ((), ()))[0]), [3 / 4, 1 / 4])


def test_a_product_by_hand():
    """3/4·1/2 contra 1/4·1/2: manda el primero, 3/4. Con pesos 2 y 0, 9/16 contra 1/16: 9/10."""
    a, b = sure("ab", "a"), uniform_model("ab")
    assert np.allclose(np.exp(Product([a, b], [1, 1]).step(0, ((), ()))[0]), [3 / 4, 1 / 4])
    assert np.allclose(np.exp(Product([a, b], [2, 0]).step(0, ((), ()))[0]), [9 / 10, 1 / 10])


def test_one_veto_is_enough_for_a_product_but_not_without_weight():
    """P = 0 para uno es 0 para el producto; si ese no pesa, como si no estuviera."""
    never = TableModel("ab", [[0, -np.inf]] * 2)
    product = Product([never, uniform_model("ab")], [1, 1])
    assert np.allclose(np.exp(product.step(0, ((), ()))[0]), [1, 0])
    ignored = Product([never, uniform_model("ab")], [0, 1])
    assert np.allclose(np.exp(ignored.step(0, ((), ()))[0]), [1 / 2, 1 / 2])


def test_the_bits_of_a_product_are_those_of_its_steps():
    """Paso a paso o de una vez: lo mismo."""
    text = "abracadabra pata de cabra " * 3
    parts = [NGramModel(order=order).fit(text) for order in (1, 3)]
    ids = parts[0].tokenizer.encode(text)
    rows = [[np.log(m.probs(text[: i + 1])) for i in range(len(ids) - 1)] for m in parts]
    bits = product_bits(rows, [0.4, 0.9], ids[1:])
    assert np.isclose(bits_per_char(Product(parts, [0.4, 0.9]), text), bits.mean())


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.5])
def test_the_weight_of_one_model_is_the_inverse_of_its_temperature(temperature):
    """Símbolos que salen de sus logits partidos por T: el peso que ajusta Newton es 1/T."""
    logits = np.array([2.0, 0.5, -1.0])
    shares = next_probs(logits, temperature)
    ids = np.repeat(np.arange(3), np.rint(20_000 * shares).astype(int))
    rows = np.tile(np.log(next_probs(logits)), (1, len(ids), 1))  # (1, N, V)
    assert fit_product(rows, ids)[0] == pytest.approx(1 / temperature, rel=0.01)


def test_the_bits_of_a_mixture_by_hand():
    """1/2 y 1/8 con pesos iguales, 5/16: 1,678 bits; sin peso, un bit infinito no estorba."""
    half, eighth = (TableModel("ab", np.log([[1 - p, p]] * 2)) for p in (1 / 2, 1 / 8))
    assert Mixture([half, eighth]).token_bits([0, 1]) == pytest.approx(-np.log2(5 / 16))
    assert Mixture([half, cycle_model("ab")], [1, 0]).token_bits([0, 0]) == pytest.approx(1)


def test_it_writes_like_any_model():
    """Mismo contrato: escribe, y con peso 1 para uno escribe como ese."""
    text = "el gato y el perro y el pato " * 4
    a, b = NGramModel(order=4).fit(text), NGramModel(order=1).fit(text)
    assert generate(Mixture([a, b], [1, 0]), "el", 30) == generate(a, "el", 30)


@pytest.mark.parametrize("true", [0.1, 0.5, 0.9])
def test_the_weights_of_a_known_mixture_come_back(true):
    """Símbolos sacados de una mezcla conocida: EM encuentra su peso, ± 0,03."""
    parts = np.array([[0.7, 0.2, 0.1], [0.1, 0.2, 0.7]])  # (2, 3)
    drawn = np.random.default_rng(0).choice(3, 40_000, p=[true, 1 - true] @ parts)
    assert abs(fit_weights(-np.log2(parts[:, drawn]))[0] - true) < 0.03


@given(st.lists(st.tuples(st.floats(0.1, 12), st.floats(0.1, 12)), min_size=1, max_size=40))
def test_the_mixture_is_never_worse_than_its_best_part_where_it_was_fitted(pairs):
    """Uno solo es también un reparto: el óptimo no puede perder contra él."""
    bits = np.array(pairs).T
    weights = fit_weights(bits, rounds=3000)
    assert np.isclose(weights.sum(), 1)
    assert -np.log2(weights @ 2.0**-bits).mean() <= bits.mean(axis=1).min() + 1e-3


def test_a_constant_has_no_doubt_and_noise_has_the_known_one():
    """Sin variación, un punto; con ruido independiente, ± 1,96 desviaciones de la media."""
    assert bootstrap_interval(np.full(2000, 1.5)) == pytest.approx((1.5, 1.5))
    noise = np.random.default_rng(0).normal(size=50_000)
    low, high = bootstrap_interval(noise, block=50)
    assert (high - low) / 2 == pytest.approx(1.96 / np.sqrt(50_000), rel=0.15)


def test_neighbours_that_agree_widen_the_interval():
    """El mismo ruido repetido diez veces seguidas pesa como diez veces menos datos."""
    noise = np.random.default_rng(0).normal(size=50_000)
    alone, repeated = bootstrap_interval(noise), bootstrap_interval(np.repeat(noise[:5_000], 10))
    assert np.ptp(repeated) > 2.5 * np.ptp(alone)  # la teoría dice √10 = 3,2


@pytest.mark.parametrize("weights", [[0.5], [0.5, 0.6], [-1, 2], [np.nan, 1]])
def test_weights_that_are_no_share_are_refused(weights):
    """Dos modelos, dos pesos de 0 o más que suman 1."""
    with pytest.raises(ValueError, match="weights="):
        Mixture([uniform_model("ab"), uniform_model("ab")], weights)


def test_models_of_other_symbols_are_refused():
    """«a» no puede ser el mismo número en dos alfabetos distintos."""
    with pytest.raises(ValueError, match="símbolos"):
        Mixture([uniform_model("ab"), uniform_model("abc")])
    with pytest.raises(ValueError, match="bloques"):
        bootstrap_interval(np.zeros(10))
