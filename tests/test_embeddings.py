"""Los vectores de palabras: contar, PPMI, SVD, vecinas, analogías, archivos, mapa y skip-gram."""

import json
import os
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.packing import save_vectors
from llm_intro.embeddings import (
    WordVectors,
    count_pairs,
    count_vectors,
    frequent_words,
    load_vectors,
    main_plane,
    ppmi,
    split_words,
    truncated_svd,
)
from llm_intro.support.data import load_results, path

LESSON = Path(__file__).resolve().parent.parent / "notebooks" / "03_embeddings.ipynb"
SQUARE = WordVectors(("este", "norte", "noreste", "oeste"), [[2, 0], [0, 3], [1, 1], [-5, 0]])


@pytest.fixture(scope="module")
def lesson():
    """Las funciones de skip-gram que enseña la lección, tal como están en sus celdas."""
    cells = {c["id"]: c for c in json.loads(LESSON.read_text(encoding="utf-8"))["cells"]}
    names = {"np": np}
    for cell_id in ("parejas-reales", "skipgram"):
        exec("".join(cells[cell_id]["source"]), names)
    return names


def topic_tokens(topics=12, size=5, sentences=300, seed=0) -> list[str]:
    """Párrafos de 40 palabras, todas del mismo tema: las vecinas de cada palabra se conocen."""
    draw = np.random.default_rng(seed)
    return [
        f"tema{topic}_{draw.integers(size)}"
        for topic in draw.integers(topics, size=sentences)
        for _ in range(40)
    ]


def overlap(one: WordVectors, other: WordVectors, words, k: int) -> float:
    shared = [
        {w for w, _ in one.neighbours(word, k)} & {w for w, _ in other.neighbours(word, k)}
        for word in words
    ]
    return sum(map(len, shared)) / (k * len(shared))


def test_words_are_runs_of_letters_in_lower_case():
    """Las tildes y la eñe se quedan; los signos y las cifras separan."""
    assert split_words("¡Ñoño, 3 leguas—dijo—a pie! él2él") == [
        "ñoño", "leguas", "dijo", "a", "pie", "él", "él"]  # fmt: skip


def test_frequent_words_are_sorted_and_the_rare_ones_skipped():
    """De más a menos, los empates por alfabeto, y el texto sin las raras."""
    words, ids = frequent_words(list("bacbad"), min_count=2)
    assert words == ["a", "b"] and ids.tolist() == [1, 0, 1, 0]


def test_too_little_text_says_what_to_do():
    """Un vocabulario de una palabra no tiene compañías."""
    with pytest.raises(ValueError, match="min_count menor"):
        frequent_words(["a", "a", "b"], min_count=2)


def test_pairs_by_hand():
    """«a b a»: a y b se tocan dos veces; las dos a, a distancia 2, suman 1/2 por cada lado."""
    assert count_pairs(np.array([0, 1, 0]), 2, window=2).tolist() == [[1, 2], [2, 0]]


@given(st.lists(st.integers(0, 3), min_size=1, max_size=15), st.integers(1, 6))
def test_pairs_equal_a_double_loop(ids, window):
    """La cuenta vectorizada y la de dos bucles dan lo mismo, también si la ventana no cabe."""
    slow = np.zeros((4, 4))
    for i, a in enumerate(ids):
        for j, b in enumerate(ids):
            if 0 < abs(i - j) <= window:
                slow[a, b] += 1 / abs(i - j)
    assert np.allclose(count_pairs(np.array(ids), 4, window), slow)


def test_ppmi_by_hand():
    """[[2, 0], [0, 2]]: P(a, a) = 1/2, y por azar 1/4: un bit; lo que no se junta, 0."""
    assert ppmi(np.diag([2.0, 2.0]), smoothing=1).tolist() == [[1, 0], [0, 1]]


def test_ppmi_of_independent_words_is_zero():
    """Si todo va como por azar, no hay nada que contar."""
    assert np.allclose(ppmi(np.outer([1, 2, 3], [4, 5, 6]), smoothing=1), 0, atol=1e-6)


