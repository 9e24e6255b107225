"""Guardar y recuperar un entrenamiento: tensores en safetensors, lo demás en JSON.

Todo va en un solo archivo, que se escribe entero en otro sitio y se cambia de golpe: o está
el de antes o está el nuevo, nunca medio archivo. Nunca pickle: abrir un archivo ajeno no
debe poder ejecutar código.
"""

import json
from dataclasses import asdict
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from .data import write_atomic
from .machine import random_state, set_random_state
from .progress import Event

FORMAT = "llm_intro.checkpoint.1"
FIXED = ("data", "batch_size", "chunk_len", "carry", "reset_every", "max_chars", "optimizer",
         "average", "seed")  # fmt: skip
COUNTERS = ("step", "seconds", "chars", "loss_sum", "loss_steps", "evals_done", "stale")


def save_checkpoint(path, tensors: dict[str, Tensor], meta: dict) -> None:
    """Escribe `tensors` y `meta` en `path`, de forma atómica.

    Args:
        tensors: por nombre; se guardan en la CPU, cada uno con su copia.
        meta: lo que JSON sepa escribir, números de NumPy y rutas.
    """
    # safetensors no admite memoria compartida ni vistas: una copia contigua de cada uno
    plain = {name: t.detach().cpu().clone().contiguous() for name, t in tensors.items()}
    write_atomic(path, save(plain, metadata={"format": FORMAT, "meta": _to_json(meta)}))


def check_folder(path) -> None:
    """Crea la carpeta de `path`, o ValueError: mejor antes de entrenar que al ir a guardar."""
    folder = Path(path).absolute().parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ValueError(f"no se puede guardar en {folder}: elige otra carpeta.") from error


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


def _to_json(meta: dict) -> str:
    return json.dumps(meta, default=lambda x: x.item() if hasattr(x, "item") else str(x))


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
    meta["identity"] = identity(run)
    meta["config"] = asdict(run.config)
    meta["events"] = [asdict(event) for event in run.history.events]
    save_checkpoint(run.config.checkpoint, tensors, meta)


def restore_run(run) -> None:
    """Pone `run` donde lo dejó `save_run`.

    Raises:
        ValueError: si el archivo está dañado, o es de otra arquitectura, vocabulario o receta.
    """
    tensors, meta = load_checkpoint(run.config.checkpoint)
    saved, mine = meta["identity"], json.loads(_to_json(identity(run)))
    if other := [name for name in saved | mine if saved.get(name) != mine.get(name)]:
        named = "; ".join(
            f"{name} es {str(saved.get(name))[:60]}, aquí {str(mine.get(name))[:60]}"
            for name in other
        )
        raise ValueError(
            f"«{run.config.checkpoint}» es de otro entrenamiento: {named}. Crea el modelo y la "
            "receta como entonces, o da otro nombre en checkpoint= para empezar de nuevo."
        )
    run.model.load_state_dict(unpack("model", tensors))
    if run.average:
        run.average.load_state_dict(unpack("average", tensors))
    run.best_weights = unpack("best", tensors)
    hidden = unpack("hidden", tensors)  # el archivo no guarda el orden; los nombres, sí
    run.hidden = tuple(hidden[name].to(run.device) for name in sorted(hidden, key=int)) or None
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


def identity(run) -> dict:
    """Lo que ha de coincidir para reanudar: modelo, símbolos y lo que decide los lotes."""
    fixed = {name: getattr(run.config, name) for name in FIXED}
    tokenizer = run.model.tokenizer.to_dict()
    return {"class": type(run.model).__name__, **run.model.config, **tokenizer, **fixed}
