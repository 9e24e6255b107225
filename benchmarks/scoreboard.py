"""Las filas del marcador que costaron minutos: se miden una vez y viajan con el curso.

    python benchmarks/scoreboard.py            # escribe llm_intro/data/scoreboard.json
    python benchmarks/scoreboard.py dynamic    # además, la LSTM que sigue aprendiendo al leer
    python benchmarks/scoreboard.py table      # imprime lo guardado
    python benchmarks/scoreboard.py --smoke    # segundos, con trozos de texto, sin guardar

Las recetas salen de recipes.json; las redes y el n-grama son los que carga `load_pretrained`.
Los pesos de las mezclas se ajustan en valid y se miden una vez en lo reservado.
"""

import argparse
import copy
import json
from datetime import date
from pathlib import Path

import numpy as np
import torch
from mixing import Mixture, fit_weights
from recipes import cpu_name
from torch.nn.functional import cross_entropy

from llm_intro import load_pretrained, load_quijote
from llm_intro.models.pretrained import FILES, load_card
from llm_intro.models.scoreboard import bootstrap_interval, sample_text
from llm_intro.support.data import load_results

DATA = Path(__file__).parents[1] / "llm_intro" / "data"
NETWORKS = {"LSTM del curso": "cervantes", "Transformer": "transformer"}
MIXED = {
    "mezcla: 6-grama y LSTM": ("ngrama", "cervantes"),
    "mezcla: 6-grama, LSTM y Transformer": ("ngrama", "cervantes", "transformer"),
}
SHIPPED = [key for key in NETWORKS.values() if (DATA / f"{key}.safetensors").exists()]
RATES = (0.0, 0.1, 0.3, 1.0, 3.0)  # de la evaluación dinámica, para elegir en valid


