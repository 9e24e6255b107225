"""Un duelo justo: la LSTM y el Transformer, del mismo tamaño, cada uno con su mejor freno y tasa.

    python benchmarks/duel.py            # con un hilo de CPU, alrededor de una hora
    python benchmarks/duel.py --smoke    # redes de juguete, unos pasos, sin guardar

Las dos leen lo mismo: veinticinco vueltas a las primeras cien mil letras, bastantes para que
sobreajuste el Transformer sin freno. Se elige en valid: primero la tasa, con un freno medio;
después el freno, con esa tasa. Lo elegido se repite con otras dos semillas, y solo entonces se
mide, una vez, en lo reservado: entero, y dejándoles ver solo unas pocas letras. Se guarda en
llm_intro/data/duel.json.
"""

import argparse
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import torch
from recipes import cpu_name, quiet
from torch.nn.functional import cross_entropy

from llm_intro import CharTokenizer, TrainConfig, bits_per_char, load_quijote, train
from llm_intro.corpus import Corpus
from llm_intro.models.regularized_lstm import RegularizedLSTM
from llm_intro.models.scoreboard import bootstrap_interval
from llm_intro.models.transformer import Transformer
from llm_intro.training import valid_bits

STORED = Path(__file__).resolve().parents[1] / "llm_intro" / "data" / "duel.json"
READ, LAPS, JUDGED, SEEDS = 100_000, 25, 40_000, 3  # letras de train, vueltas, letras de valid
CONTEXTS, SCORED, WINDOWS, BATCH = (5, 10, 20, 50, 100, 250), 8, 1000, 50
SHORTER, LONGER = 20, 250  # de la una a la otra se mide lo que gana cada red
LSTM, TRANSFORMER = "LSTM", "Transformer"
BRAKES = {  # el freno, de menos a más: cuánto se apaga al entrenar
    LSTM: ((0.1, 0.1), (0.3, 0.2), (0.5, 0.4)),  # de la salida y de los pesos
    TRANSFORMER: (0.0, 0.15, 0.3),
}
RATES = {LSTM: (4e-3, 8e-3), TRANSFORMER: (1.5e-3, 3e-3)}
SIZES = {LSTM: 256, TRANSFORMER: 96}
EACH = {  # 1024 letras por paso, las dos
    LSTM: dict(batch_size=16, chunk_len=64, reset_every=20),
    TRANSFORMER: dict(batch_size=4, chunk_len=256, reset_every=5),
}
RECIPE = TrainConfig(
    steps=READ * LAPS // 1024, weight_decay=0.02, warmup_steps=100, average=0.99, evals=10,
    clock="cpu",
)  # fmt: skip


def make(kind: str, brake, vocab: int):
    """Una red de cada clase, con los mismos números que aprender."""
    if kind == TRANSFORMER:
        return Transformer(vocab, SIZES[kind], heads=6, layers=3, context=256, dropout=brake)
    output, weights = brake
    return RegularizedLSTM(
        vocab, 48, SIZES[kind], 1, 0.0, forget_bias=1.0,
        input_dropout=0.1, output_dropout=output, weight_dropout=weights,
    )  # fmt: skip


def compete(kind: str, brake, lr: float, seed: int, corpus):
    """Entrena una red: ella, con los pesos de su mejor medida en valid, y su fila."""
    torch.manual_seed(seed)
    tokenizer = CharTokenizer.from_text(corpus.text)
    model = make(kind, brake, tokenizer.vocab_size)
    recipe = replace(RECIPE, lr=lr, seed=seed, **EACH[kind])
    history = train(model, corpus, recipe, quiet)
    best, last = history.best, history.events[-1]
    studied = torch.from_numpy(tokenizer.encode(corpus.train[:JUDGED]))
    row = {
        "net": kind, "brake": brake, "lr": lr, "seed": seed,
        "parameters": sum(p.numel() for p in model.parameters()),
        "train": valid_bits(model, studied), "valid": best.valid_bits,
        "last_valid": last.valid_bits, "best_chars": best.chars,
        "chars": last.chars, "seconds": last.seconds,
    }  # fmt: skip
    row = {key: round(v, 4) if isinstance(v, float) else v for key, v in row.items()}
    print(json.dumps(row, ensure_ascii=False), flush=True)
    return model, row


