"""El Quijote, con red o sin ella: descargarlo, reconocerlo, limpiarlo y partirlo en tres."""

import logging
import os
import tempfile
import threading
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from .support.data import read_text, write_atomic
from .support.portrait import difference

MIRRORS = ("www.gutenberg.org", "gutenberg.pglaf.org", "aleph.gutenberg.org")
GUTENBERG_URLS = tuple(f"https://{host}/cache/epub/2000/pg2000.txt" for host in MIRRORS)
START_MARK, END_MARK = "Primera parte del ingenioso hidalgo", "*** END"
MAX_BYTES = 8_000_000
TIMEOUT, TOTAL_SECONDS = (5, 10), 60  # conectar y esperar un trozo; todas las direcciones
ATTEMPTS, BACKOFF_SECONDS = 3, 0.5  # por dirección; la espera se dobla cada vez
log = logging.getLogger(__name__)
_failures: list[ValueError] = []  # la descarga que falló: en esta sesión no se repite sola


class CorpusError(ValueError):
    """El texto no se pudo conseguir, o no es el que debía ser."""


@dataclass(frozen=True, repr=False)
class Corpus:
    """Un texto limpio y tres partes que no se pisan: con `train` se entrena, con `valid` se
    elige y `heldout` solo se mira para la nota final. `raw` es el archivo tal como llegó.
    """

    text: str
    train: str
    valid: str
    heldout: str
    source: str  # "gutenberg", "cache", "extracto" o una ruta
    raw: str = ""

    def __repr__(self) -> str:
        return f"Corpus({Path(self.source).name}, {len(self.text)} caracteres)"


def load_quijote(source="auto") -> Corpus:
    """Consigue el Quijote, limpio y partido.

    `source`: "gutenberg" (lo baja), "cache" (la copia de la carpeta LLM_INTRO_CACHE),
    "extracto" o una ruta. "auto" es lo que diga la variable LLM_INTRO_QUIJOTE; sin ella, la
    copia, Gutenberg y sus espejos o, avisando, el extracto: si no se pudo bajar, en esta sesión
    no lo vuelve a intentar solo. CorpusError (un ValueError) si lo que pides por su nombre no
    está o no es el libro.
    """
    if source == "auto":
        source = os.environ.get("LLM_INTRO_QUIJOTE") or "auto"
    loaders = {"auto": _auto, "gutenberg": _gutenberg, "cache": _local, "extracto": _excerpt}
    if not isinstance(source, str | os.PathLike):
        raise CorpusError(f"source llegó como {source!r}. Usa una ruta o uno de {list(loaders)}.")
    return loaders[source]() if source in loaders else _local(source)


def clean(raw: str) -> str:
    """Deja solo el libro: sin cabecera ni licencia, en NFC y minúsculas, un espacio cada vez.

    CorpusError si falta la marca del principio o la del final.
    """
    start, end = raw.find(START_MARK), raw.find(END_MARK)
    if start < 0 or end < start:  # find no protesta: devuelve -1, y raw[:-1] es casi todo
        missing = START_MARK if start < 0 else END_MARK
        raise CorpusError(f"falta «{missing}»: no es el libro o está cortado")
    return " ".join(unicodedata.normalize("NFC", raw[start:end]).lower().split())


def starting_cleaning(raw: str) -> str:
    """La de la primera lección: se cuela la licencia y cada «\\r\\n» da dos espacios."""
    start, end = raw.find(START_MARK), raw.find("Fin de la obra")
    return raw[start:end].lower().replace("\n", " ").replace("\r", " ")


def _auto() -> Corpus:
    with suppress(CorpusError):
        return _local()
    if not _failures:
        try:
            return _gutenberg()
        except CorpusError as error:
            _failures.append(error)
    corpus = _excerpt()
    told = "%s. Sigo con el extracto incluido: %d caracteres. Insiste: load_quijote('gutenberg')."
    log.warning(told, _failures[0], len(corpus.text))
    return corpus


