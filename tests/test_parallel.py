"""Un entrenamiento repartido con torchrun da lo mismo que uno solo con el lote entero."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
import torchrun_script

from benchmarks import parallel
from llm_intro.dataset import Batch

TORCHRUN = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]


def told(folder: Path, rank: int) -> dict:
    """Lo que dejó escrito un proceso."""
    weights = torch.cat([p.flatten() for p in torch.load(folder / f"{rank}.pt")])
    return {**json.loads((folder / f"{rank}.json").read_text("utf-8")), "weights": weights}


def alone(folder: Path, **changes) -> dict:
    """El mismo entrenamiento, en este proceso."""
    folder.mkdir(exist_ok=True)
    torchrun_script.main(folder, json.dumps(changes))
    return told(folder, 0)


def together(folder: Path, **changes) -> list[dict]:
    """El mismo entrenamiento, con dos procesos."""
    folder.mkdir(exist_ok=True)
    command = [sys.executable, *TORCHRUN, torchrun_script.__file__, folder, json.dumps(changes)]
    root = str(Path(__file__).resolve().parent.parent)  # las pruebas usan benchmarks/
    quiet = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": root}
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, env=quiet)
    assert done.returncode == 0, done.stderr[:3000] + done.stderr[-2000:]
    left = [file.read_text() for file in folder.glob("hilos.*")]
    assert len(left) == 2 and not any("gloo" in names for names in left), left
    return [told(folder, rank) for rank in (0, 1)]


@pytest.mark.slow
@pytest.mark.parametrize(
    "changes",
    [{}, {"batch_size": 7, "average": 0.9}, {"data": "windows"}],
    ids=["tiras", "columnas impares y media de pesos", "ventanas"],
)
def test_two_processes_equal_one_with_the_whole_batch(tmp_path, changes):
    """Cincuenta pasos en fp32 y sin dropout: pérdidas y medidas iguales a 1e-5."""
    one = alone(tmp_path / "uno", **changes)
    first, second = together(tmp_path / "dos", **changes)
    assert len(one["losses"]) == 50
    assert first["losses"] == pytest.approx(one["losses"], abs=1e-5)
    assert first["valid"] == pytest.approx(one["valid"], abs=1e-5)
    assert torch.equal(first["weights"], second["weights"])
    assert first["chars"] == one["chars"]
    assert first["shown"] >= 5 and second["shown"] == 0


@pytest.mark.slow
def test_a_shared_training_resumes_with_any_number_of_processes(tmp_path):
    """Se corta con dos a los 25 pasos y lo sigue uno solo, o dos: el estado entero se guarda."""
    steady = {"final_lr": 1.0, "warmup_steps": 0, "lr": 1e-3}  # la tasa no mira el presupuesto
    point = {"checkpoint": str(tmp_path / "punto.ckpt"), **steady}
    whole = alone(tmp_path / "entero", **steady)
    together(tmp_path / "mitad", steps=25, **point)
    copy = {**point, "checkpoint": str(tmp_path / "otro.ckpt")}
    shutil.copy(point["checkpoint"], copy["checkpoint"])
    one = alone(tmp_path / "uno", resume=True, **copy)
    two, _ = together(tmp_path / "dos", resume=True, **point)
    for rest in (one, two):
        assert rest["losses"] == pytest.approx(whole["losses"][25:], abs=1e-5)


def share(rank: int, size: int, columns: int) -> tuple[Batch, float]:
    """La parte de un proceso de un lote numerado, y lo que pesa, sin lanzar ninguno."""
    x = torch.arange(columns).repeat(3, 1)  # (T, B): cada columna lleva su número
    whole = SimpleNamespace(batch=lambda step: Batch(x, x, fresh=True))
    member = parallel.Columns(whole, rank, size)
    return member.batch(0), member.weight


@pytest.mark.parametrize(("size", "columns"), [(2, 8), (2, 7), (3, 8), (4, 3)])
def test_every_column_is_read_once(size, columns):
    """Entre todos leen cada columna una vez, y los pesos suman lo que hay."""
    parts = [share(rank, size, columns) for rank in range(size)]
    read = [n for batch, weight in parts if weight for n in batch.x[0].tolist()]
    assert read == list(range(columns))
    assert sum(weight for _, weight in parts) == pytest.approx(size)
    assert all(batch.x.shape[1] >= 1 for batch, _ in parts)


def test_without_torchrun_the_usual_train_does_it(monkeypatch):
    """Ni en un proceso suelto ni con torchrun de uno; WORLD_SIZE a secas no basta."""
    monkeypatch.setattr(parallel.training, "train", lambda *given, **other: (given, other))
    alone = (("red", "texto", "receta", None), {})
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.delenv("TORCHELASTIC_RUN_ID", raising=False)
    assert parallel.train("red", "texto", "receta") == alone
    monkeypatch.setenv("TORCHELASTIC_RUN_ID", "uno")
    monkeypatch.setenv("WORLD_SIZE", "1")
    assert parallel.train("red", "texto", "receta") == alone


@pytest.mark.parametrize(("rank", "shown"), [("0", None), ("1", parallel.silent)])
def test_under_torchrun_only_the_first_speaks(monkeypatch, rank, shown):
    """Todos entrenan con `SharedRun`; solo el primero tiene barra."""
    monkeypatch.setattr(parallel.training, "train", lambda *given, **other: (given, other))
    for name, value in (("TORCHELASTIC_RUN_ID", "uno"), ("WORLD_SIZE", "2"), ("RANK", rank)):
        monkeypatch.setenv(name, value)
    (_, _, _, watch), other = parallel.train("red", "texto", "receta")
    assert watch is shown and other == {"run": parallel.SharedRun}
