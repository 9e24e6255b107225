"""El juego de Shannon: las cotas a mano, contra la entropía verdadera, y una partida."""

import math

import numpy as np
import pytest
from fakes import cycle_model
from hypothesis import given
from hypothesis import strategies as st
from pytest import approx

from llm_intro import CharTokenizer, NGramModel
from llm_intro.tokens.controls import order_demo, shannon_game
from llm_intro.tokens.shannon import ShannonGame, bounds, model_ranks, share_bounds


def test_always_right_costs_nothing():
    """Quien acierta siempre a la primera no necesita ni un bit."""
    assert bounds([1] * 20) == (0, 0)


def test_bounds_by_hand():
    """Mitad a la primera y mitad a la segunda: un bit, y las dos cotas coinciden."""
    assert bounds([1, 2, 1, 2]) == approx((1, 1))


def test_three_to_one_by_hand():
    """Tres de cuatro a la primera: inferior 2·¼·1 = 0,5; superior, la entropía de ¾ y ¼."""
    upper = 0.75 * math.log2(4 / 3) + 0.25 * 2
    assert bounds([1, 1, 1, 2]) == approx((0.5, upper))


def test_uniform_guesses_meet_at_log2():
    """Ocho números de intento igual de frecuentes: las dos cotas son log2(8) = 3."""
    assert bounds(range(1, 9)) == approx((3, 3))


@given(st.lists(st.integers(1, 60), min_size=1, max_size=200))
def test_the_lower_bound_never_passes_the_upper(ranks):
    """0 ≤ inferior ≤ superior, salgan los intentos que salgan."""
    low, high = bounds(ranks)
    assert -1e-12 <= low <= high + 1e-9


@given(st.integers(0, 10_000))
def test_bounds_hold_around_the_true_entropy(seed):
    """Con un jugador perfecto, la entropía condicional de verdad queda entre las dos cotas."""
    rng = np.random.default_rng(seed)
    contexts = rng.dirichlet(np.full(6, 0.4), size=5)  # P(letra | contexto), (5, 6)
    weights = rng.multinomial(60, np.full(5, 0.2)) / 60
    true = sum(
        w * -(p[p > 0] * np.log2(p[p > 0])).sum() for w, p in zip(weights, contexts, strict=True)
    )
    q = weights @ -np.sort(-contexts, axis=1)  # qué parte acierta en cada intento, (6,)
    low, high = share_bounds(q)
    assert low - 1e-9 <= true <= high + 1e-9


@pytest.mark.parametrize("ranks", [[], [0, 1], [1.5]])
def test_impossible_ranks_are_refused(ranks):
    """Sin letras, con un intento 0 o con medio intento no hay cotas."""
    with pytest.raises(ValueError, match="se esperaban enteros"):
        bounds(ranks)


def test_a_model_that_knows_the_order_guesses_first():
    """En «ababab…» un bigrama acierta siempre a la primera."""
    text = "ab" * 20
    model = NGramModel(order=2).fit(text, CharTokenizer.from_text(text))
    assert model_ranks(model, model.tokenizer.encode(text), 1) == [1] * 39


def test_model_ranks_start_where_asked():
    """Con `first` = 5 de 10 letras se puntúan las cinco últimas."""
    text = "abcabcabca"
    model = NGramModel(order=2).fit(text)
    assert len(model_ranks(model, model.tokenizer.encode(text), 5)) == 5
    with pytest.raises(ValueError, match="first"):
        model_ranks(model, model.tokenizer.encode(text), 10)


def test_a_game_by_hand():
    """Tras «la ca» vienen «s» y «a»: un fallo repetido no cuenta dos veces."""
    game = ShannonGame("la casa", start=5, length=2)
    assert game.shown == "la ca"
    assert not game.guess("l")
    assert not game.guess("l")
    assert game.guess("s")
    assert (game.shown, game.ranks) == ("la cas", [2])
    assert game.guess("a")
    assert game.done
    assert game.ranks == [2, 1]


def test_the_hidden_text_is_not_shown():
    """Lo visible acaba donde empieza lo tapado, y muestra como mucho el contexto pedido."""
    assert ShannonGame("abcdefgh", start=6, length=2, context=3).shown == "def"


