"""Aprender del contador: obediencia, variedad y memoria, con cinco semillas y varias recetas.

    python benchmarks/counter.py --grid 0/15     # la parte 0 de 15 (un proceso, un hilo)
    python benchmarks/counter.py --merge         # junta las partes en data/counter.json
    python benchmarks/counter.py --smoke         # una semilla, pocos pasos, sin guardar nada

Cada semilla enseña primero a la red pequeña a contestar, y de ahí sale cada receta. Se mide en
lo reservado, con el libro en LLM_INTRO_QUIJOTE. Con OUT, las partes se dejan en $OUT/counter.
"""

import argparse
import copy
import json
import os
import time
from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import torch

from llm_intro.assistant import learning
from llm_intro.assistant.learning import (
    Memory,
    counter_reward,
    gap,
    learn,
    reply_log_probs,
    sample_replies,
    teach,
)
from llm_intro.assistant.pairs import REQUEST, fixed_pairs, open_pairs, split
from llm_intro.corpus import load_quijote
from llm_intro.models.pretrained import load_pretrained
from llm_intro.sampling import bits_per_char
from llm_intro.support.data import path

ROOT = Path(__file__).parent
PARTS = Path(os.environ.get("OUT", ROOT / "runs")) / "counter"
OUTPUT = ROOT.parent / "llm_intro" / "data" / "counter.json"
SEEDS = range(5)
REPLIES, LETTERS, EVERY = 1000, 20_000, 10  # respuestas y letras con que se mide, y cada cuánto
STEPS = 120
# receta: (cambios en el premio, cambios en `learn`)
VARIANTS = {
    "main": ({}, {}),
    "known": ({"known": True}, {}),
    "loose": ({"endings": learning.STOPS}, {}),
    "bare_loose": ({"endings": learning.STOPS, "share": 0.0}, {"leash": 0.0, "weight": 0.0}),
    "bare": ({"share": 0.0}, {"leash": 0.0, "weight": 0.0}),
    "no_leash": ({}, {"leash": 0.0}),
    "no_memory": ({}, {"weight": 0.0}),
    "no_share": ({"share": 0.0}, {}),
    "share_1": ({"share": 1.0}, {}),
    "memory_1": ({}, {"weight": 1.0}),
    "memory_3": ({}, {"weight": 3.0}),
    "memory_30": ({}, {"weight": 30.0}),
    "known_share_1": ({"known": True, "share": 1.0}, {}),
    "known_leash": ({"known": True}, {"leash": 0.2}),
    "untaught": ({}, {}),
}


class Bench:
    """Lo que comparten todas las recetas: el libro, la red de partida y las palabras que hay."""

    def __init__(self, smoke: bool = False):
        self.corpus, self.small = load_quijote("extracto" if smoke else "auto"), load_small()
        self.smoke = smoke
        with np.load(path("vectors.npz"), allow_pickle=False) as arrays:
            self.known = set(arrays["words"].tolist())

    def taught(self, seed: int):
        """La red pequeña tras aprender a contestar, con lo que tardó."""
        begin, model = time.process_time(), copy.deepcopy(self.small)
        pairs = split(fixed_pairs())[0] + open_pairs()
        memory = Memory(self.small, self.corpus.train, seed)
        teach(model, pairs, memory, steps=3 if self.smoke else 400, seed=seed)
        return model, time.process_time() - begin

    def measure(self, model, base, seed: int) -> dict:
        """Cuánto obedece, cuánto varía y cuánto recuerda."""
        generator = torch.Generator().manual_seed(10_000 + seed)
        replies = sample_replies(model, REQUEST, REPLIES, generator)
        texts, rows = replies.texts, range(len(replies.texts))
        good = Counter(text for text in texts if complies(text))
        with torch.no_grad():
            logs = [
                reply_log_probs(one, REQUEST, replies.ids).gather(-1, replies.ids[..., None])[
                    ..., 0
                ]
                for one in (model, base)
            ]
        favourite, times = good.most_common(1)[0] if good else ("", 0)
        return {
            "replies": len(rows),
            "comply": good.total(),
            "comply_loose": sum(not gap(t) and t[-1] in learning.STOPS for t in texts),
            "real_words": sum(n for t, n in good.items() if not gap(t, self.known)),
            "distinct": len(good),
            "favourite": favourite.strip(),
            "favourite_times": times,
            "kl": round(float(((logs[0] - logs[1]) * replies.mask).sum(0).mean()), 2),
            "bits": round(bits_per_char(model, self.corpus.heldout[:LETTERS]), 4),
        }

    def run(self, variant: str, seed: int, taught, seconds: float) -> dict:
        """Una receta con una semilla: antes, durante y después."""
        untaught = variant == "untaught"
        base = self.small if untaught else taught
        model, curve, samples = copy.deepcopy(base), [], []
        prize, changes = VARIANTS[variant]
        prize = prize | ({"known": self.known} if "known" in prize else {})
        steps = 3 if self.smoke else STEPS
        valid, watching = self.corpus.valid[:5000], [0.0]

        def watch(step, replies, away):
            if step % EVERY and step != steps - 1:
                return
            begin, texts = time.process_time(), replies.texts
            good = Counter(text for text in texts if complies(text))
            favourite, times = Counter(texts).most_common(1)[0]
            curve.append({
                "step": step,
                "comply": good.total() / len(texts),
                "distinct": len(set(texts)) / len(texts),
                "favourite": times / len(texts),
                "kl": round(away, 2),
                "bits": round(bits_per_char(model, valid), 3),
            })  # fmt: skip
            if seed == 0:
                samples.append([favourite, *texts[:8]])
            watching[0] += time.process_time() - begin

        before, begin = self.measure(base, base, seed), time.process_time()
        learn(
            model, lambda texts: counter_reward(texts, **prize),
            Memory(self.small, self.corpus.train, seed + 1), steps=steps, seed=seed, watch=watch,
            **changes,
        )  # fmt: skip
        learning_seconds = time.process_time() - begin - watching[0]
        return {
            "variant": variant,
            "seed": seed,
            "before": before,
            "after": self.measure(model, base, seed),
            "teach_seconds": 0.0 if untaught else round(seconds, 1),
            "seconds": round(learning_seconds, 1),
            "curve": curve,
            "samples": samples,
        }


