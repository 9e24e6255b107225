"""Entrenar en una tarjeta: velocidad, segundos hasta cada meta, memoria, y qué aporta cada cambio.

    python benchmarks/accelerator.py            # menos de 25 minutos, con una tarjeta
    python benchmarks/accelerator.py --share .1 # en la décima parte, si se presta poco rato
    python benchmarks/accelerator.py --smoke    # unos pasos de cada fila, en lo que haya

La base es lo que elige `plan_for`; cada fila le quita o le cambia una cosa. Guarda lo medido en
benchmarks/outputs/, con el nombre de la tarjeta, y el recuadro de la lección 04; la tabla la
escribe results.py. Sin tarjeta no mide ni guarda nada.
"""

import argparse
import json
import re
from contextlib import ExitStack
from dataclasses import asdict, replace
from datetime import date
from unittest.mock import patch

import cards
import torch
from distill import TEACHERS
from graphed import GraphedRun
from recipes import cpu_name, quiet

from llm_intro import COURSE_RECIPE, CervantesLSTM, CharTokenizer, load_quijote
from llm_intro.models.plan import CARD_RECIPE, plan_for
from llm_intro.support.machine import best_device, precision_of
from llm_intro.training import Run, train


class Asking(Run):
    """El bucle de antes: pide la pérdida en cada paso, y espera."""

    def advance(self) -> None:
        super().advance()
        self.read()


class ByHand(torch.nn.LSTM):
    """La misma capa, paso a paso y sin cuDNN: lo que costaría escribirla con un bucle."""

    def forward(self, x, hidden=None):
        weights = self.weight_ih_l0, self.weight_hh_l0, self.bias_ih_l0, self.bias_hh_l0
        zeros = x.new_zeros(x.shape[1], self.hidden_size)
        h, c = (zeros, zeros) if hidden is None else (part[0] for part in hidden)
        out = []
        for step in x:
            h, c = torch.lstm_cell(step, (h, c), *weights)
            out.append(h)
        return torch.stack(out), (h[None], c[None])


def slow_optimizer(recipe, model):
    """AdamW sin el núcleo único (`fused`)."""
    return torch.optim.AdamW(
        model.parameters(), recipe.lr, recipe.betas, weight_decay=recipe.weight_decay, foreach=False
    )


def rows() -> dict:
    """Nombre → (receta, parches, minutos): la base, y lo mismo con una cosa distinta."""
    many = {"lr": 8e-3, "batch_size": 256}
    slow = patch("llm_intro.recipes.TrainConfig.make_optimizer", slow_optimizer)
    return {
        cards.BASE: ({}, Run, None, 5),
        "en fp32": ({"precision": "fp32"}, Run, None, 0.5),
        cards.FP16: ({"precision": "fp16"}, Run, None, 0.5),
        "en bf16": ({"precision": "bf16"}, Run, None, 0.5),
        "pidiendo la pérdida en cada paso": ({}, Asking, None, 0.5),
        "sin AdamW de un solo núcleo": ({}, Run, slow, 0.5),
        "grabando el paso (grafo de CUDA)": ({}, GraphedRun, None, 0.5),
        "lotes de 256": (many, Run, None, 0.5),
        "lotes de 256, grabando el paso": (many, GraphedRun, None, 0.5),
        "red de 1024 con más freno, grabando el paso": (
            TEACHERS["lstm_1024"],
            GraphedRun,
            None,
            12,
        ),
        "LSTM paso a paso, sin cuDNN": ({}, Run, "by hand", 0.25),
        "la receta de la CPU": (COURSE_RECIPE, Run, None, 0.5),
    }


