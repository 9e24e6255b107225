"""Más parámetros y más cómputo, en pequeño: seis tamaños, cuatro ratos, y la curva que sale.

    python benchmarks/scaling_laws.py runs --workers 2   # los 24 entrenamientos (45 min de CPU)
    python benchmarks/scaling_laws.py fit                # la curva, y si acierta con la red grande
    python benchmarks/scaling_laws.py --smoke

Cada entrenamiento es el del curso, con un hilo y su propio rato; se mide en valid. La curva se
ajusta solo con los pequeños y se prueba con una red que no ha visto: la de 150 minutos de CPU.

Fuente: Hoffmann et al. (2022), «Training Compute-Optimal Large Language Models», de donde sale
    la forma: bits = suelo + a / parámetros^α + b / letras leídas^β.
"""

import argparse
import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import date
from multiprocessing.pool import ThreadPool
from pathlib import Path

import numpy as np
import torch
from recipes import cpu_name, quiet

from llm_intro import COURSE_RECIPE, CervantesLSTM, CharTokenizer, load_quijote, train

OUTPUTS = Path(os.environ.get("OUT") or Path(__file__).parent / "outputs")
STORED = OUTPUTS / "scaling_laws.json"
LESSON = Path(__file__).parents[1] / "llm_intro" / "data" / "scaling.json"
# La red que viajó con el curso hasta noviembre de 2026, a 150 minutos de CPU: no entra en el ajuste
UNSEEN = {"parameters": 2612861, "chars": 149356544, "bits": 1.5454}
STARTS = [(e, 4, a, 4, a) for e in (0.8, 1.1, 1.4) for a in (0.2, 0.4)]  # de dónde parte el ajuste
SIZES = (32, 64, 128, 192, 256, 384)  # anchura de la memoria
SECONDS = (240, 120, 60, 30)  # de CPU; primero los largos, para repartir mejor


def one(width: int, seconds: float, steps: int | None = None) -> dict:
    """Un entrenamiento: lo que costó y lo que vale en valid."""
    torch.set_num_threads(1)
    corpus = load_quijote()
    vocab = CharTokenizer.from_text(corpus.text).vocab_size
    torch.manual_seed(0)
    model = CervantesLSTM(vocab, 48, width, num_layers=1, dropout=0.0, forget_bias=1.0)
    recipe = replace(COURSE_RECIPE, minutes=seconds / 60, clock="cpu", evals=4)
    if steps:
        recipe = replace(recipe, minutes=None, steps=steps, evals=1)
    history = train(model, corpus, recipe, quiet)
    last = history.events[-1]
    return {
        "width": width,
        "parameters": sum(p.numel() for p in model.parameters()),
        "seconds": round(last.seconds, 1),
        "chars": last.chars,
        "valid_bits": history.best.valid_bits,
    }


def run_all(workers: int) -> None:
    """Los 24, cada uno en su proceso; se guarda según acaban."""
    jobs = [(width, seconds) for seconds in SECONDS for width in reversed(SIZES)]
    env = os.environ | {"OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}
    rows = []

    def launch(job):
        order = [sys.executable, __file__, "one", *map(str, job)]
        row = json.loads(subprocess.check_output(order, env=env).splitlines()[-1])
        rows.append(row)
        print(row, flush=True)
        write(sorted(rows, key=lambda r: (r["width"], r["seconds"])))

    with ThreadPool(workers) as pool:
        pool.map(launch, jobs, chunksize=1)


def write(rows: list[dict]) -> None:
    """Guarda las filas, con la máquina y la orden."""
    stored = {
        "made": "python benchmarks/scaling_laws.py runs",
        "machine": f"{cpu_name()}, 1 hilo por red; torch {torch.__version__}",
        "date": date.today().isoformat(),
        "rows": rows,
    }
    STORED.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


def law(shape, parameters, chars):
    """Bits/car. que espera la curva: suelo, ln a, α, ln b, β."""
    floor, a, alpha, b, beta = shape
    return floor + np.exp(a) * parameters**-alpha + np.exp(b) * chars**-beta


def fit() -> None:
    """Ajusta la curva a los 24, la prueba con la red que no ha visto y la guarda."""
    from scipy.optimize import least_squares

    stored = json.loads(STORED.read_text(encoding="utf-8"))
    rows = stored["rows"]
    parameters, chars, bits = (
        np.array([float(row[key]) for row in rows]) for key in ("parameters", "chars", "valid_bits")
    )

    def misses(shape):
        return np.log(law(shape, parameters, chars)) - np.log(bits)

    found = [least_squares(misses, start, loss="huber", f_scale=0.01) for start in STARTS]
    shape = min(found, key=lambda each: each.cost).x
    told = [{"net": "LSTM", "parameters": r["parameters"], "seconds": r["seconds"],
             "chars": r["chars"], "bits": round(r["valid_bits"], 4)} for r in rows]  # fmt: skip
    guess = float(law(shape, UNSEEN["parameters"], float(UNSEEN["chars"])))
    card = {
        "command": f"{stored['made']} y fit",
        "machine": stored["machine"],
        "date": stored["date"],
        "law": dict(zip(("floor", "log_a", "alpha", "log_b", "beta"), shape, strict=True)),
        "worst_miss": float(np.abs(law(shape, parameters, chars) - bits).max()),
        "unseen": UNSEEN | {"predicted": round(guess, 4)},
        "rows": told,
    }
    LESSON.write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(card["law"], card["worst_miss"], card["unseen"])


def main() -> None:
    """Hace lo que se pida."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", nargs="?", choices=["runs", "one", "fit"], default="fit")
    parser.add_argument("numbers", nargs="*", type=float)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--smoke", action="store_true")
    options = parser.parse_args()
    if options.smoke:
        print(one(16, 1, steps=3))
    elif options.what == "one":
        print(json.dumps(one(int(options.numbers[0]), options.numbers[1])))
    elif options.what == "runs":
        run_all(options.workers)
    else:
        fit()


if __name__ == "__main__":
    main()
