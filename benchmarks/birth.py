"""Nace una red: qué escribe, qué espera y cuánto paga, desde el paso 0 hasta el final.

    python benchmarks/birth.py            # unos minutos de CPU; guarda data/birth.json
    python benchmarks/birth.py --smoke    # unos pasos con el extracto; no guarda nada

La red y la receta son las del curso, con el presupuesto en pasos: así se repite igual.
"""

import argparse
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import torch
from recipes import cpu_name

from llm_intro import COURSE_RECIPE, CervantesLSTM, CharTokenizer, load_quijote, next_probs
from llm_intro.sampling import bits_per_char, feed, generate, read_prompt
from llm_intro.support.machine import private_random
from llm_intro.training import Run

RESULTS = Path(__file__).resolve().parents[1] / "llm_intro" / "data" / "birth.json"
STEPS = [0, 10, 20, 30, 50, 100, 200, 300, 500, 1000, 2000, 3000, 5000, 10_000, 20_000]
BEGIN, ASKED = "en un lugar de la mancha", "respondió don "
WRITTEN, TEMPERATURE, MEASURED, SEED = 160, 0.7, 20_000, 0


def look(model, step: int, valid: str) -> dict:
    """Una foto: lo que escribe con la misma semilla, lo que espera y lo que paga."""
    logits, _ = feed(model, read_prompt(model, ASKED))
    text = generate(model, BEGIN, WRITTEN, temperature=TEMPERATURE, seed=SEED)
    return {
        "step": step,
        "bits": round(float(bits_per_char(model, valid)), 3),
        "text": text[len(BEGIN) :],
        "probs": [round(float(p), 4) for p in next_probs(logits)],
    }


def album(corpus, steps: list[int]) -> tuple[CervantesLSTM, list[dict]]:
    """Entrena con la receta del curso y hace una foto en cada paso de `steps`."""
    torch.manual_seed(SEED)
    model = CervantesLSTM.course(CharTokenizer.from_text(corpus.text).vocab_size)
    config = replace(COURSE_RECIPE, minutes=None, steps=steps[-1], seed=SEED)
    run, photos = Run(model, corpus, config), []
    model.train()
    with private_random(SEED, run.device):
        while True:
            if run.step in steps:
                photos.append(look(model, run.step, corpus.valid[:MEASURED]))
            if run.done:
                return model, photos
            run.advance()


def main() -> None:
    """Entrena, guarda y enseña el primer y el último texto."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--smoke", action="store_true")
    smoke = parser.parse_args().smoke
    torch.set_num_threads(1)
    corpus = load_quijote("extracto" if smoke else "auto")
    model, photos = album(corpus, [0, 2] if smoke else STEPS)
    card = {
        "data": "Don Quijote, Project Gutenberg 2000, limpio con llm_intro.corpus.clean; train",
        "command": "python benchmarks/birth.py",
        "recipe": f"la del curso, {photos[-1]['step']} pasos",
        "measured": f"los primeros {MEASURED} caracteres de valid",
        "machine": f"{cpu_name()}, 1 hilo; torch {torch.__version__}",
        "seed": SEED,
        "temperature": TEMPERATURE,
        "date": date.today().isoformat(),
        "opening": BEGIN,
        "asked": ASKED,
        "symbols": model.tokenizer.symbols,
        "photos": photos,
    }
    if not smoke:
        text = json.dumps(card, ensure_ascii=False, indent=None, separators=(",", ":"))
        RESULTS.write_text(text.replace('{"step"', '\n{"step"') + "\n", encoding="utf-8")
    for photo in (photos[0], photos[-1]):
        print(photo["step"], photo["bits"], photo["text"])


if __name__ == "__main__":
    main()
