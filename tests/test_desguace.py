"""La prueba del desguace: el corpus y sus exámenes, los modelos, y tapar de verdad lo tapado."""

import json
import math
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.functional import scaled_dot_product_attention

from benchmarks.desguace import ablation, gradient_input
from llm_intro.desguace import causes as causes
from llm_intro.desguace.generator import CHOOSING, EXAM, Generator, make_stories
from llm_intro.desguace.networks import (  # fmt: skip
    Bag,
    ProbeRecipe,
    batches,
    count_stories,
    encode_story,
    new_model,
    pad,
    padding_mask,
    teach,
)
from llm_intro.desguace.probe import CHANGES, LONG, SHORT, DesguaceProbe, cut_at_hole, swapped
from llm_intro.desguace.stories import MASK, UNKNOWN, Words, load_data
from llm_intro.models.transformer import Transformer

HERE = Path(__file__).parent
NETS = ["bolsa", "lstm", "transformer"]
BOTH_SIDES = "transformer", False  # la que también ve lo que sigue al hueco


@pytest.fixture(scope="module")
def stories():
    """Un corpus pequeño."""
    return make_stories(train=1500, exam=60, seed=3)


@pytest.fixture(scope="module")
def words(stories):
    """Su vocabulario."""
    return Words.from_stories(stories.train)


@pytest.fixture(scope="module")
def probe(words):
    """Una sonda con un Transformer sin entrenar: para mirar mecanismos no hace falta más."""
    return DesguaceProbe(new_model("transformer", words, seed=1))


# --- el corpus ---


def test_counterfactuals_shipped_are_the_ones_written_first():
    """Las 40 frases del paquete son, byte a byte, las de las pruebas."""
    mine = (HERE / "counterfactuals.json").read_text(encoding="utf-8")
    assert load_data("counterfactuals") == json.loads(mine)
    assert len(load_data("counterfactuals")) == 40


@pytest.mark.parametrize("seed", [0, 1])
def test_no_training_text_has_both_clues_of_a_counterfactual(seed):
    """Ningún texto de aprender contiene las dos pistas de ninguna de las 40, ni la frase larga."""
    rows = load_data("counterfactuals")
    texts = [story.text.lower() for story in make_stories(train=3000, exam=5, seed=seed).train]
    assert not any(all(c in text for c in row["clues"]) for row in rows for text in texts)
    assert LONG.lower() not in texts


def test_each_clue_phrasing_of_a_counterfactual_is_learnt_apart():
    """Las pistas sueltas de la frase larga sí están en el corpus: lo nuevo es juntarlas."""
    texts = " ".join(s.text.lower() for s in make_stories(train=3000, exam=5).train)
    assert "no pare de tener averías" in texts and "coche que me quiero comprar" in texts


def test_new_sentences_are_sixteen_of_each_kind_and_no_text_is_known_beforehand():
    """De cada clase, 16 con frases del corpus y 16 con otras; palabras, solo las conocidas."""
    rows, stories = load_data("new_sentences"), make_stories().train
    told = {sentence for story in stories for sentence in story.sentences}
    known, texts = Words.from_stories(stories).index, {s.text for s in stories}
    cells = load_data("phrases")["reserved_cells"]
    counted = Counter((row["kind"], row["wording"]) for row in rows)
    kinds = {row["kind"] for row in load_data("counterfactuals")}
    kinds |= {"otro objeto roto", "compra negada", "sin cambios"}
    assert counted == {(kind, wording): 16 for kind in kinds for wording in ("corpus", "new")}
    for row in rows:
        words = Words.split(row["text"].replace("____", ""))
        assert set(words) <= known.keys() and row["text"] not in texts
        assert [words[-3], row["expected"]] not in cells  # ni se añade esa dificultad
        if row["wording"] == "new":
            assert not {s.strip().lower() for s in row["text"].split(".")} & told
    assert len({row["text"] for row in rows}) == len(rows)


def test_exams_hold_combinations_never_trained(stories):
    """Ternas, parejas y casillas de los exámenes no están en train."""
    seen = stories.train
    assert not {(s.obj, s.state, s.plan) for s in seen} & {
        (s.obj, s.state, s.plan) for s in stories.triples
    }
    assert not {(s.state, s.plan) for s in seen} & {(s.state, s.plan) for s in stories.pairs}
    assert not {(s.obj, s.place) for s in seen} & {(s.obj, s.place) for s in stories.cells}


