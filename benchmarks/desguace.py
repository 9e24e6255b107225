"""Las tablas de la lección 06 que tardan más que la lección: semillas y distancia.

    python benchmarks/desguace.py seeds        # 5 semillas × 4 modelos, y de qué dependen
    python benchmarks/desguace.py unseen       # bolsa y Transformer, con frases escritas antes
    python benchmarks/desguace.py distance     # pasos hasta el 95 % según lo lejos que estén
    python benchmarks/desguace.py --smoke      # segundos: comprueba que corren, no guarda

Cada tabla se guarda en llm_intro/data/ con su orden, su máquina y su fecha. Segundos de CPU del
proceso, con un hilo.
"""

import argparse
import datetime
import itertools
import json
import platform
import re
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
import torch
from scipy.stats import spearmanr

from llm_intro.desguace.causes import LN2, attention_of_reader, blindfolded, knockout
from llm_intro.desguace.generator import CHOOSING, EXAM, make_stories
from llm_intro.desguace.networks import LR, STEPS, ProbeRecipe, count_stories, new_model, teach
from llm_intro.desguace.probe import CHANGES, LONG, SHORT, DesguaceProbe, run
from llm_intro.desguace.stories import UNKNOWN, Words, load_data

DATA = Path(__file__).resolve().parent.parent / "llm_intro" / "data" / "desguace"
INNERMOST = re.compile(r"\[[^\[\]{}]*\]|\{[^\[\]{}]*\}")
MODELS = ("5-grama", "bolsa", "lstm", "transformer")
GOAL, EVERY = 0.95, 25  # acierto que se persigue y pasos entre medidas
SHARED, NOTHING = 0.8, 0.3  # mirada en común de dos gemelos, y bits que no son nada
CAP = 2000  # pasos a los que se deja de esperar


