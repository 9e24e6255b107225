"""Guardar y recuperar un entrenamiento: tensores en safetensors, lo demás en JSON.

Todo va en un solo archivo, que se escribe entero en otro sitio y se cambia de golpe: o está
el de antes o está el nuevo, nunca medio archivo. Nunca pickle: abrir un archivo ajeno no
debe poder ejecutar código.
"""

import hashlib
import json
import logging
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from .data import write_atomic
from .machine import evaluating, random_state, set_random_state
from .progress import Event

log = logging.getLogger(__name__)

FORMAT = "llm_intro.checkpoint.1"
FIXED = ("data", "batch_size", "chunk_len", "carry", "reset_every", "max_chars", "optimizer",
         "average", "seed")  # fmt: skip
COUNTERS = ("step", "seconds", "chars", "loss_sum", "loss_steps", "evals_done", "stale")
BUDGET = dict.fromkeys(("steps", "minutes", "checkpoint", "checkpoint_every", "resume"))


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
        if header["format"] != FORMAT:
            raise ValueError(header["format"])
        return tensors, json.loads(header["meta"])
    except (SafetensorError, OSError, KeyError, ValueError, RecursionError) as error:
        raise ValueError(
            f"«{path}» no es un punto de control de llm_intro, o está dañado ({error}). "
            "Bórralo, da otro nombre en checkpoint=, o entrena con resume=False."
        ) from error


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
        **pack("hidden", {str(i): part.float() for i, part in enumerate(run.hidden or ())}),
        **pack("random", random_state(run.device)),
    }
    for i, slots in run.optimizer.state_dict()["state"].items():
        tensors |= pack(f"optimizer.{i}", slots)
    meta = {name: getattr(run, name) for name in COUNTERS}
    meta |= {"identity": identity(run), "config": asdict(run.config)}
    meta["scaler"] = run.scaler.state_dict()
    meta["events"] = [asdict(event) for event in run.history.events]
    save_checkpoint(run.config.checkpoint, tensors, meta)


def restore_run(run) -> None:
    """Pone `run` donde lo dejó `save_run`, y avisa si algo no es lo que se esperaría.

    Raises:
        ValueError: si el archivo está dañado, o es de otro texto, arquitectura, vocabulario o
            receta. Se comprueba antes de tocar nada: el modelo se queda como estaba.
    """
    path = run.config.checkpoint
    tensors, meta = load_checkpoint(path)
    try:
        if other := _differences(meta["identity"], identity(run)):
            raise ValueError(f"es de otro entrenamiento: {other}")
        changed = _differences(*({**c, **BUDGET} for c in (meta["config"], asdict(run.config))))
        hidden = _check(run, tensors, meta)
    except Exception as error:  # lo que falta o no encaja da errores de muchas clases
        raise ValueError(
            f"«{path}» no sirve para seguir ({error}), y el modelo no se ha tocado. Crea el modelo "
            "y la receta como entonces, o empieza de nuevo con resume=False o con otro archivo."
        ) from error
    run.model.load_state_dict(unpack("model", tensors))
    if run.average:
        run.average.load_state_dict(unpack("average", tensors))
    run.best_weights, run.hidden = unpack("best", tensors), hidden or None
    slots = {i: unpack(f"optimizer.{i}", tensors) for i, _ in enumerate(run.model.parameters())}
    state = {i: slot for i, slot in slots.items() if slot}
    run.optimizer.load_state_dict({**run.optimizer.state_dict(), "state": state})
    set_random_state(unpack("random", tensors), run.device)
    run.scaler.load_state_dict(meta["scaler"] or run.scaler.state_dict())  # vacío si no era fp16
    for name in COUNTERS:
        setattr(run, name, meta[name])
    run.history.events = [Event(**event) for event in meta["events"]]
    used = f"Lo que has cambiado {'no ' * run.done}se usa: {changed}." if changed else ""
    if run.done:
        used = f"No se entrena más: sube steps o minutes. {used}"
    if used:
        log.warning("Se sigue «%s» en el paso %d. %s", path, run.step, used)


def identity(run) -> dict:
    """Lo que ha de coincidir para reanudar: modelo, símbolos, texto y lo que decide los lotes."""
    fixed = {name: getattr(run.config, name) for name in FIXED}
    own = {"class": type(run.model).__name__, "train y valid": run.text, **run.model.config}
    return {**own, **run.model.tokenizer.to_dict(), **fixed}


def fingerprint(*texts: str) -> str:
    """Un resumen de unos textos: si cambia una letra, cambia."""
    return hashlib.sha256("\0".join(texts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _differences(saved: dict, mine: dict) -> str:
    mine = json.loads(_to_json(mine))
    return "; ".join(
        f"{name} es {str(saved.get(name))[:60]}, aquí {str(mine.get(name))[:60]}"
        for name in saved | mine
        if saved.get(name) != mine.get(name)
    )


def _check(run, tensors: dict[str, Tensor], meta: dict) -> tuple[Tensor, ...]:
    """El estado guardado; error si algo no es como lo guardaría este entrenamiento."""
    counters = [meta[name] for name in COUNTERS]
    measures = [n for event in meta["events"] for n in asdict(Event(**event)).values()]
    fine = [type(n) for n in counters] == [type(getattr(run, name)) for name in COUNTERS]
    fine = fine and all(0 <= n < 2**53 for n in counters)
    if not (fine and all(type(n) in (int, float) and not abs(n) >= 2**53 for n in measures)):
        raise ValueError("sus cuentas o sus medidas no son números posibles")
    scales = torch.amp.GradScaler("cpu").state_dict()
    if {name: type(n) for name, n in (meta["scaler"] or scales).items()} != {
        name: type(n) for name, n in scales.items()
    }:
        raise ValueError("su escala no es la de fp16")
    weights = run.model.state_dict()
    like = pack("random", random_state(run.device)) | pack("model", weights)
    like |= pack("average", weights if run.average else {})
    like |= pack("best", weights if meta["events"] else {})
    for i, weight in enumerate(run.model.parameters() if meta["step"] else ()):
        slots = {"step": torch.tensor(0.0), "exp_avg": weight, "exp_avg_sq": weight}
        like |= pack(f"optimizer.{i}", slots)
    hidden = unpack("hidden", tensors)  # el archivo no guarda el orden; los nombres, sí
    hidden = {f"hidden.{i}": hidden[str(i)].float() for i in range(len(hidden))}
    looks = [{k: (t.shape, t.dtype) for k, t in x.items()} for x in (like | hidden, tensors)]
    wrong = [k for k in looks[0] | looks[1] if looks[0].get(k) != looks[1].get(k)]
    wrong += [name for name, tensor in tensors.items() if not tensor.isfinite().all()]
    if wrong := set(wrong) - {"random.device"}:  # hay máquinas sin tarjeta
        raise ValueError(f"«{min(wrong)}» falta, sobra, no mide lo que debe o no es un número")
    torch.Generator().set_state(tensors["random.cpu"])
    hidden = tuple(part.to(run.device) for part in hidden.values())
    if hidden and run.config.data == "streams":  # con ventanas no se usa
        x = torch.zeros(1, run.config.batch_size, dtype=torch.long, device=run.device)
        with evaluating(run.model):
            after = run.model(x, hidden)[1]
        if [part.dim() for part in after] != [part.dim() for part in hidden]:
            raise ValueError("su estado no es el de esta red")
    return hidden
