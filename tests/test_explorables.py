"""Las figuras que se mueven: qué llevan dentro, y que su cuenta es la de Python."""

import base64
import hashlib
import html
import json
import math
import re
import shutil
import subprocess

import matplotlib.pyplot as plt
import numpy as np
import pytest

import lessons
from benchmarks.units import QUESTIONS
from llm_intro.assistant.figures import rule_data
from llm_intro.embeddings import count_pairs, frequent_words, load_vectors
from llm_intro.embeddings.figures import map_data
from llm_intro.face.explorables import MAX_DATA, Explorable, explorable, frame
from llm_intro.face.figures import plot_counts
from llm_intro.models.pretrained import load_fast
from llm_intro.sampling import next_probs
from llm_intro.support.data import load_results, path, read_text
from llm_intro.support.numpy_lstm import NumpyLSTM
from llm_intro.support.text import count

SHELF = load_results("explorables/shelf")
MAX_CODE = 15_000  # bytes por módulo
GREETING = {"replies": ["Yo ni tan mal.", "Muy bien, gracias"], "words": 4, "letters": 10}
each_figure = pytest.mark.parametrize("name", SHELF)


def node(name: str, expression: str, *given):
    """Lo que vale una expresión con las funciones del módulo `name`; `given` son sus datos."""
    if not shutil.which("node"):
        pytest.skip("hace falta node")
    code = "\n".join(read_text(f"explorables/{part}.js") for part in ("kit", name))
    code += f"\nconst given = {json.dumps(given)};\nconsole.log(JSON.stringify({expression}));"
    return json.loads(subprocess.check_output(["node", "-"], input=code, text=True))


def inside(figure: Explorable) -> str:
    """La página de dentro del marco, tal como la lee un navegador."""
    return html.unescape(re.search(r"srcdoc='([^']*)'", figure._repr_html_())[1])


@each_figure
def test_a_module_is_small_and_keeps_to_itself(name):
    """15 KB como mucho; ni pide, ni guarda, ni mira fuera de su marco, ni escribe HTML."""
    for part in ("kit", name):
        code = read_text(f"explorables/{part}.js")
        assert len(code.encode()) <= MAX_CODE
        asks = r"fetch|XMLHttpRequest|WebSocket|import|https?:(?!//www\.w3\.org/2000/svg)"
        reaches = r"localStorage|cookie|parent\.|window\.top|postMessage"
        writes = r"innerHTML|insertAdjacentHTML|\beval\b|document\.write|</script"
        assert re.findall(f"{asks}|{reaches}|{writes}", code) == []
    assert not re.search(r"url\(|@import", read_text("explorables/kit.css"))


def test_every_module_has_its_place():
    """Los .js de la carpeta son los de la estantería y el juego de piezas."""
    found = {one.name for one in path("explorables").iterdir() if one.name.endswith(".js")}
    assert found == {f"{name}.js" for name in [*SHELF, "kit"]}


