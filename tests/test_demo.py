"""Lo que se proyecta: el escenario de la lección 09, y «make demo» sin salir del ordenador."""

import subprocess
import sys

import numpy as np
import pytest
from fakes import TableModel

import demo
from llm_intro.face.writing import temperature_demo
from llm_intro.sampling import generate
from llm_intro.stage.screens import Stage, models_demo, vote_demo
from llm_intro.tokens.controls import order_demo


@pytest.fixture
def model():
    """Un modelo de siete símbolos, cuatro de ellos con significado en HTML."""
    return TableModel(" &<>abc", np.random.default_rng(0).normal(size=(7, 7)))


def screen(stage) -> str:
    return stage.children[-1].value


def control(stage, name: str):
    return next(one for one in stage.inputs if one.description == name)


def test_starting_again_brings_everything_back(model):
    """Tras mover varios mandos, «Empezar de nuevo» deja los valores y la pantalla de antes."""
    stage = Stage(temperature_demo(model, "abc", 40))
    before, values = screen(stage), [one.value for one in stage.inputs]
    for name, value in (("temperatura", 1.5), ("top-k", 2), ("comienzo", "cab")):
        control(stage, name).set_state({"value": value})
    assert screen(stage) != before
    stage.children[0].children[-1].click()
    assert (screen(stage), [one.value for one in stage.inputs]) == (before, values)


def test_a_stage_keeps_every_control_of_its_demo(model):
    """No se pierde ningún mando, y la pantalla no cuenta como uno."""
    box = temperature_demo(model, "abc", 10)
    assert Stage(box).inputs == list(box.children[:-1])


def test_without_a_kernel_the_screen_stays_still(model):
    """Junto al control va su pantalla como HTML, para quien no puede moverlo."""
    stage = Stage(order_demo({1: model, 2: model}, "abc", 20))
    twin = stage._repr_mimebundle_()["text/html"]
    assert screen(stage).startswith(twin) and twin.endswith("</p>")


def test_each_model_writes_what_it_would_write_alone(model):
    """El texto de cada columna es el de `generate` con esa temperatura y esa semilla."""
    other = TableModel(" &<>abc", np.eye(7))
    stage = Stage(models_demo({"uno & uno": model, "dos": other}, "abc", 30))
    control(stage, "semilla").set_state({"value": 3})
    for one in (model, other):
        text = generate(one, "abc", 30, temperature=0.7, seed=3)[3:]
        assert text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") in screen(stage)
    assert "uno &amp; uno" in screen(stage)


PLACES = ("taller", "concesionario", "desguace")
SENTENCES = {"corta": "Voy al <b>____</b>.", "larga": "Está roto. Voy al ____."}
ANSWERS = {
    "corta": {"contar": dict(zip(PLACES, (0.5, 0.25, 0.0), strict=True))},
    "larga": {"contar": dict(zip(PLACES, (0.0, 0.0, 1.0), strict=True))},
}


@pytest.fixture
def vote():
    return Stage(vote_demo(SENTENCES, ANSWERS))


def test_votes_by_hand(vote):
    """Tres manos por el taller y una por el desguace: 75 % y 25 %."""
    control(vote, "taller").set_state({"value": 3})
    control(vote, "desguace").set_state({"value": 1})
    assert "75 %" in screen(vote) and "25 %" in screen(vote) and "contar" not in screen(vote)


def test_the_models_are_hidden_until_asked(vote):
    """Al destaparlos salen sus números; lo que falta hasta 1 es «otro sitio»."""
    control(vote, "destapar los modelos").set_state({"value": True})
    assert "contar" in screen(vote) and "50 %" in screen(vote)
    assert screen(vote).count("25 %") == 2  # el concesionario y lo que falta


def test_the_sentences_are_escaped_and_change(vote):
    """La frase se enseña, no se interpreta, y cambia con su botón."""
    assert "&lt;b&gt;" in screen(vote)
    vote.inputs[0].set_state({"value": "larga", "index": 1})
    assert "Está roto" in screen(vote)


def test_each_sentence_has_its_own_votes(vote):
    """Tres manos en la corta no pasan a la larga, y al volver siguen; se ven cuatro casillas."""
    control(vote, "taller").set_state({"value": 3})
    assert "100 %" in screen(vote)
    for index, told in ((1, False), (0, True)):
        vote.inputs[0].set_state({"index": index})
        assert ("100 %" in screen(vote)) == told
        boxes = [one for one in vote.inputs if one.description in (*PLACES, "otro sitio")]
        assert len([one for one in boxes if one.layout.display != "none"]) == 4


