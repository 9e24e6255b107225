"""Preguntar a un asistente de verdad: cualquier servicio que hable el protocolo de OpenAI.

Sirve para Ollama en tu ordenador (`http://localhost:11434/v1`) y para los comerciales. La clave
va en una `Key` (la da `keys.find_key`): no se imprime, no se guarda y no sale en ningún error.
"""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import requests

from .keys import Key
from .stream import MAX_CHARS, read_pieces

LOCAL_HOSTS = {"localhost", "127.0.0.1", "::1"}
RETRIED = {429, 500, 502, 503, 504}
REASONS = {
    401: "el servicio no acepta la clave. Comprueba cuál es y que sirva para esta dirección.",
    403: "la clave no da permiso para esto.",
    404: "no existe esa dirección o ese modelo. Comprueba base_url (suele acabar en /v1) y model.",
    429: "has llegado al límite de peticiones. Espera, o pide menos.",
}


class ChatError(RuntimeError):
    """No hay respuesta. `partial` guarda lo que hubiera llegado; `status`, el código HTTP."""

    def __init__(self, message: str, partial: str = "", status: int | None = None):
        super().__init__(message)
        self.partial, self.status = partial, status


class ChatClient:
    """Un asistente al que se le pregunta.

    Args:
        base_url: la dirección del servicio; suele acabar en /v1.
        model: el nombre que el servicio da al modelo.
        api_key: una `Key`, como la que da `find_key`; None si no hace falta (Ollama).
        timeout: segundos de espera para conectar y para cada trozo de respuesta.
        max_seconds: segundos para una respuesta entera.
        retries: cuántas veces se insiste si el servicio está ocupado (429) o falla (5xx).
    Raises:
        ValueError: si la dirección no es http(s), o si la clave viajaría sin cifrar.
    """

    def __init__(self, base_url, model, api_key=None, timeout=30.0, max_seconds=180.0, retries=4):
        parts = urlsplit(base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
            raise ValueError("base_url no vale: se esperaba algo como http://localhost:11434/v1.")
        if parts.scheme == "http" and api_key and parts.hostname not in LOCAL_HOSTS:
            raise ValueError("con http la clave viajaría sin cifrar: usa una dirección https.")
        self.url, self.model = base_url.rstrip("/") + "/chat/completions", model
        self.key = api_key if isinstance(api_key, Key) else Key(api_key or "")
        self.timeout, self.max_seconds, self.retries = timeout, max_seconds, retries
        self._cancelled = threading.Event()

    def __repr__(self) -> str:
        return f"ChatClient({self.url!r}, {self.model!r})"

    def cancel(self) -> None:
        """Abandona la pregunta en curso, desde otro hilo: quien esperaba recibe `ChatError`."""
        self._cancelled.set()

    def ask(self, prompt: str, **options) -> str:
        """La respuesta entera. `options` va tal cual al servicio: temperature, max_tokens…

        Raises:
            ChatError: si no la hay; el mensaje dice por qué.
        """
        return self.key.hide_in("".join(self.stream(prompt, **options)))

    def stream(self, prompt: str, **options) -> Iterator[str]:
        """La respuesta a trozos, según llega. Errores: los de `ask`."""
        self._cancelled.clear()
        body = {"model": self.model, "messages": [{"role": "user", "content": prompt}]}
        deadline, text = time.monotonic() + self.max_seconds, ""
        with closing(self._open({**body, "stream": True, **options}, deadline)) as response:
            pieces = read_pieces(response)
            while True:
                # El error propio sale fuera del except: así no arrastra el de requests, que
                # lleva dentro la petición con la clave.
                try:
                    piece, problem = next(pieces, None), None
                except requests.RequestException as error:
                    problem = f"se cortó la conexión ({type(error).__name__})."
                except ValueError as error:
                    problem = self.key.hide_in(str(error))
                problem = problem or self._stop_reason(deadline, len(text))
                if problem:
                    raise ChatError(problem, partial=text)
                if piece is None:
                    return
                if piece := self.key.hide_in(piece):
                    text += piece
                    yield piece

    def _stop_reason(self, deadline: float, size: int) -> str | None:
        if self._cancelled.is_set():
            return "cancelado."
        if time.monotonic() > deadline:
            return f"la respuesta no ha acabado en {self.max_seconds:g} s."
        return "la respuesta no se acaba nunca." if size > MAX_CHARS else None

    def _open(self, body: dict, deadline: float) -> requests.Response:
        """Envía la pregunta, insistiendo si hace falta; devuelve la respuesta abierta."""
        for attempt in range(self.retries + 1):
            response, problem = self._post(body)
            if response is not None and response.status_code == 200:
                return response
            status, wait = None, None
            if response is not None:
                status, problem = response.status_code, self._explain(response)
                wait = _retry_after(response, default=2.0**attempt)
                response.close()
            if status not in RETRIED or attempt == self.retries:
                break
            if time.monotonic() + wait > deadline:
                problem += f" Pide esperar {wait:.0f} s, más de lo que queda."
                break
            if self._cancelled.wait(wait):
                problem = "cancelado."
                break
        raise ChatError(problem, status=status)

    def _post(self, body: dict) -> tuple[requests.Response | None, str]:
        try:
            return requests.post(
                self.url, json=body, auth=self.key, timeout=self.timeout, stream=True,
                allow_redirects=False,  # la clave no va adonde nadie la mandó
            ), ""  # fmt: skip
        except requests.Timeout:
            return None, f"el servicio no contesta en {self.timeout:g} s."
        except requests.RequestException as error:
            return None, f"no se pudo conectar ({type(error).__name__}): ¿está en marcha?"

    def _explain(self, response: requests.Response) -> str:
        status = response.status_code
        if 300 <= status < 400:
            return "el servicio desvía a otra dirección: pon en base_url la definitiva."
        try:
            said = json.loads(response.raw.read(2000, decode_content=True))["error"]
            said = str(said.get("message", said) if isinstance(said, dict) else said)
        except Exception:  # el cuerpo de un error puede ser cualquier cosa
            said = ""
        reason = REASONS.get(status, "el servicio ha fallado." if status >= 500 else "rechazado.")
        # La clave se tapa aquí, y no al lanzar el error: tampoco debe quedar en una variable.
        return f"error {status}: {reason}" + (
            f" Dice: {self.key.hide_in(said)[:300]}" if said else ""
        )


def _retry_after(response: requests.Response, default: float) -> float:
    """Los segundos que pide el servicio, en número o en fecha; si no pide, `default`."""
    asked = response.headers.get("Retry-After", "")
    try:
        if asked.strip().isdigit():
            return float(asked)
        return max(0.0, parsedate_to_datetime(asked).timestamp() - time.time())
    except (ValueError, TypeError):
        return default
