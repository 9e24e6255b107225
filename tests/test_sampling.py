"""De los logits a las letras: la distribución, el sorteo, el texto y la medida."""

import math
import random
import re
import unicodedata
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from fakes import TableModel, cycle_model, uniform_model
from hypothesis import given
from hypothesis import strategies as st

from llm_intro.models.bpe import BPETokenizer
from llm_intro.sampling import (
    bits_per_char,
    generate,
    log_softmax,
    next_probs,
    pick,
    read_prompt,
    stream,
    token_bits,
)
from llm_intro.tokenizers import CharTokenizer

LOG = np.log([1.0, 2.0, 4.0, 1.0])  # probabilidades 1/8, 2/8, 4/8, 1/8
BAD_SETTINGS = [
    ({"temperature": -0.5}, "temperature=-0.5"),
    ({"temperature": math.inf}, "temperature=inf"),
    ({"temperature": math.nan}, "temperature=nan"),
    ({"top_k": 0}, "top_k=0"),
    ({"top_k": -2}, "top_k=-2"),
    ({"top_k": 2.5}, "top_k=2.5"),
    ({"top_k": math.nan}, "top_k=nan"),
    ({"top_k": math.inf}, "top_k=inf"),
    ({"top_p": 0.0}, "top_p=0.0"),
    ({"top_p": -0.1}, "top_p=-0.1"),
    ({"top_p": 1.01}, "top_p=1.01"),
    ({"top_p": math.nan}, "top_p=nan"),
]

# --- next_probs ---


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, [1 / 8, 2 / 8, 4 / 8, 1 / 8]),
        ({"temperature": 0.5}, [1 / 22, 4 / 22, 16 / 22, 1 / 22]),  # el cuadrado
        ({"temperature": 2}, np.sqrt([1, 2, 4, 1]) / (4 + math.sqrt(2))),  # la raíz
        ({"temperature": 0}, [0, 0, 1, 0]),
        ({"top_k": 1}, [0, 0, 1, 0]),
        ({"top_k": 2}, [0, 2 / 6, 4 / 6, 0]),
        ({"top_k": 3}, [1 / 7, 2 / 7, 4 / 7, 0]),  # empatan el primero y el último: el primero
        ({"top_k": 99}, [1 / 8, 2 / 8, 4 / 8, 1 / 8]),
        ({"top_p": 0.5}, [0, 0, 1, 0]),  # el primero ya llega justo
        ({"top_p": 0.51}, [0, 2 / 6, 4 / 6, 0]),
        ({"top_p": 0.75}, [0, 2 / 6, 4 / 6, 0]),
        ({"top_p": 0.76}, [1 / 7, 2 / 7, 4 / 7, 0]),
        ({"top_p": 1e-9}, [0, 0, 1, 0]),  # nunca queda vacía
        ({"top_p": 1}, [1 / 8, 2 / 8, 4 / 8, 1 / 8]),
        ({"top_k": 2, "top_p": 0.66}, [0, 0, 1, 0]),  # de los dos que quedan, 4/6 ya llega
        ({"top_k": 2, "top_p": 0.67}, [0, 2 / 6, 4 / 6, 0]),
        ({"temperature": 0.5, "top_p": 0.75}, [0, 4 / 20, 16 / 20, 0]),  # primero, temperatura
        ({"temperature": 0, "top_k": 3, "top_p": 0.9}, [0, 0, 1, 0]),
    ],
)
def test_next_probs_by_hand(settings, expected):
    """Pesos 1, 2, 4 y 1: cada ajuste da fracciones que salen a mano."""
    assert next_probs(LOG, **settings) == pytest.approx(np.array(expected), abs=1e-12)


def test_adding_a_constant_to_the_logits_changes_nothing():
    """Solo cuentan las diferencias, también con logits enormes."""
    for shift in (-1e4, 1e4):
        assert next_probs(LOG + shift) == pytest.approx(next_probs(LOG), abs=1e-9)


