"""Lo que la lección 05 lee ya calculado: un recorrido y un reloj (el duelo, en duel.py).

    python benchmarks/attention.py walk       # una frase por dentro de un Transformer; 1 minuto
    python benchmarks/attention.py reading    # ms por letra, en orden y a la vez; 1 minuto
    python benchmarks/attention.py --smoke    # segundos: comprueba que corren, no guarda

Cada parte se guarda en llm_intro/data/. `reading` mide en la tarjeta gráfica si la hay, y se queda
con lo medido en las demás.
"""

import argparse
import json
import time
from datetime import date
from itertools import pairwise
from pathlib import Path

import torch
from recipes import cpu_name
from torch.nn.functional import gelu

from llm_intro.desguace.generator import make_stories
from llm_intro.desguace.networks import LR, STEPS, ProbeRecipe, new_model, teach
from llm_intro.desguace.probe import LONG, SHORT, DesguaceProbe
from llm_intro.desguace.stories import Words
from llm_intro.models.pretrained import load_pretrained
from llm_intro.support.machine import best_device

DATA = Path(__file__).resolve().parents[1] / "llm_intro" / "data"
SEED = 0
ANSWERS = ("taller", "desguace", "concesionario", "lavadero", "garaje")  # tras la última palabra
NETS = {"LSTM": "cervantes", "Transformer": "transformer"}
LENGTHS, TEXTS, TRIES = (16, 64, 256, 1024), (1, 64), 3


def card(part: str, machine: str, **rest) -> dict:
    """Con qué se repite."""
    return {
        "command": f"python benchmarks/attention.py {part}",
        "machine": machine,
        "torch": torch.__version__,
        "date": date.today().isoformat(),
        **rest,
    }


def one_thread() -> str:
    """La máquina de quien mide con un solo hilo."""
    torch.set_num_threads(1)
    return f"{cpu_name()}, 1 hilo"


# --- una frase, por dentro ---


def stages(model, ids) -> tuple[list, list]:
    """Lo que lleva cada palabra al entrar y tras cada suma, (T, E), y preguntas y claves."""
    bias, meetings = model.bias(len(ids)), []
    stream = [model.embedding(ids)]  # (T, E)
    for block in model.blocks:
        h = stream[-1][None]  # (1, T, E)
        q, k, _ = block.attention._split(block.norm1(h))[:, 0]  # (heads, T, E/heads)
        meetings.append((q, k))
        h = h + block.attention(block.norm1(h), bias)[0]
        stream += [h[0], (h + block.down(gelu(block.up(block.norm2(h)))))[0]]
    return stream, meetings


def whole(values) -> list:
    """En milésimas, para que pesen poco."""
    return (1000 * values).round().int().tolist()


def tell(model, name: str, text: str) -> dict:
    """Lo que pasa con una frase: preguntas, claves, largos y las palabras que asoman."""
    ids, reader = DesguaceProbe(model).read(text)
    ids = torch.from_numpy(ids[: reader + 1])
    with torch.inference_mode():
        stream, meetings = stages(model, ids)
        probs = torch.stack([model.fc(model.norm(h)).softmax(-1) for h in stream], 1)  # (T, 5, V)
        assert torch.allclose(probs[:, -1], model(ids[:, None])[0][:, 0].softmax(-1), atol=1e-5)
        maps = model.attention(ids[:, None])[:, 0]  # (capas, heads, T, T)
        for (q, k), weights in zip(meetings, maps, strict=True):
            q, k = (torch.tensor(whole(x)) / 1000 for x in (q, k))  # con lo que se guarda
            points = q @ k.mT / q.shape[-1] ** 0.5 + model.bias(len(ids))
            assert torch.allclose(points.softmax(-1), weights, atol=1e-3)
    best = probs.amax(1).topk(len(ANSWERS)).indices  # (T, 5): las que más asoman en algún momento
    best = best.gather(1, probs[:, -1].gather(1, best).argsort(1, descending=True))
    best[-1] = torch.tensor([model.tokenizer.index[place] for place in ANSWERS])
    shown = probs.gather(2, best[:, None].expand(-1, len(stream), -1))  # (T, 5, 5)
    return {
        "name": name,
        "words": [model.tokenizer.words[i] for i in ids],
        "q": [whole(q) for q, _ in meetings],
        "k": [whole(k) for _, k in meetings],
        "lengths": [[round(float(n), 2) for n in h.norm(dim=-1)] for h in stream],
        "added": [[round(float(n), 2) for n in (b - a).norm(dim=-1)]
                  for a, b in pairwise(stream)],
        "guesses": [[model.tokenizer.words[i] for i in row] for row in best],
        "probs": [[[round(float(p), 4) for p in row] for row in word] for word in shown],
    }  # fmt: skip


