"""Lo que depende de la máquina y no del modelo: dispositivo, precisión, azar y Ctrl-C."""

import signal
import threading
from contextlib import contextmanager

import torch

CPU = torch.device("cpu")
SMALL = 1_000_000  # números de una red a la que no le compensa repartirse entre hilos


def best_device() -> torch.device:
    """El acelerador de esta máquina si tiene uno (CUDA, MPS…); si no, la CPU."""
    if torch.accelerator.is_available():
        return torch.accelerator.current_accelerator()
    return CPU


def precision_of(precision: str, device: torch.device) -> torch.dtype:
    """Con qué números se multiplica. "auto" es bf16 en la tarjeta que lo hace de fábrica, fp16 en
    la que solo lo imita, y fp32 en lo demás."""
    if precision != "auto":
        return {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}[precision]
    native = getattr(torch.get_device_module(device), "is_bf16_supported", None)
    if device.type == "cpu" or native is None:
        return torch.float32
    return torch.bfloat16 if native(including_emulation=False) else torch.float16


def skip_if_not_finite(optimizer: torch.optim.Optimizer, norm: torch.Tensor) -> None:
    """Si el gradiente no mide un número, el paso siguiente no cambiará los pesos.

    Lo decide el propio dispositivo, sin que la CPU lo espere; es la señal que usa GradScaler.
    """
    optimizer.found_inf = (norm * 0).nan_to_num(1.0)  # 0 si es un número; si no, 1


def wait(device: torch.device, clock) -> float:
    """Espera a que la tarjeta acabe lo que tiene encargado; devuelve los segundos de espera."""
    if device.type == "cpu":
        return 0.0
    begin = clock()
    torch.accelerator.synchronize(device)
    return clock() - begin


def random_state(device: torch.device) -> dict[str, torch.Tensor]:
    """El estado de los generadores de azar que usa el dropout."""
    state = {"cpu": torch.get_rng_state()}
    if device.type != "cpu":
        state["device"] = torch.get_device_module(device).get_rng_state()
    return state


def set_random_state(state: dict[str, torch.Tensor], device: torch.device) -> None:
    """Repone lo que dio `random_state` (el del acelerador, solo si se guardó en uno)."""
    torch.set_rng_state(state["cpu"])
    if device.type != "cpu" and "device" in state:
        torch.get_device_module(device).set_rng_state(state["device"])


@contextmanager
def private_random(seed: int, device: torch.device = CPU):
    """Dentro, el azar de torch empieza en `seed`; al salir queda como estaba fuera."""
    before = random_state(device)
    torch.default_generator.manual_seed(seed)  # torch.manual_seed sembraría todas las tarjetas
    if device.type != "cpu":
        torch.get_device_module(device).manual_seed(seed)
    try:
        yield
    finally:
        set_random_state(before, device)


@contextmanager
def few_threads(model: torch.nn.Module):
    """Dentro, un solo hilo si la red es pequeña; al salir, los que había.

    Repartir matrices tan pequeñas ahorra poco, y si otro programa ocupa un núcleo los hilos se
    esperan unos a otros: aquí se llegó a ir diez veces más despacio.
    """
    before = torch.get_num_threads()
    if sum(p.numel() for p in model.parameters()) < SMALL:
        torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def evaluating(model: torch.nn.Module):
    """Dentro, el modelo sin dropout y sin gradientes; al salir, como estaba."""
    before = model.training
    model.eval()
    try:
        with torch.inference_mode():
            yield
    finally:
        model.train(before)


@contextmanager
def deferred_interrupt():
    """Convierte el primer Ctrl-C en una lista no vacía, para parar entre paso y paso.

    A mitad de un paso los pesos estarían a medio cambiar. El segundo Ctrl-C para en el acto.
    Fuera del hilo principal no se puede: entonces Ctrl-C actúa como siempre.
    """
    presses, previous = [], signal.getsignal(signal.SIGINT)

    def note(signum, frame):
        if presses:
            raise KeyboardInterrupt
        presses.append(signum)

    main = threading.current_thread() is threading.main_thread()
    if main:
        signal.signal(signal.SIGINT, note)
    try:
        yield presses
    finally:
        if main:
            signal.signal(signal.SIGINT, previous)
