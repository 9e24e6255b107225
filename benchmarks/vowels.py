"""¿Se juntan las vocales en la red de la lección 04? Cinco semillas, con tildes y sin ellas.

    python benchmarks/vowels.py            # entrena cinco redes de 30 s de CPU y lo guarda
    python benchmarks/vowels.py --smoke    # una, de dos pasos, con el extracto; no guarda nada

Guarda llm_intro/data/vowels.json, que lee la lección 03. La prueba de permutación es la de la
lección: se lee su celda.
"""

import argparse
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import torch
from recipes import cpu_name, quiet

from llm_intro import COURSE_RECIPE, CervantesLSTM, CharTokenizer, load_quijote
from llm_intro.embeddings import WordVectors
from llm_intro.training import train

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "llm_intro" / "data" / "vowels.json"
LESSON = ROOT / "notebooks" / "03_embeddings.ipynb"
PLAIN, ACCENTED = "abcdefghijlmnñopqrstuvxyz", "áéíóú"


def lesson_permutation():
    """La función `permutation` de la lección, tal como se lee allí."""
    cells = {c["id"]: c for c in json.loads(LESSON.read_text(encoding="utf-8"))["cells"]}
    names = {"np": np}
    exec("".join(cells["permutacion"]["source"]), names)
    return names["permutation"]


def measure(model, letters: str, vowels: str, permutation) -> str:
    """Vocales cuya vecina más cercana es vocal, de cuántas, y el valor p."""
    rows = model.embedding.weight.detach().numpy()[model.tokenizer.encode(letters)]
    vectors = WordVectors(tuple(letters), rows)
    nearest = {letter: vectors.neighbours(letter, 1)[0][0] for letter in letters}
    real, shuffled = permutation(letters, nearest, vowels)
    p = (1 + (shuffled >= real).sum()) / (1 + len(shuffled))
    chance = "p < 0.001" if p < 0.001 else f"p = {p:.3f}"
    return f"{round(real * len(vowels))} de {len(vowels)} ({chance})".replace(".", ",")


def main() -> None:
    """Entrena, mide, guarda y enseña las filas."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--smoke", action="store_true")
    smoke = parser.parse_args().smoke
    torch.set_num_threads(1)
    corpus = load_quijote("extracto" if smoke else "auto")
    budget = {"minutes": None, "steps": 2} if smoke else {"minutes": 0.5}
    permutation, rows = lesson_permutation(), []
    for seed in range(1 if smoke else 5):
        torch.manual_seed(seed)
        model = CervantesLSTM.course(CharTokenizer.from_text(corpus.text).vocab_size)
        train(model, corpus, replace(COURSE_RECIPE, seed=seed, clock="cpu", **budget), watch=quiet)
        both = measure(model, PLAIN + ACCENTED, "aeiou" + ACCENTED, permutation)
        rows.append([seed, both, measure(model, PLAIN, "aeiou", permutation)])
    card = {
        "command": "python benchmarks/vowels.py",
        "recipe": "la del curso, 30 s de CPU por semilla, con el libro entero",
        "machine": f"{cpu_name()}, 1 hilo; torch {torch.__version__}",
        "date": date.today().isoformat(),
        "rows": rows,
    }
    text = json.dumps(card, ensure_ascii=False, indent=1)
    if not smoke:
        RESULTS.write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