def test_guesses_that_cannot_be():
    """Una letra que no está en el texto, dos a la vez o una partida acabada: error y qué hacer."""
    game = ShannonGame("aba", start=1, length=1)
    for letter in ("z", "ab", ""):
        with pytest.raises(ValueError, match="no está en el texto"):
            game.guess(letter)
    game.guess("b")
    with pytest.raises(ValueError, match="ha terminado"):
        game.guess("a")


@pytest.mark.parametrize(("start", "length"), [(0, 1), (1, 0), (2, 2)])
def test_a_game_that_does_not_fit(start, length):
    """Sin contexto, sin letras o más allá del final no hay partida."""
    with pytest.raises(ValueError, match="no caben"):
        ShannonGame("aba", start=start, length=length)


def test_the_row_says_how_many_letters():
    """La fila del marcador lleva la cota superior y cuántas letras se jugaron."""
    game = ShannonGame("abab", start=1, length=3)
    for letter in "bab":
        game.guess(letter)
    assert game.row("Ana").name == "Ana (3 letras)"
    assert game.row().bits == 0


def test_few_letters_cap_the_upper_bound():
    """Con cuatro letras, la cota superior no puede pasar de log2(4) = 2 bits."""
    game = ShannonGame("abcdefgh", start=1, length=4)
    for letter in "bcde":
        game.guess(letter)
    assert bounds(game.ranks)[1] <= game.most_bits() == 2


def test_the_board_plays_with_keyboard_and_buttons():
    """Teclado y botones juegan la misma partida; lo fallado se apaga y lo raro avisa."""
    game = ShannonGame("la casa de la casera", start=5, length=3)
    screen, keyboard, keys = shannon_game(game, name="<b>Ana").children
    buttons = {button.description: button for button in keys.children}
    buttons["l"].click()
    assert buttons["l"].disabled
    assert "no es" in screen.value
    keyboard.set_state({"value": "S"})  # una mayúscula vale
    assert (game.ranks, keyboard.value, buttons["l"].disabled) == ([2], "", False)
    assert "&lt;b&gt;Ana" in screen.value
    keyboard.set_state({"value": "%"})
    assert "Aviso" in screen.value
    for letter in ("a", "espacio"):
        buttons[letter].click()
    assert game.done
    assert all(button.disabled for button in buttons.values())


def test_the_rival_plays_the_same_letters():
    """Tras cada acierto se ve en qué intento la tenía, cuántas lleva y a qué letras apostaba."""
    game = ShannonGame("aab<aab<aab<", start=4, length=3)
    rival = NGramModel(2, smoothing=None).fit("aab<aab<aab<")
    screen, keyboard, _ = shannon_game(game, rivals={"bigrama": rival}).children
    assert "bigrama" not in screen.value  # antes de acertar no se sopla nada
    for letter, told in (  # tras «<» siempre «a»; tras «a», la mitad «a» y la mitad «b»
        ("a", "1 de 1 a la primera; esta letra, al intento 1. Apostaba: a 100 %, &lt; 0 %"),
        ("a", "2 de 2 a la primera; esta letra, al intento 1. Apostaba: a 50 %, b 50 %"),
        ("b", "2 de 3 a la primera; esta letra, al intento 2. Apostaba: a 50 %, b 50 %"),
    ):
        keyboard.set_state({"value": letter})
        assert f"<b>bigrama</b>: {told}" in screen.value


def test_the_order_slider_changes_the_text():
    """Al mover el orden cambia el modelo que escribe; un comienzo imposible avisa."""
    text = "en un lugar de la mancha de cuyo nombre no quiero acordarme " * 3
    order, _, prompt, screen = order_demo({n: NGramModel(n).fit(text) for n in (1, 2, 3)}).children
    before = screen.value
    order.set_state({"value": 1})
    assert "Orden <b>1</b>" in screen.value
    assert screen.value != before
    prompt.set_state({"value": "€"})
    assert "Aviso" in screen.value


def test_loose_accents_eat_no_letter():
    """Un comienzo o una letra con la tilde suelta (NFD) valen lo mismo que con ella puesta."""
    _, _, prompt, screen = order_demo({2: cycle_model("éñ")}, "é", 4).children
    assert "ñéñé" in screen.value
    prompt.set_state({"value": "e\u0301"})
    assert "ñéñé" in screen.value
    game = ShannonGame("éééé", start=1, length=2)
    shannon_game(game).children[1].set_state({"value": "e\u0301"})
    assert game.ranks == [1]
