"""Los n-gramas: recuentos a mano, la fórmula del artículo con diccionarios, y NLTK."""

import io
import os
import time
from collections import Counter
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llm_intro.corpus import load_quijote
from llm_intro.models.bpe import BPETokenizer
from llm_intro.models.ngram import SMOOTHINGS, NGramModel
from llm_intro.tokenizers import CharTokenizer

PHRASE = "el perro de san roque no tiene rabo porque ramón ramírez se lo ha cortado"


def letters(length, seed, weights):
    """Texto al azar con letras a, b, c… de esas probabilidades."""
    draws = np.random.default_rng(seed).choice(len(weights), size=length, p=weights)
    return "".join("abcdefgh"[letter] for letter in draws)


SKEWED = letters(1500, seed=1, weights=[0.5, 0.25, 0.12, 0.07, 0.04, 0.02])


# --- a mano -----------------------------------------------------------------------------


def test_bigram_counts_by_hand():
    """«abab»: tras «a» viene «b» dos veces; con Laplace, P(b|a) = 3/4."""
    assert NGramModel(order=2, smoothing="laplace").fit("abab").probs("a") == pytest.approx(
        [1 / 4, 3 / 4]
    )


def test_maximum_likelihood_by_hand():
    """«abac»: tras «a», la mitad «b» y la mitad «c». Tras «c» no hay nada: uniforme."""
    model = NGramModel(order=2, smoothing=None).fit("abac")
    assert model.probs("a") == pytest.approx([0, 1 / 2, 1 / 2])
    assert model.probs("b") == pytest.approx([1, 0, 0])
    assert model.probs("c") == pytest.approx([1 / 3, 1 / 3, 1 / 3])
    assert model.probs("") == pytest.approx([1 / 2, 1 / 4, 1 / 4])


def test_an_impossible_letter_costs_infinite_bits_and_a_sure_one_zero():
    """«abac»: la «b» tras «a» cuesta 1 bit, la «a» tras «b» 0, y «bb» nunca se vio."""
    model = NGramModel(order=2, smoothing=None).fit("abac")
    assert model.token_bits([0, 1, 0]).tolist() == [1.0, 0.0]
    assert model.token_bits([1, 1]).tolist() == [np.inf]
    assert model.step(1, model.start())[0].tolist() == [0.0, -np.inf, -np.inf]


def test_kneser_ney_by_hand():
    """«abcabd»: cada par sale una vez menos «ab», y con tan poco el descuento es 0,75.

    Orden 1: a, b, c y d se vieron tras 1 símbolo distinto (a: tras c; b: tras a; c y d: tras b),
    así que P = (1 - 0,75)/4 + 3/4 · 1/4 = 1/4. Tras «b», c y d una vez de dos:
    P(c|b) = (1 - 0,75)/2 + (2 · 0,75/2) · 1/4 = 5/16; P(a|b) = 3/4 · 1/4 = 3/16.
    """
    model = NGramModel(order=2).fit("abcabd")
    assert model.probs("") == pytest.approx([1 / 4] * 4)
    assert model.probs("b") == pytest.approx([3 / 16, 3 / 16, 5 / 16, 5 / 16])


def test_continuations_and_not_counts_decide_the_lower_order():
    """«q» va siempre seguida de «u»: la u sale mucho, pero solo tras una letra."""
    model = NGramModel(order=2).fit("quququququ" + "axbycxaybxcyax")
    u, x = model.tokenizer.encode("ux")
    raw = NGramModel(order=1).fit("quququququ" + "axbycxaybxcyax")
    assert raw.probs("")[u] > raw.probs("")[x]
    assert model.probs("")[u] < model.probs("")[x]


def test_size_counts_the_distinct_ngrams_of_every_order():
    """«abab»: a, b; ab, ba; aba, bab."""
    assert NGramModel(order=3, smoothing="laplace").fit("abab").size == 6


# --- la fórmula, con diccionarios -------------------------------------------------------