def test_one_frame_that_runs_its_own_code_and_nothing_else():
    """Un marco sin permisos, y una política que nombra el código por su huella."""
    figure = explorable("count", GREETING, plot_counts)
    outside = figure._repr_html_()
    assert outside.count("<iframe") == 1 and 'sandbox="allow-scripts"' in outside
    page = inside(figure)
    code = re.search(r"<script>(.*?)</script>", page, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'" in page
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", outside)


def test_data_cannot_close_its_tag():
    """Un texto con </script>, comillas y signos llega entero y no se escapa de su sitio."""
    nasty = "</script><script>alert('x')</script> & \"¿ñ?\" &amp;"
    page = inside(explorable("count", {**GREETING, "replies": [nasty]}, plot_counts))
    assert page.count("<script") == 2
    packed = re.search(r'id="datos">(.*?)</script>', page, re.DOTALL)[1]
    assert json.loads(packed)["replies"] == [nasty]


def test_the_twin_stays_where_there_are_no_frames():
    """Sin el marco queda un PNG con su descripción; y la figura no se enseña dos veces."""
    before = plt.get_fignums()
    figure = explorable("count", GREETING, plot_counts)
    left = re.sub(r"<iframe.*?</iframe>", "", figure._repr_html_(), flags=re.DOTALL)
    assert re.search(r'<img alt="¿Cumple[^"]+" src="data:image/png;base64,[^"]+"', left)
    assert figure.twin.startswith(b"\x89PNG") and plt.get_fignums() == before


def test_the_same_data_give_the_same_output():
    """Así el cuaderno guardado no cambia al ejecutarlo otra vez."""
    one, other = (explorable("count", GREETING, plot_counts) for _ in range(2))
    assert one._repr_html_() == other._repr_html_()


def test_what_does_not_fit_is_said():
    """Un nombre que no está, o datos que pesan demasiado."""
    with pytest.raises(ValueError, match=r"no hay figura «counts».*count"):
        explorable("counts", {}, plot_counts)
    with pytest.raises(ValueError, match=r"pesan \d+ bytes, más de 150000"):
        frame("count", "¿?", "a" * MAX_DATA)


HARD = [
    "", "Yo ni tan mal.", "¡Muy bien! ¿Y tú?", "Yo aún voy mal.", "teórico-práctico",
    "O'Higgins, a las 10:30", "3,5 y 1.º", "vaya — raya", "sí/no…", "4.ª planta", "-guion- ''",
    "ñandú\u00ad\u200dpingüino", "👍🏽 bien", "1.000.000", "a-b-c d--e", "10 10a a10", "中文 да",
]  # fmt: skip


@pytest.mark.parametrize("text", HARD)
def test_words_and_letters_are_those_of_python(text):
    """La cuenta de `count` es la de `llm_intro.support.text.count`."""
    found = node("count", "count(given[0])", text)
    assert (found["words"], found["letters"]) == count(text)[:2]
    assert sum(mark["letter"] for mark in found["marks"]) == found["letters"]


@pytest.mark.parametrize(
    ("found", "said"),
    [(4, "4 palabras ✓"), (1, "1 palabra ✗ faltan 3"), (5, "5 palabras ✗ sobra 1")],
)
def test_the_verdict_says_what_is_missing(found, said):
    """Cuántas hay, y cuántas sobran o faltan."""
    assert node("count", "verdict(given[0], 4, 'palabra', 'palabras')", found)["text"] == said


BIRTH = load_results("birth")


def test_the_birth_is_told_from_the_first_step():
    """Las fotos van en orden; la primera paga como el azar, y la última es la que menos paga."""
    photos, symbols = BIRTH["photos"], BIRTH["symbols"]
    assert [photo["step"] for photo in photos] == sorted({photo["step"] for photo in photos})
    assert photos[0]["step"] == 0 and abs(photos[0]["bits"] - math.log2(len(symbols))) < 0.05
    assert photos[-1]["bits"] == min(photo["bits"] for photo in photos)
    for photo in photos:
        assert sum(photo["probs"]) == pytest.approx(1, abs=0.005)


def test_the_bars_are_the_letters_that_ever_stood_out():
    """Las ocho de mayor máximo, que aquí se buscan con NumPy, y en orden."""
    best = np.max([photo["probs"] for photo in BIRTH["photos"]], axis=0)
    wanted = sorted(np.argsort(-best, kind="stable")[:8].tolist())
    symbols = list(BIRTH["symbols"])
    assert node("birth", "contenders(...given)", BIRTH["photos"], symbols, 8) == wanted


def test_the_curve_falls_and_its_steps_are_a_logarithm():
    """De 100 a 1 000 pasos hay lo mismo que de 1 000 a 10 000; menos bits, más abajo."""
    asked = [{"step": step, "bits": 6 - i} for i, step in enumerate((0, 100, 1000, 10_000))]
    points = np.array(node("birth", "given[0].map((one) => place(one, 20000))", asked))
    assert np.diff(points[1:, 0]) == pytest.approx([np.diff(points[1:3, 0])[0]] * 2)
    assert (np.diff(points[:, 1]) > 0).all()


@pytest.mark.parametrize("turn", [0, 1, 2, 3])
def test_the_cosine_of_two_arrows_is_that_of_numpy(turn):
    """El largo no cuenta; girar una flecha media vuelta le cambia el signo."""
    one, other = np.random.default_rng(turn).normal(size=(2, 2))
    wanted = one @ other / np.linalg.norm(one) / np.linalg.norm(other)
    found = node("cosine", "cosine(...given)", one.tolist(), (7 * other).tolist())
    assert found == pytest.approx(wanted, abs=1e-9)
    turned = node(
        "cosine", "cosine(turned(given[0], Math.PI), given[1])", one.tolist(), other.tolist()
    )
    assert turned == pytest.approx(-wanted, abs=1e-9)


@pytest.mark.parametrize("reach", [1, 2, 3])
def test_the_window_fills_the_table_of_count_pairs(reach):
    """Leída la frase entera, la tabla es la que cuenta el módulo."""
    words = ["el", "perro", "come", "pan", "el", "gato", "come", "queso"]
    names, ids = frequent_words(words, min_count=1)
    order = np.argsort(names)
    wanted = count_pairs(ids, len(names), reach)[np.ix_(order, order)]
    found = node("window", "table(given[0], vocabulary(given[0]), 8, given[1])", words, reach)
    assert found == pytest.approx(wanted, abs=1e-6)


def test_the_neighbours_of_the_map_are_those_of_the_vectors():
    """Las tres de mayor coseno, con los cien números."""
    vectors, words = load_vectors(), ["vino", "pastor", "pan", "queso", "cura", "espada", "lanza"]
    data = map_data(vectors, {"todas": words})
    rest = set(vectors.words) - set(words)
    for i, word in enumerate(words):
        found = node("map", "neighbours(...given)", data["cosines"], i, 3)
        wanted = vectors.neighbours(word, 3, rest)
        assert [words[j] for j, _ in found] == [other for other, _ in wanted]
        assert [cos for _, cos in found] == pytest.approx([cos for _, cos in wanted], abs=1e-3)


@pytest.mark.parametrize("couple", [("hombre", "mujer"), ("señor", "señora"), ("duque", "duquesa")])
def test_the_map_completes_an_analogy_like_the_vectors(couple):
    """El coseno de cada palabra con a − b + c es el de NumPy, y las de la pregunta no cuentan."""
    vectors, words = load_vectors(), ["rey", *couple, "reina", "hija", "guerra", "pan"]
    question = ("rey", *couple)
    data = map_data(vectors, {"todas": words}, [(*question, "reina")])
    found = node("map", "completed(...given)", data["cosines"], data["questions"][0])
    rest = set(vectors.words) - set(words)
    a, b, c = (vectors[word] for word in question)
    wanted = dict(vectors.neighbours(a - b + c, 4, rest | set(question)))
    assert found[:3] == [-2, -2, -2]
    assert found[3:] == pytest.approx([wanted[word] for word in words[3:]], abs=3e-3)
    corner = node("map", "corner(...given)", data["points"], data["questions"][0])
    points = np.array(data["points"])
    assert corner == pytest.approx(points[0] - points[1] + points[2], abs=1e-6)


UNITS = load_results("units")
INSIDE = "dentro de ¿…? o de ¡…!"


@pytest.fixture(scope="module")
def page_states():
    """`c` del escritor del curso tras cada letra de la página, (casillas, letras)."""
    model = load_fast()
    state, rows = model.start(), []
    for token in model.tokenizer.encode(UNITS["text"]):
        _, state = model.step(int(token), state)
        rows.append(state.c[-1][UNITS["units"]])
    return np.array(rows).T


def area(states, truth) -> float:
    """De 100 parejas de un sí y un no, cuántas ordena: se comparan todas, una a una."""
    yes, no = states[truth][:, None], states[~truth][None, :]
    share = np.mean((yes > no) + 0.5 * (yes == no))
    return 100 * max(share, 1 - share)


def test_the_page_carries_the_states_of_the_writer(page_states):
    """Guardados en un byte: de -127 a 127, según lo más lejos que llega cada casilla."""
    found = node("units", "unpack(...given).map((one) => [...one])", UNITS["states"],
                 len(UNITS["text"]))  # fmt: skip
    wanted = 127 * page_states / np.abs(page_states).max(axis=1, keepdims=True)
    assert np.abs(np.array(found) - wanted).max() <= 0.51


def test_the_search_asks_what_the_figure_asks():
    """Las preguntas con que se buscan las casillas son, letra a letra, las del explorable."""
    text = UNITS["text"] + " y no calló. ¿quién va? ¡ah, señor"
    told = "Object.entries(QUESTIONS).map(([name, ask]) => [name, ask(given[0])])"
    assert [[name, ask(text)] for name, ask in QUESTIONS.items()] == node("units", told, text)


def test_the_unit_was_chosen_in_train():
    """La casilla es la de más área en train; la página enseña la primera de cada pregunta."""
    first = [rows[0][0] for rows in UNITS["search"].values()]
    assert list(UNITS["search"]) == list(QUESTIONS) and UNITS["target"] == first[0]
    assert set(first) <= set(UNITS["units"]) and len(set(UNITS["units"])) == 16
    assert all(rows == sorted(rows, key=lambda row: -row[1]) for rows in UNITS["search"].values())


def test_the_unit_of_questions_tells_inside_from_outside(page_states):
    """La del cierre ordena 95 de cada 100 parejas o más, es la mejor, y cuenta como NumPy."""
    text = UNITS["text"]
    truth = np.array(node("units", f"QUESTIONS[{INSIDE!r}](given[0])", text))
    spans = [found.span() for found in re.finditer(r"¿[^?]*|¡[^!]*", text)]
    assert truth.tolist() == [any(a <= i < b for a, b in spans) for i in range(len(text))]
    place = UNITS["units"].index(UNITS["target"])
    found = node("units", "best(unpack(given[0], given[1]), given[2])", UNITS["states"],
                 len(text), truth.tolist())  # fmt: skip
    assert found["place"] == place and found["score"] >= 95
    assert found["score"] == pytest.approx(area(page_states[place], truth), abs=0.2)


def test_without_its_unit_the_closing_sign_costs_more():
    """Sin ella, «?» y «!» pagan un bit más; los puntos, ni la décima parte; otra, casi nada."""
    closing, stop = UNITS["ablation"]["closing"], UNITS["ablation"]["stop"]
    assert closing["target"] > 1 and closing["target"] > 10 * max(closing["others"])
    assert abs(stop["target"]) < closing["target"] / 10
    assert len(closing["others"]) == len(stop["others"]) == 20


WALK = load_results("walk")


@pytest.mark.parametrize("sentence", WALK["sentences"], ids=lambda told: told["name"])
def test_the_walk_meets_each_key_as_python_does(sentence):
    """En las ocho cabezas y con cualquier lector, el reparto es softmax(q·k/√d − lo lejos)."""
    last = len(sentence["words"]) - 1
    for q, k in zip(sentence["q"], sentence["k"], strict=True):
        q, k = np.array(q) / 1000, np.array(k) / 1000  # (cabezas, T, d)
        for head, slope in enumerate(WALK["slopes"]):
            for reader in (0, last // 2, last):
                far = slope * (reader - np.arange(reader + 1))
                points = k[head, : reader + 1] @ q[head, reader] / math.sqrt(q.shape[-1]) - far
                wanted = np.exp(points) / np.exp(points).sum()
                found = node("walk", "attend(...given)", (1000 * q[head]).tolist(),
                             (1000 * k[head]).tolist(), slope, reader)  # fmt: skip
                assert [one["weight"] for one in found] == pytest.approx(wanted, abs=1e-3)


def test_the_walk_changes_its_mind_between_the_door_and_the_end():
    """Al entrar, la última palabra dice lo mismo en las dos frases; al salir, cosas distintas."""
    long, short = (one["probs"][-1] for one in WALK["sentences"])
    places = WALK["sentences"][0]["guesses"][-1]
    assert places == WALK["sentences"][1]["guesses"][-1] and long[0] == short[0]
    assert [places[int(np.argmax(p[-1]))] for p in (long, short)] == ["desguace", "taller"]
    assert [len(one["stages"]) for one in (WALK,)] == [len(long)] == [1 + 2 * 2]


def test_the_walk_stops_at_every_piece():
    """Entrada y, en cada capa, sus cabezas, la suma y la red pequeña, en su etapa."""
    found = node("walk", "stops(2, 4).map(({ kind, stage }) => [kind, stage])")
    layer = [["head", 0]] * 4 + [["sum", 1], ["mlp", 2]]
    assert found == [["in", 0], *layer, *([kind, stage + 2] for kind, stage in layer)]


QUIZZES = {name: load_results(f"quizzes/{name}") for name in map("{:02}".format, range(9))}


@pytest.mark.parametrize("number", QUIZZES)
def test_a_quiz_has_five_questions_and_each_answer_its_why(number):
    """Tres opciones distintas, una buena, y de cada una se dice por qué."""
    questions = QUIZZES[number]
    assert len(questions) == len({one["ask"] for one in questions}) == 5
    for one in questions:
        assert one["ask"].endswith("?") and len(one["ask"]) <= 92  # así cabe en su gemelo
        assert one["right"] in range(3) and len({item["text"] for item in one["options"]}) == 3
        assert len({item["why"] for item in one["options"]}) == 3
        assert all(item["why"].endswith((".", "?", "!")) for item in one["options"])
    assert len({one["right"] for one in questions}) == 3  # la buena no está siempre en su sitio


def test_quizzes_are_those_of_the_lessons():
    """Cada lección que se estudia tiene el suyo; la 09 se proyecta y no lo lleva."""
    numbers = {lesson.number for lesson in lessons.all_lessons()} - {"09"}
    assert numbers <= QUIZZES.keys()
    assert {one.name for one in path("quizzes").iterdir()} == {f"{n}.json" for n in QUIZZES}


def test_the_note_counts_the_first_answers():
    """Probar después las otras opciones no cambia la nota."""
    questions = QUIZZES["04"]
    right = [one["right"] for one in questions]
    assert node("quiz", "score(...given)", questions, right) == 5
    assert node("quiz", "score(...given)", questions, [right[0], None, *[3] * 3]) == 1
    assert node("quiz", "farewell(5, 5)") == "A la primera, 5 de 5. Puedes seguir."
    assert "2 de 5. Vuelve" in node("quiz", "farewell(2, 5)")


def test_the_note_waits_for_the_answers_that_are_missing():
    """Dice cuántas faltan, y cuáles."""
    told = node("quiz", "missing(given)", 0, None, 2, None, None)
    assert told == "Para la nota faltan 3 preguntas: la 2, la 4 y la 5."
    assert node("quiz", "missing(given)", 0, None, 2) == "Para la nota falta una pregunta: la 2."


def test_an_answer_is_marked_only_once_pressed():
    """Sin pulsar, su letra; pulsada, ✓ o ✗: no solo el color."""
    asked = {"right": 1}
    found = [node("quiz", "sign(...given)", asked, option, [0, 1]) for option in range(3)]
    assert found == ["✗", "✓", "c"]


def test_the_walk_looks_where_the_lesson_says():
    """En la frase larga, las cuatro cabezas de la primera capa: «al», «coche», «modelo», «pare»."""
    long = WALK["sentences"][0]
    reader, best = len(long["words"]) - 1, []
    for q, k, slope in zip(long["q"][0], long["k"][0], WALK["slopes"], strict=True):
        found = node("walk", "attend(...given)", q, k, slope, reader)
        best.append(long["words"][max(found, key=lambda one: one["weight"])["j"]])
    assert best == ["al", "coche", "modelo", "pare"]


CELL = load_results("cell")
STATES = (
    "states(network(given[2], given[0]), given[1]).map((one) => Object.fromEntries("
    "Object.entries(parts({ width: 16 }, one)).map(([name, values]) => [name, [...values]])))"
)
LETTERS = [CELL["symbols"].index(letter) for letter in CELL["word"]]


def plain_state(weights: dict, tokens: list[int]) -> np.ndarray:
    """El estado de la red simple tras leer, escrito aparte."""
    part = {name: np.array(rows) / 100 for name, rows in weights.items()}
    h = np.zeros(len(part["b"]))
    for token in tokens:
        h = np.tanh(part["w_x"] @ part["embedding"][token] + part["w_h"] @ h + part["b"])
    return h


def test_the_gates_of_the_cell_are_those_of_the_lstm():
    """`c`, `h` y lo que espera, letra a letra, son los de la LSTM del curso con esos pesos."""
    names = {"embedding": "embedding.weight", "fc_w": "fc.weight", "fc_b": "fc.bias"}
    names |= {"w_x": "lstm.weight_ih_l0", "w_h": "lstm.weight_hh_l0", "b": "lstm.bias_ih_l0"}
    weights = {names[k]: np.array(rows, np.float32) / 100 for k, rows in CELL["lstm"].items()}
    weights["lstm.bias_hh_l0"] = 0 * weights["lstm.bias_ih_l0"]
    model = NumpyLSTM(weights)
    state = model.start()
    read = node("cell", STATES, CELL["lstm"], LETTERS, "lstm")
    for token, found in zip(LETTERS, read[1:], strict=True):
        before = state.c[0]
        logits, state = model.step(token, state)
        assert found["c"] == pytest.approx(state.c[0], abs=1e-3)
        assert found["h"] == pytest.approx(state.h[0], abs=1e-3)
        kept = np.array(found["f"]) * before + np.array(found["i"]) * np.array(found["g"])
        assert kept == pytest.approx(state.c[0], abs=1e-3)
    expected = node("cell", "[...expects(network('lstm', given[0]), given[1])]",
                    CELL["lstm"], found)  # fmt: skip
    assert expected == pytest.approx(next_probs(logits), abs=1e-3)


def test_the_plain_network_beside_it_reads_the_same_word():
    """Su estado es el de tres líneas de NumPy."""
    found = node("cell", STATES, CELL["rnn"], LETTERS, "rnn")[-1]
    assert found["h"] == pytest.approx(plain_state(CELL["rnn"], LETTERS), abs=1e-3)


@pytest.mark.parametrize("kind", ["rnn", "lstm"])
def test_what_is_left_of_each_letter_is_what_pytorch_measured(kind):
    """Los bits que cambia la predicción al cambiar cada letra son los de benchmarks/cell.py."""
    others = [CELL["symbols"].index(letter) for letter in "aeos"]
    found = node("cell", f"traces(network('{kind}', given[0]), given[1], given[2])",
                 CELL[kind], LETTERS, others)  # fmt: skip
    assert found == pytest.approx(CELL["traces"][kind], abs=1e-3)


@pytest.mark.parametrize("text", ["yo ni tan mal.", "voy bien, ¿y tú? —", "no me va", "muy mal."])
def test_the_rule_judges_a_reply_as_python_does(text):
    """Palabras y letras, y si cumple con punto."""
    words, letters, _ = count(text)
    assert node("rule", "tally(...given)", text) == {"words": words, "letters": letters}
    assert node("rule", "complies(...given)", text) == (
        text.endswith(".") and (words, letters) == (4, 10)
    )


def test_the_rule_explains_each_of_its_recipes():
    """Las cuatro de los botones, y ninguna más."""
    told = [one["variant"] for one in rule_data(load_results("counter"))]
    assert node("rule", "Object.keys(WHAT)") == told


def test_the_rule_says_why_a_reply_fails():
    """Con su cuenta, y si acaba mal."""
    assert node("rule", 'verdict("yo ni tan mal.")') == "✓ 4 y 10"
    assert node("rule", 'verdict("voy bien, ¿y tú? —")') == "✗ 4 y 10, raya"
    assert node("rule", 'verdict("no me va")') == "✗ 3 y 6, sin acabar"
