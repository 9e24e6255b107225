"""Entrenar en una tarjeta: segundos hasta 1,80, 1,70 y 1,65 bits/car., en fp32 y en bf16.

    python benchmarks/accelerator.py            # unos minutos, con una tarjeta
    python benchmarks/accelerator.py --smoke    # unos pasos, en lo que haya

La red y la receta son las de la LSTM que viaja con el curso. Sin tarjeta, las filas dicen
«sin medir».
"""

import argparse
from dataclasses import replace

import torch
from ship import LSTM_RECIPE, make_lstm

from llm_intro import CharTokenizer, best_device, load_quijote, train

GOALS = (1.80, 1.70, 1.65)  # bits/car. en valid
PRECISIONS = ("fp32", "bf16")
RECIPE = replace(LSTM_RECIPE, minutes=8, clock="wall", evals=120, checkpoint=None, resume=False)


def measure(corpus, precision: str, device: torch.device, steps: int | None) -> list[str]:
    """Una fila: caracteres por segundo y segundos hasta cada meta."""
    torch.manual_seed(0)
    model = make_lstm(CharTokenizer.from_text(corpus.text).vocab_size).to(device)
    recipe = replace(RECIPE, precision=precision)
    if steps:
        recipe = replace(recipe, minutes=None, steps=steps, evals=1)
    history = train(model, corpus, recipe, watch=lambda event: None)
    last = history.events[-1]
    cells = [f"{last.chars / last.seconds:.0f}"]
    for goal in GOALS:
        reached = [e.seconds for e in history.events if (e.valid_bits or 99) <= goal]
        cells.append(f"{reached[0]:.0f}" if reached else "no llegó")
    return cells


def main() -> None:
    """Mide, si hay dónde, e imprime la tabla."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--smoke", action="store_true")
    options = parser.parse_args()
    device, corpus = best_device(), load_quijote()
    goals = " | ".join(f"s hasta {goal:.2f}" for goal in GOALS)
    print(f"| {device.type} | car./s | {goals} |\n|---|---|{'---|' * len(GOALS)}")
    for precision in PRECISIONS:
        cells = ["sin medir"] * (1 + len(GOALS))
        if options.smoke or device.type != "cpu":
            cells = measure(corpus, precision, device, 3 if options.smoke else None)
        print("| " + " | ".join([precision, *cells]) + " |", flush=True)


if __name__ == "__main__":
    main()
