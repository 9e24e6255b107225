"""Cuánto cómputo cuesta cada receta: la de partida, la del curso y sus ablaciones.

    python benchmarks/recipes.py starting     # la receta de partida hasta que empeora en valid
    python benchmarks/recipes.py reported     # sus diez vueltas con su propia limpieza
    python benchmarks/recipes.py course       # la del curso: 60 y 240 s, y batir a la de partida
    python benchmarks/recipes.py ablation     # qué aporta cada decisión, a igual cómputo
    python benchmarks/recipes.py streams      # tiras, estado y ventanas, a igual número de pasos
    python benchmarks/recipes.py table        # imprime lo guardado
    python benchmarks/recipes.py --smoke      # todo en pequeño, en segundos, sin guardar

Un hilo; segundos de CPU del proceso sin contar las medidas; todo se elige en valid y cada fila
publicada mira una vez lo reservado. Guarda en llm_intro/data/recipes.json, que lee la lección 04.
"""

import argparse
import json
import platform
import statistics
import sys
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path

import torch

from llm_intro import CervantesLSTM, CharTokenizer, NGramModel, bits_per_char, load_quijote
from llm_intro.corpus import Corpus, starting_cleaning
from llm_intro.models.scoreboard import sample_text
from llm_intro.recipes import COURSE_RECIPE, STARTING_RECIPE
from llm_intro.training import train

RESULTS = Path(__file__).parents[1] / "llm_intro" / "data" / "recipes.json"
REPORTED = [2.5098, 1.8651, 1.6350, 1.4905, 1.3884, 1.3080, 1.2421, 1.1875, 1.1419, 1.1027]
SEEDS = (0, 1, 2)
TRIAL = 5000  # letras que se miden con --smoke


def quiet(event) -> None:
    """Sin barra: aquí se miden segundos."""


def run(make_model, corpus, config, seed=0) -> dict:
    """Entrena con esa semilla y mide lo reservado; devuelve cifras y medidas."""
    torch.manual_seed(seed)
    model = make_model(CharTokenizer.from_text(corpus.text).vocab_size)
    history = train(model, corpus, replace(config, seed=seed, clock="cpu"), watch=quiet)
    return {
        "seed": seed,
        "parameters": sum(p.numel() for p in model.parameters()),
        "seconds": history.events[-1].seconds,
        "best_seconds": history.best.seconds,
        "valid": history.best.valid_bits,
        "heldout": bits_per_char(model, corpus.heldout),
        "sample": sample_text(model),
        "events": [asdict(event) for event in history.events],
    }


def starting(corpus, smoke) -> dict:
    """La receta de partida sobre el texto limpio; para en la primera medida peor."""
    config = replace(STARTING_RECIPE, patience=1)
    return run(CervantesLSTM, corpus, replace(config, steps=6, evals=2) if smoke else config)


def reported(corpus, smoke) -> dict:
    """Sus diez vueltas con su propia limpieza: las pérdidas, junto a las que publicó."""
    text, cut = starting_cleaning(corpus.raw), 20_000 if smoke else 100_000
    own = text[:cut]
    rest = "".join(c for c in text[cut : cut + 40_000] if c in own)
    fake = Corpus(own, own, rest[:20_000], rest[20_000:], "limpieza de partida")
    config = replace(STARTING_RECIPE, precision="bf16")  # la mitad de tiempo en esta CPU
    config = replace(config, steps=4, evals=2, precision="fp32") if smoke else config
    result = run(CervantesLSTM, fake, config)
    losses = [e["train_bits"] * 0.6931471805599453 for e in result["events"]]
    return result | {"losses": losses, "reported": REPORTED}


def course(corpus, smoke) -> dict:
    """La receta del curso: lo que tarda en batir a la de partida, 1 y 4 minutos, y 20 una vez."""
    budgets = {1: 1, 2: 1} if smoke else {4: 3, 5: 3, 6: 3, 60: 3, 240: 3, 1200: 1}
    return {
        str(seconds): [
            run(CervantesLSTM.course, corpus, replace(COURSE_RECIPE, minutes=seconds / 60), seed)
            for seed in SEEDS[:seeds]
        ]
        for seconds, seeds in budgets.items()
    }