def test_ties_go_to_the_first_symbol():
    """Con todo empatado, temperatura 0 y top-k eligen por orden de vocabulario."""
    flat = np.zeros(5)
    assert next_probs(flat, temperature=0).tolist() == [1, 0, 0, 0, 0]
    assert next_probs(flat, top_k=2).tolist() == [0.5, 0.5, 0, 0, 0]
    logits = np.random.default_rng(0).integers(3, size=1000)  # 0, 1 y 2, con muchos empates
    twos, ones = (logits == 2).nonzero()[0].tolist(), (logits == 1).nonzero()[0].tolist()
    kept = next_probs(logits, top_k=len(twos) + 5).nonzero()[0].tolist()
    assert kept == sorted(twos + ones[:5])
    assert next_probs(flat, top_p=0.6) == pytest.approx([1 / 3, 1 / 3, 1 / 3, 0, 0])


@pytest.mark.parametrize("size", [3, 7, 10, 49])
def test_top_p_that_is_just_reached_cuts_there(size):
    """Con n opciones iguales, p = k/n deja k: los redondeos de la suma no cuelan otra."""
    for kept in range(1, size + 1):
        assert np.count_nonzero(next_probs(np.zeros(size), top_p=kept / size)) == kept


@pytest.mark.filterwarnings("error")
def test_tiny_temperature_is_almost_greedy():
    """Casi 0 es casi siempre el máximo, sin desbordes ni avisos."""
    for temperature in (1e-5, 1e-300, 5e-324):
        assert next_probs(LOG, temperature).tolist() == [0, 0, 1, 0]


def test_top_p_one_keeps_even_the_rarest():
    """`top_p=1` no corta nada: ni lo que tiene probabilidad 1e-20."""
    probs = next_probs(np.log([1.0, 1e-20]), top_p=1)
    assert probs[1] == pytest.approx(1e-20, rel=1e-9, abs=0)


def test_impossible_symbols_stay_impossible():
    """Un logit de -infinito (un n-grama nunca visto) es probabilidad 0."""
    logits = np.array([0.0, -np.inf, 0.0])
    for temperature in (0.5, 1, 3):
        assert next_probs(logits, temperature).tolist() == [0.5, 0, 0.5]


@pytest.mark.parametrize("settings", [{}, {"temperature": 0}, {"top_k": 1}, {"top_p": 0.2}])
def test_logits_are_left_untouched_and_their_kind_is_returned(settings):
    """De NumPy a NumPy, de PyTorch a PyTorch; la entrada no cambia."""
    array, tensor = LOG.copy(), torch.tensor(LOG, dtype=torch.float32, requires_grad=True)
    from_array, from_tensor = next_probs(array, **settings), next_probs(tensor, **settings)
    assert np.array_equal(array, LOG)
    assert torch.equal(tensor.detach(), torch.tensor(LOG, dtype=torch.float32))
    assert isinstance(from_array, np.ndarray)
    assert from_tensor.dtype == torch.float32 and not from_tensor.requires_grad
    assert from_tensor.numpy() == pytest.approx(from_array, abs=1e-6)


def test_whole_number_logits_are_not_truncated():
    """Logits enteros dan probabilidades con decimales."""
    expected = np.exp([1, 2]) / np.exp([1, 2]).sum()
    for logits in ([1, 2], np.array([1, 2]), torch.tensor([1, 2])):
        assert np.asarray(next_probs(logits)) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(("settings", "named"), BAD_SETTINGS)
def test_impossible_settings_are_refused_by_all_three(settings, named):
    """El mensaje dice qué llegó; `generate` y `stream` avisan antes de escribir nada."""
    model = uniform_model("ab")
    for call in (lambda **s: next_probs(LOG, **s), lambda **s: generate(model, "a", 3, **s),
                 lambda **s: stream(model, "a", 3, **s)):  # fmt: skip
        with pytest.raises(ValueError, match=f"^{named}: debe"):
            call(**settings)


@pytest.mark.parametrize("logits", [[0, math.nan], [0, math.inf], [-math.inf, -math.inf]])
def test_broken_logits_are_refused(logits):
    """Con NaN o infinitos no hay distribución: el modelo ha divergido."""
    for kind in (np.array, torch.tensor):
        with pytest.raises(ValueError, match="los logits tienen NaN o infinitos"):
            next_probs(kind(logits))