def semifinal(kind: str, corpus) -> tuple[list, list]:
    """Lo probado, y los finalistas: la mejor tasa y, con ella, el mejor freno."""
    middle = BRAKES[kind][len(BRAKES[kind]) // 2]
    tried = [compete(kind, middle, lr, 0, corpus) for lr in RATES[kind]]
    lr = min(tried, key=lambda one: one[1]["valid"])[1]["lr"]
    tried += [compete(kind, brake, lr, 0, corpus) for brake in BRAKES[kind] if brake != middle]
    best = min(tried, key=lambda one: one[1]["valid"])
    again = [compete(kind, best[1]["brake"], lr, seed, corpus) for seed in range(1, SEEDS)]
    return [row for _, row in tried], [best, *again]


def paid(model, ids, starts, context: int) -> np.ndarray:
    """Bits de `SCORED` letras desde cada sitio, leyendo solo las `context` anteriores."""
    rows = torch.stack([ids[s - context : s + SCORED] for s in starts], 1)  # (T, B)
    found = []
    with torch.inference_mode():
        for part in rows.split(BATCH, dim=1):
            logits = model(part[:-1])[0][-SCORED:]
            nats = cross_entropy(logits.movedim(-1, 1), part[-SCORED:], reduction="none")
            found.append(nats.T / np.log(2))  # (B, SCORED)
    return torch.cat(found).flatten().cpu().numpy()


def judge(finalists: list, text: str) -> tuple[dict, np.ndarray]:
    """Lo reservado, una sola vez, y los bits de cada letra con el contexto largo."""
    models, rows = zip(*finalists, strict=True)
    ids = torch.as_tensor(models[0].tokenizer.encode(text)).long()
    starts = np.linspace(max(CONTEXTS), len(text) - SCORED - 1, WINDOWS).astype(int)
    cut = {n: np.stack([paid(m.eval(), ids, starts, n) for m in models]) for n in CONTEXTS}
    gain = (cut[SHORTER] - cut[LONGER]).mean(0)  # de cada letra, la media de las semillas
    told = {key: [row[key] for row in rows] for key in ("train", "valid", "chars", "seconds")}
    return {
        "brake": rows[0]["brake"], "lr": rows[0]["lr"], "parameters": rows[0]["parameters"],
        **told, "heldout": [round(bits_per_char(model, text), 4) for model in models],
        "by_context": [[round(float(b), 4) for b in cut[n].mean(1)] for n in CONTEXTS],
        "gain": spread(gain),
    }, cut[LONGER].mean(0)  # fmt: skip


def spread(bits) -> list[float]:
    """La media, y entre qué valores queda."""
    return [round(float(x), 4) for x in (bits.mean(), *bootstrap_interval(bits, SCORED))]


def main() -> None:
    """Celebra el duelo y lo guarda."""
    global RECIPE, WINDOWS, SEEDS
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--smoke", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)
    book = load_quijote("extracto" if options.smoke else "auto")
    if options.smoke:
        RECIPE, WINDOWS, SEEDS = replace(RECIPE, steps=2, evals=1), 20, 2
        SIZES.update({LSTM: 16, TRANSFORMER: 24})
    corpus = Corpus(book.text, book.train[:READ], book.valid[:JUDGED], book.heldout, book.source)
    tried, final, letters = [], {}, {}
    for kind in BRAKES:
        rows, finalists = semifinal(kind, corpus)
        tried += rows
        final[kind], letters[kind] = judge(finalists, corpus.heldout)
    found = {
        "command": "python benchmarks/duel.py", "machine": f"{cpu_name()}, 1 hilo",
        "torch": torch.__version__, "date": date.today().isoformat(),
        "read": len(corpus.train), "laps": LAPS, "tried": tried, "final": final,
        "contexts": CONTEXTS, "from": SHORTER, "to": LONGER,
        "text": f"{WINDOWS * SCORED} letras de lo reservado",
        "transformer_minus_lstm": spread(letters[TRANSFORMER] - letters[LSTM]),
    }  # fmt: skip
    text = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
    text = text.replace('{"net"', '\n{"net"').replace(',"final"', ',\n"final"')
    print(text)
    if not options.smoke:
        STORED.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
