"""Lo que viaja con el módulo: los archivos de `data/`, leídos siempre por aquí."""

import json
from importlib.resources import files


def path(name: str):
    """Dónde está un archivo de `data/`."""
    return files("llm_intro") / "data" / name


def read_text(name: str) -> str:
    """El texto de un archivo de `data/`."""
    return path(name).read_text(encoding="utf-8")


def load_results(name: str):
    """Lo que guarda `data/NAME.json`: cifras calculadas antes, fichas y tablas."""
    return json.loads(read_text(f"{name}.json"))
