"""Varios modelos a la vez: cuánto gana mezclarlos, y cuánto más si la red aprende al leer.

    python benchmarks/mixtures.py            # escribe benchmarks/outputs/mixtures.json
    python benchmarks/mixtures.py --smoke    # segundos, con trozos de texto, sin guardar

Todo se elige en valid: los pesos de las mezclas, la tasa con que la red sigue aprendiendo. Lo
reservado se mide una vez por fila, con el intervalo de lo que gana a su mejor parte. El 10-grama
no viaja con el curso (ocuparía 3,85 MB): con el libro delante, contarlo cuesta un segundo.
"""

import argparse
import copy
import json
from datetime import date
from pathlib import Path

import numpy as np
import torch
from mixing import fit_product, fit_weights, product_bits
from recipes import cpu_name
from torch.nn.functional import log_softmax

from llm_intro import NGramModel, load_pretrained, load_quijote
from llm_intro.models.scoreboard import bootstrap_interval

OUTPUTS = Path(__file__).parent / "outputs"
COUNTS = {"6-grama": 6, "10-grama": 10}  # nombre: orden
NETWORKS = ("cervantes", "transformer")
MIXED = (
    ("6-grama", "cervantes"),
    ("10-grama", "cervantes"),
    ("6-grama", "cervantes", "transformer"),
    ("10-grama", "cervantes", "transformer"),
)
LEARNING = "cervantes, aprendiendo"  # la clave de la LSTM que sigue aprendiendo
ADAPTIVE = ((LEARNING,), ("10-grama", LEARNING, "transformer"))
RATES = (0.03, 0.1, 0.2, 0.3)  # de la evaluación dinámica, para elegir en valid
TRIAL = 40_000  # letras de valid con que se elige
PIECE = 64  # letras que la red lee antes de aprender de ellas


def network_log_probs(model, ids: np.ndarray, rate: float = 0.0) -> np.ndarray:
    """ln P de cada símbolo tras cada uno de `ids`, (N-1, V), llevando el estado.

    Con `rate`, la red da un paso de descenso con cada trozo después de puntuarlo.

    Fuente: Krause et al. (2018), «Dynamic Evaluation of Neural Sequence Models».
    """
    model, hidden, rows = copy.deepcopy(model).eval(), None, []  # la de fuera no cambia
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    ids, piece = torch.from_numpy(ids), PIECE if rate else 512
    for x, y in zip(ids[:-1].split(piece), ids[1:].split(piece), strict=True):
        with torch.set_grad_enabled(bool(rate)):
            logits, hidden = model(x[:, None], hidden)  # (T, 1, V)
            scores = log_softmax(logits[:, 0], dim=-1)  # (T, V)
        rows.append(scores.detach().numpy())
        if rate:
            hidden = tuple(h.detach() for h in hidden)
            optimizer.zero_grad()
            (-scores.gather(1, y[:, None]).mean()).backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
    return np.concatenate(rows)


def counts_log_probs(model, ids: np.ndarray) -> np.ndarray:
    """Lo mismo para un n-grama, de letra en letra."""
    state, rows = model.start(), []
    for token in ids[:-1]:
        scores, state = model.step(token, state)
        rows.append(scores.astype(np.float32))
    return np.stack(rows)


def token_bits(log_probs: np.ndarray, ids: np.ndarray) -> np.ndarray:
    """Bits de cada símbolo menos el primero, (N-1,)."""
    return -log_probs[np.arange(len(ids) - 1), ids[1:]] / np.log(2)


def choose_rate(model, ids: np.ndarray) -> dict[float, float]:
    """Bits/car. en valid con cada tasa."""
    tried = {}
    for rate in RATES:
        tried[rate] = float(token_bits(network_log_probs(model, ids, rate), ids).mean())
        print(f"aprendiendo con tasa {rate}: {tried[rate]:.4f} en valid", flush=True)
    return tried


def read_all(models: dict, texts: dict[str, str], rate: float) -> dict:
    """parte → modelo → ln P, (N-1, V); y en "ids", los símbolos."""
    read = {}
    for part, text in texts.items():
        ids = models["cervantes"].tokenizer.encode(text)
        rows = {key: counts_log_probs(models[key], ids) for key in COUNTS}
        rows |= {key: network_log_probs(models[key], ids) for key in NETWORKS}
        rows[LEARNING] = network_log_probs(models["cervantes"], ids, rate)
        read[part] = {"ids": ids, **rows}
    return read


def measure(read: dict, keys: tuple[str, ...], how: str) -> dict:
    """Una fila: pesos de valid, bits de cada parte y lo que gana a la mejor de las suyas.

    La red que aprende al leer, si va sola, se compara con la misma sin aprender.
    """
    bits = {p: np.stack([token_bits(r[key], r["ids"]) for key in keys]) for p, r in read.items()}
    if how == "suma":
        weights = fit_weights(bits["valid"])
        mixed = {part: -np.log2(weights @ 2.0**-parts) for part, parts in bits.items()}
    else:
        weights = fit_product(stack(read["valid"], keys), read["valid"]["ids"][1:])
        mixed = {
            part: product_bits(stack(rows, keys), weights, rows["ids"][1:])
            for part, rows in read.items()
        }
    best = bits["heldout"][bits["valid"].mean(axis=1).argmin()]
    if keys == (LEARNING,):
        best = token_bits(read["heldout"]["cervantes"], read["heldout"]["ids"])
    gain = best - mixed["heldout"]
    return {
        "parts": list(keys),
        "how": how,
        "weights": weights.tolist(),
        "bits": {part: float(values.mean()) for part, values in mixed.items()},
        "bits_95": bootstrap_interval(mixed["heldout"]),
        "gain": float(gain.mean()),
        "gain_95": bootstrap_interval(gain),
    }


def stack(rows: dict, keys: tuple[str, ...]) -> np.ndarray:
    """Los ln P de unos cuantos modelos, (M, N, V)."""
    return np.stack([rows[key] for key in keys])


def main() -> None:
    """Mide y guarda."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--smoke", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)
    corpus, cut = load_quijote(), 1500 if options.smoke else None
    texts = {"valid": corpus.valid[:cut], "heldout": corpus.heldout[:cut],
             "extracto": load_quijote("extracto").heldout[:cut]}  # fmt: skip
    models = {key: load_pretrained(key) for key in NETWORKS}
    tokenizer = models["cervantes"].tokenizer
    models |= {key: NGramModel(order=n).fit(corpus.train, tokenizer) for key, n in COUNTS.items()}
    tried = choose_rate(models["cervantes"], tokenizer.encode(texts["valid"][:TRIAL]))
    rate = min(tried, key=tried.get)
    read = read_all(models, texts, rate)
    rows = [measure(read, (key,), "suma") for key in (*COUNTS, *NETWORKS)]
    rows += [measure(read, keys, how) for keys in MIXED for how in ("suma", "producto")]
    rows += [measure(read, keys, "producto" if len(keys) > 1 else "suma") for keys in ADAPTIVE]
    for row in rows:
        print(row["parts"], row["how"], row["weights"], row["bits"], row["gain_95"], flush=True)
    stored = {
        "made": "python benchmarks/mixtures.py",
        "machine": f"{cpu_name()}, 1 hilo; torch {torch.__version__}",
        "date": date.today().isoformat(),
        "dynamic": {"rates": {str(key): value for key, value in tried.items()}, "rate": rate},
        "rows": rows,
    }
    if not options.smoke:
        text = json.dumps(stored, ensure_ascii=False, indent=1)
        (OUTPUTS / "mixtures.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