@pytest.mark.parametrize("shape", [(0,), (2, 3), ()])
def test_logits_must_be_one_vector(shape):
    """Ni vacíos, ni un lote entero."""
    with pytest.raises(ValueError, match="se esperaba un vector"):
        next_probs(np.zeros(shape))


# --- pick: del azar a la letra ---


@pytest.mark.parametrize(
    ("u", "chosen"),
    [(0.0, 1), (0.2499, 1), (0.25, 2), (0.7499, 2), (0.75, 4), (math.nextafter(1, 0), 4)],
)
def test_pick_is_the_inverse_of_the_cumulative_sum(u, chosen):
    """Tramos [0, ¼), [¼, ¾), [¾, 1): lo imposible no sale nunca, tampoco en los bordes."""
    assert pick(np.array([0, 0.25, 0.5, 0, 0.25, 0]), u) == chosen


def test_pick_gives_the_right_frequencies():
    """Diez mil números equiespaciados: la cuenta de cada opción es su probabilidad."""
    probs = np.array([0.1, 0.2, 0.7])
    counts = np.bincount([pick(probs, (i + 0.5) / 10_000) for i in range(10_000)])
    assert counts.tolist() == [1000, 2000, 7000]


# --- generate y stream ---


class Recites:
    """Escribe un texto fijo, pieza a pieza, con el tipo de logits que se pida."""

    def __init__(self, tokenizer, text: str, kind=np.asarray):
        self.tokenizer, self.ids, self.kind = tokenizer, tokenizer.encode(text), kind

    def start(self):
        return 0

    def step(self, token, state):
        scores = np.zeros(self.tokenizer.vocab_size)
        scores[self.ids[state % len(self.ids)]] = 9
        return self.kind(scores), state + 1


@given(text=st.text(min_size=1), merges=st.sampled_from([256, 270]), cut=st.integers(1, 40))
def test_letters_of_several_bytes_are_written_whole(text, merges, cut):
    """Con piezas de bytes, lo escrito es lo que dicen todas juntas: ni «�» en vez de «ñ»."""
    tokenizer = BPETokenizer.train("el niño y la ñora " * 3, merges)
    model = Recites(tokenizer, "el niño 🙂" + text)
    letters = list(stream(model, "a", cut, temperature=0))
    ids = [model.ids[i % len(model.ids)] for i in range(cut)]
    assert "".join(letters) == tokenizer.decode(ids) == generate(model, "a", cut, 0)[1:]


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float32, torch.float64])
def test_any_kind_of_logits_writes_and_scores(dtype):
    """Los de media precisión también; y los de 64 bits no se redondean por el camino."""
    model = Recites(CharTokenizer("abc"), "cab", lambda scores: torch.tensor(scores, dtype=dtype))
    assert generate(model, "a", 4, temperature=0) == "acabc"
    assert bits_per_char(model, "acab") == pytest.approx(math.log2(1 + 2 * math.exp(-9)), rel=1e-6)
    close = torch.tensor([1.0, 1.0 + 1e-12], dtype=torch.float64)
    assert next_probs(close, temperature=0).tolist() == [0, 1]


@given(prompt=st.text(st.characters(exclude_categories=())))
def test_a_prompt_is_read_or_refused_in_spanish(prompt):
    """La puerta del comienzo: o números cuyo texto es el comienzo en NFC, o ValueError."""
    model = uniform_model(" abcdefghijklmnopqrstuvwxyzáéíñóúü")
    for form in ("NFC", "NFD"):
        try:
            ids = read_prompt(model, unicodedata.normalize(form, prompt))
        except ValueError as error:
            assert re.search("vacío|fuera del vocabulario|media pareja", str(error))
        else:
            read = model.tokenizer.decode(ids)
            assert read == unicodedata.normalize("NFC", prompt.lower())


@pytest.mark.parametrize("tokenizer", [CharTokenizer("a"), BPETokenizer(())])
def test_half_an_emoji_is_refused_in_spanish(tokenizer):
    """Una mitad UTF-16 suelta, lo que queda al cortar un emoji: se dice dónde está."""
    with pytest.raises(ValueError, match=r"el carácter 1, .*es media pareja UTF-16"):
        generate(Recites(tokenizer, "a"), "a\ud83d", 3)


