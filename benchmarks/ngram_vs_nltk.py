"""Los n-gramas del curso: bits por orden, y cuánto más deprisa puntúan que los de NLTK.

    python benchmarks/ngram_vs_nltk.py            # con el libro, un minuto
    python benchmarks/ngram_vs_nltk.py --smoke    # con el extracto, segundos

Segundos de CPU del proceso. Los órdenes se comparan en valid; lo reservado se mira una vez por
fila. NLTK cuenta y puntúa el mismo texto que NGramModel, con el mismo orden; su Kneser-Ney es el
de un solo descuento.
"""

import argparse
import io
import time
from itertools import count

import numpy as np
from nltk.lm import KneserNeyInterpolated
from nltk.util import everygrams

from llm_intro.corpus import Corpus, load_quijote
from llm_intro.models.ngram import NGramModel
from llm_intro.tokenizers import CharTokenizer

NLTK_DISCOUNT = 0.75  # uno y fijo; el suyo de fábrica, 0,1, da bits mucho peores


def timed(action):
    """El resultado de `action()` y sus segundos de CPU."""
    start = time.process_time()
    return action(), time.process_time() - start


def print_orders(corpus: Corpus, orders) -> None:
    """Una fila por orden: tiempos, bits y tamaño."""
    tokenizer = CharTokenizer.from_text(corpus.text)
    valid, heldout = tokenizer.encode(corpus.valid), tokenizer.encode(corpus.heldout)
    print(f"\nKneser-Ney, {corpus!r}: contado en train ({len(corpus.train)} caracteres)\n")
    print("| orden | contar, s | puntuar lo reservado, s | pasos/s | n-gramas | npz, MB |", end="")
    print(" Laplace, valid | valid | reservado (bits/car.) |")
    print("|---" * 9 + "|")
    for order in orders:
        model, fit = timed(lambda order=order: NGramModel(order).fit(corpus.train, tokenizer))
        bits, score = timed(lambda model=model: model.token_bits(heldout).mean())
        laplace = NGramModel(order, "laplace").fit(corpus.train, tokenizer)
        file = io.BytesIO()
        np.savez_compressed(file, **model.to_arrays())
        print(
            f"| {order} | {fit:.2f} | {score:.2f} | {steps_per_second(model, valid[:5000]):.0f} "
            f"| {model.size} | {file.tell() / 1e6:.2f} | {laplace.token_bits(valid).mean():.3f} "
            f"| {model.token_bits(valid).mean():.3f} | {bits:.3f} |"
        )


def steps_per_second(model, ids) -> float:
    def walk():
        state = model.start()
        for token in ids.tolist():
            _, state = model.step(token, state)

    return len(ids) / timed(walk)[1]


def nltk_bits(model, text: str, order: int, seconds: float) -> np.ndarray:
    """Bits de cada carácter de `text`, menos el primero, hasta agotar los segundos."""
    start, bits = time.process_time(), []
    for i in count(1):
        if i == len(text) or time.process_time() - start > seconds:
            return np.array(bits)
        bits.append(-model.logscore(text[i], list(text[max(0, i - order + 1) : i])))


def print_comparison(corpus: Corpus, order: int, characters: int, seconds: float) -> None:
    """Los dos modelos, con el mismo texto: contar, puntuar y si las probabilidades suman 1."""
    text, valid = corpus.train[:characters], corpus.valid
    tokenizer = CharTokenizer.from_text(corpus.text)
    theirs = KneserNeyInterpolated(order, discount=NLTK_DISCOUNT)
    grams = [everygrams(text, max_len=order)]
    _, their_fit = timed(lambda: theirs.fit(grams, vocabulary_text=list(tokenizer.symbols)))
    their_bits, their_score = timed(lambda: nltk_bits(theirs, valid, order, seconds))
    ours, our_fit = timed(lambda: NGramModel(order).fit(text, tokenizer))
    ids = tokenizer.encode(valid)
    our_bits, our_score = timed(lambda: ours.token_bits(ids))
    n = len(their_bits)
    their_rate, our_rate = n / their_score, len(our_bits) / our_score
    contexts = [valid[i : i + order - 1] for i in range(0, n, max(1, n // 5))][:5]
    sums = [sum(theirs.score(w, list(h)) for w in theirs.vocab) for h in contexts]
    our_sums = [ours.probs(h).sum() for h in contexts]
    print(f"\nOrden {order}, contado en {len(text)} caracteres de train\n")
    print("| | NLTK KneserNeyInterpolated | NGramModel | razón |")
    print("|---" * 4 + "|")
    print(f"| contar, s | {their_fit:.2f} | {our_fit:.3f} | {their_fit / our_fit:.0f} |")
    print(f"| puntuar, car./s | {their_rate:.0f} | {our_rate:.0f} | {our_rate / their_rate:.0f} |")
    print(f"| bits/car., {n} de valid | {their_bits.mean():.3f} | {our_bits[:n].mean():.3f} | |")
    print(f"| Σ P en {len(sums)} contextos | {spread(sums)} | {spread(our_sums)} | |")


def spread(values) -> str:
    return f"de {min(values):.6f} a {max(values):.6f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--smoke", action="store_true", help="con el extracto, en segundos")
    if parser.parse_args().smoke:
        corpus = load_quijote("extracto")
        print_orders(corpus, range(1, 4))
        print_comparison(corpus, order=3, characters=5_000, seconds=1)
    else:
        corpus = load_quijote()
        print_orders(corpus, range(1, 11))
        print_comparison(corpus, order=6, characters=100_000, seconds=30)


if __name__ == "__main__":
    main()
