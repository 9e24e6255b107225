"""El reto: contar como se ha prometido, cumplir siempre y saber lo raro que es."""

import itertools
import math
import unicodedata

import numpy as np
import pytest
from fakes import TableModel
from hypothesis import given, settings
from hypothesis import strategies as st

from llm_intro.models.ngram import NGramModel
from llm_intro.reto.branches import Branches
from llm_intro.reto.constrained import best_replies, check_goal, write_reply
from llm_intro.reto.rarity import ExactReplies, sampled_share
from llm_intro.reto.shares import compliance, load_greetings, share
from llm_intro.support.numpy_lstm import NumpyLSTM
from llm_intro.support.text import count_letters, count_words, satisfies
from llm_intro.tokenizers import CharTokenizer

# texto → palabras, letras. Contadas a mano.
BASIC = {
    "": (0, 0), " ": (0, 0), "a": (1, 1), "y": (1, 1), "ñ": (1, 1), "¿": (0, 0), "¡!": (0, 0),
    "—": (0, 0), "…": (0, 0), "«»": (0, 0), "-": (0, 0), "'": (0, 0), ".": (0, 0), "7": (1, 0),
    "¡Muy bien! ¿Y tú?": (4, 10), "Yo no voy mal.": (4, 10), "Yo ni tan mal.": (4, 10),
    "Bien, gracias.": (2, 11), "¿Qué tal?": (2, 6), "No sé.": (2, 4), "Ay": (1, 2),
    "Muy bien, ¿y usted?": (4, 13), "Aquí estamos.": (2, 11), "Así así": (2, 6),
    "Ni fu ni fa": (4, 8), "Tirando": (1, 7), "De maravilla": (2, 11), "Mejor que ayer": (3, 12),
    "Yo bien": (2, 6), "Voy bien": (2, 7), "Como siempre": (2, 11), "No me quejo": (3, 9),
    "Sano y salvo": (3, 10), "Podría ir peor": (3, 12), "Hola": (1, 4), "¡Hola!": (1, 4),
    "Hoy no es mi día": (5, 12), "Todo va bien": (3, 10), "¿Y tú?": (2, 3), "Ahí voy": (2, 6),
    "pues no sé yo": (4, 10), "Pues mal y tú": (4, 10), "Sí, muy bien": (3, 9),
}  # fmt: skip
ACCENTS = {
    "á": (1, 1), "é": (1, 1), "í": (1, 1), "ó": (1, 1), "ú": (1, 1), "ü": (1, 1), "Ñ": (1, 1),
    "pingüino": (1, 8), "piñón": (1, 5), "camión": (1, 6), "ÁRBOL": (1, 5), "vergüenza": (1, 9),
    "cigüeña": (1, 7), "él": (1, 2), "esdrújula": (1, 9), "aún más": (2, 6), "El Niño": (2, 6),
    "año": (1, 3), "mañana": (1, 6), "Víctor Íñigo": (2, 11), "ç": (1, 1), "façade": (1, 6),
    "Noël": (1, 4), "Curaçao": (1, 7), "l·l": (2, 2), "São Paulo": (2, 8), "Ørsted": (1, 6),
    "Łódź": (1, 4), "straße": (1, 6), "œuvre": (1, 5), "Ἀθήνα": (1, 5), "Москва": (1, 6),
    "東京": (1, 2), "한국": (1, 2), "x̂": (1, 1), "q̃a": (1, 2), "naïve": (1, 5), "Zürich": (1, 6),
    "e\u0301l": (1, 2), "n\u0303u": (1, 2), "u\u0308": (1, 1), "a\u0301\u0323": (1, 1),
}  # fmt: skip
SIGNS = {
    "—Hola —dijo—.": (2, 8), "«Hola»": (1, 4), "“Hola”": (1, 4), "‘Hola’": (1, 4),
    '"Hola"': (1, 4), "'Hola'": (1, 4), "(hola)": (1, 4), "[hola]": (1, 4), "{hola}": (1, 4),
    "hola, adiós": (2, 9), "hola,adiós": (2, 9), "hola;adiós": (2, 9), "hola:adiós": (2, 9),
    "hola.adiós": (2, 9), "hola…adiós": (2, 9), "hola...": (1, 4), "hola—adiós": (2, 9),
    "hola–adiós": (2, 9), "sí/no": (2, 4), "y/o": (2, 2), "sí|no": (2, 4), "sí\\no": (2, 4),
    "sí+no": (2, 4), "sí=no": (2, 4), "a_b": (2, 2), "a&b": (2, 2), "a@b": (2, 2), "#hola": (1, 4),
    "¿¡Qué!?": (1, 3), "¡¡¡Sí!!!": (1, 2), "¿Sí?¿No?": (2, 4), "uno  dos": (2, 6),
    "uno\tdos": (2, 6), "uno\ndos": (2, 6), "uno\r\ndos": (2, 6), "uno\u00a0dos": (2, 6),
    "uno\u2009dos": (2, 6), " uno ": (1, 3), "etc.": (1, 3), "Sr. López": (2, 7),
    "EE. UU.": (2, 4), "EE.UU.": (2, 4), "a. m.": (2, 2), "p. ej.": (2, 3), "—": (0, 0),
    "— — —": (0, 0), "* * *": (0, 0), "§ 3": (1, 0), "©": (0, 0), "€": (0, 0), "5 €": (1, 0),
    "50 %": (1, 0), "50%": (1, 0), "°C": (1, 1), "3 °C": (2, 1), "no.sí": (2, 4),
    "“¿Y tú?”": (2, 3),
}  # fmt: skip
JOINED = {
    "teórico-práctico": (1, 15), "ex-presidente": (1, 12), "O'Higgins": (1, 8),
    "d’Artagnan": (1, 9),
    "rock'n'roll": (1, 9), "e-mail": (1, 5), "bla-bla-bla": (1, 9), "franco‑belga": (1, 11),
    "no--sí": (2, 4), "-no": (1, 2), "no-": (1, 2), "no -sí": (2, 4), "no- sí": (2, 4),
    "no - sí": (2, 4), "'tis": (1, 3), "los' ojos": (2, 7), "a-b c-d": (2, 4), "COVID-19": (1, 5),
    "19-M": (1, 1), "11-S": (1, 1), "A4": (1, 1), "3D": (1, 1), "H2O": (1, 2), "2001": (1, 0),
    "3,5": (1, 0), "10.000": (1, 0), "1.234.567,89": (1, 0), "10:30": (1, 0), "10: 30": (2, 0),
    "3, 5": (2, 0), "3,a": (2, 1), "a,3": (2, 1), "3.": (1, 0), ".3": (1, 0), "3..5": (2, 0),
    "1.º": (1, 1), "2.ª vez": (2, 4), "1º": (1, 1), "n.º 3": (3, 2), "½": (1, 0), "x²": (1, 1),
    "siglo XXI": (2, 8), "tengo 2 hijos": (3, 10), "a las 10:30 h": (4, 5), "24/7": (2, 0),
    "1-2": (1, 0), "Mary-Ann O'Neil": (2, 12), "5'": (1, 0), "1,2,3": (1, 0), "1, 2, 3": (3, 0),
}  # fmt: skip
INVISIBLE = {
    "👍": (0, 0), "👍🏽": (0, 0), "👩‍👧": (0, 0), "❤️": (0, 0), "🇪🇸": (0, 0), "hola👋": (1, 4),
    "👋hola👋": (1, 4), "sí👍no": (2, 4), "muy bien 😀": (2, 7), "ho\u00adla": (1, 4),
    "ho\u200bla": (1, 4), "ho\u200dla": (1, 4), "\ufeffhola": (1, 4), "\u0301": (0, 0),
    "hola\u0301": (1, 4), "\u0301hola": (1, 4), "1️⃣": (1, 0), "™": (0, 0), "→": (0, 0),
    "a→b": (2, 2), "ﬁn": (1, 2), "🄰": (0, 0), "½ hora": (2, 4), "e\u0301 e": (2, 2),
}  # fmt: skip
CASES = BASIC | ACCENTS | SIGNS | JOINED | INVISIBLE
PROMPT = "¿cómo estás? —"
SYMBOLS = "".join(sorted(" .,;:!?¡¿—«»-'12abcdefghijlmnñopqrstuvxyzáéíóú"))
words_and_letters = st.integers(1, 12).flatmap(
    lambda words: st.tuples(st.just(words), st.integers(words, 60))
)


