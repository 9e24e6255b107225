"""Preguntar lo mismo muchas veces a un asistente, y apuntarlo todo."""

import re
from collections import Counter
from urllib.parse import urlsplit

from .client import ChatClient
from .records import PROMPTS, Record, new_record, save_record

DESTINATIONS = ("taller", "concesionario", "desguace")


def survey(
    client: ChatClient,
    prompt_id: str,
    times: int,
    recorded_by: str,
    version="",
    path=None,
    **options,
) -> list[Record]:
    """Hace `times` veces una pregunta de `PROMPTS` y añade cada respuesta a tu registro.

    Cada fila se guarda según llega: si algo falla a la mitad, lo anterior ya está.

    Args:
        version: la del modelo, si el servicio la dice.
        path: tu archivo, si no es `records.own_path()`.
        options: lo que va al servicio: temperature, max_tokens…
    Raises:
        ValueError: si la pregunta no es de la lista.
        ChatError: si el servicio no contesta.
    """
    if prompt_id not in PROMPTS:
        raise ValueError(f"no hay pregunta «{prompt_id}»: las del curso son {', '.join(PROMPTS)}.")
    where, found = urlsplit(client.url).hostname, []
    settings = "".join(f", {name}={value}" for name, value in options.items())
    for _ in range(times):
        answer = client.ask(PROMPTS[prompt_id], **options)
        note = "" if answer else "El servicio devolvió una respuesta vacía."
        record = new_record(
            client.model, version, prompt_id, answer, recorded_by,
            f"ChatClient en {where}{settings}", note,
        )  # fmt: skip
        save_record(record, path)
        found.append(record)
    return found


def destination(answer: str) -> str:
    """Adónde lleva el coche una respuesta: el primer destino que nombra, u «otro»."""
    named = re.search("|".join(DESTINATIONS), answer.lower())
    return named[0] if named else "otro"


def destinations(answers) -> Counter:
    """Cuántas respuestas llevan el coche a cada destino."""
    return Counter(map(destination, answers))