class FakeVoila:
    """Un Voilà de mentira, que dice lo que diría el de verdad."""

    def __init__(self, order, **options):
        self.order = order
        self.stderr = [
            "[Voila] Using a folder to store connection files\n",
            "[Voila] Voilà is running at:\n",
            "http://nombre-de-la-maquina:8867/\n",
            "[Voila] WARNING | Notebook is not trusted\n",
            "[Voila] ERROR | algo se ha roto\n",
        ]

    def wait(self):
        return 0


def run(monkeypatch, **variables) -> tuple[int, list]:
    """Corre main() sin arrancar nada: devuelve su resultado y las órdenes que daría."""
    calls = []

    def start(order, **options):
        calls.append(order)
        return FakeVoila(order)

    for name in ("HOST", "PORT", "THEME"):
        monkeypatch.setenv(name, variables.get(name, ""))
    monkeypatch.setattr(demo.subprocess, "Popen", start)
    monkeypatch.setattr(demo.signal, "signal", lambda *_: None)
    monkeypatch.setattr(demo, "find_spec", lambda name: variables.get("voila", True))
    return demo.main(), calls


def test_voila_is_retold_in_spanish(monkeypatch, capsys):
    """De lo que cuenta quedan la dirección, con el puerto que ha encontrado, y los errores."""
    run(monkeypatch)
    told = capsys.readouterr().out
    assert told.startswith("La clase está en:\n\n    http://127.0.0.1:8867/\n")
    assert "algo se ha roto" in told and "trusted" not in told and "Using" not in told


def test_by_default_only_this_computer_sees_it(monkeypatch, capsys):
    """Sin HOST se escucha en 127.0.0.1, no se avisa de nada y se dice la dirección."""
    code, (order,) = run(monkeypatch)
    told = capsys.readouterr().out
    assert code == 0 and "--Voila.ip=127.0.0.1" in order
    assert "http://127.0.0.1:" in told and "Atención" not in told


def test_the_whole_network_is_warned_about(monkeypatch, capsys):
    """Con HOST=0.0.0.0 se dice antes de arrancar quién puede entrar."""
    _, (order,) = run(monkeypatch, HOST="0.0.0.0")
    told = capsys.readouterr().out
    assert "--Voila.ip=0.0.0.0" in order
    assert told.startswith("Atención: con HOST=0.0.0.0") and "http://0.0.0.0" not in told


@pytest.mark.parametrize("port", ["0", "65536", "ocho", "-1"])
def test_a_bad_port_is_explained(monkeypatch, port):
    """Qué llegó y qué vale, y no arranca nada."""
    with pytest.raises(SystemExit, match=f"PORT={port} no vale"):
        run(monkeypatch, PORT=port)


def test_an_address_of_another_computer_is_explained(monkeypatch):
    """192.0.2.1 no es de nadie: no se puede escuchar en ella."""
    with pytest.raises(SystemExit, match=r"HOST=192\.0\.2\.1 no vale"):
        run(monkeypatch, HOST="192.0.2.1")


def test_without_voila_and_without_network_it_says_what_to_do(monkeypatch, capsys):
    """Se intenta instalar; si no se puede, «make lab» enseña lo mismo."""
    asked = []

    def pip(order, **options):
        asked.append(order)
        return subprocess.CompletedProcess(order, 1)

    monkeypatch.setattr(demo.subprocess, "run", pip)
    code, calls = run(monkeypatch, voila=None)
    assert (code, calls, len(asked)) == (1, [], 1)
    assert ".[demo]" in asked[0] and "make lab" in capsys.readouterr().out


def test_with_voila_installed_nothing_is_asked_to_the_network(monkeypatch):
    """Si ya está, no se llama a pip."""
    monkeypatch.setattr(demo.subprocess, "run", lambda *_, **__: pytest.fail("llamó a pip"))
    assert run(monkeypatch)[0] == 0


def test_the_lesson_starts_without_torch():
    """Lo que carga la lección 09 al empezar no trae PyTorch, que tarda segundos."""
    code = (
        "import sys; from llm_intro.models.pretrained import load_fast; "
        "from llm_intro.stage import screens; from llm_intro.reto import controls; "
        "load_fast(); load_fast('ngrama'); "
        "print({'torch', 'requests', 'matplotlib'} & set(sys.modules))"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "set()"
