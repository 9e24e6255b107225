"""Guardar y recuperar un entrenamiento: tensores en safetensors, lo demás en JSON.

Todo va en un solo archivo, que se escribe entero en otro sitio y se cambia de golpe: o está
el de antes o está el nuevo, nunca medio archivo. Nunca pickle: abrir un archivo ajeno no
debe poder ejecutar código.
"""

import json
import os
import tempfile
from dataclasses import asdict
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from .machine import random_state, set_random_state
from .progress import Event

FORMAT = "llm_intro.checkpoint.1"
COUNTERS = ("step", "seconds", "chars", "loss_sum", "loss_steps", "evals_done", "stale")


def save_checkpoint(path, tensors: dict[str, Tensor], meta: dict) -> None:
    """Escribe `tensors` y `meta` en `path`, de forma atómica.

    Args:
        tensors: por nombre; se guardan en la CPU, cada uno con su copia.
        meta: lo que JSON sepa escribir.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    # safetensors no admite memoria compartida ni vistas: una copia contigua de cada uno
    plain = {name: t.detach().cpu().clone().contiguous() for name, t in tensors.items()}
    content = save(plain, metadata={"format": FORMAT, "meta": json.dumps(meta)})
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".parcial")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def load_checkpoint(path) -> tuple[dict[str, Tensor], dict]:
    """Lee lo que escribió `save_checkpoint`, siempre en la CPU.

    Raises:
        ValueError: si el archivo está dañado o no es un punto de control de este curso.
    """
    try:
        with safe_open(path, framework="pt") as file:
            header = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except SafetensorError as error:
        raise ValueError(
            f"«{path}» no se puede leer como safetensors ({error}). "
            "Está dañado o es otra cosa: bórralo, o entrena con resume=False."
        ) from error
    if header.get("format") != FORMAT:
        raise ValueError(
            f"«{path}» no es un punto de control de llm_intro. "
            "Da otro nombre en checkpoint=, o entrena con resume=False."
        )
    return tensors, json.loads(header["meta"])


def pack(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Pone `prefix.` delante de cada nombre, para guardar varios grupos juntos."""
    return {f"{prefix}.{name}": tensor for name, tensor in tensors.items()}


def unpack(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """El grupo que `pack` guardó con ese prefijo; vacío si no está."""
    start = f"{prefix}."
    return {name[len(start) :]: t for name, t in tensors.items() if name.startswith(start)}


def save_run(run) -> None:
    """Guarda un entrenamiento en marcha: lo que hace falta para seguir igual, bit a bit."""
    tensors = {
        **pack("model", run.model.state_dict()),
        **pack("average", run.average.state_dict() if run.average else {}),
        **pack("best", run.best_weights),
        **pack("hidden", {str(i): part for i, part in enumerate(run.hidden or ())}),
        **pack("random", random_state(run.device)),
    }
    for i, slots in run.optimizer.state_dict()["state"].items():
        tensors |= pack(f"optimizer.{i}", slots)
    meta = {name: getattr(run, name) for name in COUNTERS}
    meta["identity"] = identity(run.model)
    meta["config"] = asdict(run.config)
    meta["events"] = [asdict(event) for event in run.history.events]
    save_checkpoint(run.config.checkpoint, tensors, meta)


def restore_run(run) -> None:
    """Pone `run` donde lo dejó `save_run`.

    Raises:
        ValueError: si el archivo está dañado, o es de otra arquitectura o vocabulario.
    """
    tensors, meta = load_checkpoint(run.config.checkpoint)
    if meta["identity"] != identity(run.model):
        raise ValueError(
            f"«{run.config.checkpoint}» es de {meta['identity']} y tu modelo es "
            f"{identity(run.model)}: crea el modelo con esos tamaños y ese texto, "
            "o da otro nombre en checkpoint=."
        )
    run.model.load_state_dict(unpack("model", tensors))
    if run.average:
        run.average.load_state_dict(unpack("average", tensors))
    run.best_weights = unpack("best", tensors)
    run.hidden = tuple(t.to(run.device) for t in unpack("hidden", tensors).values()) or None
    optimizer = run.optimizer.state_dict()
    optimizer["state"] = {
        i: slots
        for i in optimizer["param_groups"][0]["params"]
        if (slots := unpack(f"optimizer.{i}", tensors))
    }
    run.optimizer.load_state_dict(optimizer)
    set_random_state(unpack("random", tensors), run.device)
    for name in COUNTERS:
        setattr(run, name, meta[name])
    run.history.events = [Event(**event) for event in meta["events"]]


def identity(model) -> dict:
    """Lo que dos modelos han de compartir para intercambiar pesos: tamaños y símbolos."""
    sizes = {name: list(t.shape) for name, t in model.state_dict().items()}
    return {"class": type(model).__name__, "sizes": sizes, "symbols": model.tokenizer.symbols}