@pytest.fixture(scope="module")
def network():
    """Una LSTM pequeña sin entrenar: cumplir no puede depender de lo que sepa."""
    draws = np.random.default_rng(0)
    V, E, H = len(SYMBOLS), 8, 16
    shapes = {
        "embedding.weight": (V, E), "fc.weight": (V, H), "fc.bias": (V,),
        "lstm.weight_ih_l0": (4 * H, E), "lstm.weight_hh_l0": (4 * H, H),
        "lstm.bias_ih_l0": (4 * H,), "lstm.bias_hh_l0": (4 * H,),
    }  # fmt: skip
    weights = {name: draws.normal(0, 1, shape).astype("f4") for name, shape in shapes.items()}
    return NumpyLSTM(weights, CharTokenizer(SYMBOLS))


def test_there_are_two_hundred_cases():
    """Los que se prometieron."""
    assert len(CASES) >= 200


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("text", CASES, ids=repr)
def test_words_and_letters_counted_by_hand(text, form):
    """Signos, tildes, guiones, cifras y emojis, en las dos formas de Unicode."""
    words, letters = CASES[text]
    text = unicodedata.normalize(form, text)
    assert (count_words(text), count_letters(text)) == (words, letters)
    assert satisfies(text, words, letters)
    assert not satisfies(text, words + 1, letters) and not satisfies(text, words, letters + 1)


