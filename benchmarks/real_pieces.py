"""Cómo parten unas frases los vocabularios de modelos conocidos.

    python benchmarks/real_pieces.py          # escribe llm_intro/data/real_pieces.json
    python benchmarks/real_pieces.py --smoke  # mira que lo guardado esté entero

Los vocabularios vienen en dos paquetes corrientes, que no hacen falta para el curso:
`npm install gpt-tokenizer` (GPT-2, GPT-4, GPT-4o) y `pip install mistral-common` (Tekken).
Una pieza que no es texto por sí sola, media letra, se guarda con sus bytes: «\\xc2».
"""

import json
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

TABLE = Path(__file__).parents[1] / "llm_intro" / "data" / "real_pieces.json"
SENTENCES = {
    "greeting": "¡Muy bien! ¿Y tú?",
    "bravely": "respondió don quijote valientemente",
    "car-es": "mañana voy a llevar el coche al taller porque tiene una avería",
    "car-en": "tomorrow i am taking the car to the garage because it broke down",
    "rain-es": "hoy llueve, así que nos quedamos en casa leyendo un libro",
    "rain-en": "it is raining today, so we are staying at home reading a book",
    "bread-es": "la vecina nos ha traído pan recién hecho y queso de oveja",
    "bread-en": "our neighbour has brought us fresh bread and sheep cheese",
}
VOCABULARIES = {"GPT-2": "r50k_base", "GPT-4": "cl100k_base", "GPT-4o": "o200k_base"}
NODE = """
const text = JSON.parse(process.argv[1]);
const ask = async name => {
  const { encode } = await import(`gpt-tokenizer/encoding/${name}`);
  const ranks = (await import(`gpt-tokenizer/bpeRanks/${name}`)).default;
  const bytes = t => typeof ranks[t] === 'string' ? [...Buffer.from(ranks[t])] : [...ranks[t]];
  return Object.fromEntries(Object.entries(text).map(([k, s]) => [k, encode(s).map(bytes)]));
};
const found = {};
for (const name of %s) found[name] = await ask(name);
console.log(JSON.stringify(found));
"""


def readable(piece: bytes) -> str:
    """La pieza como texto, o sus bytes si es media letra."""
    return piece.decode("utf-8", errors="backslashreplace")


def openai_pieces() -> dict[str, dict[str, list[str]]]:
    """Las piezas según los vocabularios de `gpt-tokenizer`."""
    script = NODE % json.dumps(list(VOCABULARIES.values()))
    command = ["node", "--input-type=module", "-e", script, json.dumps(SENTENCES)]
    found = json.loads(subprocess.check_output(command, text=True))
    return {
        model: {key: [readable(bytes(p)) for p in pieces] for key, pieces in found[name].items()}
        for model, name in VOCABULARIES.items()
    }


def tekken_pieces() -> dict[str, list[str]]:
    """Las piezas según el vocabulario Tekken, de `mistral-common`."""
    from mistral_common.tokens.tokenizers import tekken

    path = Path(tekken.__file__).parents[2] / "data" / "tekken_240911.json"
    tokenizer = tekken.Tekkenizer.from_file(path)
    return {
        key: [readable(tokenizer.id_to_byte_piece(i)) for i in tokenizer.encode(text, False, False)]
        for key, text in SENTENCES.items()
    }


def joined(pieces: list[str]) -> str:
    """El texto que forman unas piezas, con las medias letras otra vez enteras."""
    whole = "".join(pieces).encode()
    return re.sub(rb"\\x([0-9a-f]{2})", lambda m: bytes.fromhex(m[1].decode()), whole).decode()


def check(table: dict) -> None:
    """Las piezas de cada frase, juntas, son la frase."""
    for vocabulary in table["pieces"].values():
        for key, pieces in vocabulary.items():
            assert joined(pieces) == table["sentences"][key], pieces


def main() -> None:
    """Escribe la tabla, con los paquetes y la fecha."""
    if "--smoke" in sys.argv:
        check(json.loads(TABLE.read_text(encoding="utf-8")))
        return
    table = {
        "command": "python benchmarks/real_pieces.py",
        "packages": "gpt-tokenizer 4.0.0 (npm), mistral-common 1.13.1 (PyPI), tekken_240911",
        "date": date.today().isoformat(),
        "sentences": SENTENCES,
        "pieces": {**openai_pieces(), "Tekken": tekken_pieces()},
    }
    check(table)
    TABLE.write_text(json.dumps(table, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
