"""Leer la respuesta de un asistente según llega, con el protocolo de OpenAI.

En directo llega como *server-sent events*: líneas «data: {…}», cada una con un trozo de texto, y
al final «data: [DONE]». Si el servicio no sabe dar trozos, llega un solo JSON.
"""

import json
from collections.abc import Iterator
from itertools import chain

import requests

MAX_CHARS = 200_000  # una respuesta más larga no es una respuesta


def read_pieces(response: requests.Response) -> Iterator[str]:
    """Los trozos de texto de una respuesta, venga en directo (SSE) o entera (JSON).

    Entre trozo y trozo da textos vacíos, uno por byte: así quien lee puede mirar el reloj
    aunque el servicio gotee.
    """
    live = "text/event-stream" in response.headers.get("Content-Type", "")
    line, finished = bytearray(), False
    for byte in chain(response.iter_content(1), [b"\n"]):
        yield ""
        line += byte
        if len(line) > MAX_CHARS:
            raise ValueError("la respuesta no se acaba nunca.")
        if not live or byte != b"\n":
            continue
        data, line = bytes(line).strip(), bytearray()
        if not data.startswith(b"data:"):
            continue  # comentarios y líneas en blanco, que mantienen viva la conexión
        if (data := data.removeprefix(b"data:").strip()) == b"[DONE]":
            return
        event = _parse(data)
        choices = event.get("choices") or []
        if choices or "error" in event:
            yield _content(event, "delta")
            finished = finished or bool(choices[0].get("finish_reason"))
    if not live:
        yield _content(_parse(line), "message")
    elif not finished:
        raise ValueError("la respuesta se cortó antes de acabar.")


def _parse(data: bytes) -> dict:
    try:
        event = json.loads(data)
    except ValueError:  # JSON roto o bytes que no son texto
        event = None
    if not isinstance(event, dict):
        raise ValueError(f"no se entiende la respuesta: {bytes(data[:200])!r}")
    return event


def _content(event: dict, where: str) -> str:
    """El texto de un mensaje. ValueError si no tiene la forma del protocolo."""
    if "error" in event:
        raise ValueError(f"el servicio ha fallado a media respuesta: {event['error']!s:.300}")
    try:
        return event["choices"][0][where].get("content") or ""
    except (KeyError, IndexError, TypeError, AttributeError):
        raise ValueError(f"no se entiende la respuesta: {event!s:.200}") from None