def ablation(corpus, smoke) -> dict:
    """La del curso con una sola decisión devuelta a la de partida, a igual cómputo."""
    base = replace(COURSE_RECIPE, minutes=(1 if smoke else 30) / 60, evals=5)
    one = CervantesLSTM.course
    rows = {
        "receta del curso": (one, base),
        "ventanas de paso 1 en vez de tiras": (one, replace(base, data="windows")),
        "sin llevar el estado de un trozo a otro": (one, replace(base, carry=False)),
        "tres capas de 128 en vez de una de 256": (CervantesLSTM, base),
        "lotes de 256 × 100 en vez de 8 × 48": (one, replace(base, batch_size=256, chunk_len=100)),
        "tasa constante de 0,001": (one, replace(base, lr=1e-3, final_lr=1.0, warmup_steps=0)),
        "solo los primeros 100 000 caracteres": (one, replace(base, max_chars=100_000)),
        "receta de partida": (CervantesLSTM, replace(STARTING_RECIPE, steps=None,
                                                     minutes=base.minutes, evals=5)),
    }  # fmt: skip
    if smoke:
        rows = dict(list(rows.items())[:3])
    seeds = SEEDS[: 1 if smoke else 3]
    return {
        name: [run(make_model, corpus, config, seed) for seed in seeds]
        for name, (make_model, config) in rows.items()
    }


def streams(corpus, smoke) -> dict:
    """Tiras con estado, tiras sin él y ventanas, con los mismos pasos: así no cuenta la máquina."""
    rows = {
        "receta del curso": {},
        "sin llevar el estado de un trozo a otro": {"carry": False},
        "ventanas de paso 1 en vez de tiras": {"data": "windows"},
    }
    budgets = {2: 1} if smoke else {4000: 3}  # medio minuto, más o menos
    results = {}
    for steps, seeds in budgets.items():
        base = replace(COURSE_RECIPE, minutes=None, steps=steps, evals=2 if smoke else 5)
        measured = results[str(steps)] = {name: [] for name in rows}
        for seed in SEEDS[:seeds]:
            for name, changes in rows.items():
                one = run(CervantesLSTM.course, corpus, replace(base, **changes), seed)
                measured[name].append({k: v for k, v in one.items() if k != "events"})
                print(steps, seed, name, round(one["heldout"], 3), flush=True)
    return results


def ngram_bits(corpus) -> float:
    """La referencia que hay que pasar: el 6-grama contado en un segundo."""
    tokenizer = CharTokenizer.from_text(corpus.text)
    return bits_per_char(NGramModel(order=6).fit(corpus.train, tokenizer), corpus.heldout)


def median(rows, key) -> float:
    """Mediana de una cifra entre semillas."""
    return statistics.median(row[key] for row in rows)


def table(results: dict) -> None:
    """Imprime lo guardado, con sus razones."""
    if "starting" in results:
        a = results["starting"]
        print(f"A · receta de partida: mejor vuelta a los {a['best_seconds']:.0f} s de CPU, "
              f"{a['heldout']:.3f} bits/car. en lo reservado")  # fmt: skip
    for seconds, rows in results.get("course", {}).items():
        bits = median(rows, "heldout")
        each = ", ".join(f"{row['heldout']:.3f}" for row in rows)
        line = f"B · receta del curso, {seconds} s: {bits:.3f} bits/car. ({each})"
        if "starting" in results and all(r["heldout"] < a["heldout"] for r in rows):
            line += f" · A/B = {a['best_seconds'] / median(rows, 'seconds'):.0f}"
        print(line)
    for name, rows in results.get("ablation", {}).items():
        values = sorted(r["heldout"] for r in rows)
        print(f"{median(rows, 'heldout'):.3f} [{values[0]:.3f}, {values[-1]:.3f}] · "
              f"{median(rows, 'seconds'):.1f} s · {name}")  # fmt: skip
    if "reported" in results:
        pairs = zip(results["reported"]["losses"], REPORTED, strict=False)
        for i, (ours, theirs) in enumerate(pairs):
            print(f"vuelta {i + 1}: {ours:.4f} frente a {theirs:.4f} ({ours - theirs:+.4f})")
    if "ngram" in results:
        print(f"6-grama: {results['ngram']['heldout']:.3f} bits/car.")


def cpu_name() -> str:
    """El procesador, con el nombre que le da el sistema."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def main() -> None:
    """Lee la orden, calcula esa parte y la guarda junto a las demás."""
    parts = {
        "starting": starting,
        "reported": reported,
        "course": course,
        "ablation": ablation,
        "streams": streams,
    }
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("part", nargs="?", choices=[*parts, "table"], default="table")
    parser.add_argument("--smoke", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() and not options.smoke else {}
    corpus = load_quijote() if options.part != "table" or options.smoke else None
    if options.smoke:
        corpus = replace(corpus, valid=corpus.valid[:TRIAL], heldout=corpus.heldout[:TRIAL])
    for name in parts if options.smoke else [options.part] * (options.part in parts):
        results[name] = parts[name](corpus, options.smoke)
        results["ngram"] = {"heldout": ngram_bits(corpus)}
        results.setdefault("made", {})[name] = {
            "command": f"python benchmarks/recipes.py {name}", "date": date.today().isoformat(),
            "hardware": f"{cpu_name()}, 1 hilo",
            "torch": torch.__version__, "python": sys.version.split()[0],
        }  # fmt: skip
    if not options.smoke:
        RESULTS.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n")
    table(results)


if __name__ == "__main__":
    main()