def complies(text: str) -> bool:
    """4 palabras, 10 letras y un punto: se mide igual aunque el premio fuera otro."""
    return text[-1] == "." and not gap(text)


def load_small():
    """La red pequeña."""
    return load_pretrained("small")


def part(bench: Bench, index: int, parts: int) -> None:
    """Las recetas que tocan a este proceso: las de una misma semilla van seguidas."""
    jobs = [(seed, variant) for seed in SEEDS for variant in VARIANTS]
    first, last = (len(jobs) * i // parts for i in (index, index + 1))
    found, ready = [], {}
    start = {"bits": bits_per_char(bench.small, bench.corpus.heldout[:LETTERS])}
    for seed, variant in jobs[first:last]:
        if seed not in ready:
            ready = {seed: bench.taught(seed)}
        found.append(bench.run(variant, seed, *ready[seed]))
        shown = {k: v for k, v in found[-1].items() if k not in ("curve", "samples")}
        print(json.dumps(shown, ensure_ascii=False), flush=True)
        PARTS.mkdir(parents=True, exist_ok=True)
        kept = {"start": start, "source": Path(bench.corpus.source).name, "runs": found}
        text = json.dumps(kept, ensure_ascii=False)
        (PARTS / f"part_{index:02}.json").write_text(text + "\n", encoding="utf-8")


def merge(folder: Path, output: Path) -> None:
    """Junta las partes."""
    parts = [json.loads(f.read_text(encoding="utf-8")) for f in sorted(folder.glob("part_*.json"))]
    runs = sorted(
        (r if not r["seed"] else {**r, "curve": []} for p in parts for r in p["runs"]),
        key=lambda r: (r["variant"], r["seed"]),
    )
    card = {
        "data": "Don Quijote, Project Gutenberg 2000: memoria en train, curvas en valid, "
        f"nota en las primeras {LETTERS} letras de lo reservado",
        "command": "python benchmarks/counter.py --grid i/15; --merge",
        "machine": f"{machine()}, 1 hilo; torch {torch.__version__}",
        "date": date.today().isoformat(),
        "start_bits": round(parts[0]["start"]["bits"], 4),
        "steps": STEPS,
    }
    lines = ",\n".join("  " + json.dumps(run, ensure_ascii=False) for run in runs)
    head = json.dumps(card, ensure_ascii=False, indent=1)[:-2]
    output.write_text(f'{head},\n "runs": [\n{lines}\n ]\n}}\n', encoding="utf-8")
    print(f"{len(runs)} tiradas en {output}")


def machine() -> str:
    """El procesador, si el sistema lo dice."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    return next((line.split(": ")[1] for line in lines if line.startswith("model name")), "CPU")


def main() -> None:
    """Hace lo que se pida."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--grid", default="0/1", help="qué parte de cuántas: 0/15")
    parser.add_argument("--merge", nargs="?", const=str(OUTPUT), help="junta las partes aquí")
    parser.add_argument("--smoke", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)
    if options.merge:
        merge(PARTS, Path(options.merge))
    elif options.smoke:
        bench = Bench(smoke=True)
        print(bench.run("main", 0, *bench.taught(0))["after"])
    else:
        part(Bench(), *map(int, options.grid.split("/")))


if __name__ == "__main__":
    main()
