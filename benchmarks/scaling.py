"""Cuánto cuesta más texto: entrenar con más libro y escribir varios textos a la vez.

    python benchmarks/scaling.py            # un par de minutos
    python benchmarks/scaling.py --smoke    # segundos, sin valor como medida

Un solo hilo. Cada entrenamiento va en un proceso aparte, para que la memoria sea la suya: es una
vuelta de la receta del curso al principio del libro, y la memoria, lo que crece el proceso al
entrenar. La pendiente es la de los logaritmos: con 1, el doble de texto cuesta el doble.
"""

import argparse
import json
import math
import resource
import subprocess
import sys
import time
from dataclasses import replace
from types import SimpleNamespace

from llm_intro import COURSE_RECIPE, CervantesLSTM, load_pretrained, load_quijote, train

import numpy as np  # isort: skip  (después del curso, que fija los hilos de NumPy)
import torch  # isort: skip

SIZES = (250_000, 500_000, 1_000_000, 2_000_000)  # caracteres
TEXTS = (1, 8, 64)  # escritos a la vez


def megabytes() -> float:
    """Lo más que ha ocupado este proceso (en macOS, la unidad es otra)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def one_lap(size: int) -> dict:
    """Segundos de CPU y MB de entrenar una vuelta con los primeros `size` caracteres."""
    book = load_quijote()
    text = (book.text * math.ceil(size / len(book.text)))[:size]  # con el extracto, repetido
    part = SimpleNamespace(text=book.text, train=text, valid=book.valid[:5000])
    steps = size // (COURSE_RECIPE.batch_size * COURSE_RECIPE.chunk_len)
    recipe = replace(COURSE_RECIPE, minutes=None, steps=steps, evals=1, clock="cpu")
    before = megabytes()
    history = train(CervantesLSTM.course(len(set(book.text))), part, recipe, lambda event: None)
    return {"seconds": history.events[-1].seconds, "megabytes": megabytes() - before}


def speed(texts: int, letters: int) -> float:
    """Caracteres por segundo, entre todos los textos, con el modelo que viene con el curso."""
    model = load_pretrained("cervantes")._numpy()
    state, tokens = model.start(texts), np.zeros(texts, int)
    begin = time.process_time()
    for _ in range(letters):
        logits, state = model.step(tokens, state)  # (B, V)
        tokens = logits.argmax(-1)
    return texts * letters / (time.process_time() - begin)


def slope(xs, ys) -> float:
    """Pendiente de log y según log x."""
    return float(np.polyfit(np.log(xs), np.log(ys), 1)[0])


def main() -> None:
    """Mide e imprime las dos tablas."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--smoke", action="store_true")
    parser.add_argument("--size", type=int, help=argparse.SUPPRESS)  # un punto, en su proceso
    options = parser.parse_args()
    torch.set_num_threads(1)
    if options.size:
        return print(json.dumps(one_lap(options.size)))
    sizes = (5_000, 10_000) if options.smoke else SIZES
    points = []
    print("| caracteres | entrenar una vuelta, s | memoria, MB |\n|---|---|---|")
    for size in sizes:
        command = [sys.executable, __file__, "--size", str(size)]
        out = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
        points.append(json.loads(out))
        print(f"| {size} | {points[-1]['seconds']:.1f} | {points[-1]['megabytes']:.0f} |")
    seconds = [point["seconds"] for point in points]
    print(f"\nPendiente del tiempo: {slope(sizes, seconds):.2f}.\n")
    rates = [speed(texts, 20 if options.smoke else 400) for texts in TEXTS]
    print("| textos a la vez | car./s entre todos | car./s de cada uno |\n|---|---|---|")
    for texts, rate in zip(TEXTS, rates, strict=True):
        print(f"| {texts} | {rate:.0f} | {rate / texts:.0f} |")
    print(f"\nPendiente de los caracteres por segundo: {slope(TEXTS, rates):.2f}.")


if __name__ == "__main__":
    main()
