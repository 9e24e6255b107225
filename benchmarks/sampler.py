"""Escribir letra a letra en una CPU: la LSTM en NumPy contra `nn.LSTM` paso a paso.

    python benchmarks/sampler.py
    python benchmarks/sampler.py --smoke   # segundos, con pocas letras

Un solo hilo. Las dos escriben el mismo texto desde los mismos pesos; se dan caracteres por
segundo de CPU, y el cociente. «Por filas» es la de NumPy con `w_hh` en el orden en que llega; su
cociente lleva la vuelta peor y la mejor, porque la máquina lo mueve tanto como el orden.
Los tamaños al azar dicen cuánto cuesta la anchura; el último es el modelo del curso. Adelantar
varias letras no se prueba: cada una depende de la que se acaba de sortear.

La segunda tabla cambia solo quién multiplica `w_hh` por la memoria, en el modelo del curso, y
dice cuánto se apartan sus logits de los de PyTorch en fp32, leyendo el mismo texto.
"""

import argparse
import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"  # antes de importar NumPy, que lo lee una sola vez

import time  # noqa: E402
import warnings  # noqa: E402

import numpy as np  # noqa: E402
import torch  # noqa: E402

from llm_intro import CervantesLSTM, load_pretrained  # noqa: E402
from llm_intro.sampling import next_probs, pick  # noqa: E402
from llm_intro.support.numpy_lstm import NumpyLSTM  # noqa: E402

VOCAB_SIZE = 61


@torch.inference_mode()
def torch_letters(model, draws: np.ndarray) -> list[int]:
    """La generación de manual: una llamada a la red por letra."""
    token, hidden, written = 1, None, []
    for u in draws:
        logits, hidden = model(torch.tensor([[token]]), hidden)  # (1, 1, V)
        token = pick(next_probs(logits[0, 0]), u)
        written.append(token)
    return written


def numpy_letters(model, draws: np.ndarray) -> list[int]:
    """La misma, con la tabla de entrada y un producto por letra."""
    token, state, written = 1, model.start(), []
    for u in draws:
        logits, state = model.step(token, state)
        token = pick(next_probs(logits), u)
        written.append(token)
    return written


def steps_alone(model, letters: int) -> None:
    """Solo los pasos de la red, sin elegir letra: lo que cuesta el modelo."""
    state = model.start()
    for token in range(letters):
        _, state = model.step(token % VOCAB_SIZE, state)


def rates(works, letters: int, rounds: int) -> np.ndarray:
    """Letras por segundo de CPU de cada trabajo, (W, rounds): en cada vuelta van todos."""
    seconds = np.empty((len(works), rounds))
    for turn in range(rounds):
        for spent, work in zip(seconds, works, strict=True):
            begin = time.process_time()
            work()
            spent[turn] = time.process_time() - begin
    return letters / seconds


def frozen(model, change=np.asarray) -> NumpyLSTM:
    """La copia en NumPy, con cada `w_hh` cambiada por `change`."""
    fast = NumpyLSTM({k: v.numpy() for k, v in model.state_dict().items()})
    fast.layers = [layer._replace(w_hh=change(layer.w_hh)) for layer in fast.layers]
    return fast


def compare(name: str, model, letters: int, rounds: int) -> None:
    """Una fila de la primera tabla."""
    fast, by_rows = frozen(model.eval()), frozen(model, np.ascontiguousarray)
    draws = np.random.default_rng(0).random(letters)
    slow_text, fast_text = torch_letters(model, draws), numpy_letters(fast, draws)
    same = sum(a == b for a, b in zip(slow_text, fast_text, strict=True))
    works = [
        lambda: torch_letters(model, draws),
        lambda: numpy_letters(by_rows, draws),
        lambda: numpy_letters(fast, draws),
        lambda: steps_alone(fast, letters),
    ]
    found = rates(works, letters, rounds)
    faster = found[2] / found[1]  # (rounds,)
    spread = f"{np.median(faster):.2f} [{faster.min():.2f}, {faster.max():.2f}]"
    found = np.median(found, axis=1)
    ratios = f"{found[2] / found[0]:.1f}", spread
    cells = [name, *(f"{value:.0f}" for value in found), *ratios, f"{same}/{letters}"]
    print(f"| {' | '.join(cells)} |", flush=True)


