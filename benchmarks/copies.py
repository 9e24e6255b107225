"""¿Copia o crea? Qué trozos de un texto generado están tal cual en train, letra a letra.

    python benchmarks/copies.py          # unos minutos; escribe llm_intro/data/copies.json
    python benchmarks/copies.py --smoke  # segundos, con el extracto; no guarda nada

De cada letra se guarda cuánto mide el trozo más largo que empieza en ella y está en train: con eso
se sabe, para cualquier largo, qué letras van en un trozo copiado. Como referencia, Cervantes: para
las partes, lo reservado del libro; para leerlo, el último capítulo del extracto.
"""

import json
import sys
from datetime import date
from pathlib import Path

import numpy as np

from llm_intro import NGramModel, generate, load_quijote
from llm_intro.models.pretrained import load_fast
from llm_intro.tokenizers import CharTokenizer

TABLE = Path(__file__).resolve().parents[1] / "llm_intro" / "data" / "copies.json"
ORDERS, SIZES, PROMPT = (2, 4, 6, 8, 10), range(5, 41), "la "
TEXTS, LETTERS = 20, 500


def longest(text: str, known: str) -> list[int]:
    """Por cada letra, cuánto mide el trozo más largo que empieza en ella y está en `known`."""
    sizes, size = [], 0
    for i in range(len(text)):
        size = max(size - 1, 0)  # lo que sigue a un trozo copiado también lo está
        while i + size < len(text) and text[i : i + size + 1] in known:
            size += 1
        sizes.append(size)
    return sizes


def covered(sizes: list[int], least: int) -> list[bool]:
    """Qué letras van en algún trozo copiado de `least` letras o más."""
    end, inside = 0, []
    for i, size in enumerate(sizes):
        end = max(end, i + size) if size >= least else end
        inside.append(i < end)
    return inside


def row(name: str, texts: list[str], known: str) -> dict:
    """Un autor: su primer texto, letra a letra, y las partes copiadas de todos, por largos."""
    found = [longest(text, known) for text in texts]
    shares = [np.mean([one for sizes in found for one in covered(sizes, n)]) for n in SIZES]
    share = [round(100 * float(value), 1) for value in shares]
    return {"name": name, "text": texts[0], "longest": found[0], "share": share}


def main() -> None:
    """Escribe los textos, busca sus trozos en train y los guarda."""
    smoke = "--smoke" in sys.argv
    corpus, excerpt = load_quijote("extracto" if smoke else "auto"), load_quijote("extracto")
    texts, letters = (2, 60) if smoke else (TEXTS, LETTERS)
    tokenizer = CharTokenizer.from_text(corpus.text)
    models = {f"{n}-grama": NGramModel(n).fit(corpus.train, tokenizer) for n in ORDERS}
    written = {
        name: [generate(model, PROMPT, letters, 1.0, seed=seed) for seed in range(texts)]
        for name, model in {**models, "LSTM del curso": load_fast()}.items()
    }
    rows = [row(name, pages, corpus.train) for name, pages in written.items()]
    reserved = corpus.heldout[: texts * letters]
    pages = [reserved[i : i + letters] for i in range(0, len(reserved), letters)]
    cervantes = row("Cervantes", pages, corpus.train)
    shown = excerpt.heldout[:letters]
    rows.append({**cervantes, "text": shown, "longest": longest(shown, corpus.train)})
    print({one["name"]: one["share"][10] for one in rows})
    if smoke:
        return
    assert corpus.source != "extracto", "hace falta el libro entero: LLM_INTRO_QUIJOTE=ruta"
    card = {
        "command": "python benchmarks/copies.py",
        "data": f"{texts} textos de {letters} letras por autor, temperatura 1; train del libro",
        "seed": f"de 0 a {texts - 1}; se enseña el de la 0",
        "date": date.today().isoformat(),
        "sizes": list(SIZES),
        "writers": rows,
    }
    TABLE.write_text(json.dumps(card, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