def test_ppmi_survives_a_word_without_company():
    """Una fila y una columna de ceros dan ceros, no NaN."""
    assert ppmi(np.array([[0, 0, 0], [0, 0, 3], [0, 3, 0.0]]))[0].tolist() == [0, 0, 0]


def test_truncated_svd_agrees_with_numpy():
    """Los mismos valores singulares y las mismas direcciones, salvo el signo."""
    matrix = np.random.default_rng(0).standard_normal((60, 40)) * np.geomspace(1, 1e-3, 40)
    u, s = truncated_svd(matrix, 6)
    full_u, full_s, _ = np.linalg.svd(matrix)
    assert np.allclose(s, full_s[:6], rtol=1e-6)
    assert np.allclose(np.abs((u * full_u[:, :6]).sum(axis=0)), 1, atol=1e-6)


def test_words_with_the_same_company_are_neighbours():
    """«Gato» y «perro» nunca van juntos y hacen lo mismo: cada uno es la vecina del otro."""
    text = "el gato come . el perro come . la luna brilla . la estrella brilla ." * 30
    vectors = count_vectors(split_words(text), dims=3, window=2, min_count=1)
    assert vectors.neighbours("gato", 1)[0][0] == "perro"
    assert vectors.neighbours("luna", 1)[0][0] == "estrella"


def test_cosines_by_hand():
    """Entre el este y el noreste hay 45 grados; entre el este y el oeste, 180."""
    assert SQUARE.similarity("este", "noreste") == pytest.approx(np.sqrt(0.5))
    assert SQUARE.neighbours("este") == [
        ("noreste", pytest.approx(np.sqrt(0.5))), ("norte", 0), ("oeste", -1)]  # fmt: skip


def test_a_vector_can_be_asked_and_words_left_out():
    """Con un vector no se descarta nada, salvo lo que se pida."""
    assert SQUARE.neighbours([9, 0], 1)[0][0] == "este"
    assert SQUARE.neighbours([9, 0], 1, exclude=["este"])[0][0] == "noreste"


@given(st.integers(0, 10_000))
def test_the_rank_is_the_place_in_the_list_of_answers(seed):
    """`rank` y `analogy` cuentan igual, y nunca responden con una palabra de la pregunta."""
    words = tuple("abcdefgh")
    vectors = WordVectors(words, np.random.default_rng(seed).standard_normal((8, 3)))
    answers = [word for word, _ in vectors.analogy("a", "b", "c", 10)]
    assert sorted(answers) == list("defgh")
    assert [vectors.rank(word, "a", "b", "c") for word in answers] == [1, 2, 3, 4, 5]


def test_a_row_of_zeros_has_no_direction():
    """Su coseno con todo es 0, sin avisos de división."""
    assert WordVectors(("a", "b"), [[0, 0], [1, 0]]).similarity("a", "b") == 0


@pytest.mark.parametrize(
    ("do", "message"),
    [
        (lambda: SQUARE["nordeste"], "¿Querías decir noreste"),
        (lambda: SQUARE["zzz"], "Prueba con otra"),
        (lambda: SQUARE.neighbours("este", 0), "al menos una"),
        (lambda: SQUARE.rank("este", "este", "norte", "oeste"), "en la pregunta"),
        (lambda: WordVectors(("a", "a"), np.eye(2)), "repetidas"),
        (lambda: WordVectors(("a",), [[np.nan]]), "NaN"),
        (lambda: WordVectors(("a",), np.eye(2)), "una fila por palabra"),
        (lambda: count_pairs(np.array([0]), 1, 0), "window=0"),
        (lambda: truncated_svd(np.eye(3), 4), "de 1 a 3"),
    ],
)
def test_errors_say_what_to_do(do, message):
    """Lo que llegó, lo que se esperaba y qué hacer, en español."""
    with pytest.raises(ValueError, match=message):
        do()


def test_the_plane_keeps_the_distances_of_flat_points():
    """Unos puntos que ya están en un plano conservan sus distancias."""
    flat = np.random.default_rng(1).standard_normal((6, 2)) @ np.linalg.qr(np.ones((2, 2)))[0]
    before = np.linalg.norm(flat[:, None] - flat[None], axis=-1)
    points = main_plane(np.hstack([flat, np.zeros((6, 3))]))
    assert np.allclose(np.linalg.norm(points[:, None] - points[None], axis=-1), before)


