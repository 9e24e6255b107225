"""Preguntar a un asistente de verdad: cualquier servicio que hable el protocolo de OpenAI.

Sirve para Ollama en tu ordenador (`http://localhost:11434/v1`) y para los comerciales. La clave
va en una `Key` (la da `find_key`): no se imprime, no se guarda y no sale en ningún error.
"""

import getpass
import json
import os
import threading
import time
from contextlib import suppress
from ipaddress import ip_address

import requests
from urllib3.util import Retry, Url, parse_url

from ..support.text import check_text

HIDDEN = "«clave oculta»"
MAX_BYTES = 1_000_000  # una respuesta más larga no es una respuesta
MAX_SECONDS = 3600
RETRIED = {429, 500, 502, 503, 504}
REASONS = {
    401: "el servicio no acepta la clave. Comprueba cuál es y que sirva para esta dirección.",
    403: "la clave no da permiso para esto.",
    404: "no existe esa dirección o ese modelo. Comprueba base_url (suele acabar en /v1) y model.",
    429: "has llegado al límite de peticiones. Espera, o pide menos.",
}


class ChatError(RuntimeError):
    """No hay respuesta; el mensaje dice por qué."""


class Key:
    """Una clave que no se deja ver: al imprimirla sale «clave oculta».

    ValueError, sin enseñarla, si tiene espacios o letras que no van en una clave.
    """

    def __init__(self, text: str):
        text = text.strip()
        if not (text.isascii() and (text.isprintable() and " " not in text)):
            text = ""  # que no quede ni en las variables del error
            raise ValueError(
                "la clave tiene espacios o letras que no son de una clave: cópiala bien."
            )
        self._reveal = lambda: text  # en una función: ni vars() ni pickle la enseñan

    def __repr__(self) -> str:
        return HIDDEN

    def __bool__(self) -> bool:
        return bool(self._reveal())

    def hide_in(self, text: str) -> str:
        """El texto sin la clave, por si el servicio la repite."""
        return text.replace(self._reveal(), HIDDEN) if self else text

    def sign(self, request):
        """Firma una petición; `requests` la llama al enviarla y, teniéndola, no mira `.netrc`."""
        if self:
            request.headers["Authorization"] = f"Bearer {self._reveal()}"
        return request


def find_key(name: str = "OPENAI_API_KEY") -> Key:
    """La clave llamada `name`: de los secretos de Colab, del entorno o, si no, de teclado."""
    found = None
    with suppress(Exception):  # fuera de Colab, o sin ese secreto, o sin permiso para verlo
        from google.colab import userdata

        found = userdata.get(name)
    return Key(found or os.environ.get(name) or getpass.getpass(f"{name}: "))