def test_log_softmax_by_hand():
    """Pesos 1 y 3: log ¼ y log ¾, por filas o por columnas y sin desbordes."""
    scores, expected = np.log([[1.0, 3.0], [3.0, 1.0]]) + 1e4, np.log([[0.25, 0.75], [0.75, 0.25]])
    assert log_softmax(scores) == pytest.approx(expected)
    assert log_softmax(scores, axis=0) == pytest.approx(expected)


def test_same_seed_same_text_and_another_seed_another():
    """La semilla lo decide todo; None, cada vez uno."""
    model = uniform_model("abcdefgh")
    assert generate(model, "a", 50, seed=3) == generate(model, "a", 50, seed=3)
    assert generate(model, "a", 50, seed=3) != generate(model, "a", 50, seed=4)
    assert generate(model, "a", 50, seed=None) != generate(model, "a", 50, seed=None)


def test_frequencies_of_a_long_text_are_the_models():
    """10 000 letras de un modelo ¼-¾: entre 7 300 y 7 700 «b» (más de 5 desviaciones)."""
    model = TableModel("ab", np.log([[0.25, 0.75], [0.25, 0.75]]))
    assert abs(generate(model, "a", 10_000, temperature=1)[1:].count("b") - 7500) < 220


def test_generating_leaves_every_global_generator_alone():
    """Ni el de Python, ni el de NumPy, ni el de PyTorch."""
    before = random.getstate(), str(np.random.get_state()), torch.get_rng_state()  # noqa: NPY002
    generate(uniform_model("abc"), "a", 20, temperature=1.3, top_k=2)
    assert random.getstate() == before[0]
    assert str(np.random.get_state()) == before[1]  # noqa: NPY002
    assert torch.equal(torch.get_rng_state(), before[2])


def test_the_text_goes_on_from_the_prompt():
    """Un modelo que sigue el abecedario lo sigue, desde donde acaba el comienzo."""
    assert generate(cycle_model("abcde"), "cd", 6) == "cdeabcde"
    assert generate(cycle_model("abcde"), "cd", 6, temperature=0) == "cdeabcde"


def test_the_whole_prompt_is_read_in_order_with_one_state():
    """Cualquier objeto con `start` y `step` sirve; lee el comienzo entero y lo escrito."""
    read = []

    class Spy(TableModel):
        def step(self, token, state):
            read.append((token, state))
            return super().step(token, state)

    generate(Spy("abc", cycle_model("abc").table), "cab", 2)
    assert read[:4] == [(2, ()), (0, (2,)), (1, (2, 0)), (2, (2, 0, 1))]


def test_length_zero_is_the_prompt():
    """Cero letras nuevas: el comienzo."""
    assert generate(uniform_model("abc"), "cab", 0) == "cab"
    assert "".join(stream(uniform_model("abc"), "cab", 0)) == ""


def test_the_prompt_is_read_as_the_corpus_was_cleaned():
    """Mayúsculas y tildes sueltas (NFD) son el mismo comienzo."""
    model = uniform_model(" aehlnsuñó")
    expected = generate(model, "ha señaló", 20)
    assert expected.startswith("ha señaló")
    assert generate(model, "HA SEÑALÓ", 20) == expected
    assert generate(model, unicodedata.normalize("NFD", "Ha Señaló"), 20) == expected


def test_capitals_are_kept_if_the_model_knows_them():
    """Un modelo con mayúsculas las distingue."""
    assert generate(cycle_model("Aa"), "Aa", 2) == "AaAa"


@pytest.mark.parametrize("call", [generate, stream])
def test_bad_prompts_are_named(call):
    """Comienzo vacío, símbolos desconocidos o modelo sin entrenar: el error sale al llamar."""
    model = uniform_model("abc")
    with pytest.raises(ValueError, match="el texto está vacío"):
        call(model, "")
    with pytest.raises(ValueError, match=r"fuera del vocabulario: \['7', 'ñ'\]"):
        call(model, "a7bñ")
    with pytest.raises(ValueError, match="no tiene tokenizer"):
        call(SimpleNamespace(start=None, step=None), "a")
    for length in (-1, 2.5, math.nan):
        with pytest.raises(ValueError, match=f"length={length}: debe"):
            call(model, "a", length)