def test_saved_vectors_come_back_with_the_same_neighbours(tmp_path):
    """En 8 bits cada número se mueve menos de una centésima, y las vecinas siguen igual."""
    vectors = count_vectors(topic_tokens(), dims=20)
    save_vectors(tmp_path / "v.npz", vectors)
    back = load_vectors(tmp_path / "v.npz")
    assert back.words == vectors.words
    assert np.abs(back.vectors - vectors.vectors).max() < 0.01
    assert overlap(vectors, back, vectors.words, 4) == 1


def test_the_shipped_vectors_hold_what_the_lesson_says():
    """«Reina» es la primera en dos preguntas y no en la tercera; pesan menos de 1,5 MB."""
    vectors = load_vectors()
    assert vectors.rank("reina", "rey", "hombre", "mujer") > 1
    assert vectors.rank("reina", "rey", "señor", "señora") == 1
    assert vectors.rank("reina", "rey", "duque", "duquesa") == 1
    assert path("vectors.npz").stat().st_size < 1_500_000


def test_the_card_describes_the_shipped_vectors():
    """Palabras, tamaño, semilla, orden, máquina y fecha; la primera semilla es la guardada."""
    card = load_results("vectors")
    vectors = load_vectors()
    assert (card["words"], card["dimensions"]) == (len(vectors), vectors.vectors.shape[1])
    assert all(card[key] for key in ("command", "machine", "date", "data"))
    first = [int(row[2].split(" · ")[0]) for row in card["rank_of_reina"][:3]]
    pairs = [("hombre", "mujer"), ("señor", "señora"), ("duque", "duquesa")]
    assert first == [vectors.rank("reina", "rey", *pair) for pair in pairs]


def test_labels_of_the_map_do_not_collide():
    """Treinta palabras apretadas: ningún rótulo pisa a otro."""
    pytest.importorskip("matplotlib").use("Agg")
    from matplotlib.text import Text

    from llm_intro.embeddings.figures import map_data, plot_map

    words = [f"palabra{i}" for i in range(30)]
    vectors = WordVectors(words, np.random.default_rng(3).standard_normal((30, 5)))
    ax = plot_map(map_data(vectors, {"unas": words[:15], "otras": words[15:]}))
    ax.figure.draw_without_rendering()
    boxes = [Text.get_window_extent(text) for text in ax.texts]  # sin la raya de los lejanos
    assert len(boxes) == 30
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])


def test_too_many_groups_for_the_colours():
    """Siete grupos no tienen siete colores que se distingan."""
    from llm_intro.embeddings.figures import map_data, plot_map

    with pytest.raises(ValueError, match="caben 6"):
        plot_map(map_data(SQUARE, {str(n): [word] for n, word in enumerate(SQUARE.words * 2)}))


def test_the_parallelogram_ends_where_it_should():
    """Norte − este + oeste cae en la esquina que falta, y de ahí sale la raya a la respuesta."""
    from llm_intro.embeddings.figures import map_data, plot_map

    question = ("norte", "este", "oeste", "noreste")
    data = map_data(SQUARE, {"todas": list(SQUARE.words)}, [question])
    at = dict(zip(data["words"], np.array(data["points"]), strict=True))
    miss = plot_map(data).lines[-1].get_xydata()
    assert miss[0] == pytest.approx(at["norte"] - at["este"] + at["oeste"])
    assert miss[1] == pytest.approx(at["noreste"])


def test_a_strip_has_one_row_per_word_and_the_zero_is_white():
    """La escala de color es igual hacia los dos lados."""
    from llm_intro.embeddings.figures import plot_strips

    ax = plot_strips(np.array([[0.0, 2.0], [-1.0, 0.5]]), ["sol", "mar"])
    assert [label.get_text() for label in ax.get_yticklabels()] == ["sol", "mar"]
    assert ax.images[0].get_clim() == (-2, 2) and ax.get_xlabel() == "2 números"