def test_what_is_examined_was_never_used_to_choose():
    """Los dos sorteos no comparten parejas ni ternas, y ninguno depende de la semilla."""
    chose, asks = Generator(0, CHOOSING), Generator(0, EXAM)
    assert chose.pairs and chose.triples
    assert not chose.pairs & asks.pairs and not chose.triples & asks.triples
    assert asks.triples == Generator(5).triples and asks.pairs == Generator(5).pairs


def test_no_text_is_in_train_and_in_an_exam(stories):
    """Sin duplicados entre las partes, ni dentro de un examen."""
    train = {s.text for s in stories.train}
    for exam in stories.exams.values():
        texts = [s.text for s in exam]
        assert len(set(texts)) == len(texts) and not train & set(texts)


def test_destination_follows_from_the_two_facts(stories):
    """Deducido de las frases, sin mirar cómo se generó: el destino es el de la tabla."""
    bank = load_data("phrases")
    kinds = {o: kind for kind, objects in bank["objects"].items() for o, _ in objects}
    states = {kind: {n: told.get(kind, ()) for n, told in bank["states"].items()} for kind in
              bank["objects"]}  # fmt: skip

    def fact(phrase, names):
        return next((name for name, told in names.items() if phrase in told), None)

    for story in stories.train:
        kind = kinds[story.obj]
        state = fact(story.state, states[kind])
        plan = fact(story.plan, bank["plans"])
        if state or plan:
            assert [state, plan] in bank["places"][kind][story.place]


def test_article_never_gives_the_destination_away(stories):
    """La última frase acaba siempre en «al» y un hueco."""
    assert all(s.text.endswith(" al ____.") for s in stories.train)


def test_same_seed_same_texts():
    """La semilla lo decide todo; otra semilla, otros textos."""
    one, two, other = (make_stories(50, 5, seed=s).train for s in (7, 7, 8))
    assert one == two and one != other


def test_distance_puts_exactly_k_sentences_after_the_clues():
    """Con k = 3, la última pista es la cuarta frase empezando por la del hueco."""
    for story in make_stories(40, 3, distance=3).train:
        assert story.sentences[-5] in story.clues or len(story.clues) == 1
        assert story.sentences[len(story.clues) - 1] in story.clues
        assert len(story.sentences) == len(story.clues) + 3 + 1


def test_short_texts_are_many_enough_to_be_calibrated():
    """Sin pistas, uno de cada seis o más; y tres de cada cuatro vehículos van al taller."""
    writer = Generator(5)
    drawn = [writer.draw() for _ in range(6000)]
    short = [s for s in drawn if not s.state and not s.plan]
    cars = [s.place for s in short if s.obj == "coche"]
    assert 0.15 < len(short) / 6000 < 0.21
    assert 0.6 < cars.count("taller") / len(cars) < 0.9


def test_impossible_sizes_are_refused():
    """Cero textos, o más de los que hay, dan un aviso."""
    with pytest.raises(ValueError, match="al menos un texto"):
        make_stories(train=0)
    with pytest.raises(ValueError, match="no hay datos"):
        load_data("otra-cosa")


def test_words_round_trip_and_unknown():
    """Minúsculas y signos aparte; lo que no conoce es el comodín."""
    words = Words(["el", "coche", "."])
    assert words.decode(words.encode("El coche.")) == "el coche ."
    assert words.encode("El zepelín.").tolist()[1] == UNKNOWN


# --- los modelos ---


@pytest.mark.parametrize("name", NETS)
def test_new_model_is_small_and_leaves_the_randomness_alone(name, words):
    """200 000 parámetros como mucho; el azar de fuera queda como estaba."""
    before = torch.get_rng_state()
    model = new_model(name, words, seed=4)
    assert torch.equal(before, torch.get_rng_state())
    assert sum(p.numel() for p in model.parameters()) <= 200_000
    again = new_model(name, words, seed=4)
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), again.parameters(),
                                                 strict=True))  # fmt: skip


