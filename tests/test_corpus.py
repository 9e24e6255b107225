"""El corpus: llega entero o no llega, y la copia guardada nunca es mala."""

import errno
import logging
import os
import random
import subprocess
import sys
import time
import unicodedata
from pathlib import Path
from unittest.mock import patch

import pytest
from fakes import fake_book, fake_card
from faulty_server import FaultyServer
from hypothesis import given, settings
from hypothesis import strategies as st

from llm_intro import corpus
from llm_intro.corpus import CorpusError, clean, load_quijote, starting_cleaning
from llm_intro.support import data, portrait
from llm_intro.support.data import load_results

BOOK = os.environ.get("LLM_INTRO_QUIJOTE", "")
needs_book = pytest.mark.skipif(not Path(BOOK).is_file(), reason="necesita el libro entero")
GOOD = ("bueno-crlf", "bueno-lf", "bueno-gzip", "dos-500", "desvio", "sin-cola")
BAD = {
    "no-esta": "HTTP 404",
    "demasiadas": "HTTP 429",
    "siempre-500": "HTTP 500",
    "cuelga": "ReadTimeout",
    "goteo": "más de 0.5 s",
    "cortado": "",  # lo descubre urllib3, con un mensaje suyo, o lo descubre clean
    "tercio": "falta «*** END»",
    "tercio-con-marcas": "no es el libro entero",
    "portal": "falta «Primera parte del ingenioso hidalgo»",
    "libro-en-html": "no es el libro entero",
    "latin1": "no está en UTF-8",
    "vacio": "falta",
    "sin-fin": "pasa de 8000000 bytes",
}


@pytest.fixture(scope="module")
def book():
    return fake_book()


@pytest.fixture
def real(monkeypatch):
    """El libro de verdad, con su retrato."""
    monkeypatch.setattr(portrait, "load_results", load_results)
    return load_quijote(BOOK)


@pytest.fixture(scope="module")
def server(book):
    server = FaultyServer(book)
    yield server
    server.close()


