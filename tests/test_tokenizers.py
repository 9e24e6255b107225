"""Texto, números y vuelta: nada se pierde, y BPE une los mismos pares que la biblioteca."""

import json
import os
import time
import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llm_intro.corpus import load_quijote
from llm_intro.models import bpe
from llm_intro.models.bpe import BPETokenizer
from llm_intro.models.pretrained import from_dict
from llm_intro.tokenizers import CharTokenizer

HARD = [
    "",
    "😀 y 👩‍👩‍👧: caritas",
    "漢字とかな",
    unicodedata.normalize("NFD", "canción, pingüino y año"),
    "a\r\n\tb  c   ",
    "x_1² ½ 10.5\u00a0m",
]
needs_book = pytest.mark.skipif("LLM_INTRO_QUIJOTE" not in os.environ, reason="falta el libro")


@pytest.fixture(scope="module")
def excerpt():
    return load_quijote("extracto").text


@pytest.fixture(scope="module")
def trained(excerpt):
    return BPETokenizer.train(excerpt, vocab_size=600)


# --- por caracteres ---------------------------------------------------------------------


def test_a_symbol_is_numbered_by_its_alphabetical_place():
    """«banana» tiene tres letras: a = 0, b = 1, n = 2."""
    tokenizer = CharTokenizer.from_text("banana")
    ids = tokenizer.encode("nab")
    assert tokenizer.symbols == "abn" and tokenizer.vocab_size == 3
    assert ids.tolist() == [2, 0, 1] and ids.dtype == np.int64
    assert tokenizer.decode([1, 0]) == "ba"


def test_composed_and_decomposed_accents_are_the_same_letters():
    """«é» en un carácter o en dos (e y tilde): los mismos números, y vuelve en uno."""
    tokenizer = CharTokenizer.from_text("café")
    assert tokenizer.encode("cafe\u0301").tolist() == tokenizer.encode("caf\u00e9").tolist()
    assert tokenizer.decode(tokenizer.encode("cafe\u0301")) == "caf\u00e9"
    assert CharTokenizer.from_text("cafe\u0301") == tokenizer


@given(st.text(min_size=1))
def test_any_text_comes_back_from_its_own_tokenizer_in_nfc(text):
    """decode(encode(x)) es x en NFC, sea cual sea x."""
    tokenizer = CharTokenizer.from_text(text)
    assert tokenizer.decode(tokenizer.encode(text)) == unicodedata.normalize("NFC", text)


def test_unknown_characters_are_named_up_to_twelve():
    """Uno se nombra; de quince se nombran doce y se dice que hay tres más."""
    tokenizer = CharTokenizer.from_text("abc")
    with pytest.raises(ValueError, match=r"\['€'\]\. Hay 3: 'abc'"):
        tokenizer.encode("a€b")
    with pytest.raises(ValueError, match=r"'L'\] y 3 más"):
        tokenizer.encode("ABCDEFGHIJKLMNO")
    with pytest.raises(ValueError, match="😀"):
        tokenizer.encode("a😀")  # más allá del último símbolo de la tabla


@pytest.mark.parametrize("ids", [[3], [-1], [0.5], [[0, 1]], ["a"]])
@pytest.mark.parametrize("tokenizer", [CharTokenizer("abc"), BPETokenizer(())])
def test_ids_outside_the_vocabulary_are_rejected(tokenizer, ids):
    """Un número negativo no da la vuelta a la tabla: es un error que dice hasta dónde se puede."""
    if ids == [3] and tokenizer.vocab_size > 3:
        ids = [256]
    with pytest.raises(ValueError, match=f"enteros < {tokenizer.vocab_size}"):
        tokenizer.decode(ids)


@pytest.mark.parametrize("symbols", ["", "ba", "aab"])
def test_a_broken_symbol_table_is_rejected(symbols):
    """Vacía, desordenada o repetida: los números no serían los mismos al guardar y cargar."""
    with pytest.raises(ValueError, match="ordenados y sin repetir"):
        CharTokenizer(symbols)


