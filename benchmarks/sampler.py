"""Escribir letra a letra en una CPU: la LSTM en NumPy contra `nn.LSTM` paso a paso.

    python benchmarks/sampler.py
    python benchmarks/sampler.py --smoke   # segundos, con pocas letras

Un solo hilo. Las dos escriben el mismo texto desde los mismos pesos; se dan caracteres por
segundo, y el cociente. Los tamaños al azar dicen cuánto cuesta la anchura; el último es el
modelo que viene con el curso.
"""

import argparse
import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"  # antes de importar NumPy, que lo lee una sola vez

import time  # noqa: E402
from statistics import median  # noqa: E402

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


def rate(work, letters: int, rounds: int) -> float:
    """Letras por segundo de CPU, la mediana de unas vueltas."""
    seconds = []
    for _ in range(rounds):
        begin = time.process_time()
        work()
        seconds.append(time.process_time() - begin)
    return letters / median(seconds)


def compare(name: str, model, letters: int, rounds: int) -> None:
    """Una fila de la tabla."""
    model.eval()
    fast = NumpyLSTM({k: v.numpy() for k, v in model.state_dict().items()})
    draws = np.random.default_rng(0).random(letters)
    slow_text, fast_text = torch_letters(model, draws), numpy_letters(fast, draws)
    same = sum(a == b for a, b in zip(slow_text, fast_text, strict=True))
    rates = [
        rate(lambda: torch_letters(model, draws), letters, rounds),
        rate(lambda: numpy_letters(fast, draws), letters, rounds),
        rate(lambda: steps_alone(fast, letters), letters, rounds),
    ]
    cells = [f"{value:.0f}" for value in rates] + [f"{rates[1] / rates[0]:.1f}"]
    print(f"| {name} | {' | '.join(cells)} | {same}/{letters} |", flush=True)


def main() -> None:
    """Imprime la tabla."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--smoke", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)
    letters, rounds = (50, 1) if options.smoke else (2000, 5)
    print("| red | nn.LSTM, car./s | NumPy, car./s | solo la red | razón | iguales |")
    print("|---|---|---|---|---|---|")
    for width, layers in ((128, 1), (256, 1), (512, 1), (768, 1), (128, 3)):
        torch.manual_seed(0)
        model = CervantesLSTM(VOCAB_SIZE, hidden_size=width, num_layers=layers, dropout=0.0)
        compare(f"{layers} × {width}", model, letters, rounds)
    compare("la del curso", load_pretrained("cervantes"), letters, rounds)


if __name__ == "__main__":
    main()
