"""Las uniones que nuestro BPE aprende del libro entero: mil piezas, de los 256 bytes en adelante.

python benchmarks/pieces.py          # unos segundos; escribe llm_intro/data/pieces.json
python benchmarks/pieces.py --smoke  # cien uniones del extracto; no guarda nada
"""

import json
import sys
from datetime import date
from pathlib import Path

from llm_intro import BPETokenizer, load_quijote

TABLE = Path(__file__).resolve().parents[1] / "llm_intro" / "data" / "pieces.json"
SIZE = 1000


def main() -> None:
    """Aprende las uniones y las guarda, con su ficha."""
    smoke = "--smoke" in sys.argv
    corpus = load_quijote("extracto" if smoke else "auto")
    bpe = BPETokenizer.train(corpus.train, vocab_size=356 if smoke else SIZE)
    assert bpe.decode(bpe.encode(corpus.heldout)) == corpus.heldout
    print(len(bpe.pairs), bpe.merges[:6])
    if smoke:
        return
    assert corpus.source != "extracto", "hace falta el libro entero: LLM_INTRO_QUIJOTE=ruta"
    card = {
        "command": "python benchmarks/pieces.py",
        "data": f"train del libro entero, {len(corpus.train)} caracteres",
        "date": date.today().isoformat(),
        "pairs": bpe.pairs,
    }
    TABLE.write_text(json.dumps(card, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
