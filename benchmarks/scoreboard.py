"""Las filas del marcador que costaron minutos: se miden una vez y viajan con el curso.

    python benchmarks/scoreboard.py            # escribe llm_intro/data/scoreboard.json
    python benchmarks/scoreboard.py table      # imprime lo guardado
    python benchmarks/scoreboard.py --smoke    # sin guardar

Reúne lo que midieron otros: recipes.py (recetas), ship.py, distill.py y calibrate.py (redes),
mixtures.py (mezclas y redes que aprenden al leer) y rivals.py (compresores). Solo calcula el
10-grama y las muestras.
"""

import argparse
import json
import time
from datetime import date
from pathlib import Path

import torch
from mixing import Mixture, Product
from recipes import cpu_name

from llm_intro import NGramModel, load_pretrained, load_quijote
from llm_intro.models.pretrained import FILES, load_card
from llm_intro.models.scoreboard import sample_text, score
from llm_intro.support.data import load_results

DATA = Path(__file__).parents[1] / "llm_intro" / "data"
OUTPUTS = Path(__file__).parent / "outputs"
SUMMED = ("parameters", "seconds", "megabytes")  # lo que una mezcla suma de sus partes
NETWORKS = {"LSTM del curso": "cervantes", "Transformer": "transformer"}
MIXED = {  # nombre de la fila: (partes, cómo se juntan), como en mixtures.json
    "mezcla: 6-grama y LSTM": (["6-grama", "cervantes"], "suma"),
    "mezcla: 6-grama, LSTM y Transformer": (["6-grama", "cervantes", "transformer"], "suma"),
    "mezcla: 10-grama y LSTM": (["10-grama", "cervantes"], "producto"),
    "mezcla: 10-grama, LSTM y Transformer": (["10-grama", "cervantes", "transformer"], "producto"),
}
ADAPTIVE = {  # las mismas, pero la LSTM sigue aprendiendo mientras lee
    "LSTM del curso, aprende al leer": (["cervantes, aprendiendo"], "suma"),
    "mezcla de las tres, aprende al leer": (
        ["10-grama", "cervantes, aprendiendo", "transformer"],
        "producto",
    ),
}


def load_output(name: str) -> dict:
    """Lo que dejó guardado otra comparación."""
    return json.loads((OUTPUTS / f"{name}.json").read_text(encoding="utf-8"))


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
    """La LSTM y el Transformer que viajan con el curso, con las cifras de sus fichas."""
    rows = []
    for name, key in NETWORKS.items():
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
    """Lo que ocupan los pesos de una red de las que viajan con el curso."""
    files = DATA.glob(f"{FILES[key]}.*")
    return next(p for p in files if p.suffix != ".json").stat().st_size / 1e6


def counted_row(name: str, corpus, order: int) -> tuple[dict, NGramModel]:
    """Un n-grama que no viaja con el curso, contado ahora, y su fila."""
    begin = time.process_time()
    model = NGramModel(order=order).fit(corpus.train, load_pretrained("ngrama").tokenizer)
    row = score(name, model, corpus, time.process_time() - begin)
    bits = measured([name], "suma")["bits"]
    return {
        "name": name, "bits": bits["heldout"], "excerpt_bits": bits["extracto"],
        "parameters": row.parameters, "seconds": row.seconds, "megabytes": row.megabytes,
        "sample": row.sample, "made": "python benchmarks/scoreboard.py",
    }, model  # fmt: skip


def measured(parts: list[str], how: str) -> dict:
    """Lo que mixtures.py midió de unas partes."""
    rows = load_output("mixtures")["rows"]
    return next(row for row in rows if (row["parts"], row["how"]) == (parts, how))


def total(costs: list[float | None]) -> float | None:
    """La suma, o un hueco si de alguna parte no se sabe."""
    return None if None in costs else sum(costs)


def mixture_rows(models: dict, known: dict[str, dict]) -> list[dict]:
    """Las mezclas: lo medido, más lo que suman sus partes y lo que escriben.

    Args:
        models: los modelos por el nombre que tienen en mixtures.json.
        known: las filas de sus partes, por el mismo nombre.
    """
    rows = []
    for name, (parts, how) in (MIXED | ADAPTIVE).items():
        found, adaptive = measured(parts, how), name in ADAPTIVE
        alone = [known[part.split(",")[0]] for part in parts]
        kind = Mixture if how == "suma" else Product
        rows.append({
            "name": name, "bits": found["bits"]["heldout"],
            "excerpt_bits": found["bits"]["extracto"],
            **{key: total([row[key] for row in alone]) for key in SUMMED},
            "sample": "" if adaptive else
            sample_text(kind([models[part] for part in parts], found["weights"])),
            "weights": dict(zip(parts, found["weights"], strict=True)), "how": how,
            "gain": found["gain"], "gain_95": found["gain_95"],
            "made": "python benchmarks/mixtures.py", "adaptive": adaptive,
        })  # fmt: skip
    return rows


def rival_rows() -> list[dict]:
    """Los compresores, que siempre aprenden mientras leen; xz lo calcula la lección."""
    unknown = {"parameters": None, "megabytes": None, "sample": "", "adaptive": True}
    rows = load_output("rivals")["rows"]
    return [unknown | row for row in rows if row["name"] != "xz"]


def table(stored: dict) -> None:
    """Imprime lo guardado."""
    for row in sorted(stored["rows"], key=lambda row: -row["bits"]):
        seconds = "" if row["seconds"] is None else f" · {row['seconds']:.0f} s"
        print(f"{row['bits']:.4f} · {row['name']} · {row['parameters']}{seconds}")
        if "gain" in row:
            low, high = row["gain_95"]
            print(f"    {row['weights']}: gana {row['gain']:.4f} [{low:.4f}, {high:.4f}]")


def main() -> None:
    """Lee la orden, reúne y guarda."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("part", nargs="?", choices=["rows", "table"], default="rows")
    parser.add_argument("--smoke", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)
    path = DATA / "scoreboard.json"
    if options.part == "table":
        return table(load_results("scoreboard"))
    counted, model = counted_row("10-grama", load_quijote(), 10)
    networks = network_rows()
    models = {key: load_pretrained(key) for key in NETWORKS.values()}
    models |= {"6-grama": load_pretrained("ngrama"), "10-grama": model}
    known = dict(zip(NETWORKS.values(), networks, strict=True)) | {"10-grama": counted}
    card = load_card("ngrama")
    known["6-grama"] = {"parameters": card["parameters"], "seconds": card["cpu_seconds"],
                        "megabytes": megabytes("ngrama")}  # fmt: skip
    rows = [*recipe_rows(), counted, *networks, *mixture_rows(models, known), *rival_rows()]
    stored = {
        "machine": f"{cpu_name()}, 1 hilo; torch {torch.__version__}",
        "date": date.today().isoformat(),
        "rows": [{"adaptive": False} | row for row in rows],
    }
    if not options.smoke:
        path.write_text(json.dumps(stored, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    table(stored)


if __name__ == "__main__":
    main()