def test_each_question_has_its_answer_in_one_sentence_of_the_excerpt():
    """Veinte preguntas distintas, y en el extracto una sola frase contesta a cada una."""
    from llm_intro import load_quijote

    exam = load_results("questions")["questions"]
    assert len({item["question"] for item in exam}) == 20
    text = " ".join(load_quijote("extracto").text.lower().split())
    sentences = re.split(r"[.;:?!]+", text)
    for item in exam:
        found = [s for s in sentences if any(answer in s for answer in item["answers"])]
        assert len(found) == 1, item["question"]


def test_rectangles_overlap_by_hand():
    """Dos cuadrados de lado 2 corridos 1 en cada eje se pisan en un cuadrado de lado 1."""
    from llm_intro.embeddings.figures import overlap_area

    assert overlap_area(np.array([0, 0, 2, 2]), np.array([[1, 1, 3, 3], [5, 5, 6, 6]])) == 1


def test_skipgram_draws_the_same_pairs_that_are_counted(lesson):
    """Guardar una de cada d parejas da, de media, las cuentas de `count_pairs`."""
    ids = np.random.default_rng(0).integers(4, size=300)
    drawn, rounds = np.zeros((4, 4)), 400
    for seed in range(rounds):
        random = np.random.default_rng(seed)
        np.add.at(drawn, tuple(lesson["draw_pairs"](ids, np.ones(4), random).T), 1)
    assert np.allclose(drawn / rounds, count_pairs(ids, 4), rtol=0.03)


def test_skipgram_and_gensim_find_the_same_neighbours(lesson):
    """Con doce temas de cinco palabras, las cuatro vecinas de cada palabra son las de su tema.

    Lo aciertan la de la lección, gensim y contar; las vecinas de las tres coinciden en un 95 %.
    """
    from gensim.models import Word2Vec

    tokens = topic_tokens()
    words, ids = frequent_words(tokens)
    mine = WordVectors(words, lesson["skipgram"](ids, len(words), epochs=12, E=16, batch=256))
    sentences = [tokens[i : i + 40] for i in range(0, len(tokens), 40)]
    oracle = Word2Vec(sentences, vector_size=16, sg=1, negative=5, sample=0, epochs=20, seed=1,
                      workers=1, min_count=1, alpha=0.05)  # fmt: skip
    gensim = WordVectors(words, np.array([oracle.wv[word] for word in words]))
    counted = count_vectors(tokens, dims=16)
    truth = {word: {w for w in words if w != word and w[:-1] == word[:-1]} for word in words}
    for vectors in (mine, gensim, counted):
        found = [{w for w, _ in vectors.neighbours(word, 4)} & truth[word] for word in words]
        assert sum(map(len, found)) / (4 * len(words)) > 0.95
    assert overlap(mine, gensim, words, 4) > 0.95 and overlap(mine, counted, words, 4) > 0.95


@pytest.mark.slow
def test_skipgram_and_gensim_overlap_on_the_book(lesson):
    """Con el libro, las diez vecinas coinciden en más del 15 %; por azar, en el 0,3 %."""
    from gensim.models import Word2Vec

    if not os.environ.get("LLM_INTRO_QUIJOTE"):
        pytest.skip("hace falta el libro: LLM_INTRO_QUIJOTE")
    from llm_intro import load_quijote

    words, ids = frequent_words(split_words(load_quijote().train))
    mine = WordVectors(words, lesson["skipgram"](ids, len(words), epochs=3))
    text = [words[i] for i in ids]
    sentences = [text[i : i + 5000] for i in range(0, len(text), 5000)]
    oracle = Word2Vec(sentences, vector_size=64, sg=1, negative=5, seed=1, workers=1, min_count=1)
    gensim = WordVectors(words, np.array([oracle.wv[word] for word in words]))
    assert overlap(mine, gensim, words[100:400], 10) > 0.15


def test_a_missing_answer_is_explained():
    """La palabra que no está se nombra."""
    vectors = WordVectors(("a", "b", "c", "d"), np.eye(4))
    with pytest.raises(ValueError, match="«zeta» no está"):
        vectors.rank("zeta", "a", "b", "c")