def test_an_empty_text_has_no_tokenizer_but_can_be_encoded():
    """Sin texto no hay vocabulario; con vocabulario, el texto vacío son cero números."""
    with pytest.raises(ValueError, match="vacío"):
        CharTokenizer.from_text("")
    tokenizer = CharTokenizer("abc")
    assert tokenizer.encode("").tolist() == [] and tokenizer.decode([]) == ""


# --- BPE --------------------------------------------------------------------------------


def test_bpe_merges_by_hand():
    """«ababab abab»: (a, b) sale 5 veces y forma «ab»; luego (ab, ab), que sale 3.

    Después quedan «abab» + «ab» y « » + «abab», una vez cada par: no se repiten, y ahí acaba.
    """
    tokenizer = BPETokenizer.train("ababab abab", vocab_size=400)
    assert tokenizer.merges == [("a", "b"), ("ab", "ab")]
    assert tokenizer.vocab_size == 258
    assert tokenizer.tokens("ababab abab") == ["abab", "ab", " ", "abab"]
    assert tokenizer.encode("abab").tolist() == [257]


def test_a_tie_is_won_by_the_pair_of_smaller_numbers():
    """(x, y) y (b, c) salen dos veces cada uno: gana (b, c), aunque «xy» esté antes."""
    assert BPETokenizer.train("xy\nxy\nbc\nbc", vocab_size=257).merges == [("b", "c")]


def test_no_piece_joins_two_words():
    """Un espacio solo puede estar al principio de una pieza de letras."""
    words = bpe.chunks("en un lugar, 25 años  ¡ay!")
    assert words == ["en", " un", " lugar", ",", " 25", " años", " ", " ¡", "ay", "!"]


@given(st.text())
def test_splitting_into_words_loses_nothing(text):
    """Juntas, las palabras son el texto de partida."""
    assert "".join(bpe.chunks(text)) == text


@pytest.mark.parametrize("text", HARD)
def test_bpe_returns_hard_texts_byte_by_byte(trained, text):
    """Emojis compuestos, chino, NFD y espacios raros: todo son bytes, nada se pierde."""
    assert trained.decode(trained.encode(text)) == text


@given(st.text())
@settings(max_examples=200)
def test_bpe_returns_any_text(text):
    """decode(encode(x)) == x, también con piezas aprendidas de otro texto."""
    tokenizer = BPETokenizer.train("en un lugar de la mancha de cuyo nombre", 280)
    assert tokenizer.decode(tokenizer.encode(text)) == text


def test_pieces_are_readable_and_half_letters_show_their_bytes(trained):
    """Las piezas juntas rehacen la frase; sin aprender nada, la «ñ» son dos bytes."""
    sentence = "don quijote de la mancha"
    assert "".join(trained.tokens(sentence)) == sentence
    assert " de" in trained.tokens(sentence)
    assert BPETokenizer(()).tokens("ñ") == ["\\xc3", "\\xb1"]
    assert BPETokenizer(()).decode([0xC3]) == "\ufffd"


def test_too_small_a_vocabulary_is_rejected():
    """Los 256 bytes están siempre."""
    with pytest.raises(ValueError, match="vocab_size=255"):
        BPETokenizer.train("texto", vocab_size=255)


def library_tokenizer(text, vocab_size):
    """El BPE de la biblioteca `tokenizers`, con nuestras palabras y los bytes en su orden.

    Cada byte se disfraza de carácter chino: así no hay espacios y el orden se conserva.
    """
    tokenizers = pytest.importorskip("tokenizers")

    def disguise(text):
        return "".join(chr(0x4E00 + byte) for byte in text.encode())

    library = tokenizers.Tokenizer(tokenizers.models.BPE())
    library.pre_tokenizer = tokenizers.pre_tokenizers.WhitespaceSplit()
    alphabet = [chr(0x4E00 + byte) for byte in range(256)]
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=vocab_size, min_frequency=2, initial_alphabet=alphabet, show_progress=False
    )
    lines = [" ".join(disguise(word) for word in bpe.chunks(text))]
    library.train_from_iterator(lines, trainer)
    return library, disguise


