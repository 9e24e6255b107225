"""El cliente contra un servidor de verdad: averías, esperas y una clave que no aparece nunca."""

import logging
import pickle
import threading
import time
import traceback

import pytest
from chat_server import ANSWER, ChatServer

from llm_intro.assistant import keys
from llm_intro.assistant.client import ChatClient, ChatError
from llm_intro.assistant.keys import Key, find_key
from llm_intro.assistant.records import own_records
from llm_intro.assistant.survey import destinations, survey

SECRET = "sk-esta-clave-no-debe-salir-0123456789"
FAILURES = {
    "clave-mala": "no acepta la clave",
    "no-existe": "no existe",
    "desvia": "desvía",
    "roto": "ha fallado",
    "ocupado-mucho": "esperar 3600 s",
    "json-roto": "no se entiende",
    "otra-forma": "no se entiende",
    "lista": "no se entiende",
    "trozo-roto": "no se entiende",
    "trozo-raro": "no se entiende",
    "error-a-medias": "sin memoria",
    "cortado": "se cortó",
    "cortado-json": "se cortó",
    "cuelga": "no contesta",
    "gotea": "no ha acabado",
}


@pytest.fixture(scope="module")
def server():
    """Uno para todas las pruebas, en un puerto libre."""
    server = ChatServer()
    yield server
    server.close()


@pytest.fixture
def ask(server):
    """Pregunta al comportamiento que se diga, con la clave secreta y poca paciencia."""

    def ask(model, **settings):
        patience = {"timeout": 1.0, "max_seconds": 4.0, "retries": 3} | settings
        return ChatClient(server.url, model, Key(SECRET), **patience).ask("hola", temperature=0)

    return ask


@pytest.mark.parametrize("model", ["bien", "entera", "ocupado", "ocupado-con-fecha"])
def test_the_answer_arrives_whole(ask, server, model):
    """En directo, de una vez, o tras insistir; y lo enviado es lo que dice el protocolo."""
    assert ask(model) == ANSWER
    path, signature, body = server.seen[-1]
    assert (path, signature) == ("/v1/chat/completions", f"Bearer {SECRET}")
    assert body["messages"] == [{"role": "user", "content": "hola"}] and body["temperature"] == 0


def test_streaming_gives_the_pieces_as_they_come(server):
    """Dos trozos del servidor, dos trozos."""
    assert list(ChatClient(server.url, "bien").stream("hola")) == [ANSWER[:5], ANSWER[5:]]


def test_without_a_key_nothing_is_signed(server):
    """Ollama no la pide."""
    ChatClient(server.url, "bien").ask("hola")
    assert server.seen[-1][1] is None


@pytest.mark.parametrize("model", FAILURES)
def test_each_failure_says_what_happened_in_spanish(ask, model):
    """Un error propio, con su razón."""
    with pytest.raises(ChatError, match=FAILURES[model]):
        ask(model, retries=1)


def test_a_cut_answer_keeps_what_had_arrived(ask):
    """Lo llegado va en `partial`."""
    with pytest.raises(ChatError) as caught:
        ask("cortado")
    assert caught.value.partial == ANSWER[:5]


def test_it_insists_only_as_told_and_never_after_a_refusal(ask, server):
    """Con retries=2, tres intentos si está roto; si no acepta la clave, uno."""
    for model, settings, times in (("roto", {"retries": 2}, 3), ("clave-mala", {}, 1)):
        before = len(server.seen)
        with pytest.raises(ChatError):
            ask(model, **settings)
        assert len(server.seen) - before == times


def test_nobody_listening_is_said(server):
    """Un puerto cerrado: el servicio no está en marcha."""
    with pytest.raises(ChatError, match="en marcha"):
        ChatClient("http://127.0.0.1:9", "bien", Key(SECRET), timeout=1.0).ask("hola")