@pytest.mark.parametrize(("name", "causal"), [*((name, True) for name in NETS), BOTH_SIDES])
def test_padding_changes_nothing(name, causal, words, stories):
    """Responder a varios textos a la vez o de uno en uno es lo mismo, se vea o no lo de después."""
    probe = DesguaceProbe(new_model(name, words, seed=2, causal=causal))
    after = f"{SHORT} Mi coche se ha vuelto a estropear."
    texts = [LONG, SHORT, after, *(s.text for s in stories.train[:6])]
    together = probe.probs(texts)
    assert np.allclose(together, np.concatenate([probe.probs([t]) for t in texts]), atol=1e-5)


def test_only_the_bidirectional_reads_clues_after_the_hole(words):
    """Lo que sigue al hueco no mueve a la causal y sí a la bidireccional."""
    texts = [f"{SHORT} Mi coche no pare de tener averías.", f"{SHORT} Hace mucho calor."]
    for causal in (True, False):
        probe = DesguaceProbe(new_model("transformer", words, seed=2, causal=causal))
        one, other = probe.probs(texts)
        assert np.allclose(one, other) is causal


def test_bag_ignores_order_and_transformer_does_not(words):
    """Las mismas palabras en otro orden: la bolsa responde lo mismo."""
    texts = [CHANGES["la frase entera"], CHANGES["otro orden"]]
    for name, same in (("bolsa", True), ("transformer", False)):
        one, other = DesguaceProbe(new_model(name, words, seed=2)).probs(texts)
        assert np.allclose(one, other, atol=1e-7) is same


def test_bag_carries_its_sum():
    """Leído en dos trozos o de un tirón, la bolsa puntúa igual."""
    bag, x = Bag(20), torch.arange(12).reshape(6, 2)
    whole, _ = bag(x)
    first, state = bag(x[:4])
    assert torch.allclose(whole, torch.cat([first, bag(x[4:], state)[0]]), atol=1e-6)


def test_five_gram_forgets_everything_but_four_words(stories, words):
    """El 5-grama responde igual a la frase larga y a la corta: solo ve las últimas cuatro."""
    long, short = DesguaceProbe(count_stories(stories.train, words)).probs([LONG, SHORT])
    assert np.allclose(long, short) and 0.9 < long.sum() <= 1 + 1e-6


@pytest.mark.parametrize(("name", "causal"), [("bolsa", True), ("transformer", True), BOTH_SIDES])
def test_every_family_can_learn_a_handful_of_texts(name, causal, stories, words):
    """Doce textos repetidos: los acierta todos, con la pregunta antes si se ve lo de después."""
    few = [s if causal else swapped(s) for s in stories.train if s.state and s.plan][:12]
    model = new_model(name, words, seed=0, causal=causal).eval()
    losses = teach(model, few, ProbeRecipe(steps=60, batch_size=12, lr=1e-2, warmup=5))
    assert losses[-1] < losses[0] and not model.training
    assert DesguaceProbe(model).accuracy(few) == 1


def test_training_is_repeatable_and_can_stop(stories, words):
    """La misma semilla da las mismas pérdidas, y `watch` puede cortar."""
    runs = [teach(new_model("bolsa", words, 0), stories.train, ProbeRecipe(steps=5)) for _ in "ab"]
    assert runs[0] == runs[1] and len(runs[0]) == 5
    stopped = teach(new_model("bolsa", words, 0), stories.train, ProbeRecipe(steps=5),
                  lambda step, _: step == 2)  # fmt: skip
    assert stopped == runs[0][:2]


@pytest.mark.parametrize("mode", [True, False])
def test_an_interrupted_training_leaves_the_mode_it_found(mode, stories, words):
    """Con Ctrl-C a medias, la red queda aprendiendo o no, como estaba."""

    def press(step, loss):
        raise KeyboardInterrupt

    model = new_model("bolsa", words).train(mode)
    with pytest.raises(KeyboardInterrupt):
        teach(model, stories.train, ProbeRecipe(steps=5), press)
    assert model.training is mode


def test_batches_visit_every_text_once_per_round():
    """Una vuelta de lotes pasa una vez por cada texto."""
    import random

    stream = batches(list(range(50)), 8, random.Random(0))
    seen = []
    while len(seen) < 50:
        seen += next(stream)
    assert sorted(seen) == list(range(50))


def test_encoded_story_points_at_its_destination(stories, words):
    """La posición que se devuelve es la del destino, vaya delante o detrás."""
    for story in (stories.train[0], swapped(stories.train[0])):
        ids, position = encode_story(words, story)
        assert words.words[ids[position]] == story.place


