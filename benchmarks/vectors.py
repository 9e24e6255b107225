"""Los vectores que viajan con el curso, y el puesto de «reina» con cinco semillas por método.

    python benchmarks/vectors.py            # los calcula y los guarda con su ficha
    python benchmarks/vectors.py --smoke    # con el extracto y una semilla; no guarda nada

Se hacen con train, sin lo reservado. Skip-gram es el de la lección: se leen sus celdas.
"""

import argparse
import json
import time
from datetime import date
from pathlib import Path

import numpy as np
import torch
from packing import save_vectors
from recipes import cpu_name

from llm_intro import load_quijote
from llm_intro.embeddings import (
    WordVectors,
    count_pairs,
    count_vectors,
    frequent_words,
    load_vectors,
    ppmi,
    split_words,
    truncated_svd,
)

ROOT = Path(__file__).resolve().parents[1]
DATA, LESSON = ROOT / "llm_intro" / "data", ROOT / "notebooks" / "03_embeddings.ipynb"
PAIRS = [("hombre", "mujer"), ("señor", "señora"), ("duque", "duquesa")]


def lesson_skipgram():
    """La función `skipgram` de la lección, tal como se lee allí."""
    cells = {c["id"]: c for c in json.loads(LESSON.read_text(encoding="utf-8"))["cells"]}
    names = {"np": np}
    for cell_id in ("parejas-reales", "skipgram"):
        exec("".join(cells[cell_id]["source"]), names)
    return names["skipgram"]


def ranks(vectors: WordVectors) -> list[int]:
    """El puesto de «reina» en las tres preguntas."""
    return [vectors.rank("reina", "rey", *pair) for pair in PAIRS]


def overlap(one: WordVectors, other: WordVectors, k: int = 10) -> float:
    """Qué parte de las `k` vecinas coincide, en las palabras de puesto 100 a 400."""
    shared = [
        len({w for w, _ in one.neighbours(word, k)} & {w for w, _ in other.neighbours(word, k)}) / k
        for word in one.words[100:400]
    ]
    return round(float(np.mean(shared)), 3)


def from_ppmi(words: list[str], bits: np.ndarray, seed: int) -> WordVectors:
    """Lo mismo que `count_vectors`, con las cuentas ya hechas y otra semilla."""
    u, s = truncated_svd(bits, 100, seed)
    return WordVectors(words, u * s**0.5)


def table(methods: dict[str, list[list[int]]]) -> list[list[str]]:
    """Filas para la lección: método, pregunta y puesto por semilla."""
    return [
        [name, f"rey − {a} + {b}", " · ".join(str(row[i]) for row in rows)]
        for name, rows in methods.items()
        for i, (a, b) in enumerate(PAIRS)
    ]


def main() -> None:
    """Calcula, guarda y enseña la ficha."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--smoke", action="store_true")
    smoke = parser.parse_args().smoke
    torch.set_num_threads(1)
    min_count, seeds = (2, range(1)) if smoke else (8, range(5))
    tokens = split_words(load_quijote("extracto" if smoke else "auto").train)
    begin = time.process_time()
    shipped = count_vectors(tokens, min_count=min_count)
    seconds = time.process_time() - begin
    words, ids = frequent_words(tokens, min_count)
    skipgram, begin = lesson_skipgram(), time.process_time()
    learnt = [WordVectors(words, skipgram(ids, len(words), seed=s)) for s in seeds]
    card = {
        "data": "Don Quijote, Project Gutenberg 2000, limpio con llm_intro.corpus.clean; train",
        "command": "python benchmarks/vectors.py",
        "method": "PPMI (ventana 5, pesos 1/d, contexto a la 0,75, 8 veces o más) y SVD",
        "words": len(shipped),
        "dimensions": shipped.vectors.shape[1],
        "seed": 0,
        "machine": f"{cpu_name()}, 1 hilo; torch {torch.__version__}",
        "cpu_seconds": round(seconds, 1),
        "cpu_seconds_per_skipgram": round((time.process_time() - begin) / len(seeds), 1),
        "date": date.today().isoformat(),
        "shared_neighbours": {
            "ppmi_and_skipgram": [overlap(shipped, one) for one in learnt],
            "skipgram_and_skipgram": [overlap(learnt[0], one) for one in learnt[1:]],
            "by_chance": round(10 / len(shipped), 4),
        },
    }
    if not smoke:
        table_bits = ppmi(count_pairs(ids, len(words)))
        counted = [shipped, *(from_ppmi(words, table_bits, s) for s in seeds[1:])]
        methods = {"PPMI y SVD": map(ranks, counted), "skip-gram": map(ranks, learnt)}
        card["rank_of_reina"] = table({name: list(rows) for name, rows in methods.items()})
        save_vectors(DATA / "vectors.npz", shipped)
        card["shared_neighbours"]["ppmi_and_stored"] = overlap(shipped, load_vectors())
        text = json.dumps(card, ensure_ascii=False, indent=1)
        (DATA / "vectors.json").write_text(text + "\n", encoding="utf-8")
    print(json.dumps(card, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
