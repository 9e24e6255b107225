"""Las figuras de la lección 02: en qué piezas se parte un texto, y qué trozos están en el libro."""

import pytest
from test_explorables import HARD, node

from llm_intro import BPETokenizer, load_quijote
from llm_intro.support.data import load_results

PAIRS = load_results("pieces")["pairs"]
SPLIT = [
    *HARD, "respondió don quijote valientemente", "  dos  blancos \t y\u00a0más ", "10:30 o 3,5²",
    "a_b_c __ ñ\u0303", "¡¡¡Ándale!!!", "mañana", "e\u0301se",
]  # fmt: skip


@pytest.mark.parametrize("text", SPLIT)
def test_the_pieces_are_those_of_our_bpe(text):
    """Con todas las uniones y con las primeras: los mismos números que `BPETokenizer`."""
    for most in (0, 1, 100, 744):
        wanted = BPETokenizer(tuple(map(tuple, PAIRS[:most]))).encode(text).tolist()
        assert node("pieces", "encode(...given).ids", text, PAIRS, most) == wanted


def test_the_slider_of_merges_stops_where_something_changes():
    """En cada parada cambian las piezas; entre una y la siguiente, ninguna unión las toca."""
    text = "respondió don quijote"
    used = node("pieces", "encode(...given).used", text, PAIRS)
    changes = [
        most - 1
        for most in range(1, len(PAIRS) + 1)
        if len(BPETokenizer(tuple(map(tuple, PAIRS[:most]))).encode(text))
        < len(BPETokenizer(tuple(map(tuple, PAIRS[: most - 1]))).encode(text))
    ]
    assert used == changes


def test_half_a_character_is_shown_as_half():
    """Los dos bytes de «¡», sueltos, son dos medios; juntos, el signo. También los guardados."""
    assert node("pieces", "[[194], [161], [194, 161]].map(shown)") == ["½", "½", "¡"]
    assert node("pieces", "stored(given[0])", ["\\xc2", " \\xc2", "ñ"]) == ["½", " ½", "ñ"]


def test_the_stored_merges_are_those_of_the_book():
    """Con el libro a mano, aprenderlas otra vez da las mismas."""
    corpus = load_quijote()
    if corpus.source == "extracto":
        pytest.skip("hace falta el libro entero")
    assert [list(pair) for pair in BPETokenizer.train(corpus.train).pairs] == PAIRS


COPIES = load_results("copies")


def test_copied_letters_by_hand():
    """«abcXdef», con «abc» y «ef» en el libro: de dos o más, cinco letras; de tres, tres."""
    sizes = [3, 2, 1, 0, 1, 2, 1]
    assert sum(node("copies", "covered(...given)", sizes, 2)) == 5
    assert node("copies", "covered(...given)", sizes, 3) == [True] * 3 + [False] * 4
    assert node("copies", "record(...given)", list("abcXdef"), sizes) == "abc"


@pytest.mark.parametrize("writer", COPIES["writers"], ids=lambda one: one["name"])
def test_the_stored_spans_stand_in_the_book(writer):
    """Con el libro a mano: cada trozo está en train, y con una letra más ya no."""
    corpus = load_quijote()
    if corpus.source == "extracto":
        pytest.skip("hace falta el libro entero")
    text, sizes = writer["text"], writer["longest"]
    for i, size in enumerate(sizes[:120]):
        assert text[i : i + size] in corpus.train
        assert i + size == len(text) or text[i : i + size + 1] not in corpus.train
    for least in (5, 15, 40):  # las letras encendidas, buscadas una a una
        inside = node("copies", "covered(...given)", sizes, least)
        starts = [i for i, size in enumerate(sizes) if size >= least]
        assert inside == [any(i <= j < i + sizes[i] for i in starts) for j in range(len(text))]


def test_a_longer_span_is_rarer_and_a_higher_order_copies_more():
    """Más largo, menos letras; a mayor orden, más; y a veinticinco, Cervantes más que nadie."""
    shares = {one["name"]: dict(zip(COPIES["sizes"], one["share"], strict=True))
              for one in COPIES["writers"]}  # fmt: skip
    for share in shares.values():
        assert list(share.values()) == sorted(share.values(), reverse=True)
    orders = [shares[f"{n}-grama"][15] for n in (2, 4, 6, 8, 10)]
    assert orders == sorted(orders) and orders[2] < shares["Cervantes"][15]
    assert max(shares, key=lambda name: shares[name][25]) == "Cervantes"