@given(st.text())
def test_the_two_unicode_forms_count_the_same(text):
    """NFC = NFD, con cualquier texto."""
    composed, apart = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    assert count_words(composed) == count_words(apart)
    assert count_letters(composed) == count_letters(apart)


@given(st.text(), st.text())
def test_joining_with_a_space_adds(one, other):
    """Las cuentas de dos textos separados por un espacio se suman."""
    joined = f"{one} {other}"
    assert count_words(joined) == count_words(one) + count_words(other)
    assert count_letters(joined) == count_letters(one) + count_letters(other)


@given(
    st.lists(st.sampled_from(["sol", "ñu", "él", "pingüino"])),
    st.text('¡!¿?«»—…()[];"', max_size=5),
)
def test_punctuation_never_counts(words, signs):
    """Signos delante, detrás y entre palabras no cambian nada."""
    dressed = signs + f"{signs} {signs}".join(words) + signs
    assert count_words(dressed) == len(words)
    assert count_letters(dressed) == sum(map(len, words))


def test_counting_something_else_says_what_arrived():
    """Un número no es un texto."""
    with pytest.raises(ValueError, match="llegó int"):
        count_words(4)


def test_wilson_interval_by_hand():
    """Con 0 de 10 el extremo alto es z²/(n + z²) = 0,2775; con 5 de 10 es simétrico."""
    assert share(0, 10).low == 0 and share(0, 10).high == pytest.approx(0.27753, abs=1e-4)
    half = share(5, 10)
    assert half.low + half.high == pytest.approx(1) and half.low == pytest.approx(0.2366, abs=1e-4)
    for bad in ((1, 0), (3, 2), (-1, 4)):
        with pytest.raises(ValueError, match="intentos"):
            share(*bad)


def test_compliance_counts_each_condition_apart():
    """Una cumple las dos, otra solo palabras, otra solo letras, otra ninguna."""
    found = compliance(["Yo no voy mal.", "Yo no voy bien.", "Yo no sé nada aún.", "No."], 4, 10)
    assert {name: one.hits for name, one in found.items()} == {
        "palabras": 2,
        "letras": 1,
        "ambas": 1,
    }


def test_no_greeting_of_the_course_already_complies():
    """Así, lo que se reordena con ellos no está copiado de ellos."""
    greetings = load_greetings()
    assert len(greetings) >= 80 and not any(map(satisfies, greetings))


@pytest.mark.parametrize("pair", [(w, n) for w in range(1, 13) for n in range(1, w)])
def test_every_impossible_pair_is_refused(pair, network):
    """Menos letras que palabras: imposible, y se dice."""
    with pytest.raises(ValueError, match="imposible"):
        write_reply(network, PROMPT, *pair)


@pytest.mark.parametrize("goal", [(0, 5), (13, 20), (4, 61), (4, 0), (2.5, 9), (-1, 3)])
def test_goals_out_of_range_are_refused(goal):
    """De 1 a 12 palabras y de 1 a 60 letras, enteros."""
    with pytest.raises(ValueError, match="pide un entero"):
        check_goal(*goal)


@settings(max_examples=500)
@given(words_and_letters, st.sampled_from([0, 0.3, 1, 3]), st.integers(1, 4), st.integers(0, 99))
def test_a_constrained_reply_always_complies(network, goal, temperature, beams, seed):
    """Con cualquier cuenta posible, temperatura, anchura y semilla."""
    reply = write_reply(network, PROMPT, *goal, temperature, beams, seed)
    assert satisfies(reply.text, *goal)


def test_it_complies_even_when_the_model_forbids_it():
    """Un modelo que solo sabe repetir «a» y no cree en los puntos acaba justo igual."""
    with np.errstate(divide="ignore"):
        stubborn = TableModel(" .a", np.log([[0, 0, 1.0], [0, 0, 1.0], [0, 0, 1.0]]))
    assert write_reply(stubborn, " ", 2, 5).text.count("a") == 5


