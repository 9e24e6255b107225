"""Un entrenamiento pequeño que torchrun lanza varias veces a la vez; lo usa test_parallel.py.

    python tests/torchrun_script.py carpeta '{"steps": 50}'

Cada proceso deja en la carpeta sus pesos y, en JSON, la pérdida de cada paso y lo medido.
"""

import atexit
import json
import os
import sys
from pathlib import Path
from unittest.mock import patch

import torch
from fakes import TextCorpus

from benchmarks.parallel import train
from llm_intro.corpus import load_quijote
from llm_intro.lstm import CervantesLSTM
from llm_intro.recipes import TrainConfig
from llm_intro.training import Run

RECIPE = {"steps": 50, "batch_size": 8, "chunk_len": 16, "evals": 5, "checkpoint_every": 1e-3}


def main(folder: str, changes: str = "{}") -> None:
    """Entrena y lo deja escrito."""
    text = load_quijote("extracto").text
    corpus = TextCorpus(text[:8000], text[8000:9000])
    torch.manual_seed(0)
    model = CervantesLSTM(len(set(corpus.text)), 8, 24, num_layers=1, dropout=0.0)
    losses, seen = [], []
    note = Run._note

    def write_down(run, step, loss, norm):
        losses.append(loss)
        note(run, step, loss, norm)

    with patch.object(Run, "_note", write_down):
        recipe = TrainConfig(**{**RECIPE, **json.loads(changes)})
        history = train(model, corpus, recipe, seen.append)
    rank = torch.distributed.get_rank() if torch.distributed.is_initialized() else 0
    torch.save([p.detach() for p in model.parameters()], Path(folder, f"{rank}.pt"))
    valid = [event.valid_bits for event in history.events]
    told = {"losses": losses, "valid": valid, "shown": len(seen), "chars": history.events[-1].chars}
    Path(folder, f"{rank}.json").write_text(json.dumps(told), encoding="utf-8")


def _threads(folder: Path) -> None:
    """Deja escritos los hilos que siguen vivos al salir; solo Linux sabe decirlos."""
    names = [task.read_text().strip() for task in Path("/proc/self/task").glob("*/comm")]
    (folder / f"hilos.{os.getpid()}").write_text("\n".join(names))


if __name__ == "__main__":
    atexit.register(_threads, Path(sys.argv[1]))  # se llama después de lo que registre `train`
    main(*sys.argv[1:])
