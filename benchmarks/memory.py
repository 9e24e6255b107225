"""¿Copia o crea? Cuántos tramos de lo que escribe la red estaban ya en train.

    python benchmarks/memory.py            # imprime la tabla
    python benchmarks/memory.py --smoke    # segundos, con pocas letras

Un tramo son n letras seguidas. Se cuentan todos los de lo escrito (40 textos por temperatura) y,
como referencia, los de lo reservado, que nadie ha copiado: también repite frases hechas.
"""

import argparse

import numpy as np

from llm_intro import load_quijote
from llm_intro.models.pretrained import load_fast
from llm_intro.sampling import feed, read_prompt

LENGTHS, TEMPERATURES, TEXTS = (20, 40, 80), (0.3, 0.5, 0.7, 1.0), 40
PROMPT = "en un lugar de la mancha"


def write_together(model, letters: int, temperature: float, texts: int) -> list[str]:
    """`texts` continuaciones a la vez del mismo comienzo, cada una con su azar."""
    logits, state = feed(model, read_prompt(model, PROMPT))
    logits = np.repeat(logits[None], texts, axis=0)  # (B, V)
    state = type(state)(*(np.repeat(part[:, None], texts, axis=1) for part in state))
    rng, written = np.random.default_rng(0), []
    for _ in range(letters):
        scores = np.exp((logits - logits.max(axis=1, keepdims=True)) / temperature)
        edges = np.cumsum(scores, axis=1)
        draws = rng.random((texts, 1)) * edges[:, -1:]
        tokens = (edges < draws).sum(axis=1)  # (B,)
        written.append(tokens)
        logits, state = model.step(tokens, state)
    return [model.tokenizer.decode(column.tolist()) for column in np.stack(written).T]


def spans(text: str, length: int) -> set[str]:
    """Todos los tramos distintos de un texto."""
    return {text[i : i + length] for i in range(len(text) - length + 1)}


def share(texts: list[str], known: set[str], length: int) -> float:
    """Qué parte de los tramos de unos textos está entre los conocidos."""
    found = [t[i : i + length] in known for t in texts for i in range(len(t) - length + 1)]
    return float(np.mean(found))


def main() -> None:
    """Imprime la tabla."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--smoke", action="store_true")
    options = parser.parse_args()
    letters, texts = (200, 4) if options.smoke else (2500, TEXTS)
    corpus, model = load_quijote(), load_fast()
    written = {f"T = {t}": write_together(model, letters, t, texts) for t in TEMPERATURES}
    written["lo reservado"] = [corpus.heldout]
    rows = {name: [] for name in written}
    for length in LENGTHS:
        known = spans(corpus.train, length)
        for name, pieces in written.items():
            rows[name].append(share(pieces, known, length))
    print(f"Parte de los tramos que están en train; {texts} textos de {letters} letras.\n")
    print("| | " + " | ".join(f"{length} letras" for length in LENGTHS) + " |")
    print("|---" * (len(LENGTHS) + 1) + "|")
    for name, shares in rows.items():
        print(f"| {name} | " + " | ".join(f"{100 * value:.3f} %" for value in shares) + " |")


if __name__ == "__main__":
    main()
