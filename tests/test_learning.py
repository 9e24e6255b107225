"""Aprender a contestar: parejas, correas, el premio del contador y el gradiente de la política."""

import copy
import math

import pytest
import torch

from llm_intro import CervantesLSTM, CharTokenizer, bits_per_char, load_pretrained, satisfies
from llm_intro.assistant.figures import RECIPES, plot_frontier, plot_rule, rule_data
from llm_intro.assistant.form import click_form, reply_demo
from llm_intro.assistant.learning import (
    LONGEST,
    Memory,
    as_batch,
    counter_reward,
    gap,
    kl,
    learn,
    reply_log_probs,
    sample_replies,
    teach,
)
from llm_intro.assistant.pairs import REQUEST, Pair, fixed_pairs, open_pairs, split
from llm_intro.support.data import load_results

TEXT = "a b. ab—ba. aab b—a. " * 40


@pytest.fixture
def tiny() -> CervantesLSTM:
    """Una red sin entrenar que conoce «a», «b», el espacio, el punto y la raya."""
    torch.manual_seed(0)
    model = CervantesLSTM(5, embed_dim=8, hidden_size=16, num_layers=1, dropout=0.0)
    model.tokenizer = CharTokenizer.from_text(TEXT)
    return model


def sampled(model, copies=200, seed=0, request="—a —"):
    return sample_replies(model, request, copies, torch.Generator().manual_seed(seed))


@pytest.mark.parametrize(
    ("text", "known", "away"),
    [
        ("yo ni tan mal.", None, 0),
        ("yo ni tan.", None, 1 + 3),
        ("no no me va mal.", None, 1 + 1),
        ("yo ni tan mal.", {"yo", "ni", "tan"}, 1),
        ("", None, 4 + 10),
    ],
)
def test_the_gap_by_hand(text, known, away):
    """Palabras y letras de más o de menos, y las que no se conocen."""
    assert gap(text, known) == away


def test_the_reward_by_hand():
    """1 si cumple y acaba; un consuelo si solo acaba; nada si acaba en otra cosa o no acaba."""
    texts = ["yo ni tan mal.", "yo ni tan.", "yo ni tan mal—", "yo ni tan mal"]
    paid = counter_reward(texts).tolist()
    assert paid == pytest.approx([1, 0.3 * math.exp(-4 / 1.5), 0, 0])
    assert counter_reward(texts, endings=".—")[2] == 1
    assert counter_reward(texts, known={"yo"})[0] == pytest.approx(0.3 * math.exp(-3 / 1.5))


def test_equal_replies_share_the_reward():
    """Cuatro veces la misma: con share=1 cobra un cuarto cada una; con 0, entero."""
    texts = ["yo ni tan mal."] * 4 + ["yo no voy mal."]
    assert counter_reward(texts, share=1).tolist() == pytest.approx([0.25] * 4 + [1])
    assert counter_reward(texts, share=0.5).tolist() == pytest.approx([0.5] * 4 + [1])
    assert counter_reward(texts, share=0).tolist() == [1] * 5


def test_a_reply_stops_at_its_first_stop(tiny):
    """Punto o raya, una sola vez y al final; lo de detrás no cuenta; y nunca pasa de LONGEST."""
    replies = sampled(tiny)
    assert replies.ids.shape == replies.mask.shape
    for text, size in zip(replies.texts, replies.mask.sum(0).tolist(), strict=True):
        assert len(text) == size <= LONGEST
        assert not set(text[:-1]) & set(".—") and (text[-1] in ".—" or size == LONGEST)
    assert sampled(tiny).texts == replies.texts != sampled(tiny, seed=1).texts


def test_the_log_probs_are_those_of_reading_the_whole_text(tiny):
    """Leer la petición una vez para todas da lo mismo que leer cada texto entero."""
    replies = sampled(tiny, copies=3)
    prompt = torch.from_numpy(tiny.tokenizer.encode("—a —"))
    for column in range(3):
        whole = torch.cat([prompt, replies.ids[:, column]])[:, None]
        expected = tiny(whole[:-1])[0].log_softmax(-1)[len(prompt) - 1 :, 0]
        got = reply_log_probs(tiny, "—a —", replies.ids)[:, column]
        assert torch.allclose(got, expected, atol=1e-5)


def test_only_the_letters_of_the_reply_are_scored():
    """De «—a —b.» y «—ab —ab.», se puntúan «b.» y «ab.»."""
    tokenizer = CharTokenizer.from_text(TEXT)
    ids, mask = as_batch(tokenizer, [Pair("", "a", "b."), Pair("", "ab", "ab.")])
    scored = [tokenizer.decode(ids[1:, i][mask[:, i] > 0].numpy()) for i in range(2)]
    assert scored == ["b.", "ab."]


def test_the_divergence_of_two_coins():
    """Entre una moneda justa y una de 1/4: medio log2 de 4/3, en nats."""
    fair, bent = torch.tensor([0.5, 0.5]).log(), torch.tensor([0.25, 0.75]).log()
    assert float(kl(fair, fair)) == 0
    assert float(kl(fair, bent)) == pytest.approx(0.5 * math.log(4 / 3))


def test_the_memory_is_zero_until_the_network_changes(tiny):
    """Y no sigue a la red: se queda con cómo era."""
    memory = Memory(tiny, TEXT)
    assert memory(tiny).item() == 0
    with torch.no_grad():
        tiny.fc.bias[0] += 1
    assert memory(tiny).item() > 0.01