def measure(corpus, device, row, steps: int | None, share: float = 1.0) -> dict:
    """Entrena una fila y devuelve lo medido."""
    changes, run, how, minutes = row
    minutes *= share
    vocab = CharTokenizer.from_text(corpus.text).vocab_size
    torch.manual_seed(0)
    if changes is COURSE_RECIPE:
        model, recipe = CervantesLSTM.course(vocab).to(device), COURSE_RECIPE
    elif isinstance(changes, tuple):  # otra red, con su receta
        make, recipe = changes
        model = make(vocab).to(device)
    else:
        model = plan_for(vocab, device).model
        recipe = replace(CARD_RECIPE if device.type != "cpu" else COURSE_RECIPE, **changes)
    recipe = replace(recipe, minutes=minutes, evals=max(10, int(20 * minutes)))
    if steps:
        recipe = replace(recipe, minutes=None, steps=steps, evals=1, precision="fp32")
    card = torch.get_device_module(device) if device.type != "cpu" else None
    if hasattr(card, "reset_peak_memory_stats"):
        card.reset_peak_memory_stats()
    uses = []

    def watch(_):
        if hasattr(card, "utilization"):
            uses.append(use_of(card))

    with ExitStack() as stack:
        if how == "by hand":
            model.lstm.__class__ = ByHand
        elif how:
            stack.enter_context(how)  # sin `fused` no hay quien se salte un paso sin preguntar
            stack.enter_context(
                patch("llm_intro.support.machine.skip_if_not_finite", lambda *_: None)
            )
        history = train(model, corpus, recipe, watch if card else quiet, run=run)
    has_peak = hasattr(card, "max_memory_allocated")
    return {
        "recipe": asdict(recipe),
        "events": [asdict(event) for event in history.events],
        "use": round(sum(uses) / len(uses)) if any(uses) else None,
        "megabytes": round(card.max_memory_allocated() / 2**20) if has_peak else None,
    }


def measured(corpus, device, row, options) -> dict:
    """`measure`, o por qué no se pudo: una fila que falla no se lleva a las demás."""
    if device.type != "cuda" and row[1] is GraphedRun:
        return {"failed": "solo CUDA"}
    try:
        return measure(corpus, device, row, 2 if options.smoke else None, options.share)
    except (RuntimeError, FloatingPointError) as error:
        return {"failed": f"falló: {str(error).splitlines()[0]}"[:80]}


def use_of(card) -> float:
    """Tanto por ciento de uso, si la biblioteca que lo cuenta está; si no, 0."""
    try:
        return card.utilization()
    except (ImportError, RuntimeError):  # hace falta NVML
        return 0.0


def main() -> None:
    """Mide, si hay dónde, imprime la tabla y guarda lo medido."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--smoke", action="store_true")
    parser.add_argument("--share", type=float, default=1.0, help="parte de los minutos")
    options = parser.parse_args()
    device = best_device()
    if device.type == "cpu" and not options.smoke:
        raise SystemExit("Sin tarjeta no hay nada que medir, y nada se guarda: prueba --smoke.")
    corpus, module = load_quijote(), torch.get_device_module(device)
    name = module.get_device_name() if hasattr(module, "get_device_name") else cpu_name()
    results = {
        "hardware": name,
        "torch": torch.__version__,
        "auto": str(precision_of("auto", device)).removeprefix("torch."),
        "share": options.share,
        "date": date.today().isoformat(),
        "rows": {},
    }
    print(f"{name}; torch {torch.__version__}; precisión «auto»: {results['auto']}\n")
    print(cards.line(cards.HEAD), cards.line(["---"] * len(cards.HEAD)), sep="\n")
    for title, row in rows().items():
        results["rows"][title] = found = measured(corpus, device, row, options)
        print(cards.line([title, *cards.cells(found)]), flush=True)
    if options.smoke:
        return
    slug = re.sub(r"\W+", "_", name.lower())
    text = json.dumps(results, ensure_ascii=False, indent=1, default=str)
    (cards.OUTPUTS / f"accelerator_{slug}.json").write_text(text + "\n", encoding="utf-8")
    cards.main()


if __name__ == "__main__":
    main()