@pytest.mark.parametrize("bad", [dict(steps=0), dict(lr=-1.0), dict(batch_size=0)])
def test_impossible_recipes_are_refused(bad):
    """Los ajustes imposibles se dicen al crear la receta."""
    with pytest.raises(ValueError, match="mayor que 0"):
        ProbeRecipe(**bad)


# --- la atención y lo que se tapa ---


def test_attention_weights_are_the_ones_pytorch_uses():
    """Los pesos que se enseñan, por los valores, dan lo que da la función de PyTorch."""
    model, x = Transformer(11, 16, 4, 1, dropout=0.0), torch.randint(0, 11, (6, 2))
    block = model.blocks[0]
    h, bias = block.norm1(model.embedding(x.t())), model.bias(6)
    q, k, v = block.attention._split(h)
    assert torch.allclose(
        block.attention.weights(h, bias) @ v,
        scaled_dot_product_attention(q, k, v, bias[None]),
        atol=1e-6,
    )


def test_module_attention_is_multihead_attention():
    """Con los mismos pesos, nuestra capa da lo que nn.MultiheadAttention."""
    ours = Transformer(11, 16, 4, 1, dropout=0.0)
    layer, x = ours.blocks[0].attention, torch.randn(2, 5, 16)
    theirs = nn.MultiheadAttention(16, 4, batch_first=True)
    with torch.no_grad():
        theirs.in_proj_weight.copy_(layer.qkv.weight)
        theirs.in_proj_bias.zero_()
        theirs.out_proj.load_state_dict(layer.out.state_dict())
    bias = ours.bias(5)
    mixed, weights = theirs(x, x, x, attn_mask=bias.repeat(2, 1, 1), average_attn_weights=False)
    assert torch.allclose(layer(x, bias)[0], mixed, atol=1e-6)
    assert torch.allclose(layer.weights(x, bias), weights, atol=1e-6)


def test_probe_attention_sums_to_one_and_never_looks_ahead(probe):
    """Cada fila reparte 1 y, en la causal, nada por encima de la diagonal."""
    words, maps = probe.attention(LONG)
    assert words[-1] == "al" and maps.shape == (2, 4, len(words), len(words))
    assert np.allclose(maps.sum(-1), 1, atol=1e-5)
    assert np.triu(maps, 1).max() == 0


def test_bidirectional_reader_is_the_hole(words):
    """La bidireccional responde en el hueco, y se ve como ____."""
    probe = DesguaceProbe(new_model("transformer", words, causal=False))
    names = probe.words(f"{SHORT} Hace mucho calor.")
    assert names[probe.read(f"{SHORT} Hace mucho calor.")[1]] == "____"
    assert probe.read(SHORT)[0][-2] == MASK


def test_blocked_edge_gets_no_attention(probe):
    """Lo que se tapa recibe cero, y el resto se reparte lo suyo."""
    ids, reader = probe.read(SHORT)
    mask = torch.zeros(len(ids), len(ids))
    mask[reader, 2] = -math.inf
    maps = probe.model.attention(torch.from_numpy(ids)[:, None], mask)
    assert float(maps[..., reader, 2].detach().abs().max()) == 0
    assert torch.allclose(maps[..., reader, :].sum(-1), torch.ones(1))


def test_hiding_nothing_changes_nothing(probe):
    """Sin palabras tapadas ni borradas, cero bits."""
    for action in (causes.knockout, ablation):
        assert np.allclose(action(probe, LONG, [[]], "desguace"), 0, atol=1e-5)


def test_knockout_and_ablation_match_doing_it_by_hand(probe):
    """Tapar en lote da lo mismo que enmascarar una vez; borrar, que leer otra palabra."""
    ids, reader = probe.read(LONG)
    word = probe.tokenizer.index["desguace"]

    def bits(x, mask=None):
        with torch.no_grad():
            logits = probe.model(torch.from_numpy(x)[:, None], None, mask)[0][reader, 0]
        return float(torch.log_softmax(logits, -1)[word]) / math.log(2)

    mask = torch.zeros(len(ids), len(ids))
    mask[reader, [3, 5]] = -math.inf
    got = causes.knockout(probe, LONG, [[3, 5], [4]], "desguace")
    assert got[0] == pytest.approx(bits(ids, mask) - bits(ids), abs=1e-4)
    mask = torch.zeros(len(ids), len(ids))
    mask[7, [1, 2]] = -math.inf  # ahora es otra palabra la que no mira
    got = causes.knockout(probe, LONG, [[1, 2]], "desguace", looker=7)
    assert got[0] == pytest.approx(bits(ids, mask) - bits(ids), abs=1e-4) and got[0] != 0
    erased = ids.copy()
    erased[4] = UNKNOWN
    got = ablation(probe, LONG, [[4]], "desguace")
    assert got[0] == pytest.approx(bits(erased) - bits(ids), abs=1e-4)