class BruteForce:
    """Kneser-Ney modificado e interpolado, letra a letra, como lo define el artículo."""

    def __init__(self, text, order):
        self.symbols, self.order = sorted(set(text)), order
        raw = {
            k: Counter(text[i : i + k] for i in range(len(text) - k + 1))
            for k in range(1, order + 1)
        }
        self.c = {order: raw[order]}
        for k in range(1, order):  # N1+(· g): cuántas letras distintas hubo delante de g
            self.c[k] = {
                gram: sum(raw[k + 1][letter + gram] > 0 for letter in self.symbols)
                for gram in raw[k]
            }
        self.D = {k: self.discounts(self.c[k].values()) for k in self.c}

    @staticmethod
    def discounts(counts):
        n1, n2, n3, n4 = (sum(count == r for count in counts) for r in (1, 2, 3, 4))
        if 0 in (n1, n2, n3, n4):
            return 0.75, 0.75, 0.75
        Y = n1 / (n1 + 2 * n2)
        found = 1 - 2 * Y * n2 / n1, 2 - 3 * Y * n3 / n2, 3 - 4 * Y * n4 / n3
        return tuple(D if 0 < D < r else 0.75 for r, D in enumerate(found, start=1))

    def p(self, w, h):
        """P(w | h), con la recursión hasta la uniforme."""
        lower = self.p(w, h[1:]) if h else 1 / len(self.symbols)
        c = self.c[len(h) + 1]
        followers = [c.get(h + letter, 0) for letter in self.symbols]
        if sum(followers) == 0:
            return lower
        D1, D2, D3 = self.D[len(h) + 1]
        N1, N2 = followers.count(1), followers.count(2)
        N3 = sum(count >= 3 for count in followers)
        count = c.get(h + w, 0)
        D = {0: 0, 1: D1, 2: D2}.get(count, D3)
        gamma = (D1 * N1 + D2 * N2 + D3 * N3) / sum(followers)
        return (count - D) / sum(followers) + gamma * lower


@pytest.mark.parametrize(
    ("text", "order"), [*product([SKEWED, "abcabd"], [1, 2, 3, 4]), ("aab", 2), ("aab", 3)]
)
def test_kneser_ney_equals_brute_force_in_every_context(text, order):
    """Todos los contextos posibles, vistos o no, del vacío al más largo: iguales a 1e-9."""
    model, brute = NGramModel(order).fit(text), BruteForce(text, order)
    for length in range(order):
        for context in map("".join, product(brute.symbols, repeat=length)):
            expected = [brute.p(w, context) for w in brute.symbols]
            assert model.probs(context) == pytest.approx(expected, abs=1e-9), context


def test_the_brute_force_test_uses_the_estimated_discounts():
    """En el texto largo, D1 < D2 < D3+ salen de los recuentos; en el corto son 0,75."""
    D1, D2, D3 = BruteForce(SKEWED, 4).D[4]
    assert 0.75 not in (D1, D2, D3) and D1 < D2 < D3
    assert BruteForce("abcabd", 2).D[2] == (0.75, 0.75, 0.75)


def test_kneser_ney_equals_brute_force_on_spanish():
    """Con 19 letras y los contextos de otra frase, que casi nunca se vieron."""
    model, brute = NGramModel(5).fit(PHRASE), BruteForce(PHRASE, 5)
    other = "la cabra de roque se ha perdido en el otero"
    for i in range(len(other)):
        context = other[max(0, i - 4) : i]
        expected = [brute.p(w, context) for w in brute.symbols]
        assert model.probs(context) == pytest.approx(expected, abs=1e-9), context


