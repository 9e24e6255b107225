"""Lo que se lee y se escribe: los archivos de `data/`, y cómo guardar sin dejar nada a medias."""

import json
import os
from importlib.resources import files
from pathlib import Path
from secrets import token_hex


def path(name: str):
    """Dónde está un archivo de `data/`."""
    return files("llm_intro") / "data" / name


def read_text(name: str) -> str:
    """El texto de un archivo de `data/`."""
    return path(name).read_text(encoding="utf-8")


def load_results(name: str):
    """Lo que guarda `data/NAME.json`: cifras calculadas antes, fichas y tablas."""
    return json.loads(read_text(f"{name}.json"))


def write_atomic(path: Path, content: bytes) -> None:
    """Escribe `content` en `path` de golpe, y crea su carpeta si falta.

    Se escribe al lado y se cambia de nombre cuando ya está en el disco: pase lo que pase, está
    el archivo de antes o el nuevo, entero. Sus permisos son los de cualquier archivo nuevo.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{token_hex(4)}.parcial")
    try:
        with open(partial, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())  # si no, tras un apagón puede haber nombre y no contenido
        os.replace(partial, path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