class ChatClient:
    """Un asistente al que se le pregunta.

    Args:
        base_url: la dirección del servicio; suele acabar en /v1.
        model: el nombre que el servicio da al modelo.
        api_key: una `Key`, como la que da `find_key`; None si no hace falta (Ollama).
        max_seconds: segundos para una pregunta, con su respuesta entera y lo que se insista.
        retries: cuántas veces se insiste si el servicio está ocupado (429) o falla (5xx).
    Raises:
        ValueError: si la dirección no es http(s), si la clave viajaría sin cifrar, o si
            `max_seconds` o `retries` no valen.
    """

    def __init__(self, base_url, model, api_key=None, max_seconds=180.0, retries=4):
        address = _address(base_url)
        self.local = _is_local(address.host)
        self.key = api_key if isinstance(api_key, Key) else Key(api_key or "")
        if address.scheme == "http" and self.key and not self.local:
            raise ValueError("con http la clave viajaría sin cifrar: usa una dirección https.")
        if not 0 < max_seconds <= MAX_SECONDS:
            raise ValueError(f"max_seconds={max_seconds!r}: debe estar entre 0 y {MAX_SECONDS}.")
        if not (isinstance(retries, int) and retries >= 0):
            raise ValueError(f"retries={retries!r}: debe ser un entero, 0 o más.")
        self.url, self.model = base_url.rstrip("/") + "/chat/completions", model
        self.max_seconds, self.retries = max_seconds, retries

    def __repr__(self) -> str:
        return f"ChatClient({self.url!r}, {self.model!r})"

    def ask(self, prompt: str, **options) -> str:
        """La respuesta entera. `options` va tal cual al servicio: temperature, max_tokens…

        Raises:
            ChatError: si no la hay; el mensaje dice por qué.
        """
        messages = [{"role": "user", "content": check_text(prompt)}]
        body = {"model": self.model, "messages": messages, **options, "stream": False}
        deadline, outcome = time.monotonic() + self.max_seconds, []

        def work() -> None:
            # Lo que falla se apunta aquí y se lanza fuera: así el error no arrastra ninguna
            # variable con la petición, que lleva la clave.
            try:
                outcome[:] = self._exchange(body, deadline)
            except requests.ConnectionError as error:
                outcome[:] = "", f"no se pudo conectar ({type(error).__name__}): ¿está en marcha?"
            except requests.exceptions.ChunkedEncodingError:
                outcome[:] = "", "se cortó la conexión antes de acabar."
            except Exception as error:
                outcome[:] = "", f"no se pudo preguntar ({type(error).__name__})."

        # En otro hilo, el plazo vale para todo: conectar, cabeceras, cuerpo y errores que gotean.
        worker = threading.Thread(target=work, daemon=True)
        worker.start()
        worker.join(self.max_seconds)
        late = f"el servicio no ha acabado de contestar en {self.max_seconds:g} s."
        answer, problem = outcome or ("", late)
        if not problem:
            return answer
        raise ChatError(problem)

    def _exchange(self, body: dict, deadline: float) -> tuple[str, str]:
        """Envía la pregunta, insistiendo si hace falta: la respuesta, o qué ha fallado."""
        with requests.Session() as session:
            session.trust_env = not self.local  # lo de esta máquina no pasa por ningún proxy
            for attempt in range(self.retries + 1):
                with session.post(
                    self.url, json=body, auth=self.key.sign, stream=True,
                    timeout=self.max_seconds + 1,  # antes acaba el plazo de `ask`
                    allow_redirects=False,  # la clave no va adonde nadie la mandó
                ) as response:  # fmt: skip
                    status, asked = response.status_code, Retry().get_retry_after(response.raw)
                    wait = 2.0**attempt if asked is None else asked
                    said, problem = self._read(response, deadline)
                if status not in RETRIED or attempt == self.retries:
                    return said, problem
                if time.monotonic() + wait > deadline:
                    return said, f"{problem} Pide esperar {wait:.0f} s, más de lo que queda."
                time.sleep(wait)

    def _read(self, response: requests.Response, deadline: float) -> tuple[str, str]:
        """Lo que dice una respuesta, o qué problema tiene; la clave ya no sale en ninguno."""
        body, status = bytearray(), response.status_code
        for piece in response.iter_content(1024):
            body += piece
            if len(body) > MAX_BYTES or time.monotonic() > deadline:
                return "", "la respuesta no se acaba nunca."
        text, complaint = read_answer(bytes(body))
        says = complaint and f" Dice: {self.key.hide_in(complaint)[:300]}"  # tapar, y luego cortar
        if 300 <= status < 400:
            return "", "el servicio desvía a otra dirección: pon en base_url la definitiva."
        if status != 200:
            reason = "el servicio ha fallado." if status >= 500 else "rechazado."
            return "", f"error {status}: {REASONS.get(status, reason)}{says}"
        if complaint:
            return "", f"el servicio no ha respondido.{says}"
        if text is None:
            return "", "no se entiende la respuesta: comprueba base_url (suele acabar en /v1)."
        return self.key.hide_in(text), ""


def read_answer(body: bytes) -> tuple[str | None, str]:
    """El texto de una respuesta (None si no se entiende) y la queja del servicio, si la hay.

    El texto puede venir en una lista de partes. Una letra rota (medio emoji) se lee como «�».
    """
    try:
        answer = json.loads(body)
        if error := answer.get("error"):
            said = error.get("message") if isinstance(error, dict) else error
            return None, _whole(said if isinstance(said, str) else "un error sin explicar")
        content = answer["choices"][0]["message"].get("content") or ""
        parts = content if isinstance(content, list) else [content]
        texts = (part if isinstance(part, str) else part.get("text") or "" for part in parts)
        return _whole("".join(texts)), ""
    except (ValueError, RecursionError, LookupError, TypeError, AttributeError):
        return None, ""


def _whole(text: str) -> str:
    """El texto, con «�» donde hubiera media letra, que no se puede guardar."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _address(base_url) -> Url:
    """La dirección, partida como la parte `requests`. ValueError si no es de un servicio."""
    with suppress(ValueError):  # corchetes sin cerrar, puertos imposibles
        address = parse_url(str(base_url))
        if address.scheme in ("http", "https") and address.host and not address.auth:
            return address
    raise ValueError("base_url no vale: se esperaba algo como http://localhost:11434/v1.")


def _is_local(host: str) -> bool:
    """Si es esta máquina: localhost, ::1 o 127.x.x.x."""
    with suppress(ValueError):
        return ip_address(host.strip("[]")).is_loopback
    return host == "localhost"