def test_teaching_teaches_the_reply_to_each_request(tiny):
    """Dos peticiones, dos respuestas: tras unos pasos, cada una con la suya."""
    pairs = [Pair("una", "a", "bb."), Pair("otra", "bb", "aa.")]
    teach(tiny, pairs, Memory(tiny, TEXT), steps=150, lr=3e-2, weight=0)
    for pair in pairs:
        said = sampled(tiny, 50, request=pair.prompt).texts
        assert said.count(pair.reply) > 40


def test_learning_raises_what_is_rewarded_and_the_leashes_hold_it(tiny):
    """Se premia acabar en raya: sin correas pasa a ser lo normal; con el libro, olvida menos."""

    def dashes(texts):
        return torch.tensor([float(text.endswith("—")) for text in texts])

    def share_of_dashes(model):
        return float(dashes(sampled(model, seed=3).texts).mean())

    free, held = copy.deepcopy(tiny), copy.deepcopy(tiny)
    told = []
    settings = dict(steps=40, copies=64, lr=1e-2, request="—a —")
    learn(free, dashes, Memory(tiny, TEXT), leash=0, weight=0, **settings)
    learn(held, dashes, Memory(tiny, TEXT), leash=0, weight=20.0,
          watch=lambda *given: told.append(given), **settings)  # fmt: skip
    assert share_of_dashes(free) > share_of_dashes(tiny) + 0.2
    before = bits_per_char(tiny, TEXT)
    assert abs(bits_per_char(held, TEXT) - before) < abs(bits_per_char(free, TEXT) - before)
    assert [step for step, *_ in told] == list(range(40))
    assert told[0][2] == pytest.approx(0, abs=1e-6)


def test_learning_twice_gives_the_same_network(tiny):
    """La semilla decide todo el azar, y el de fuera no se toca."""
    pupils = copy.deepcopy(tiny), copy.deepcopy(tiny)
    state = torch.get_rng_state()
    for pupil in pupils:
        learn(pupil, counter_reward, Memory(tiny, TEXT), steps=3, copies=16, request="—a —")
    first, second = (pupil.state_dict() for pupil in pupils)
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert torch.equal(torch.get_rng_state(), state)


def test_the_pairs_can_be_read_and_do_not_give_the_challenge_away():
    """La red conoce todos sus símbolos; la palabra buena está en la respuesta; nada cumple ya."""
    small, pairs = load_pretrained("small"), [*fixed_pairs(), *open_pairs()]
    for pair in pairs:
        small.tokenizer.encode(pair.prompt + pair.reply)
        assert pair.reply.endswith(".") or not pair.key
        assert not pair.key or pair.key in pair.reply.strip(".").split()
    assert not any(satisfies(pair.reply) for pair in open_pairs() if pair.kind == "saludo")
    assert REQUEST in {pair.prompt for pair in open_pairs()}


def test_the_held_out_pairs_are_never_shown_but_their_parts_are():
    """Cada cosa y cada manera de preguntar salen entre las que se enseñan."""
    shown, held = split(fixed_pairs())
    assert not {p.prompt for p in shown} & {p.prompt for p in held} and len(held) == 40
    assert {(p.kind, p.key) for p in held} <= {(p.kind, p.key) for p in shown}


def test_the_small_network_is_what_its_card_says():
    """332 000 números, y en el capítulo del extracto, los bits/car. de la ficha."""
    small, card = load_pretrained("small"), load_results("small")
    assert sum(weights.numel() for weights in small.parameters()) == card["parameters"]
    from llm_intro import load_quijote

    bits = bits_per_char(small, load_quijote("extracto").heldout)
    assert bits == pytest.approx(card["bits_per_char"]["excerpt_lxxiv"], abs=0.002)


def test_the_stored_runs_are_five_of_each_recipe():
    """Quince recetas, cinco semillas; las curvas, de la primera."""
    runs = load_results("counter")["runs"]
    seeds = {}
    for run in runs:
        seeds.setdefault(run["variant"], []).append(run["seed"])
        assert bool(run["curve"]) == (run["seed"] == 0)
        assert 0 <= run["after"]["favourite_times"] <= run["after"]["comply"] <= 1000
    assert set(RECIPES) <= seeds.keys() and set(map(tuple, seeds.values())) == {(0, 1, 2, 3, 4)}


def test_the_figures_draw_every_recipe():
    """Una línea por receta en cada panel, y un punto por semilla."""
    counter = load_results("counter")
    axes = plot_rule(rule_data(counter))
    assert len(axes.lines) == len(rule_data(counter))
    points = plot_frontier(counter).lines
    assert [len(line.get_xdata()) for line in points] == [5] * len(points)


def test_ten_clicks_are_kept_and_then_it_thanks():
    """Cada botón apunta la elegida y la rechazada, con su petición."""
    rivals, clicked = [("¿qué tal?", "bien.", "mal."), ("¿y tú?", "sí.", "no.")], []
    screen, left, right = click_form(rivals, clicked).children
    right.click()
    left.click()
    assert clicked == [(("¿qué tal?", "mal."), ("¿qué tal?", "bien.")),
                       (("¿y tú?", "sí."), ("¿y tú?", "no."))]  # fmt: skip
    assert "gracias" in screen.value and left.disabled and right.disabled


def test_the_demo_answers_with_every_network_and_explains_what_it_cannot_read(tiny):
    """Se mueve la petición y cambia la página; lo que no conoce se dice en español."""
    box = reply_demo({"una": tiny, "otra": tiny}, ask="a")
    screen = box.children[-1]
    assert "una" in screen.value and "otra" in screen.value
    box.children[0].value = "ñ"
    assert "fuera del vocabulario" in screen.value