@pytest.fixture(autouse=True)
def fast_and_clean(monkeypatch, tmp_path):
    """Cada prueba: sin la variable del libro, con su propia copia y sin esperas largas."""
    monkeypatch.delenv("LLM_INTRO_QUIJOTE", raising=False)
    monkeypatch.setenv("LLM_INTRO_CACHE", str(tmp_path / "copia"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(corpus, "BACKOFF_SECONDS", 0.01)
    monkeypatch.setattr(corpus, "TIMEOUT", (5, 5))
    monkeypatch.setattr(corpus, "_failures", [])
    monkeypatch.setattr(portrait, "load_results", lambda name: fake_card())


@pytest.fixture
def serve(monkeypatch, server):
    """`serve("portal", "bueno-lf")`: esas son ahora las direcciones de Gutenberg."""

    def serve(*paths):
        server.hits.clear()
        monkeypatch.setattr(corpus, "GUTENBERG_URLS", tuple(map(server.url, paths)))

    return serve


def cached(tmp_path) -> list[Path]:
    return sorted((tmp_path / "copia").glob("*"))


def warnings_of(caplog) -> list[str]:
    return [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING]


# ---------------------------------------------------------------- la red


@pytest.mark.parametrize("path", GOOD)
def test_a_good_answer_gives_the_book_and_a_good_copy(path, serve, book, tmp_path, caplog):
    """BOM, CRLF o LF, comprimido, a la tercera, sin el final de la licencia: el mismo texto."""
    serve(path)
    downloaded = load_quijote()
    assert (downloaded.source, downloaded.text) == ("gutenberg", clean(book))
    assert "ñ" in downloaded.text and "Ã" not in downloaded.raw  # nada de ISO-8859-1
    serve("no-esta")
    again = load_quijote()
    assert (again.source, again.text, again.raw) == ("cache", downloaded.text, downloaded.raw)
    assert len(cached(tmp_path)) == 1 and warnings_of(caplog) == []


@pytest.mark.parametrize("path", BAD)
def test_a_bad_answer_gives_the_excerpt_one_line_and_no_copy(
    path, serve, monkeypatch, tmp_path, caplog
):
    """Pase lo que pase en la red: el extracto, una sola línea que dice por qué, y sin copia."""
    monkeypatch.setattr(corpus, "TOTAL_SECONDS", 0.5 if path == "goteo" else 20)
    if path == "cuelga":
        monkeypatch.setattr(corpus, "TIMEOUT", (5, 0.2))
    serve(path)
    started = time.monotonic()
    assert load_quijote().source == "extracto"
    assert time.monotonic() - started < 15
    (line,) = warnings_of(caplog)
    assert line.startswith("No se pudo descargar el Quijote (") and BAD[path] in line
    assert "Sigo con el extracto incluido" in line and "\n" not in line
    assert cached(tmp_path) == []


@pytest.mark.parametrize("path", sorted(set(BAD) - {"goteo"}))
def test_the_mirror_saves_the_day(path, serve, monkeypatch, caplog):
    """Si la primera dirección falla de cualquier modo, la segunda da el libro, sin avisos."""
    if path == "cuelga":
        monkeypatch.setattr(corpus, "TIMEOUT", (5, 1))
    serve(path, "bueno-crlf")
    assert load_quijote().source == "gutenberg"
    assert warnings_of(caplog) == []


def test_only_what_may_pass_is_tried_again(serve, server):
    """Un 500 se reintenta hasta tres veces; un 404 o una página ajena, ninguna."""
    serve("siempre-500", "no-esta", "portal")
    load_quijote()
    assert server.hits == {"siempre-500": 3, "no-esta": 1, "portal": 1}


def test_the_wait_doubles_between_attempts(serve, monkeypatch):
    """Con 0,1 s de base, tres intentos esperan 0,1 + 0,2 s."""
    monkeypatch.setattr(corpus, "BACKOFF_SECONDS", 0.1)
    serve("siempre-500")
    started = time.monotonic()
    load_quijote()
    assert time.monotonic() - started >= 0.3


def test_asking_for_gutenberg_downloads_again_and_says_when_it_cannot(serve, server):
    """source="gutenberg" no mira la copia, y sin red es un error, no el extracto."""
    serve("bueno-lf")
    for _ in range(2):
        assert load_quijote("gutenberg").source == "gutenberg"
    assert server.hits["bueno-lf"] == 2
    serve("no-esta")
    with pytest.raises(CorpusError, match="HTTP 404"):
        load_quijote("gutenberg")
    assert load_quijote("cache").source == "cache"  # la copia buena sigue ahí


def test_without_network_the_reader_sees_exactly_one_line(tmp_path):
    """Un proceso normal, sin configurar nada: una línea en stderr y nada en stdout."""
    code = (
        "from llm_intro import corpus; corpus.GUTENBERG_URLS = ('http://127.0.0.1:9/x',);"
        "assert corpus.load_quijote().source == 'extracto'"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout == b""
    assert len(done.stderr.decode().strip().splitlines()) == 1


# ---------------------------------------------------------------- la copia


@pytest.mark.parametrize("content", [b"", b"<html>", b"Primera parte del ingenioso"])
def test_a_damaged_copy_is_replaced(content, serve, tmp_path):
    """Una copia estropeada (por quien sea) no se usa: se baja otra y la sustituye."""
    (tmp_path / "copia").mkdir()
    (tmp_path / "copia" / "pg2000.txt").write_bytes(content)
    serve("bueno-lf")
    assert load_quijote().source == "gutenberg"
    assert load_quijote("cache").source == "cache"


def fill(*args):
    """Como un disco que se llena a media escritura."""
    raise OSError(errno.ENOSPC, "No space left on device")


def refuse(*args, **kwargs):
    """Como un disco de solo lectura."""
    raise OSError(errno.EROFS, "Read-only file system")


def test_a_full_disk_keeps_the_text_in_memory(serve, monkeypatch, tmp_path, caplog):
    """El disco se llena a media escritura: hay libro, un aviso, y ni copia ni restos."""
    monkeypatch.setattr(data.os, "fsync", fill)
    serve("bueno-lf")
    assert load_quijote().source == "gutenberg"
    assert cached(tmp_path) == []
    (line,) = warnings_of(caplog)
    assert line.startswith("No se pudo guardar la copia")


@pytest.mark.parametrize(("step", "fault"), [("fsync", fill), ("replace", refuse)])
def test_a_failed_renewal_leaves_the_copy_that_was_there(step, fault, serve, monkeypatch, tmp_path):
    """Si al renovar la copia falla un paso, queda la anterior, entera, y ningún resto."""
    serve("bueno-crlf")
    load_quijote()
    before = cached(tmp_path)[0].read_bytes()
    monkeypatch.setattr(data.os, step, fault)
    serve("bueno-lf")
    assert load_quijote("gutenberg").source == "gutenberg"
    (copy,) = cached(tmp_path)
    assert copy.read_bytes() == before


def test_a_cache_folder_that_cannot_exist_is_no_obstacle(serve, monkeypatch, tmp_path, caplog):
    """La carpeta de la copia cae dentro de un archivo: se sigue en memoria."""
    (tmp_path / "archivo").write_text("")
    monkeypatch.setenv("LLM_INTRO_CACHE", str(tmp_path / "archivo" / "copia"))
    serve("bueno-lf")
    assert load_quijote().source == "gutenberg"
    assert len(warnings_of(caplog)) == 1


def test_a_read_only_home_is_no_obstacle(serve, monkeypatch):
    """Como en algunas aulas: HOME de solo lectura."""
    monkeypatch.setattr(Path, "mkdir", refuse)
    serve("bueno-lf")
    assert load_quijote().source == "gutenberg"


def test_without_home_the_copy_goes_to_the_temporary_folder(serve, monkeypatch, tmp_path):
    """Ni HOME ni usuario en el sistema (contenedores): nada de crear una carpeta «~»."""
    pwd = pytest.importorskip("pwd")

    def unknown(uid):
        raise KeyError(uid)

    for name in ("LLM_INTRO_CACHE", "HOME", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", unknown)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    serve("bueno-lf")
    assert load_quijote().source == "gutenberg"
    assert load_quijote().source == "cache"
    assert [p.name for p in tmp_path.iterdir()] == ["pg2000.txt"]


def test_the_default_copy_lives_in_the_users_cache(monkeypatch, tmp_path):
    """Sin LLM_INTRO_CACHE: XDG_CACHE_HOME si está y, si no, ~/.cache."""
    for name in ("LLM_INTRO_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert corpus._cache_path() == tmp_path / ".cache" / "llm_intro" / "pg2000.txt"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert corpus._cache_path() == tmp_path / "xdg" / "llm_intro" / "pg2000.txt"


def test_several_processes_at_once_never_see_half_a_copy(server, book, tmp_path):
    """Tres procesos bajan a la vez; mientras, quien mira la copia la ve entera o no la ve."""
    code = (
        "import sys; sys.path[:0] = sys.argv[2:]; from fakes import fake_card;"
        "from llm_intro import corpus; from llm_intro.support import portrait;"
        "portrait.load_results = lambda name: fake_card(); corpus.GUTENBERG_URLS = (sys.argv[1],);"
        "print(corpus.load_quijote('gutenberg').source, len(corpus.load_quijote('cache').text))"
    )
    argv = [sys.executable, "-c", code, server.url("bueno-lf"), *sys.path]
    running = [subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    copy, size = tmp_path / "copia" / "pg2000.txt", len(book.encode())
    while any(process.poll() is None for process in running):
        if copy.exists():
            assert copy.stat().st_size == size
    outputs = {process.communicate()[0].strip() for process in running}
    assert outputs == {f"gutenberg {len(clean(book))}"}
    assert cached(tmp_path) == [copy]


# ---------------------------------------------------------------- lo que se pide por su nombre


def test_a_path_gives_its_book_and_touches_nothing_else(book, monkeypatch, tmp_path):
    """Por argumento (texto o Path) o por la variable; la red y la copia ni se miran."""
    monkeypatch.setattr(corpus, "GUTENBERG_URLS", ())
    path = tmp_path / "quijote.txt"
    path.write_text(book, encoding="utf-8")
    assert load_quijote(path).source == load_quijote(str(path)).source == str(path)
    monkeypatch.setenv("LLM_INTRO_QUIJOTE", str(path))
    assert load_quijote().source == str(path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert load_quijote("~/quijote.txt").text == clean(book)
    assert load_quijote("extracto").source == "extracto"  # lo pedido por su nombre manda
    assert cached(tmp_path) == []


def test_the_variable_may_also_ask_for_the_excerpt(monkeypatch, caplog):
    """LLM_INTRO_QUIJOTE=extracto: una clase sin red no espera ni avisa."""
    monkeypatch.setenv("LLM_INTRO_QUIJOTE", "extracto")
    assert load_quijote().source == "extracto"
    assert warnings_of(caplog) == []


@pytest.mark.parametrize("content", [None, b"", b"otro libro", b"\xff\xfe"])
def test_a_bad_forced_path_is_an_error_not_a_fallback(content, serve, monkeypatch, tmp_path):
    """No existe, está vacío, es otro o no es UTF-8: se dice, con la ruta y qué hacer."""
    path = tmp_path / "mio.txt"
    if content is not None:
        path.write_bytes(content)
    serve("bueno-lf")
    monkeypatch.setenv("LLM_INTRO_QUIJOTE", str(path))
    with pytest.raises(ValueError, match=r"mio\.txt.*LLM_INTRO_QUIJOTE"):
        load_quijote()


@pytest.mark.parametrize("source", ["gutemberg", "", ".", None, 3, ["extracto"]])
def test_an_unknown_source_is_named(source):
    """El error repite lo que llegó y ofrece las opciones."""
    with pytest.raises(ValueError, match="extracto") as error:
        load_quijote(source)
    assert repr(source) in str(error.value)


def test_an_empty_cache_is_an_error_when_asked_for():
    with pytest.raises(CorpusError, match="cache"):
        load_quijote("cache")


# ---------------------------------------------------------------- limpiar y partir


def test_clean_by_hand():
    """Sin cabecera ni licencia; minúsculas; un espacio; «n» + virgulilla es una sola ñ."""
    raw = "Header\r\nPrimera parte del ingenioso hidalgo\r\n\r\nEl  NIN\u0303O*** END license"
    assert clean(raw) == "primera parte del ingenioso hidalgo el niño"


@pytest.mark.parametrize("raw", ["", "Primera parte del ingenioso hidalgo sin final", "*** END"])
def test_clean_refuses_a_text_without_its_marks(raw):
    """`find` da -1 y callaría: aquí se dice qué marca falta."""
    with pytest.raises(CorpusError, match="falta «"):
        clean(raw)


def test_starting_cleaning_keeps_its_two_bugs():
    """Cada CRLF son dos espacios, y el final que no encuentra (-1) deja pasar la licencia."""
    raw = "xx Primera parte del ingenioso hidalgo\r\nEl fin\r\n*** END license!"
    bugs = "primera parte del ingenioso hidalgo  el fin  *** end license"
    assert starting_cleaning(raw) == bugs


def test_the_protocol_of_the_book(serve):
    """train, hueco de 5 000, valid de 100 000, hueco de 5 000, heldout de 100 000."""
    serve("bueno-lf")
    c = load_quijote()
    n = len(c.text)
    assert c.train == c.text[: n - 210_000]
    assert c.valid == c.text[n - 205_000 : n - 105_000]
    assert c.heldout == c.text[n - 100_000 :]


def test_a_corpus_is_frozen_and_shows_itself_in_a_line(book, tmp_path):
    """Su repr no vuelca dos millones de letras, ni la carpeta de quien lo ejecuta."""
    path = tmp_path / "quijote.txt"
    path.write_text(book, encoding="utf-8")
    c = load_quijote(path)
    assert repr(c) == f"Corpus(quijote.txt, {len(c.text)} caracteres)"
    with pytest.raises(AttributeError):
        c.text = ""


# ---------------------------------------------------------------- el extracto


def test_the_parts_of_the_excerpt_share_nothing():
    """Se entrena con la primera parte; lo reservado es el capítulo LXXIV de la segunda."""
    c = load_quijote("extracto")
    assert len(c.text) >= 30_000 and len(c.valid) == 5_000
    assert c.text.startswith(c.train) and c.text.endswith(c.valid + c.heldout)
    assert len(c.train) + len(c.valid) + len(c.heldout) == len(c.text) - 500
    assert c.heldout.startswith("capítulo lxxiv.") and c.heldout.endswith("vale.")
    for chapter in ("capítulo primero.", "capítulo ii.", "capítulo viii."):
        assert chapter in c.train

    def runs(text, n=40):
        return {text[i : i + n] for i in range(len(text) - n)}

    assert not runs(c.heldout) & runs(c.train + c.valid)


def test_the_excerpt_is_tidy_text_and_its_card_tells_the_truth():
    """UTF-8 en NFC, LF, sin BOM ni espacios dobles; la ficha dice sus capítulos y su tamaño."""
    raw = data.path("excerpt.txt").read_bytes().decode("utf-8")
    assert "\r" not in raw and not raw.startswith("\ufeff")
    assert unicodedata.is_normalized("NFC", raw) and "  " not in raw
    assert raw.count("«") == raw.count("»") and raw.count("¿") == raw.count("?")
    card = load_results("excerpt")
    assert card["characters"] == {"file": len(raw), "clean": len(clean(raw))}
    headings = [line for line in raw.splitlines() if line.startswith("Capítulo ")]
    assert [chapter["title"] for chapter in card["chapters"]] == headings
    assert len(headings) == 4


# ---------------------------------------------------------------- el libro de verdad


@needs_book
def test_the_whole_book(real):
    """2 066 269 caracteres, 61 símbolos, sin licencia ni espacios dobles, en tres partes."""
    c = real
    assert (len(c.text), len(set(c.text))) == (2_066_269, 61)
    assert "gutenberg" not in c.text and "license" not in c.text and "  " not in c.text
    assert c.text.startswith("primera parte del ingenioso hidalgo")
    assert [len(part) for part in (c.train, c.valid, c.heldout)] == [1_856_269, 100_000, 100_000]
    assert "capítulo lxxiv" in c.heldout  # lo reservado del extracto también lo es del libro


@needs_book
def test_the_two_bugs_on_the_whole_book(real):
    """Las cifras de la primera lección: 2 127 255 caracteres y 48 símbolos en 100 000."""
    text = starting_cleaning(real.raw)
    assert (len(text), len(set(text[:100_000]))) == (2_127_255, 48)
    assert "license" in text and "  " in text


@needs_book
def test_every_symbol_of_the_excerpt_is_in_the_book(real):
    """Los modelos entrenados con el libro saben leer el extracto entero."""
    assert set(load_quijote("extracto").text) <= set(real.text)


def edited(text: str, rng: random.Random, edits: int) -> str:
    """El texto con erratas corregidas aquí y allá: letras que se ponen, se quitan o se cambian."""
    letters, cuts = list(text), rng.sample(range(len(text)), edits)
    for cut in sorted(cuts, reverse=True):
        new = rng.choices("aeiouáéíóúsrnltdcñ ,;", k=rng.choice((0, 1, 1, 2, 12)))
        letters[cut : cut + rng.choice((0, 1, 1, 2, 12))] = new
    return "".join(letters)


SIZE = 40_000
DAMAGE = {
    "un hueco": lambda t, i, j: t[:i] + t[i + SIZE :],
    "repetido": lambda t, i, j: t[: i + SIZE] + t[i:],
    "copiado encima": lambda t, i, j: t[:i] + t[j : j + SIZE] + t[i + SIZE :],
    "una letra encima": lambda t, i, j: t[:i] + "e" * SIZE + t[i + SIZE :],
    "un carácter nulo": lambda t, i, j: t[:i] + "\0" + t[i + 1 :],
    "en otra lengua": lambda t, i, j: t[:i] + "жить " * (SIZE // 5) + t[i + SIZE :],
}


@needs_book
@pytest.mark.parametrize("seed", range(20))
def test_the_book_is_known_after_hundreds_of_edits(real, seed):
    """Quinientas erratas, otra cabecera, CRLF o NFD: sigue siendo él, con esas erratas."""
    rng = random.Random(seed)
    text = edited(real.text, rng, 500)
    raw = f"Another header\n{corpus.START_MARK}{text[len(corpus.START_MARK) :]}\n*** END"
    raw = unicodedata.normalize(rng.choice(("NFC", "NFD")), raw).replace("\n", "\r\n")
    assert corpus._book(raw.encode(), "prueba").text == clean(raw)
    assert portrait.difference(text) == ""


@needs_book
@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_book_is_refused_wherever_the_damage_is(real, damage):
    """Cuarenta mil letras de menos, de más o de otro sitio; y lo que no es del libro, ni una."""
    for seed in range(20):
        rng = random.Random(seed)
        i = rng.randrange(len(real.text) - SIZE)
        j = (i + rng.randrange(2 * SIZE, len(real.text) - 2 * SIZE)) % (len(real.text) - SIZE)
        assert portrait.difference(DAMAGE[damage](real.text, i, j)), seed


@settings(max_examples=25)
@given(junk=st.binary(max_size=60), place=st.integers(0), size=st.integers(0, 60_000))
def test_the_door_lets_in_the_book_or_says_why_not(junk, place, size):
    """Bytes cualesquiera donde sea, en lugar de los que había: o el libro o CorpusError."""
    raw = fake_book().encode()
    place %= len(raw)
    with patch.object(portrait, "load_results", lambda name: fake_card()):
        try:
            found = corpus._book(raw[:place] + junk + raw[place + size :], "prueba")
        except CorpusError:
            return
    assert set(found.text) <= set(fake_card()["symbols"])
    assert abs(len(found.text) - fake_card()["characters"]) <= portrait.MAX_DRIFT


def test_a_failure_is_remembered_until_someone_insists(serve, server, caplog):
    """La segunda vez no se llama a nadie; pedir «gutenberg» insiste y, si sale, lo olvida."""
    serve("no-esta")
    assert [load_quijote().source for _ in range(3)] == ["extracto"] * 3
    assert server.hits["no-esta"] == 1 and len(warnings_of(caplog)) == 3
    serve("bueno-lf")
    assert load_quijote("gutenberg").source == "gutenberg"
    assert corpus._failures == []


def test_a_slow_download_says_so(serve, monkeypatch, capsys):
    """Al segundo de esperar se ve qué se está haciendo."""
    monkeypatch.setattr(corpus, "TOTAL_SECONDS", 2)
    serve("goteo")
    load_quijote()
    assert "Bajando el Quijote" in capsys.readouterr().err


def test_importing_the_corpus_brings_no_heavy_library():
    """Ni requests, ni NumPy, ni PyTorch: se cargan cuando hacen falta."""
    code = (
        "import sys, llm_intro.corpus;"
        "print(sorted({'requests', 'numpy', 'torch'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
