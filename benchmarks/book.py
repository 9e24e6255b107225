"""El retrato del libro: por él lo reconoce `load_quijote` aunque Gutenberg corrija erratas.

    python benchmarks/book.py            # con el libro en LLM_INTRO_QUIJOTE; escribe data/book.json
    python benchmarks/book.py --smoke    # con el extracto, sin guardar nada

Quien lo rehace responde de que ese archivo es el libro: aquí no se comprueba.
"""

import json
import os
import sys
from datetime import date
from pathlib import Path

from llm_intro.corpus import clean, load_quijote
from llm_intro.support.data import write_atomic
from llm_intro.support.portrait import portrait

OUTPUT = Path(__file__).parents[1] / "llm_intro" / "data" / "book.json"


def describe(text: str) -> dict:
    """Lo que se guarda de un libro ya limpio."""
    return {
        "data": "Don Quijote, Project Gutenberg 2000, limpio con llm_intro.corpus.clean",
        "command": "python benchmarks/book.py",
        "date": date.today().isoformat(),
        "characters": len(text),
        "symbols": "".join(sorted(set(text))),
        "portrait": portrait(text),
    }


def main() -> None:
    """Lo calcula y lo guarda."""
    smoke = "--smoke" in sys.argv
    if smoke:
        raw = load_quijote("extracto").raw
    else:
        raw = Path(os.environ["LLM_INTRO_QUIJOTE"]).read_text(encoding="utf-8-sig")
    book = describe(clean(raw))
    rows = ",\n".join(f"  {row}" for row in book.pop("portrait"))
    head = json.dumps(book, ensure_ascii=False, indent=1)[:-2]
    text = f'{head},\n "portrait": [\n{rows}\n ]\n}}\n'
    print(text) if smoke else write_atomic(OUTPUT, text.encode())


if __name__ == "__main__":
    main()