def test_cancel_stops_a_slow_answer(server):
    """Desde otro hilo, mientras gotea."""
    client = ChatClient(server.url, "gotea", timeout=2.0, max_seconds=30.0)
    threading.Timer(0.3, client.cancel).start()
    start = time.monotonic()
    with pytest.raises(ChatError, match="cancelado"):
        client.ask("hola")
    assert time.monotonic() - start < 15


@pytest.mark.parametrize("model", ["bien", "chismoso", *FAILURES])
def test_the_key_never_appears(ask, model, capfd, caplog, tmp_path):
    """Ni en salidas, ni en registros, ni en errores (con sus variables), ni en repr ni archivos."""
    caplog.set_level(logging.DEBUG)
    shown = []
    try:
        shown.append(ask(model, retries=0))
    except ChatError as error:
        link = error
        while link is not None:
            tree = traceback.TracebackException.from_exception(link, capture_locals=True)
            shown += [*tree.format(), repr(link), repr(link.args), repr(vars(link))]
            link = link.__cause__ or link.__context__
    client = ChatClient("https://ejemplo.org/v1", model, Key(SECRET))
    shown += [
        repr(client),
        str(vars(client)),
        repr(client.key),
        f"{client.key}",
        str(dir(client.key)),
    ]
    shown += [*capfd.readouterr(), caplog.text]
    shown += [path.read_text() for path in tmp_path.rglob("*") if path.is_file()]
    assert not [text for text in shown if SECRET in text.replace("'", "")]


def test_a_key_cannot_be_pickled_or_contain_odd_characters():
    """Ni se guarda por descuido ni, si está mal copiada, se enseña."""
    with pytest.raises((AttributeError, pickle.PicklingError)):
        pickle.dumps(Key(SECRET))
    with pytest.raises(ValueError, match="cópiala bien") as caught:
        Key(SECRET + " ñ")
    assert SECRET not in repr(caught.value) and not Key("")


def test_the_key_is_not_sent_in_clear_nor_to_a_wrong_address():
    """http solo hacia esta máquina, y direcciones que lo sean."""
    with pytest.raises(ValueError, match="sin cifrar"):
        ChatClient("http://ejemplo.org/v1", "m", Key(SECRET))
    for bad in ("ejemplo.org/v1", "ftp://ejemplo.org", "https://yo:clave@ejemplo.org/v1"):
        with pytest.raises(ValueError, match="base_url"):
            ChatClient(bad, "m")


def test_the_key_comes_from_the_environment_or_the_keyboard(monkeypatch):
    """El entorno primero; si no está, se pide sin que se vea."""
    monkeypatch.setenv("MI_CLAVE", SECRET)
    assert find_key("MI_CLAVE").hide_in(f"x{SECRET}x") == "x«clave oculta»x"
    monkeypatch.delenv("MI_CLAVE")
    monkeypatch.setattr(keys.getpass, "getpass", lambda prompt: "otra")
    assert find_key("MI_CLAVE").hide_in("otra") == "«clave oculta»"


def test_a_survey_records_every_answer_without_the_key(server, tmp_path):
    """Tres preguntas, tres filas con fecha, y el archivo no tiene la clave."""
    path = tmp_path / "mias.jsonl"
    client = ChatClient(server.url, "bien", Key(SECRET))
    rows = survey(client, "saludo-4-10", 3, "Ana", path=path, temperature=0)
    assert own_records(path) == rows and [row.answer for row in rows] == [ANSWER] * 3
    assert "temperature=0" in rows[0].how and SECRET not in path.read_text(encoding="utf-8")
    with pytest.raises(ValueError, match="no hay pregunta"):
        survey(client, "otra", 1, "Ana", path=path)


def test_destinations_take_the_first_place_named():
    """Una respuesta, un destino; si no nombra ninguno, «otro»."""
    found = destinations(["Al taller.", "Al Desguace, no al taller", "al concesionario", "No sé"])
    assert found == {"taller": 1, "desguace": 1, "concesionario": 1, "otro": 1}