def save(name: str, rows, smoke: bool, **notes) -> None:
    """Guarda la tabla con todo lo que hace falta para repetirla."""
    table = {
        "command": f"python benchmarks/desguace.py {name}",
        "machine": f"{platform.machine()} con {torch.backends.cpu.get_cpu_capability()}, un hilo",
        "torch": torch.__version__,
        "date": datetime.date.today().isoformat(),
        **notes,
        "rows": rows,
    }
    if not smoke:
        text = json.dumps(table, ensure_ascii=False, indent=1)  # y lo de más adentro, en su línea
        text = INNERMOST.sub(lambda found: re.sub(r"\n\s+", " ", found[0]), text)
        (DATA / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def counterfactual_hits(probe: DesguaceProbe) -> dict[str, int]:
    """Aciertos por clase de frase contrafactual (hay 4 de cada una)."""
    rows = load_data("counterfactuals")
    answers = probe.answers([row["text"] for row in rows])
    hits = dict.fromkeys((row["kind"] for row in rows), 0)
    for row, answer in zip(rows, answers, strict=True):
        hits[row["kind"]] += answer == row["expected"]
    return hits


def measure(name: str, model, stories, seed: int, seconds: float) -> dict:
    """Una fila: lo que acierta y lo que responde un modelo ya entrenado."""
    probe = DesguaceProbe(model)
    parameters = getattr(model, "parameters", lambda: ())()
    return {
        "model": name,
        "seed": seed,
        "parameters": sum(p.numel() for p in parameters),
        "seconds": round(seconds, 1),
        "exams": {n: round(probe.accuracy(exam), 3) for n, exam in stories.exams.items()},
        "long": {k: round(p, 3) for k, p in probe.distribution(LONG).items()},
        "short": {k: round(p, 3) for k, p in probe.distribution(SHORT).items()},
        "counterfactuals": counterfactual_hits(probe),
    }


def ablation(probe: DesguaceProbe, text: str, groups: list[list[int]], place: str) -> np.ndarray:
    """Bits que gana `place` si en vez de las palabras `groups[n]` hay una desconocida, (N,)."""
    ids, reader = probe.read(text)
    rows = np.tile(ids, (1 + len(groups), 1))  # la primera, sin borrar nada
    for n, group in enumerate(groups):
        rows[n + 1, group] = UNKNOWN
    scores = run(probe.model, torch.from_numpy(rows.T.copy()), [reader] * len(rows))
    bits = torch.log_softmax(scores, -1)[:, probe.tokenizer.index[place]] / LN2
    return (bits[1:] - bits[0]).numpy()


def gradient_input(probe: DesguaceProbe, text: str, place: str) -> np.ndarray:
    """Gradiente de log2 P(place) por la entrada, palabra a palabra, (T,).

    Es lo que bajaría la respuesta si el vector de esa palabra se hiciera cero, en línea recta.
    """
    ids, reader = probe.read(text)
    caught = []
    hook = probe.model.embedding.register_forward_hook(lambda _m, _x, out: caught.append(out))
    try:
        logits = probe.model(torch.from_numpy(ids)[:, None])[0][reader, 0]  # (V,)
    finally:
        hook.remove()
    score = torch.log_softmax(logits, -1)[probe.tokenizer.index[place]] / LN2
    (slope,) = torch.autograd.grad(score, caught)  # (1, T, E)
    return (slope * caught[0]).sum(-1)[0].detach().numpy()


def agreement(probe: DesguaceProbe, stories) -> dict[str, float]:
    """Media, sobre los textos, de la correlación de rangos de la atención con cada medida.

    Con el efecto de tapar cada palabra en valor absoluto y con su signo, y con gradiente ×
    entrada y su signo. El lector no cuenta: mirarse a sí mismo no se tapa.
    """
    found = {"tapar": [], "tapar, con signo": [], "borrar": [], "gradiente": []}
    for story in stories:
        reader = probe.read(story.text)[1]
        each = [[i] for i in range(reader)]
        looks = attention_of_reader(probe, story.text)[:reader]
        effect = knockout(probe, story.text, each, story.place)
        found["tapar"].append(spearmanr(looks, abs(effect)).statistic)
        found["tapar, con signo"].append(spearmanr(looks, -effect).statistic)
        erased = ablation(probe, story.text, each, story.place)
        found["borrar"].append(spearmanr(looks, abs(erased)).statistic)
        slope = gradient_input(probe, story.text, story.place)[:reader]
        found["gradiente"].append(spearmanr(slope, -effect).statistic)
    return {name: float(np.mean(values)) for name, values in found.items()}


def causes(model, stories, smoke: bool) -> dict:
    """De qué depende la respuesta de un Transformer: en la frase larga y en un examen."""
    probe, some = DesguaceProbe(model), stories.triples[: 5 if smoke else 60]
    words, maps = probe.attention(LONG)
    each = [[i] for i in range(len(words) - 1)]
    untrained = DesguaceProbe(new_model("transformer", model.tokenizer, seed=99))
    return {
        "words": words,
        "max_attention": [round(x, 3) for x in maps[:, :, -1].max((0, 1)).tolist()],
        "mean_attention": [round(x, 3) for x in attention_of_reader(probe, LONG).tolist()],
        "knockout": [round(x, 2) for x in knockout(probe, LONG, each, "desguace").tolist()],
        "accuracy": {
            "sin tapar": round(probe.accuracy(some), 3),
            **{what: round(blindfolded(probe, some, what), 3) for what in ("pistas", "azar")},
        },
        "correlations": {k: round(r, 3) for k, r in agreement(probe, some).items()},
        "control": {k: round(r, 3) for k, r in agreement(untrained, some).items()},
    }


def twins(probes: list[DesguaceProbe], exam) -> dict:
    """Dos modelos que aciertan y miran casi igual, y una palabra que solo importa en uno.

    Se busca en todas las parejas de modelos, en la frase larga, en las contrafactuales y en un
    examen. Parecido: la parte de la mirada que tienen en común, de 0 a 1. En la palabra, alguna
    cabeza de cada modelo pone más de la mitad de su peso; taparla no le quita ni `NOTHING` bits
    a uno y le quita cuantos más, mejor, al otro.
    """
    texts = [(LONG, "desguace"), *((story.text, story.place) for story in exam)]
    texts += [(row["text"], row["expected"]) for row in load_data("counterfactuals")]
    found = []
    for text, place in texts:
        right = [n for n, probe in enumerate(probes) if probe.answers([text]) == [place]]
        reader = probes[0].read(text)[1]
        each = [[i] for i in range(reader)]
        looks = {n: attention_of_reader(probes[n], text)[:reader] for n in right}
        peaks = {n: probes[n].attention(text)[1][:, :, reader].max((0, 1))[:-1] for n in right}
        drops = {n: -knockout(probes[n], text, each, place) for n in right}
        for pair in itertools.combinations(right, 2):
            alike = np.minimum(*(looks[n] / looks[n].sum() for n in pair)).sum()
            idle = np.abs([drops[n] for n in pair]).min(0) < NOTHING
            idle &= np.min([peaks[n] for n in pair], axis=0) > 0.5
            lost = np.where(idle, np.max([drops[n] for n in pair], axis=0), 0)
            if alike >= SHARED and lost.max() > 0:
                found.append((round(float(lost.max()), 2), round(float(alike), 3), text, place,
                              pair, int(lost.argmax()),
                              [np.round(looks[n].tolist(), 3).tolist() for n in pair],
                              [np.round(drops[n].tolist(), 2).tolist() for n in pair]))  # fmt: skip
    names = ("bits", "overlap", "text", "answer", "seeds", "word", "looks", "knockout")
    return dict(zip(names, max(found), strict=True)) if found else {}


def seeds(smoke: bool) -> None:
    """Cuatro modelos con el mismo protocolo y cinco semillas."""
    rows, probes, exam = [], [], ()
    for seed in range(1 if smoke else 5):
        stories = make_stories(*((300, 20) if smoke else ()), seed=seed)
        tokenizer = Words.from_stories(stories.train)
        for name in MODELS:
            start = time.process_time()
            model = learnt(name, stories, tokenizer, seed, smoke)
            row = measure(name, model, stories, seed, time.process_time() - start)
            print(json.dumps(row, ensure_ascii=False), flush=True)
            if name == "transformer":
                row["causes"] = causes(model, stories, smoke)
                probes.append(DesguaceProbe(model))
                exam = exam or stories.triples
            rows.append(row)
    save("seeds", rows, smoke, twins=twins(probes, exam))


def leans(probe: DesguaceProbe) -> dict[str, float]:
    """Bits que pierde «desguace» en la frase larga al tapar una mirada o cambiar una palabra."""
    words = probe.words(LONG)
    stop, car = words.index("pare"), words.index("coche")
    texts = {
        "la frase entera": LONG,
        "averías → visitas": LONG.replace("averías", "visitas"),
        "mi coche → mi vecino": LONG.replace("mi coche no pare", "mi vecino no pare"),
        "comprar → vender": CHANGES["comprar → vender"],
    }
    lost = {
        "«al» no mira a «pare»": -knockout(probe, LONG, [[stop]], "desguace")[0],
        "«pare» no mira a «coche»": -knockout(probe, LONG, [[car]], "desguace", stop)[0],
        "«pare» no mira a nadie": -knockout(probe, LONG, [[*range(stop)]], "desguace", stop)[0],
        **{name: -bits for name, bits in probe.changes(texts).items()},
    }
    del lost["la frase entera"]
    return {name: round(float(bits), 2) + 0.0 for name, bits in lost.items()}


def unseen(smoke: bool) -> None:
    """Lo que responden la bolsa y el Transformer, clase a clase, a frases escritas antes.

    Unas repiten las frases del corpus ("corpus") y otras dicen lo mismo de otra manera ("new").
    """
    rows, asked = [], load_data("new_sentences")
    for seed in range(1 if smoke else 5):
        stories = make_stories(*((300, 20) if smoke else ()), seed=seed)
        tokenizer = Words.from_stories(stories.train)
        for name in ("bolsa", "transformer"):
            probe = DesguaceProbe(learnt(name, stories, tokenizer, seed, smoke))
            said = {r["wording"]: {q["kind"]: Counter() for q in asked} for r in asked}
            for row, answer in zip(asked, probe.answers([r["text"] for r in asked]), strict=True):
                said[row["wording"]][row["kind"]][answer] += 1
            exams = {n: round(probe.accuracy(exam), 3) for n, exam in stories.exams.items()}
            rows.append({"model": name, "seed": seed, "exams": exams, "said": said})
            if name == "transformer":
                rows[-1]["leans"] = leans(probe)
            print(json.dumps(rows[-1], ensure_ascii=False), flush=True)
    save("unseen", rows, smoke, expected={row["kind"]: row["expected"] for row in asked})


def learnt(name: str, stories, tokenizer: Words, seed: int, smoke: bool):
    """Un modelo entrenado con los textos."""
    if name == "5-grama":
        return count_stories(stories.train, tokenizer)
    model = new_model(name, tokenizer, seed)
    recipe = ProbeRecipe(3 if smoke else STEPS[name], lr=LR[name], seed=seed)
    teach(model, stories.train, recipe)
    return model


def steps_to_goal(name: str, k: int, seed: int, lr: float, cap: int, smoke, reserve=EXAM) -> dict:
    """Pasos hasta acertar el 95 % de las ternas nunca vistas con las pistas a `k` frases."""
    size = (200, 20) if smoke else (6000, 200)
    stories = make_stories(*size, seed=seed, distance=k, reserve=reserve)
    model = new_model(name, Words.from_stories(stories.train), seed)
    probe, seen = DesguaceProbe(model), []

    def watch(step, _loss):
        if step % EVERY == 0:
            seen.append(round(probe.accuracy(stories.triples), 3))
        return bool(seen) and seen[-1] >= GOAL

    start = time.process_time()
    recipe = ProbeRecipe(cap, lr=lr, decay=False, seed=seed)
    losses = teach(model, stories.train, recipe, watch)
    row = {
        "model": name, "k": k, "seed": seed, "lr": lr, "cap": cap,
        "steps": len(losses) if seen and seen[-1] >= GOAL else None,
        "accuracy": seen[-1] if seen else None, "curve": seen,
        "seconds": round(time.process_time() - start, 1),
    }  # fmt: skip
    print(json.dumps({k: v for k, v in row.items() if k != "curve"}), flush=True)
    return row


def distance(smoke: bool) -> None:
    """Coste de aprender según la distancia.

    La tasa se elige con k = 4, la semilla 0 y otras combinaciones reservadas.
    """
    rates = {"transformer": (2e-3, 4e-3), "lstm": (5e-3, 1e-2)}
    plan = [(0, 0), (4, 0), (16, 0), (0, 1), (4, 1), (16, 1), (0, 2), (4, 2), (16, 2),
            (1, 0), (2, 0), (8, 0)]  # fmt: skip
    cap, plan = (EVERY, plan[:1]) if smoke else (CAP, plan)
    rows, tuning = [], []
    for name in rates:
        tried = [steps_to_goal(name, 4, 0, lr, cap, smoke, CHOOSING) for lr in rates[name]]
        best = min(tried, key=lambda row: (row["steps"] or cap + 1, -row["accuracy"]))
        rows += [steps_to_goal(name, k, seed, best["lr"], cap, smoke) for k, seed in plan]
        tuning += tried
    save("distance", rows, smoke, tuning=tuning)


TABLES = {"seeds": seeds, "unseen": unseen, "distance": distance}


def main(argv=None) -> int:
    """Elige la tabla."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("table", nargs="?", choices=TABLES)
    parser.add_argument("--smoke", action="store_true", help="segundos, sin guardar nada")
    args = parser.parse_args(argv)
    if not (args.table or args.smoke):
        parser.error(f"di qué tabla: {', '.join(TABLES)} (o --smoke, todas en segundos).")
    torch.set_num_threads(1)
    for name in [args.table] if args.table else TABLES:
        TABLES[name](args.smoke)
    return 0


if __name__ == "__main__":
    sys.exit(main())