def test_merges_and_tokens_equal_the_library_s_on_the_excerpt(excerpt, trained):
    """Los mismos 344 pares en el mismo orden, y los mismos números para un texto no visto."""
    library, disguise = library_tokenizer(excerpt, trained.vocab_size)
    restored = [
        tuple(bytes(ord(character) - 0x4E00 for character in side) for side in merge)
        for merge in _merges(library)
    ]
    ours = [(trained.pieces[a], trained.pieces[b]) for a, b in trained.pairs]
    assert len(ours) == 344 and ours == restored
    unseen = "desfacedor de entuertos: el ingenioso pingüino 😀 acometió á los molinos."
    expected = [
        token for word in bpe.chunks(unseen) for token in library.encode(disguise(word)).ids
    ]
    assert trained.encode(unseen).tolist() == expected


def test_merges_equal_byte_level_bpe_of_the_library_without_ties():
    """Siete uniones de recuentos distintos: 80, 32, 30, 29, 12, 9 y 7.

    «ab» sale 50 + 30 veces; los bytes de la ñ, 20 + 9 + 3; y « de», con su espacio, 7.
    """
    tokenizers = pytest.importorskip("tokenizers")
    words = {"ab": 50, "abc": 30, "ñu": 20, "ñus": 9, "ñ": 3, " de": 7, "de": 5}
    text = "\n".join(word for word, times in words.items() for _ in range(times))
    ours = BPETokenizer.train(text, vocab_size=300)
    joined = [left + right for left, right in ours.merges]
    assert joined == ["ab", "\\xc3\\xb1", "abc", "ñu", "de", "ñus", " de"]
    library = tokenizers.Tokenizer(tokenizers.models.BPE())
    library.pre_tokenizer = tokenizers.pre_tokenizers.Sequence(
        [
            tokenizers.pre_tokenizers.Split(tokenizers.Regex(bpe.WORD.pattern), "isolated"),
            tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=300,
        min_frequency=2,
        initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    library.train_from_iterator([text], trainer)
    decoder = tokenizers.decoders.ByteLevel()
    theirs = [decoder.decode([left + right]) for left, right in _merges(library)]
    assert theirs == [piece.decode() for piece in ours.pieces[256:]]


def _merges(library):
    return json.loads(library.to_str())["model"]["merges"]


# --- guardar, y el libro ----------------------------------------------------------------


@pytest.mark.parametrize(
    "tokenizer", [CharTokenizer.from_text("año nuevo"), BPETokenizer.train("la la lala", 270)]
)
def test_a_tokenizer_survives_json(tokenizer):
    """Se guarda como JSON y vuelve igual."""
    assert from_dict(json.loads(json.dumps(tokenizer.to_dict()))) == tokenizer


def test_an_unknown_kind_of_tokenizer_is_rejected():
    """El mensaje dice cuál llegó."""
    with pytest.raises(ValueError, match="'wordpiece'"):
        from_dict({"type": "wordpiece"})


@needs_book
def test_the_whole_book_comes_back_from_both_tokenizers_in_seconds():
    """2 066 269 caracteres y 61 símbolos; por caracteres y por piezas, ni uno se pierde."""
    text = load_quijote().text
    characters = CharTokenizer.from_text(text)
    assert (len(text), characters.vocab_size) == (2_066_269, 61)
    assert characters.decode(characters.encode(text)) == text
    start = time.process_time()
    pieces = BPETokenizer.train(text, vocab_size=1000)
    assert pieces.decode(pieces.encode(text)) == text
    assert time.process_time() - start < 20


@pytest.mark.parametrize(
    "use", [CharTokenizer.from_text, CharTokenizer("ab").encode, BPETokenizer.train]
)
def test_what_is_not_a_text_is_refused_in_spanish(use):
    """Un número, o el corpus en vez de su texto: se dice qué llegó y qué hacer."""
    with pytest.raises(ValueError, match=r"llegó int: se esperaba un texto. De un Corpus, usa"):
        use(3)
