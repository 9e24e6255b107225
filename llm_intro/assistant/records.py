"""El registro de respuestas: qué contestó cada asistente, cuándo, y quién lo apuntó.

Las filas del curso vienen en `data/answers.json`. Las tuyas van a un archivo aparte, una por
línea, que no se borra al actualizar el curso: `own_path()` dice dónde está.
"""

import json
import os
import re
import warnings
from collections import Counter
from dataclasses import asdict, astuple, dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from ..support.data import load_results

# Las preguntas del curso, por su nombre en el registro
PROMPTS = {
    "coche-corta": "Mañana voy a llevar el coche al _________.",
    "coche-larga": (
        "Estoy harto de que mi coche no pare de tener averías. Ya he visto el modelo de coche "
        "que me quiero comprar. Mañana voy a llevar el coche al _________."
    ),
    "saludo-4-10": (
        "Hola, ¿qué tal estás? Responde a mi saludo con exactamente 4 palabras y 10 letras "
        "en total. Escribe solo la respuesta."
    ),
}
NEEDED = dict(assistant="el asistente", prompt_id="la pregunta", recorded_by="quién apunta",
              how="cómo se obtuvo")  # fmt: skip
DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
DESTINATIONS = ("taller", "concesionario", "desguace")
DRIVE = Path("/content/drive/MyDrive")  # en Colab, lo único que sobrevive a la sesión


@dataclass(frozen=True)
class Record:
    """Una respuesta apuntada.

    Attributes:
        date: "2025", "2025-05" o "2025-05-17": con la precisión que se sepa.
        assistant, version: el producto y su versión; la versión, vacía si no consta.
        prompt_id: una clave de `PROMPTS`, o el nombre que le des a tu pregunta.
        answer: la respuesta, tal cual; vacía si no se conserva, y entonces `note` lo cuenta.
        recorded_by: quién la apuntó.
        how: cómo se obtuvo: "a mano", "ChatClient", …
        note: lo que haga falta saber para leerla.
    """

    date: str
    assistant: str
    version: str
    prompt_id: str
    answer: str
    recorded_by: str
    how: str
    note: str = ""

    def __post_init__(self):
        try:
            "".join(astuple(self)).encode()
        except (TypeError, UnicodeEncodeError):
            raise ValueError(
                "un dato no es texto o trae letras rotas: se esperaba un texto."
            ) from None
        if not DATE.fullmatch(self.date):
            raise ValueError(f"fecha {self.date!r}: escribe 2025, 2025-05 o 2025-05-17.")
        if missing := [f"{NEEDED[name]} ({name})" for name in NEEDED if not getattr(self, name)]:
            raise ValueError(
                f"faltan datos: {', '.join(missing)}. Una respuesta sin ellos no vale."
            )
        if not (self.answer or self.note):
            raise ValueError("la respuesta está vacía: escríbela, o cuenta en note por qué falta.")


def new_record(assistant, version, prompt_id, answer, recorded_by, how="a mano", note="") -> Record:
    """Una respuesta de hoy."""
    today = date.today().isoformat()
    return Record(today, assistant, version, prompt_id, answer, recorded_by, how, note)


def own_path() -> Path:
    """Tu archivo: LLM_INTRO_RECORDS si existe; en Colab, Drive si está montado; o tu carpeta."""
    if given := os.environ.get("LLM_INTRO_RECORDS"):
        return Path(given)
    return (DRIVE if DRIVE.is_dir() else Path.home()) / "llm_intro_respuestas.jsonl"


def save_record(record: Record, path=None) -> Path:
    """Añade una fila al final de tu archivo, sin tocar las demás; devuelve dónde está."""
    path = Path(path or own_path())
    path.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps(asdict(record), ensure_ascii=False)
    # Si la última línea quedó a medias, la nueva empieza en otra.
    cut = path.exists() and path.read_bytes()[-1:] not in (b"", b"\n")
    with open(path, "a", encoding="utf-8", newline="\n") as file:
        file.write("\n" * cut + line + "\n")  # de una vez: dos cuadernos no se mezclan
    return path


def course_records() -> list[Record]:
    """Las filas que vienen con el curso."""
    return [Record(**row) for row in load_results("answers")]


def own_records(path=None) -> list[Record]:
    """Tus filas. Una línea estropeada se salta con un aviso; las demás se leen."""
    path = Path(path or own_path())
    found = []
    # solo \n separa filas: una respuesta puede traer otros saltos de línea de Unicode
    lines = path.read_text(encoding="utf-8").split("\n") if path.exists() else []
    for number, line in enumerate(lines, start=1):
        try:
            if line.strip():
                found.append(Record(**json.loads(line)))
        except (ValueError, TypeError) as error:
            warnings.warn(f"{path}, línea {number}: no se entiende ({error}).", stacklevel=2)
    return found


def load_records(prompt_id: str | None = None, path=None) -> list[Record]:
    """Las respuestas del curso y las tuyas, de la más antigua a la más reciente.

    Args:
        prompt_id: solo las de esa pregunta; None, todas.
        path: tu archivo, si no es `own_path()`.
    """
    found = course_records() + own_records(path)
    found = [record for record in found if prompt_id in (None, record.prompt_id)]
    return sorted(found, key=lambda record: record.date)


def survey(
    client, prompt_id: str, times: int, recorded_by: str, version="", path=None, **options
) -> list[Record]:
    """Hace `times` veces una pregunta de `PROMPTS` y añade cada respuesta a tu registro.

    Cada fila se guarda según llega: si algo falla a la mitad, lo anterior ya está.

    Args:
        client: un `ChatClient`.
        version: la del modelo, si el servicio la dice.
        path: tu archivo, si no es `own_path()`.
        options: lo que va al servicio: temperature, max_tokens…
    Raises:
        ValueError: si la pregunta no es de la lista.
        ChatError: si el servicio no contesta.
    """
    if prompt_id not in PROMPTS:
        raise ValueError(f"no hay pregunta «{prompt_id}»: las del curso son {', '.join(PROMPTS)}.")
    settings = "".join(f", {name}={value}" for name, value in options.items())
    how, found = f"ChatClient en {urlsplit(client.url).hostname}{settings}", []
    for _ in range(times):
        answer = client.ask(PROMPTS[prompt_id], **options)
        note = "" if answer else "El servicio devolvió una respuesta vacía."
        found.append(new_record(client.model, version, prompt_id, answer, recorded_by, how, note))
        save_record(found[-1], path)
    return found


def destination(answer: str) -> str:
    """Adónde lleva el coche una respuesta: el primer destino que nombra, u «otro»."""
    named = re.search("|".join(DESTINATIONS), answer.lower())
    return named[0] if named else "otro"


def destinations(answers) -> Counter:
    """Cuántas respuestas llevan el coche a cada destino."""
    return Counter(map(destination, answers))