# --- NLTK -------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("smoothing", ["laplace", None])
def test_laplace_and_maximum_likelihood_equal_nltk(order, smoothing):
    """NLTK reserva un símbolo más para lo desconocido: nosotros, uno que no sale en el texto."""
    nltk_lm = pytest.importorskip("nltk.lm")
    from nltk.util import everygrams

    theirs = {"laplace": nltk_lm.Laplace, None: nltk_lm.MLE}[smoothing](order)
    theirs.fit([list(everygrams(PHRASE, max_len=order))], vocabulary_text=list(PHRASE))
    tokenizer = CharTokenizer.from_text(PHRASE + "€")
    model = NGramModel(order, smoothing).fit(PHRASE, tokenizer)
    assert len(theirs.vocab) == tokenizer.vocab_size
    for start in range(len(PHRASE) - order):
        context = PHRASE[start : start + order - 1]
        expected = [theirs.score(symbol, list(context)) for symbol in tokenizer.symbols]
        assert model.probs(context) == pytest.approx(expected, abs=1e-12)
    if smoothing == "laplace" and order > 1:  # un contexto nunca visto
        unseen = [theirs.score(symbol, ["€"] * (order - 1)) for symbol in tokenizer.symbols]
        assert model.probs("€" * (order - 1)) == pytest.approx(unseen, abs=1e-12)


# --- lo que vale para cualquier modelo --------------------------------------------------


@given(
    text=st.text("abcñ ", min_size=5, max_size=60),
    context=st.text("abcñ ", max_size=8),
    order=st.integers(1, 5),
    smoothing=st.sampled_from(SMOOTHINGS),
)
@settings(max_examples=200)
def test_probabilities_sum_to_one_after_any_context(text, context, order, smoothing):
    """Visto o no, vacío o largo: suman 1 a 1e-12, y suavizadas ninguna es cero."""
    tokenizer = CharTokenizer.from_text("abcñ ")
    probs = NGramModel(order, smoothing).fit(text, tokenizer).probs(context)
    assert abs(probs.sum() - 1) < 1e-12
    assert (probs >= 0).all() and (smoothing is None or (probs > 0).all())


@pytest.mark.parametrize("order", [1, 2, 4])
@pytest.mark.parametrize("smoothing", SMOOTHINGS)
def test_steps_probs_and_token_bits_tell_the_same(order, smoothing):
    """Paso a paso, con el contexto entero o todo de una vez: los mismos bits."""
    model = NGramModel(order, smoothing).fit(PHRASE)
    text = "ramón no se ha cortado"
    ids, state, bits = model.tokenizer.encode(text), model.start(), []
    for i in range(len(ids) - 1):
        logits, state = model.step(ids[i], state)
        assert np.exp(logits) == pytest.approx(model.probs(text[: i + 1]), abs=1e-15)
        bits.append(-logits[ids[i + 1]] / np.log(2))
    assert model.token_bits(ids) == pytest.approx(bits)


def test_a_coin_cannot_be_predicted():
    """Cara o cruz: en tiradas nuevas ningún orden baja de 1 bit, ni se aleja mucho."""
    train, new = letters(50_000, 2, [0.5, 0.5]), letters(50_000, 3, [0.5, 0.5])
    for order in (1, 3, 6):
        model = NGramModel(order).fit(train)
        assert 0.999 < model.token_bits(model.tokenizer.encode(new)).mean() < 1.01


@pytest.mark.parametrize("order", [1, 3])
@pytest.mark.parametrize("smoothing", SMOOTHINGS)
def test_a_saved_model_is_the_same_model(order, smoothing):
    """Por un archivo npz, sin pickle, y con los mismos bits exactos."""
    model, file = NGramModel(order, smoothing).fit(PHRASE), io.BytesIO()
    np.savez_compressed(file, **model.to_arrays())
    file.seek(0)
    loaded = NGramModel.from_arrays(np.load(file, allow_pickle=False), model.tokenizer)
    ids = model.tokenizer.encode(PHRASE)
    assert (loaded.order, loaded.smoothing, loaded.size) == (order, smoothing, model.size)
    assert loaded.token_bits(ids).tolist() == model.token_bits(ids).tolist()
    assert loaded.probs("").tolist() == model.probs("").tolist()