def test_gradient_times_input_is_the_slope_of_shrinking_a_word(probe):
    """Encoger un poco el vector de una palabra mueve los bits lo que dice el gradiente."""
    slope = gradient_input(probe, SHORT, "taller")
    ids, reader = probe.read(SHORT)
    word, step = probe.tokenizer.index["taller"], 1e-2

    def bits(scale):
        def shrink(_module, _inputs, vectors):
            vectors = vectors.clone()
            vectors[:, 5] *= scale
            return vectors

        hook = probe.model.embedding.register_forward_hook(shrink)
        with torch.no_grad():
            logits = probe.model(torch.from_numpy(ids)[:, None])[0][reader, 0]
        hook.remove()
        return float(torch.log_softmax(logits, -1)[word]) / math.log(2)

    assert slope.shape == (len(ids),)
    expected = (bits(1 + step) - bits(1 - step)) / (2 * step)
    assert slope[5] == pytest.approx(expected, rel=0.05, abs=1e-4)


def test_clue_positions_are_the_words_of_the_clues(probe, stories):
    """Las posiciones de las pistas, leídas de nuevo, son las palabras de las pistas."""
    story = next(s for s in stories.train if len(s.clues) == 2)
    words = probe.words(story.text)
    got = sorted(words[i] for i in causes.clue_positions(probe, story))
    assert got == sorted(w for clue in story.clues for w in Words.split(clue))


def test_blindfold_runs_over_stories(probe, stories):
    """Da una fracción, y un nombre equivocado se dice."""
    some = stories.triples[:4]
    assert 0 <= causes.blindfolded(probe, some, "pistas") <= 1
    with pytest.raises(ValueError, match="pistas"):
        causes.blindfolded(probe, some, "todo")


def test_padding_mask_hides_only_the_padding():
    """Menos infinito donde hay un 0, y nada en lo demás."""
    mask = padding_mask(pad([np.array([3, 4]), np.array([5])]))
    assert mask[:, 0, 0].tolist() == [[0, 0], [0, -math.inf]]


# --- la sonda ---


def test_distribution_is_sorted_and_is_a_probability(probe):
    """De más a menos, entre 0 y 1, sin pasar de 1 en total."""
    shares = list(probe.distribution(LONG).values())
    assert shares == sorted(shares, reverse=True) and 0 < sum(shares) <= 1 + 1e-6


def test_changes_are_measured_from_the_first_text(probe):
    """El primero es cero; los demás, log2 del cociente de probabilidades."""
    moved = probe.changes(CHANGES)
    ratio = probe.distribution(SHORT)["desguace"] / probe.distribution(LONG)["desguace"]
    assert moved["la frase entera"] == 0 and set(moved) == set(CHANGES)
    got = probe.changes({"larga": LONG, "corta": SHORT})["corta"]
    assert got == pytest.approx(math.log2(ratio), abs=1e-5)


@pytest.mark.parametrize("text", ["", "____", "El ____ y el ____."])
def test_impossible_texts_are_refused(text):
    """Vacío, sin nada antes del hueco o con dos huecos: un aviso con un ejemplo."""
    with pytest.raises(ValueError, match="un solo hueco"):
        cut_at_hole(text)


@pytest.mark.parametrize("name", NETS)
def test_a_text_without_a_hole_is_asked_at_its_end(name, words):
    """«…al» y «…al ____.» son la misma pregunta; dos huecos en dos frases, no."""
    probe = DesguaceProbe(new_model(name, words, seed=2))
    bare, full = probe.probs([LONG.removesuffix(" ____."), LONG])
    assert np.allclose(bare, full, atol=1e-5)
    with pytest.raises(ValueError, match="un solo hueco"):
        probe.probs(["Voy al ____. Vengo del ____."])


