"""El semáforo de la primera lección: qué hay en esta máquina y cuánto tardará cada lección."""

import os
import platform
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version

from ..corpus import load_quijote
from ..support.data import load_results
from ..support.tables import Table
from ..support.text import comma

GOOD, CARE, BAD = "bien", "atención", "falta"
LOWEST = {"torch": (2, 6), "numpy": (1, 26), "matplotlib": (3, 8), "ipywidgets": (7, 7)}
BENCHMARK_SECONDS = 3.0


def check_machine() -> Table:
    """Versiones, dispositivo, núcleos y libro: por cada uno, cómo está y qué significa."""
    packages = [_package(name, lowest) for name, lowest in LOWEST.items()]
    rows = [["Python", GOOD, platform.python_version()], *packages, _device(), _book()]
    return Table(["qué", "cómo está", "detalle"], rows)


def lesson_minutes() -> Table:
    """Minutos de «Ejecutar todo» de cada lección en esta máquina, según una prueba de 3 s.

    Cada lección gasta una parte fija (la que entrena «un minuto» tarda un minuto en todas
    partes) y otra que depende de la velocidad: `data/durations.json` tiene las dos, medidas
    en la máquina que allí se nombra.
    """
    reference = load_results("durations")
    ratio = reference["speed"] / max(training_speed(), 1e-9)
    rows = [
        [name, comma((lesson["fixed"] + lesson["scaled"] * ratio) / 60, 1)]
        for name, lesson in reference["lessons"].items()
    ]
    return Table(["lección", "minutos aquí"], rows)


def training_speed(seconds: float = BENCHMARK_SECONDS) -> float:
    """Caracteres por segundo a los que entrena esta CPU la red del curso, en `seconds` segundos.

    Son pasos de verdad, del `train` de las lecciones, y en la CPU aunque haya tarjeta: es ella
    quien cuenta, lee y dibuja, que es casi todo lo que se espera. El primer aviso se descarta:
    mide cómo arranca PyTorch, no cómo va.
    """
    from ..lstm import CervantesLSTM
    from ..recipes import COURSE_RECIPE
    from ..support.machine import private_random
    from ..training import train

    corpus, events = load_quijote("extracto"), []
    with private_random(0):
        model = CervantesLSTM.course(len(set(corpus.text)))
    train(model, corpus, replace(COURSE_RECIPE, minutes=seconds / 60, evals=1), events.append)
    first, last = events[0], events[-1]
    return (last.chars - first.chars) / max(last.seconds - first.seconds, 1e-9)


def _package(name: str, lowest: tuple[int, int]) -> list[str]:
    try:
        found = version(name)
    except PackageNotFoundError:
        return [name, BAD, f"escribe en una celda: %pip install {name}"]
    numbers = tuple(int(part) for part in found.split("+")[0].split(".")[:2])
    wanted = ".".join(map(str, lowest))
    return [name, GOOD if numbers >= lowest else CARE, f"{found} (hace falta {wanted} o más)"]


def _device() -> list[str]:
    from ..support.machine import best_device

    device, cores = best_device(), os.cpu_count() or 1
    if device.type == "cpu":
        return ["dispositivo", GOOD, f"CPU, {cores} núcleos: basta; una GPU iría más deprisa"]
    return ["dispositivo", GOOD, f"acelerador «{device.type}» y {cores} núcleos"]


def _book() -> list[str]:
    corpus = load_quijote()
    size = f"{len(corpus.text):_}".replace("_", " ")
    if corpus.source == "extracto":
        return ["libro", CARE, f"solo el extracto, {size} caracteres: sin red no se descarga"]
    return ["libro", GOOD, f"el Quijote entero, {size} caracteres"]