def _local(path=None) -> Corpus:
    source = "cache" if path is None else str(path)
    try:
        with open(_cache_path() if path is None else os.path.expanduser(path), "rb") as file:
            return _book(file.read(MAX_BYTES + 1), source)
    except (OSError, CorpusError) as error:
        reason = error if isinstance(error, CorpusError) else "el archivo no se puede abrir"
        raise CorpusError(
            f"el Quijote de {source!r} no sirve: {reason}. Se esperaba el pg2000.txt. "
            "Revisa la ruta (o la variable LLM_INTRO_QUIJOTE) o usa 'gutenberg' o 'extracto'."
        ) from error


def _gutenberg() -> Corpus:
    """Baja el libro en otro hilo, para que ni el DNS ni un goteo pasen de TOTAL_SECONDS."""
    from tqdm.auto import tqdm

    found, reasons, cancel = [], [], threading.Event()
    worker = threading.Thread(target=_download, args=(found, reasons, cancel), daemon=True)
    worker.start()
    with tqdm(desc="Bajando el Quijote", total=TOTAL_SECONDS, delay=1, leave=False) as bar:
        while worker.is_alive() and bar.n < TOTAL_SECONDS:
            worker.join(0.5)
            bar.update(0.5)
    cancel.set()
    if not found:
        slow = [f"más de {TOTAL_SECONDS} s"] if worker.is_alive() else []
        raise CorpusError(f"No se pudo descargar el Quijote ({'; '.join(reasons + slow)})")
    _failures.clear()
    try:
        write_atomic(_cache_path(), found[1])
    except OSError as error:  # disco lleno, carpeta de solo lectura… el texto ya está en memoria
        log.warning("No se pudo guardar la copia del Quijote (%s): sigo sin ella.", error.strerror)
    return found[0]


def _download(found: list, reasons: list, cancel: threading.Event) -> None:
    """Prueba cada dirección; solo insiste en la que falla de un modo que quizá no se repita."""
    for url in GUTENBERG_URLS:
        for attempt in range(ATTEMPTS):
            if attempt and cancel.wait(BACKOFF_SECONDS * 2 ** (attempt - 1)):
                return
            try:
                data = _get(url, cancel)
                found += _book(data, "gutenberg"), data
                return
            except Exception as error:  # pase lo que pase en la red, la lección sigue
                own = isinstance(error, CorpusError | ConnectionError)
                reason = str(error) if own else f"sin conexión ({type(error).__name__})"
                if not isinstance(error, ConnectionError):
                    break
        reasons.append(f"{url.split('/')[2]}: {reason}")


def _get(url: str, cancel: threading.Event) -> bytes:
    import requests

    data = b""
    with requests.get(url, stream=True, timeout=TIMEOUT) as response:
        if response.status_code != 200:
            kind = ConnectionError if response.status_code >= 500 else CorpusError
            raise kind(f"HTTP {response.status_code}")
        for chunk in response.iter_content(65_536):
            data += chunk
            if len(data) > MAX_BYTES or cancel.is_set():
                raise CorpusError(f"pasa de {MAX_BYTES} bytes o de {TOTAL_SECONDS} s")
    return data


def _book(data: bytes, source: str) -> Corpus:
    """Del archivo al corpus. Es la única puerta: lo que no es el libro entero no pasa."""
    try:
        raw = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CorpusError(f"no está en UTF-8, falla el byte {error.start}") from error
    text = clean(raw)
    if fault := difference(text):
        raise CorpusError(f"no es el libro entero en texto plano: {fault}")
    # 5 000 caracteres de hueco entre partes: ninguna frase queda a caballo de dos
    return Corpus(text, text[:-210_000], text[-205_000:-105_000], text[-100_000:], source, raw)


def _excerpt() -> Corpus:
    raw = read_text("excerpt.txt")
    text = clean(raw)
    cut = text.index("capítulo lxxiv")  # lo reservado es de otra parte del libro
    return Corpus(text, text[: cut - 5_500], text[cut - 5_000 : cut], text[cut:], "extracto", raw)


def _cache_path() -> Path:
    base = os.environ.get("LOCALAPPDATA") or os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    folder = os.path.expanduser(os.environ.get("LLM_INTRO_CACHE") or f"{base}/llm_intro")
    own = not folder.startswith("~")  # en una cuenta sin carpeta propia, la «~» se queda
    return Path(folder if own else tempfile.gettempdir()) / "pg2000.txt"