def test_it_counts_pieces_as_well_as_letters():
    """Con piezas de BPE en vez de letras, tras « no» suele venir « tiene»."""
    tokenizer = BPETokenizer.train(PHRASE * 3, vocab_size=300)
    model = NGramModel(2).fit((PHRASE + " ") * 20, tokenizer)
    best = model.probs("ramón ramírez se lo ha").argmax()
    assert PHRASE.split(" ha")[1].startswith(tokenizer.decode([best]))


# --- errores ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (lambda: NGramModel(0), "order=0"),
        (lambda: NGramModel(2.5), "order=2.5"),
        (lambda: NGramModel(2, "katz"), "smoothing='katz'"),
        (lambda: NGramModel(4).fit("abc"), "texto de 3 símbolos: hacen falta 4"),
        (lambda: NGramModel(4).fit(""), "vacío"),
        (lambda: NGramModel(2).fit("abc").probs("z"), r"\['z'\]"),
        (lambda: NGramModel(2).fit("abc").token_bits([0, 3]), "enteros < 3"),
        (lambda: NGramModel(2).probs("a"), "fit"),
        (lambda: NGramModel(2).start(), "fit"),
        (lambda: NGramModel(2).to_arrays(), "fit"),
        (
            lambda: NGramModel.from_arrays(
                NGramModel(1).fit("abc").to_arrays(), CharTokenizer("ab")
            ),
            "de 3 símbolos, no de 2",
        ),
    ],
)
def test_bad_input_is_explained(action, message):
    """Qué llegó y qué se esperaba."""
    with pytest.raises(ValueError, match=message):
        action()


@pytest.mark.parametrize(("symbols", "largest"), [(2, 62), (61, 10), (256, 7)])
def test_the_largest_order_that_fits_in_64_bits_works_and_the_next_is_rejected(symbols, largest):
    """symbols^largest ≤ 2^62, y ni el código más alto da la vuelta: tras el último, el último."""
    alphabet = "".join(chr(0x4E00 + i) for i in range(symbols))
    text = alphabet[-1] * 70 + alphabet
    assert symbols**largest <= 2**62 < symbols ** (largest + 1)
    assert NGramModel(largest).fit(text).probs(alphabet[-1] * 69).argmax() == symbols - 1
    with pytest.raises(ValueError, match=f"usa {largest} o menos"):
        NGramModel(largest + 1).fit(text)


@pytest.mark.parametrize("smoothing", SMOOTHINGS)
@pytest.mark.parametrize("text", ["abcab", PHRASE, SKEWED])
def test_a_shortened_model_is_the_one_that_counts_with_that_order(text, smoothing):
    """De las cuentas de orden 5 salen las de 1 a 5, sin volver a leer el texto."""
    long = NGramModel(5, smoothing).fit(text)
    for order in range(1, 6):
        again, short = NGramModel(order, smoothing).fit(text), long.shortened(order)
        assert [list(a) for a in again._counted[:2]] == [list(b) for b in short._counted[:2]]
        assert (again.size, again._counted[2]) == (short.size, short._counted[2])
        assert np.array_equal(again.probs(text[:3]), short.probs(text[:3]))
    with pytest.raises(ValueError, match="contó hasta el 5"):
        long.shortened(6)


# --- el libro ---------------------------------------------------------------------------


@pytest.mark.skipif("LLM_INTRO_QUIJOTE" not in os.environ, reason="falta el libro")
def test_order_six_on_the_whole_book_in_three_seconds_and_under_1_90_bits():
    """Contar train y puntuar valid: menos de 3 segundos de CPU y de 1,90 bits/car."""
    corpus = load_quijote()
    tokenizer = CharTokenizer.from_text(corpus.text)
    start = time.process_time()
    model = NGramModel(6).fit(corpus.train, tokenizer)
    bits = model.token_bits(tokenizer.encode(corpus.valid)).mean()
    assert time.process_time() - start < 3
    assert bits < 1.90
