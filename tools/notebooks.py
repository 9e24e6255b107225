"""Ejecuta los cuadernos y los guarda normalizados: `make notebooks`, o uno con ONLY=04.

Lo que se guarda es lo que un lector de GitHub ve. Por eso queda fuera lo que cambia en cada
ejecución sin decir nada: relojes, direcciones de memoria, barras de progreso y el estado de
los controles, que sin un núcleo vivo no se mueven.
"""

import base64
import io
import logging
import os
import re
import sys
import time

import nbformat
from nbclient import NotebookClient
from PIL import Image  # la trae matplotlib

import address
import claims
import lessons
import pictures
import publish

CELL_SECONDS = 900
CONTROL = "[control interactivo: ejecuta la celda para moverlo]"
VIEW = "application/vnd.jupyter.widget-view+json"
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LANGUAGE = {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"}
PROGRESS = re.compile(r"\d+%\|")
ADDRESS = re.compile(r"0x[0-9a-f]{6,}")


def execute(lesson: lessons.Lesson, record_timing: bool = False) -> lessons.Lesson:
    """Ejecuta el cuaderno entero en su carpeta y devuelve otro con las salidas nuevas.

    Lo ejecuta este mismo Python, aunque Jupyter tenga apuntado otro con el mismo nombre.
    """
    notebook = nbformat.reads(lessons.as_text(lesson.nb), as_version=4)
    resources = {"metadata": {"path": str(lesson.path.parent)}}
    client = NotebookClient(
        notebook, timeout=CELL_SECONDS, record_timing=record_timing, resources=resources
    )
    client.create_kernel_manager()
    client.km.kernel_spec.argv[0] = sys.executable
    client.execute()
    return lessons.Lesson(lesson.path, notebook)


def normalize(nb: dict) -> dict:
    """El cuaderno sin lo que sobra; no toca el que recibe."""
    kept = ("accelerator", "colab")
    metadata = {key: nb["metadata"][key] for key in kept if key in nb["metadata"]}
    return {
        "cells": [normal_cell(cell) for cell in nb["cells"]],
        "metadata": {**metadata, "kernelspec": KERNEL, "language_info": LANGUAGE},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def normal_cell(cell: dict) -> dict:
    """Una celda con su id, sus etiquetas y, si es de código, sus salidas limpias."""
    labels = lessons.tags(cell)
    kept = ("cell_type", "id", "execution_count")
    result = {key: cell[key] for key in kept if key in cell}
    result |= {"metadata": lessons.metadata(labels), "source": lessons.source(cell)}
    if cell["cell_type"] == "code":
        outputs = [normal_output(output) for output in cell["outputs"]]
        result["outputs"] = join_streams([output for output in outputs if output])
    return result


def normal_output(output: dict) -> dict | None:
    """Una salida sin lo efímero, o None si no queda nada que leer."""
    if output["output_type"] == "stream":
        return normal_stream(output)
    if "data" not in output:
        return dict(output)
    data = dict(output["data"])
    if "image/png" in data:
        data["image/png"] = light_png("".join(data["image/png"]))
    if VIEW in data:
        if PROGRESS.search(lessons.output_text(output)):
            return None
        twin = {"text/html": data["text/html"]} if "text/html" in data else {}
        data = {"text/plain": CONTROL, **twin}
    elif "text/plain" in data:
        data["text/plain"] = ADDRESS.sub("0x…", lessons.output_text(output))
    return {**output, "data": data, "metadata": {}}


def light_png(code: str) -> str:
    """La misma figura con 256 colores, que a la vista es igual y pesa cuatro veces menos."""
    image = Image.open(io.BytesIO(base64.b64decode(code)))
    if image.mode == "P":
        return code
    flat = Image.new("RGB", image.size, "white")
    flat.paste(image, mask=image.convert("RGBA").getchannel("A"))
    saved = io.BytesIO()
    flat.quantize(256, dither=Image.Dither.NONE).save(saved, "PNG", optimize=True)
    return base64.b64encode(saved.getvalue()).decode("ascii")


def normal_stream(output: dict) -> dict | None:
    """Un texto impreso, sin las barras de progreso que se escriben por stderr."""
    text = ADDRESS.sub("0x…", lessons.output_text(output))
    if output["name"] == "stderr":
        lines = re.split(r"(?<=[\r\n])", text)
        text = "".join(line for line in lines if line.strip() and not PROGRESS.search(line))
    return {**output, "text": text} if text else None


def join_streams(outputs: list[dict]) -> list[dict]:
    """Une los trozos seguidos de una misma salida: el reparto depende del reloj."""
    joined: list[dict] = []
    for output in outputs:
        last = joined[-1] if joined else {}
        if output["output_type"] == "stream" and last.get("name") == output["name"]:
            joined[-1] = {**last, "text": last["text"] + output["text"]}
        else:
            joined.append(output)
    return joined


def find_book() -> None:
    """Fija el libro para todos los cuadernos y avisa si solo está el extracto."""
    from llm_intro import load_quijote

    if given := os.environ.get("LLM_INTRO_QUIJOTE"):
        os.environ["LLM_INTRO_QUIJOTE"] = os.path.abspath(given)
    if load_quijote().source == "extracto":
        print("Aviso: sin el libro entero, las salidas guardadas serán las del extracto.")


def main(only: str = "") -> int:
    """Ejecuta, normaliza y guarda; después pone al día las páginas que salen de los cuadernos."""
    found = lessons.all_lessons(only)
    if not found:
        print(f"No hay cuadernos que empiecen por «{only}» en notebooks/.")
        return 1
    logging.basicConfig(level=logging.ERROR)
    find_book()
    for lesson in found:
        start = time.monotonic()
        done = execute(publish.refreshed(lesson, address.current()))
        lessons.write(lessons.Lesson(lesson.path, normalize(done.nb)))
        print(f"{lesson.path.name}: {time.monotonic() - start:.0f} s", flush=True)
    claims.main()
    pictures.main()
    publish.update(address.current())
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
