"""Lo que cuesta el `train` del curso en una CPU, contra el bucle corto que pide cada pérdida.

    python benchmarks/loop.py            # tres minutos de CPU
    python benchmarks/loop.py --smoke    # segundos

Los dos dan los mismos pasos con la red y la receta del curso, un hilo, y se turnan de rato en
rato; que dan las mismas pérdidas lo mira tests/test_training.py. Se dan las letras por segundo de
CPU, medianas, y el cociente de cada pareja de ratos, con sus cuartiles.
"""

import argparse
from dataclasses import replace
from itertools import count
from statistics import median, quantiles

import torch
from sampler import rates
from torch.nn.functional import cross_entropy

from llm_intro import COURSE_RECIPE, CervantesLSTM, CharTokenizer, load_quijote
from llm_intro.training import Run

STEPS = 40  # pasos de cada rato


def short_loop(model, data, recipe):
    """El bucle que cabe en una lección; `next` da un paso."""
    optimizer, hidden = recipe.make_optimizer(model), None
    for step in count():
        for group in optimizer.param_groups:
            group["lr"] = recipe.lr_at(step, 0.5)
        x, y, fresh = data.batch(step)  # (T, B), (T, B)
        logits, hidden = model(x, None if fresh else hidden)
        loss = cross_entropy(logits.flatten(0, 1), y.flatten())
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), recipe.clip)
        optimizer.step()
        hidden = tuple(part.detach() for part in hidden)
        yield loss.item()


def main() -> None:
    """Imprime la tabla."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--smoke", action="store_true")
    rounds, steps = (2, 2) if parser.parse_args().smoke else (40, STEPS)
    torch.set_num_threads(1)
    corpus, recipe = load_quijote(), replace(COURSE_RECIPE, minutes=None, steps=10**6)
    tokenizer = CharTokenizer.from_text(corpus.text)
    models = []
    for _ in range(2):
        torch.manual_seed(0)
        models.append(CervantesLSTM.course(tokenizer.vocab_size))
    run = Run(models[0], corpus, recipe)
    short = short_loop(models[1], recipe.make_data(run._ids(corpus.train)), recipe)

    def course() -> None:
        for _ in range(steps):
            run.advance()
        run.read()

    def plain() -> None:
        for _ in range(steps):
            next(short)

    letters = steps * recipe.batch_size * recipe.chunk_len
    speeds = rates([course, plain], letters, rounds + 1)[:, 1:]  # el primer rato no cuenta
    low, middle, high = quantiles(speeds[0] / speeds[1])
    cells = [f"{speed:.0f}" for speed in map(median, speeds)]
    print("| `train`, car./s | bucle corto, car./s | veces | cuartiles | ratos |")
    print("|---|---|---|---|---|")
    print(f"| {' | '.join(cells)} | {middle:.3f} | {low:.3f} a {high:.3f} | {rounds} |")


if __name__ == "__main__":
    main()