def recipe_rows() -> list[dict]:
    """Las recetas entrenadas en recipes.py: la mediana de las semillas."""
    recipes = load_results("recipes")
    runs = {"receta de partida": [recipes["starting"]]}
    for minutes in (1, 4, 20):
        if trained := recipes["course"].get(str(60 * minutes)):
            runs[f"receta del curso, {minutes} min"] = trained
    rows = []
    for name, seeds in runs.items():
        run = sorted(seeds, key=lambda run: run["heldout"])[len(seeds) // 2]
        part = "starting" if name == "receta de partida" else "course"
        rows.append({
            "name": name, "bits": run["heldout"], "parameters": run["parameters"],
            "seconds": run["best_seconds"], "megabytes": 4 * run["parameters"] / 1e6,
            "sample": run.get("sample", ""),
            "made": f"python benchmarks/recipes.py {part}",
        })  # fmt: skip
    return rows


def network_rows() -> list[dict]:
    """Las dos redes que viajan con el curso, con las cifras de sus fichas."""
    rows = []
    for name, key in NETWORKS.items():
        if key not in SHIPPED:
            continue
        card = load_card(key)
        rows.append({
            "name": name, "bits": card["bits_per_char"]["heldout"],
            "excerpt_bits": card["bits_per_char"]["excerpt_lxxiv"],
            "parameters": card["parameters"], "seconds": card["cpu_seconds"],
            "megabytes": megabytes(key),
            "sample": sample_text(load_pretrained(key)), "made": card["command"],
        })  # fmt: skip
    return rows


def megabytes(key: str) -> float:
    """Lo que ocupan los pesos o las cuentas de un modelo de los que viajan con el curso."""
    files = DATA.glob(f"{FILES[key]}.*")
    return next(p for p in files if p.suffix != ".json").stat().st_size / 1e6


def mixture_rows(texts: dict[str, str]) -> list[dict]:
    """Las mezclas: pesos de valid, bits de lo reservado y cuánto ganan a su mejor parte."""
    models = {key: load_pretrained(key) for key in ("ngrama", *SHIPPED)}
    bits = {
        part: {key: m.token_bits(m.tokenizer.encode(text)) for key, m in models.items()}
        for part, text in texts.items()
    }  # parte → modelo → (N,)
    rows = []
    for name, keys in MIXED.items():
        if not set(keys) <= set(models):
            continue
        weights = fit_weights([bits["valid"][key] for key in keys])
        mixed = {
            part: -np.log2(weights @ 2.0 ** -np.stack([row[key] for key in keys]))
            for part, row in bits.items()
        }
        best = min((bits["heldout"][key] for key in keys), key=np.mean)
        gain = best - mixed["heldout"]
        cards = [load_card(key) for key in keys]
        rows.append({
            "name": name, "bits": mixed["heldout"].mean(),
            "excerpt_bits": mixed["extracto"].mean(),
            "parameters": sum(card["parameters"] for card in cards),
            "seconds": sum(card["cpu_seconds"] for card in cards),
            "megabytes": sum(map(megabytes, keys)),
            "sample": sample_text(Mixture([models[key] for key in keys], weights)),
            "weights": dict(zip(keys, weights.round(3).tolist(), strict=True)),
            "gain": gain.mean(), "gain_95": bootstrap_interval(gain),
            "made": "python benchmarks/scoreboard.py",
        })  # fmt: skip
    return rows


def dynamic_bits(model, text: str, rate: float, chunk_len: int = 64) -> np.ndarray:
    """Bits de cada símbolo, (N-1,), si la red aprende de cada trozo después de puntuarlo.

    Fuente: Krause et al. (2018), «Dynamic Evaluation of Neural Sequence Models».
    """
    model = copy.deepcopy(model).eval()  # la de fuera se queda como estaba
    ids, hidden, bits = torch.from_numpy(model.tokenizer.encode(text)), None, []
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    for x, y in zip(ids[:-1].split(chunk_len), ids[1:].split(chunk_len), strict=True):
        logits, hidden = model(x[:, None], hidden)  # (T, 1, V)
        losses = cross_entropy(logits[:, 0], y, reduction="none")
        bits.append(losses.detach().numpy() / np.log(2))
        hidden = tuple(h.detach() for h in hidden)
        if rate:
            optimizer.zero_grad()
            losses.mean().backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
    return np.concatenate(bits)


def dynamic(corpus, valid: str) -> dict:
    """Se elige la tasa en un trozo de valid; lo reservado, una vez."""
    model = load_pretrained("cervantes")
    tried = {rate: float(dynamic_bits(model, valid, rate).mean()) for rate in RATES}
    best = min(tried, key=tried.get)
    bits = float(dynamic_bits(model, corpus.heldout, best).mean())
    return {"valid": tried, "rate": best, "heldout": bits}


def table(stored: dict) -> None:
    """Imprime lo guardado."""
    for row in sorted(stored["rows"], key=lambda row: -row["bits"]):
        print(f"{row['bits']:.4f} · {row['name']} · {row['parameters']} · {row['seconds']:.0f} s")
        if "gain" in row:
            low, high = row["gain_95"]
            print(f"    {row['weights']}: gana {row['gain']:.4f} [{low:.4f}, {high:.4f}]")
    print(stored.get("dynamic", "evaluación dinámica: sin medir"))


def main() -> None:
    """Lee la orden, mide y guarda."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("part", nargs="?", choices=["rows", "dynamic", "table"], default="rows")
    parser.add_argument("--smoke", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)
    path = DATA / "scoreboard.json"
    stored = load_results("scoreboard")
    if options.part == "table" and not options.smoke:
        return table(stored)
    corpus, cut = load_quijote(), 2000 if options.smoke else None
    texts = {"valid": corpus.valid, "heldout": corpus.heldout,
             "extracto": load_quijote("extracto").heldout}  # fmt: skip
    if options.part == "dynamic":
        stored["dynamic"] = dynamic(corpus, corpus.valid[:30_000])
    else:
        rows = network_rows() + mixture_rows({part: text[:cut] for part, text in texts.items()})
        stored["rows"] = recipe_rows() + rows if not options.smoke else rows
    stored["machine"] = f"{cpu_name()}, 1 hilo; torch {torch.__version__}"
    stored["date"] = date.today().isoformat()
    if not options.smoke:
        path.write_text(json.dumps(stored, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    table(stored)


if __name__ == "__main__":
    main()