def walk(smoke: bool) -> dict:
    """El Transformer de la lección 06, entrenado como allí, con la frase larga y la corta."""
    machine, stories = one_thread(), make_stories(600 if smoke else 12000, 20, SEED)
    model = new_model("transformer", Words.from_stories(stories.train), SEED)
    steps = 3 if smoke else STEPS["transformer"]
    teach(model, stories.train, ProbeRecipe(steps, lr=LR["transformer"], seed=SEED))
    return card(
        "walk", machine, seed=SEED,
        stages=["al entrar", "atención 1", "MLP 1", "atención 2", "MLP 2"],
        slopes=[round(float(s), 6) for s in model.slopes],
        sentences=[tell(model.eval(), "larga", LONG), tell(model, "corta", SHORT)],
    )  # fmt: skip


# --- el reloj ---


def seconds(run, device) -> float:
    """Lo menos que tarda, de varias veces; la primera, sin contar. En una CPU, segundos suyos."""
    on_cpu = device.type == "cpu"
    clock = time.process_time if on_cpu else time.perf_counter
    found = []
    for _ in range(1 + TRIES):
        begin = clock()
        run()
        if not on_cpu:
            torch.accelerator.synchronize(device)
        found.append(clock() - begin)
    return min(found[1:])


def one_by_one(model, x) -> None:
    """Lee letra a letra, con lo que recuerda."""
    state = None
    for letter in x.split(1):
        _, state = model(letter, state)


def reading(smoke: bool) -> dict:
    """Milisegundos por letra de las dos redes del curso: de una en una y de una llamada."""
    device = best_device()
    machine = one_thread() if device.type == "cpu" else torch.cuda.get_device_name(device)
    rows = []
    with torch.inference_mode():
        for name, file in NETS.items():
            model = load_pretrained(file).to(device)
            for texts in TEXTS:
                for length in LENGTHS[: 1 if smoke else None]:
                    x = torch.randint(model.config["vocab_size"], (length, texts), device=device)
                    each = 1000 / (length * texts)  # ms por letra
                    row = {"net": name, "texts": texts, "length": length}
                    row["once"] = each * seconds(lambda m=model, x=x: m(x), device)
                    if texts == 1 and length <= 256:
                        row["in order"] = each * seconds(lambda m=model, x=x: one_by_one(m, x),
                                                         device)  # fmt: skip
                    rows.append({k: round(v, 6) if isinstance(v, float) else v
                                 for k, v in row.items()})  # fmt: skip
    kind = "cpu" if device.type == "cpu" else "tarjeta"
    file = DATA / "reading.json"
    kept = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return {**kept, kind: card("reading", machine, rows=rows)}


PARTS = {"walk": walk, "reading": reading}


def main() -> None:
    """Calcula las partes que se piden y guarda cada una en su archivo."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("part", nargs="?", choices=PARTS)
    parser.add_argument("--smoke", action="store_true")
    given = parser.parse_args()
    for name in [given.part] if given.part else PARTS:
        found = PARTS[name](given.smoke)
        text = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
        text = text.replace('{"net"', '\n{"net"').replace(',"words"', ',\n"words"')
        if not given.smoke:
            (DATA / f"{name}.json").write_text(text + "\n", encoding="utf-8")
        print(name, text[:400] if name == "walk" else text)


if __name__ == "__main__":
    main()