def test_the_best_ten_are_different_and_sorted(network):
    """Diez respuestas con palabras distintas, de más a menos probable."""
    replies = best_replies(network, PROMPT)
    scores = [reply.log_prob for reply in replies]
    assert len({reply.text for reply in replies}) == 10 and scores == sorted(scores, reverse=True)


def test_the_score_is_the_log_probability_of_the_reply():
    """Con tres símbolos iguales, «a a.» son cuatro sorteos de 1/3."""
    uniform = TableModel(" .a", np.zeros((3, 3)))
    assert write_reply(uniform, " ", 2, 2, temperature=0) == (
        "a a.",
        pytest.approx(-4 * math.log(3)),
    )


def test_branches_read_as_one_by_one(network):
    """Tres copias de golpe, o cada una por su lado: las mismas probabilidades."""
    together = Branches(network, PROMPT)
    together.read(np.zeros(3, int), np.array([5, 6, 7]))
    together.read(np.array([2, 0]), np.array([8, 9]))
    for row, path in enumerate(((7, 8), (5, 9))):
        alone = Branches(network, PROMPT)
        for token in path:
            alone.read(np.array([0]), np.array([token]))
        assert np.allclose(together.log_probs[row], alone.log_probs[0], atol=1e-5)


def test_a_prompt_that_ends_inside_a_word_is_refused(network):
    """Si no, la primera letra no empezaría palabra y la cuenta mentiría."""
    with pytest.raises(ValueError, match="media"):
        write_reply(network, "hol")


def brute_force(table, symbols, words, letters, depth):
    """Todas las respuestas que cumplen hasta `depth` símbolos, con su probabilidad."""
    found = {}
    for length in range(depth):
        for ids in itertools.product(range(len(symbols)), repeat=length):
            text = "".join(symbols[i] for i in ids)
            if "." not in text and satisfies(text, words, letters):
                steps = itertools.pairwise((0, *ids, symbols.index(".")))
                found[text + "."] = math.prod(table[a, b] for a, b in steps)
    return found


@pytest.fixture(scope="module", params=[(1, 2), (2, 3), (2, 2)])
def toy(request):
    """Un bigrama de cuatro símbolos que casi nunca repite espacio, y todas sus respuestas."""
    symbols = " .ab"
    table = np.random.default_rng(3).random((4, 4)) + 0.1
    table[0, 0] = 1e-7  # dos espacios seguidos: casi nunca, y la fuerza bruta puede parar pronto
    table /= table.sum(axis=1, keepdims=True)
    model = TableModel(symbols, np.log(table))
    model.order = 2
    # Primer símbolo, tras «. »: la fila del espacio.
    return ExactReplies(model, ". ", *request.param), brute_force(table, symbols, *request.param, 8)


def test_exact_probability_equals_brute_force(toy):
    """La suma de todas las respuestas posibles, una a una."""
    exact, replies = toy
    assert exact.probability == pytest.approx(sum(replies.values()), rel=1e-6)


@pytest.mark.parametrize("order", [1, 2, 3])
def test_exact_and_sampled_agree_for_an_ngram(order):
    """Con cifras, comas y guiones de por medio: el valor exacto, dentro del intervalo."""
    text = "—a 1,2 b-b. —no es a. ¿a b? —es 10 a, no. —b a-1. " * 9
    model = NGramModel(order=order).fit(text)
    exact = ExactReplies(model, " —", 2, 3)
    sampled, found = sampled_share(model, " —", 2, 3, samples=20_000, seed=1)
    assert sampled.low <= exact.probability <= sampled.high and sampled.hits > 50
    assert all(satisfies(reply, 2, 3) for reply in found)


def test_exact_refuses_what_does_not_fit():
    """Órdenes grandes y comienzos a media palabra."""
    text = "no es así. " * 9
    with pytest.raises(ValueError, match="llega a 4"):
        ExactReplies(NGramModel(order=5).fit(text), ". ")
    with pytest.raises(ValueError, match="acabar en un signo"):
        ExactReplies(NGramModel(order=3).fit(text), "no es")


@pytest.mark.slow
def test_the_shipped_model_answers_in_300_milliseconds():
    """Mediana de CPU por respuesta, con la LSTM del curso y cuentas al azar."""
    import time

    from llm_intro.models.pretrained import load_fast

    model, draws, spent = load_fast(), np.random.default_rng(0), []
    for seed in range(30):
        words = int(draws.integers(1, 13))
        letters = int(draws.integers(words, 61))
        start = time.process_time()
        assert satisfies(
            write_reply(model, words=words, letters=letters, seed=seed).text, words, letters
        )
        spent.append(time.process_time() - start)
    assert np.median(spent) <= 0.3