def test_probe_needs_words_and_attention(words, stories):
    """Un modelo sin palabras, o sin atención cuando se pide, da un aviso."""
    with pytest.raises(ValueError, match="no lee palabras"):
        DesguaceProbe(nn.Linear(2, 2))
    with pytest.raises(ValueError, match="no tiene atención"):
        DesguaceProbe(new_model("lstm", words)).attention(LONG)
    with pytest.raises(ValueError, match="no hay red"):
        new_model("rnn", words)


def test_swapped_story_asks_first(stories):
    """La pregunta pasa delante y no se pierde ninguna frase."""
    story = next(s for s in stories.train if len(s.sentences) > 2)
    first, second = swapped(story).text.split(". "), story.text.rstrip(".").split(". ")
    assert first[0] == second[-1] and sorted(f.rstrip(".") for f in first) == sorted(second)


# --- los controles y las figuras ---


def test_changes_demo_reacts_to_its_buttons_and_says_what_it_does_not_know(probe):
    """Cada botón pone su frase; la tuya avisa de las palabras que no conoce."""
    from llm_intro.desguace.controls import OWN, changes_demo

    change, own, screen = changes_demo(probe).children
    for name, text in CHANGES.items():
        change.value = name
        assert text.split(".")[0] in screen.value and "bits" in screen.value
    own.set_state({"value": "Mi zepelín va al ____."})
    change.value = OWN
    assert "No conoce: zepelín" in screen.value


def test_figures_are_in_spanish_and_keep_their_data(probe):
    """Las figuras devuelven sus ejes, con las palabras y los nombres que se les dan."""
    import matplotlib.pyplot as plt

    from llm_intro.attention import figures
    from llm_intro.desguace import figures as answers

    words, maps = probe.attention(SHORT)
    ax = figures.plot_weights(maps[0, 0], words)
    assert [tick.get_text() for tick in ax.get_xticklabels()] == words
    assert ax.get_ylabel() == "quién lee"
    by_kind = {"una clase": {"bolsa": [3, 5, 9], "transformer": [8, 8, 1]}, "otra": {"bolsa": [2]}}
    left, right = answers.plot_marks({"a": by_kind, "b": by_kind}, "aciertos")
    assert [line.get_xdata()[0] for line in left.lines if line.get_marker() == "|"] == [5, 8, 2]
    assert [tick.get_text() for tick in left.get_yticklabels()] == ["una clase", "otra"]
    names = [text.get_text() for text in left.figure.legends[0].get_texts()]
    assert names == ["bolsa de palabras", "Transformer"] and right.get_title() == "b"
    bars = answers.plot_changes({"a": 0.0, "b": -2.0})
    assert [bar.get_width() for bar in bars.patches] == [0, -2]
    table = answers.plot_answers({"lstm": {"taller": 0.25}, "otro": {"desguace": 1.0}})
    assert [tick.get_text() for tick in table.get_yticklabels()] == ["LSTM", "otro"]
    assert {t.get_text() for t in table.texts} == {"0,00", "0,25", "1,00"}
    heads = figures.plot_heads(maps[0, :, -1], words, ["a", "b", "c", "d"])
    assert [tick.get_text() for tick in heads.get_yticklabels()] == words
    assert np.allclose(heads.images[0].get_array(), maps[0, :, -1].T)
    left, right = answers.plot_look_and_effect(words, maps[0, 0, -1], -maps[0, 0, -1])
    assert [bar.get_width() for bar in left.patches] == pytest.approx(maps[0, 0, -1].tolist())
    assert [bar.get_width() for bar in right.patches] == pytest.approx((-maps[0, 0, -1]).tolist())
    rows = [dict(model="lstm", k=k, seed=0, steps=p, cap=500) for k, p in ((0, 9), (4, None))]
    legend = answers.plot_distance(rows).get_legend()
    assert [t.get_text() for t in legend.get_texts()][-1] == "LSTM: no llegó"
    rows = [dict(model="lstm", k=0, seed=s, steps=p, cap=50) for s, p in enumerate((9, 20, 40))]
    (line,) = answers.plot_distance(rows).lines
    assert list(line.get_ydata()) == [20]  # la mediana de 9, 20 y 40
    pair = [answers.plot_look_and_effect(["a"], [x], [9 * x], "", (0.5, 8)) for x in (0.1, 0.4)]
    assert (
        len({ax.get_xlim()[1] for ax, _ in pair}) == len({ax.get_xlim()[1] for _, ax in pair}) == 1
    )
    small = figures.plot_weights([[0.81, 0.19], [1, 0]], ["a", "b"])
    assert [text.get_text() for text in small.texts] == ["0,8", "0,2", "1,0"]
    plt.close("all")