@pytest.mark.parametrize(
    "name, value",
    [("temperature", "0,7"), ("temperature", None), ("top_k", "3"), ("top_p", "0,9"), ("seed", -1),
     ("seed", 1.5), ("length", "diez"), ("length", None), ("prompt", None), ("prompt", ["a"])],
)  # fmt: skip
def test_settings_of_another_type_are_refused_in_spanish(name, value):
    """Un texto donde va un número, o al revés: ValueError que nombra lo que llegó."""
    named = type(value).__name__ if name == "prompt" else f"{name}={value!r}: debe"
    with pytest.raises(ValueError, match=re.escape(named)):
        generate(uniform_model("abc"), **({"prompt": "a"} | {name: value}))


def test_stream_gives_each_letter_as_soon_as_it_is_written():
    """Cada letra sale sin esperar a la siguiente, y juntas son las de `generate`."""
    steps = []

    class Slow(TableModel):
        def step(self, token, state):
            steps.append(token)
            return super().step(token, state)

    model = Slow("abc", np.zeros((3, 3)))
    letters = stream(model, "ab", 5, seed=1)
    assert steps == []
    first = next(letters)
    assert (len(first), len(steps)) == (1, 2)
    assert "ab" + first + "".join(letters) == generate(model, "ab", 5, seed=1)


def test_another_temperature_rereads_the_same_draws():
    """Con los mismos números al azar, solo cambian las letras que la temperatura decide."""
    table = np.log([[0.6, 0.3, 0.1]] * 3)
    draws = np.random.default_rng(8).random(200)
    for temperature in (0.5, 1.0, 2.0):
        probs = next_probs(table[0], temperature)
        expected = "".join("abc"[pick(probs, u)] for u in draws)
        text = generate(TableModel("abc", table), "a", 200, temperature=temperature, seed=8)
        assert text == "a" + expected


# --- bits por carácter ---


@pytest.mark.parametrize("symbols", ["ab", "abcdefgh", "abcdefghijk"])
def test_a_uniform_model_needs_log2_v_bits(symbols):
    """No saber nada cuesta log2 V bits por letra: 1 con dos símbolos, 3 con ocho."""
    assert bits_per_char(uniform_model(symbols), symbols * 3) == pytest.approx(
        math.log2(len(symbols)), abs=1e-12
    )


def test_a_model_that_knows_needs_none_and_one_that_errs_needs_infinite():
    """Saberlo todo cuesta 0 bits; dar por imposible lo que pasa, infinitos."""
    assert bits_per_char(cycle_model("abc"), "bcabca") == 0
    assert bits_per_char(cycle_model("abc"), "bca" + "a") == math.inf


def test_bits_by_hand():
    """P = ½ y luego ¼ y ¼: 1 + 2 + 2 bits en tres letras; la primera no se puntúa."""
    half, quarter = np.log([0.5, 0.25, 0.25]), np.log([0.25, 0.5, 0.25])
    model = TableModel("abc", [half, quarter, half])
    assert token_bits(model, [0, 0, 1, 2]) == pytest.approx([1, 2, 2])
    assert bits_per_char(model, "aabc") == pytest.approx(5 / 3)


def test_the_fast_path_is_used_when_there_is_one():
    """Un modelo con `token_bits` se mide con él: 3 y 1 bits, 2 de media."""
    model = SimpleNamespace(
        tokenizer=uniform_model("abc").tokenizer, token_bits=lambda ids: np.array([3.0, 1.0])
    )
    assert bits_per_char(model, "abc") == 2


@pytest.mark.parametrize("text", ["", "a", "aéb"])
def test_texts_that_cannot_be_scored_are_refused(text):
    """Hacen falta dos símbolos conocidos."""
    with pytest.raises(ValueError, match=r"vacío|dos o más|fuera del vocabulario"):
        bits_per_char(uniform_model("abc"), text)