class Product:
    """Una `w_hh` que se multiplica con PyTorch: `multiply` recibe y devuelve un vector."""

    __array_ufunc__ = None  # que NumPy le deje a ella el producto

    def __init__(self, multiply):
        self.multiply, self.T = multiply, self

    def __rmatmul__(self, h: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            return self.multiply(torch.from_numpy(h)).float().numpy()


def in_torch(dtype: torch.dtype):
    """El producto en PyTorch, con los pesos y la memoria en `dtype`."""

    def change(w_hh: np.ndarray) -> Product:
        weights = torch.tensor(w_hh, dtype=dtype)
        return Product(lambda h: weights.mv(h.to(dtype)))

    return change


def in_8bit(w_hh: np.ndarray) -> Product:
    """El producto entre enteros de 8 bits, con lo que PyTorch da para eso y ya anuncia retirar."""
    linear = torch.nn.Linear(*w_hh.shape[::-1], bias=False)
    linear.weight.data = torch.tensor(w_hh)
    with warnings.catch_warnings(action="ignore"):
        from torch.ao.quantization import quantize_dynamic

        small = quantize_dynamic(torch.nn.Sequential(linear), {torch.nn.Linear})
    return Product(lambda h: small(h[None])[0])


@torch.inference_mode()
def compare_products(model, letters: int, rounds: int) -> None:
    """La segunda tabla: un paso de la red con cada manera de multiplicar."""
    changes = {
        "NumPy, por filas": np.ascontiguousarray,
        "NumPy, por columnas": np.asarray,
        "torch, fp32": in_torch(torch.float32),
        "torch, fp16": in_torch(torch.float16),
        "torch, bf16": in_torch(torch.bfloat16),
        "torch.ao, 8 bits": in_8bit,
    }
    models = {name: frozen(model, change) for name, change in changes.items()}
    works = [lambda fast=fast: steps_alone(fast, letters) for fast in models.values()]
    found = np.median(rates(works, letters, 3 * rounds), axis=1)
    ids = numpy_letters(models["NumPy, por columnas"], np.random.default_rng(1).random(letters))
    expected = model(torch.tensor(ids)[:, None])[0][:, 0].numpy()  # (T, V)
    print("\n| producto | un paso, µs | razón con «por filas» | error en los logits |")
    print("|---|---|---|---|")
    for (name, fast), speed in zip(models.items(), found, strict=True):
        state, error = fast.start(), 0.0
        for token, right in zip(ids, expected, strict=True):
            logits, state = fast.step(token, state)
            error = max(error, float(np.abs(logits - right).max()))
        print(f"| {name} | {1e6 / speed:.0f} | {speed / found[0]:.2f} | {error:.0e} |", flush=True)


def main() -> None:
    """Imprime la tabla."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--smoke", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)
    letters, rounds = (50, 1) if options.smoke else (2000, 5)
    print(f"PyTorch {torch.__version__}, con {torch.backends.cpu.get_cpu_capability()}\n")
    head = "red", "nn.LSTM, car./s", "por filas, car./s", "NumPy, car./s", "solo la red"
    print(f"| {' | '.join(head)} | razón con nn.LSTM | con «por filas» | iguales |")
    print("|" + "---|" * (len(head) + 3))
    for width, layers in ((128, 1), (256, 1), (512, 1), (768, 1), (960, 1), (128, 3)):
        torch.manual_seed(0)
        model = CervantesLSTM(VOCAB_SIZE, hidden_size=width, num_layers=layers, dropout=0.0)
        compare(f"{layers} × {width}", model, letters, rounds)
    course = load_pretrained("cervantes")
    compare("la del curso", course, letters, rounds)
    compare_products(course, letters // 5, rounds)


if __name__ == "__main__":
    main()
