"""El cliente contra un servidor de verdad: averías, esperas y una clave que no aparece nunca."""

import json
import logging
import pickle
import time
import traceback
from contextlib import suppress

import pytest
from chat_server import ANSWER, ChatServer, saying
from hypothesis import given, settings
from hypothesis import strategies as st

from llm_intro.assistant import client as module
from llm_intro.assistant.client import ChatClient, ChatError, Key, find_key
from llm_intro.assistant.records import own_records, survey

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
    "hondo": "no se entiende",
    "error-sin-codigo": "sin memoria",
    "chismoso-largo": "rechazado",
    "sin-fin": "no se acaba",
    "cortado": "se cortó",
}
SLOW = ("cuelga", "gotea-cabeceras", "gotea-cuerpo", "gotea-error")
anything = st.recursive(
    st.none() | st.floats() | st.text(max_size=9) | st.sampled_from([SECRET, "\ud800", True]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["choices", "message", "content", "error", "text", "type", SECRET]), inner
    ),
    max_leaves=12,
)  # fmt: skip
answers = anything | st.builds(lambda content: saying([content]), anything)


@pytest.fixture(scope="module")
def server():
    """Uno para todas las pruebas, en un puerto libre."""
    server = ChatServer()
    yield server
    server.close()


@pytest.fixture(scope="module")
def ask(server):
    """Pregunta al comportamiento que se diga, con la clave secreta y poca paciencia."""

    def ask(model, **settings):
        patience = {"max_seconds": 4.0, "retries": 3} | settings
        return ChatClient(server.url, model, Key(SECRET), **patience).ask("hola", temperature=0)

    return ask


@pytest.mark.parametrize("model", ["bien", "en-partes", "con-bom", "ocupado", "ocupado-con-fecha"])
def test_the_answer_arrives_whole(ask, server, model):
    """En un texto o en partes, con «error» nulo, o tras insistir; y se envía lo que se debe."""
    assert ask(model) == ANSWER
    path, signature, body = server.seen[-1]
    assert (path, signature) == ("/v1/chat/completions", f"Bearer {SECRET}")
    assert body["messages"] == [{"role": "user", "content": "hola"}] and body["temperature"] == 0


def test_without_a_key_nothing_is_signed(server):
    """Ollama no la pide."""
    ChatClient(server.url, "bien").ask("hola")
    assert server.seen[-1][1] is None


@pytest.mark.parametrize("key", [None, Key(SECRET)])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.9.9.9", "[::1]"])
def test_what_stays_in_this_machine_never_goes_through_a_proxy(server, monkeypatch, host, key):
    """Con un proxy en el entorno, la pregunta a esta máquina no lo pisa, ni lee .netrc."""
    trap = with_trap(monkeypatch)
    with suppress(ChatError):  # aquí puede no escuchar nadie en ::1
        address = server.url.replace("127.0.0.1", host)
        assert ChatClient(address, "bien", key).ask("hola") == ANSWER
        assert server.seen[-1][1] == (f"Bearer {SECRET}" if key else None)
    assert trap.seen == []
    trap.close()


def test_the_password_of_netrc_is_never_sent(monkeypatch, tmp_path):
    """A otra máquina se va por su proxy, pero sin la contraseña que hubiera apuntada."""
    trap = with_trap(monkeypatch)
    (tmp_path / "netrc").write_text("machine ejemplo.invalid login yo password oculta")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    assert ChatClient("http://ejemplo.invalid/v1", "bien").ask("hola") == ANSWER
    assert trap.seen[-1][1] is None
    trap.close()


def with_trap(monkeypatch) -> ChatServer:
    """Un proxy que apunta lo que le llega, puesto en el entorno."""
    trap = ChatServer()
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, trap.url.removesuffix("/v1"))
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    return trap


@pytest.mark.parametrize("model", FAILURES)
def test_each_failure_says_what_happened_in_spanish(ask, model):
    """Un error propio, con su razón."""
    with pytest.raises(ChatError, match=FAILURES[model]):
        ask(model, retries=1)


@pytest.mark.parametrize("model", SLOW)
def test_one_deadline_holds_for_headers_bodies_and_errors(ask, model):
    """Aunque el servicio calle o gotee, se acaba en los segundos pedidos."""
    start = time.monotonic()
    with pytest.raises(ChatError, match="no ha acabado de contestar en 1 s"):
        ask(model, max_seconds=1)
    assert time.monotonic() - start < 2


@settings(max_examples=300)
@given(answers, st.sampled_from([200, 400, 503]))
def test_any_answer_is_a_text_or_an_explained_error(ask, server, answer, status):
    """Con cualquier JSON: un texto que se puede guardar o un ChatError, y nunca la clave."""
    server.body, server.status = json.dumps(answer).encode(), status
    try:
        said = ask("dictado", retries=0)
        said.encode()
    except ChatError as error:
        said = str(error) + repr(error)
    assert SECRET not in said


def test_half_a_letter_does_not_stop_a_survey(ask, server):
    """Medio emoji no se puede guardar: se lee «�», y lo demás queda."""
    server.body, server.status = json.dumps(saying("voy \ud83d bien")).encode(), 200
    assert ask("dictado") == "voy � bien"


def test_it_insists_only_as_told_and_never_after_a_refusal(ask, server):
    """Con retries=2, tres intentos si está roto; si no acepta la clave, uno."""
    for model, patience, times in (("roto", {"retries": 2}, 3), ("clave-mala", {}, 1)):
        before = len(server.seen)
        with pytest.raises(ChatError):
            ask(model, **patience)
        assert len(server.seen) - before == times


def test_nobody_listening_is_said():
    """Un puerto cerrado: el servicio no está en marcha."""
    with pytest.raises(ChatError, match="en marcha"):
        ChatClient("http://127.0.0.1:9", "bien", Key(SECRET)).ask("hola")


@pytest.mark.parametrize(
    ("bad", "match"),
    [({"retries": -1}, "retries=-1"), ({"retries": 1.5}, "retries"), ({"max_seconds": 0}, "entre"),
     ({"max_seconds": float("nan")}, "max_seconds=nan")],
)  # fmt: skip
def test_impossible_settings_are_refused(bad, match):
    """Reintentos negativos y plazos que no lo son."""
    with pytest.raises(ValueError, match=match):
        ChatClient("http://127.0.0.1:9", "bien", **bad)


@pytest.mark.parametrize("model", ["bien", "chismoso", *FAILURES, *SLOW])
def test_the_key_never_appears(ask, model, capfd, caplog, tmp_path):
    """Ni en salidas, ni en registros, ni en errores (con sus variables), ni en repr ni archivos."""
    caplog.set_level(logging.DEBUG)
    shown = []
    try:
        shown.append(ask(model, retries=0, max_seconds=0.5))
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
        ChatClient("HTTP://ejemplo.org/v1", "m", Key(SECRET))
    for bad in (
        "ejemplo.org/v1",
        "ftp://ejemplo.org",
        "https://yo:clave@ejemplo.org/v1",
        "http://[::1",
        "http://localhost:x/v1",
        None,
    ):
        with pytest.raises(ValueError, match="base_url"):
            ChatClient(bad, "m")


def test_the_key_comes_from_the_environment_or_the_keyboard(monkeypatch):
    """El entorno primero; si no está, se pide sin que se vea."""
    monkeypatch.setenv("MI_CLAVE", SECRET)
    assert find_key("MI_CLAVE").hide_in(f"x{SECRET}x") == "x«clave oculta»x"
    monkeypatch.delenv("MI_CLAVE")
    monkeypatch.setattr(module.getpass, "getpass", lambda prompt: "otra")
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
