"""Repartir un entrenamiento con torchrun: si da lo mismo, y cuánto más deprisa va.

    python benchmarks/two_processes.py            # dos tamaños de red, unos minutos
    python benchmarks/two_processes.py --smoke    # pocos pasos, segundos

Cada fila entrena los mismos pasos, con la misma semilla y el mismo lote, en fp32 y sin dropout:
con un proceso de un hilo, con uno de dos hilos y con dos procesos de un hilo. Las pérdidas se
comparan paso a paso; el tiempo es de reloj, y no cuenta el arranque.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from contextlib import nullcontext
from pathlib import Path
from unittest.mock import patch

import parallel
import torch

from llm_intro.corpus import load_quijote
from llm_intro.lstm import CervantesLSTM
from llm_intro.recipes import TrainConfig
from llm_intro.training import Run

NETS = {
    "la del curso (256), 8 × 48": ({"hidden_size": 256}, {"batch_size": 8, "chunk_len": 48}),
    "ancha (768), 32 × 96": (
        {"hidden_size": 768},
        {"batch_size": 32, "chunk_len": 96, "lr": 4e-3},
    ),
}
WAYS = {"1 proceso, 1 hilo": (1, 1), "1 proceso, 2 hilos": (1, 2), "2 procesos, 1 hilo": (2, 1)}


def work(net: str, steps: int, threads: int, told: Path) -> None:
    """Lo que hace cada proceso: entrenar, y el primero deja escrito cómo le fue."""
    sizes, recipe = NETS[net]
    corpus = load_quijote()
    torch.manual_seed(0)
    symbols = len(set(corpus.text))
    model = CervantesLSTM(symbols, 64, num_layers=1, dropout=0.0, **sizes)
    losses = []
    torch.set_num_threads(threads)
    with (
        patch.object(Run, "_note", lambda run, step, loss, norm: losses.append(loss)),
        patch(
            "llm_intro.support.machine.few_threads", nullcontext
        ),  # los hilos los pone esta tabla
    ):
        history = parallel.train(
            model, corpus, TrainConfig(steps=steps, evals=1, **recipe), lambda _: None
        )
    if not int(os.environ.get("RANK", 0)):
        last = history.events[-1]
        told.write_text(json.dumps({"losses": losses, "speed": last.chars / last.seconds}))


def measure(net: str, steps: int, processes: int, threads: int) -> dict:
    """Lanza los procesos y devuelve lo que dejó escrito el primero."""
    launcher = ["-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={processes}"]
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder, "dicho.json")
        job = json.dumps([net, steps, threads, str(told)])
        start = [sys.executable, *(launcher if processes > 1 else []), __file__, "--job", job]
        subprocess.run(start, check=True, env={**os.environ, "OMP_NUM_THREADS": str(threads)})
        return json.loads(told.read_text())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--smoke", action="store_true")
    parser.add_argument("--job", help="lo usa la propia orden")
    options = parser.parse_args()
    if options.job:
        *job, told = json.loads(options.job)
        return work(*job, Path(told))
    steps = 10 if options.smoke else 50
    print("| red y lote | procesos | car./s | veces | mayor diferencia de pérdida |")
    print("|---|---|---|---|---|")
    for net in list(NETS)[: 1 if options.smoke else None]:
        base = None
        for way, (processes, threads) in WAYS.items():
            if options.smoke and threads > 1:
                continue  # con otros programas en marcha, dos hilos se esperan uno a otro
            told = measure(net, steps, processes, threads)
            base = base or told
            gap = max(abs(a - b) for a, b in zip(base["losses"], told["losses"], strict=True))
            times = f"{told['speed'] / base['speed']:.2f}".replace(".", ",")
            print(f"| {net} | {way} | {told['speed']:.0f} | {times} | {gap:.1e} |", flush=True)


if __name__ == "__main__":
    main()