def test_stored_tables_say_where_they_come_from():
    """Cada tabla lleva su orden, su máquina y su fecha, y ninguna fila inventa un final."""
    for name in ("seeds", "unseen", "distance"):
        table = load_data(name)
        assert table["command"].endswith(name) and table["machine"] and table["date"]
    for row in load_data("distance")["rows"]:
        assert row["steps"] is None or row["accuracy"] >= 0.95
        assert row["steps"] is None or row["steps"] <= row["cap"]


def test_stored_seeds_are_five_for_each_model_and_support_the_lesson():
    """Cinco semillas por modelo, y lo que la lección afirma de ellas."""
    found = {}
    for row in load_data("seeds")["rows"]:
        found.setdefault(row["model"], []).append(row)
    assert sorted(found) == ["5-grama", "bolsa", "lstm", "transformer"]
    assert all(sorted(r["seed"] for r in rows) == [0, 1, 2, 3, 4] for rows in found.values())
    ours = found["transformer"]
    for exam in ("ternas", "parejas"):
        values = [row["exams"][exam] for row in ours]
        assert np.median(values) >= 0.95 and min(values) >= 0.92
    assert np.median([row["long"]["desguace"] for row in ours]) >= 0.9
    assert np.median([row["short"]["taller"] for row in ours]) >= 0.6
    assert all(row["parameters"] <= 200_000 and row["seconds"] <= 30 for row in ours)
    assert max(row["exams"]["ternas"] for row in found["5-grama"]) <= 0.35
    for row in ours:
        hits = row["causes"]["accuracy"]
        assert hits["pistas"] < 0.5 < 0.85 < hits["azar"]


def test_stored_answers_to_new_sentences_count_all_of_them_for_each_seed():
    """Dos modelos, cinco semillas, y 16 respuestas de cada clase y cada manera de decirlo."""
    table, asked = load_data("unseen"), load_data("new_sentences")
    assert table["expected"] == {row["kind"]: row["expected"] for row in asked}
    assert len(table["rows"]) == 10
    for row in table["rows"]:
        counts = Counter((q["wording"], q["kind"]) for q in asked)
        assert counts == {(w, k): sum(row["said"][w][k].values()) for w, k in counts}
        assert ("leans" in row) is (row["model"] == "transformer")


def test_stored_distance_has_three_seeds_where_it_claims_them():
    """A 0, 4 y 16 frases, tres semillas de cada red, todas con el mismo tope."""
    rows = load_data("distance")["rows"]
    assert len({row["cap"] for row in rows}) == 1
    for name in ("transformer", "lstm"):
        for k in (0, 4, 16):
            mine = [row["seed"] for row in rows if (row["model"], row["k"]) == (name, k)]
            assert sorted(mine) == [0, 1, 2]


def test_stored_twins_look_alike_and_lean_on_different_words():
    """La mirada en común, vuelta a sumar, es la que dice la tabla; y en la palabra, lo que dice."""
    twins = load_data("seeds")["twins"]
    looks = np.array(twins["looks"]) / np.sum(twins["looks"], axis=1, keepdims=True)
    assert looks.min(0).sum() == pytest.approx(twins["overlap"], abs=0.01)
    low, high = sorted(bits[twins["word"]] for bits in twins["knockout"])
    assert abs(low) < 0.3 and high == twins["bits"] > 3


@pytest.mark.slow
@pytest.mark.parametrize("table", ["seeds", "unseen", "distance"])
def test_benchmark_runs(table):
    """La orden que hizo las tablas corre de principio a fin, sin guardar nada."""
    import subprocess
    import sys

    done = subprocess.run([sys.executable, "benchmarks/desguace.py", table, "--smoke"],
                          cwd=HERE.parent, capture_output=True, text=True)  # fmt: skip
    assert done.returncode == 0 and '"model": "transformer"' in done.stdout, done.stderr
