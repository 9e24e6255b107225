"""¿Qué sabe cada casilla de `c`? Estados del escritor del curso en una página, y un borrado.

    python benchmarks/units.py            # un par de minutos de CPU; guarda data/units.json
    python benchmarks/units.py --smoke    # el borrado en dos sitios; no guarda nada

Borrar es poner una casilla a cero en cada paso. Se mide cuánto sube lo que paga la red por las
«?» y las «!», y por los puntos de control, que no tienen nada que ver.
"""

import argparse
import base64
import json
import re
from datetime import date
from pathlib import Path

import numpy as np
from recipes import cpu_name

from llm_intro import load_quijote
from llm_intro.models.pretrained import load_fast

RESULTS = Path(__file__).resolve().parents[1] / "llm_intro" / "data" / "units.json"
TARGET = 367
KNOWN = [TARGET, 92, 227, 410, 607, 378]  # las que mejor separan algo en train, y varias al azar
SEED, CONTROLS, AT_MOST, READ = 0, 20, 200, 220


def scraps(text: str) -> list[str]:
    """Trozos con una pregunta o una exclamación corta, y algo de lo que va antes y después."""
    found, end = [], 0
    for hit in re.finditer(r"[¿¡][^¿?¡!]{15,110}[?!]", text):
        begin = max(0, hit.start() - 110)
        left = re.search(r"[.;:!?] (?:— )?", text[begin : hit.start()])
        right = re.search(r"[.;]", text[hit.end() : hit.end() + 150])
        if left and right and begin + left.end() >= end:
            end = hit.end() + right.end()
            found.append(text[begin + left.end() : end].strip())
    return found


def read_states(model, text: str) -> np.ndarray:
    """`c` tras cada letra, (letras, H), leyendo desde una memoria en blanco."""
    state, rows = model.start(), []
    for token in model.tokenizer.encode(text):
        _, state = model.step(int(token), state)
        rows.append(state.c[-1])
    return np.array(rows)


def paid(model, ids, places, unit: int | None = None) -> float:
    """Bits que paga de media por las letras de `places`; con `unit`, borrada en cada paso."""
    before = np.array([ids[place - READ : place] for place in places])  # (B, READ)
    state = model.start(len(places))
    for column in before.T:
        logits, state = model.step(column, state)
        if unit is not None:
            state.c[-1][:, unit] = 0
    logits = logits - logits.max(axis=1, keepdims=True)
    logp = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    return float(-logp[np.arange(len(places)), ids[places]].mean() / np.log(2))


def ablation(model, text: str, units: list[int], at_most: int = AT_MOST) -> dict:
    """Cuánto sube lo que se paga por cerrar, y por los puntos, al borrar cada casilla."""
    ids = np.array(model.tokenizer.encode(text))
    rows = {}
    for name, signs in (("closing", "?!"), ("stop", ".;")):
        places = [i for i, sign in enumerate(text) if sign in signs and i > READ]
        places = np.array(places[:: max(1, len(places) // at_most)][:at_most])
        base = paid(model, ids, places)
        extra = {unit: round(paid(model, ids, places, unit) - base, 3) for unit in units}
        target = extra.pop(units[0])
        rows[name] = {"places": len(places), "bits": round(base, 3), "target": target,
                      "others": sorted(extra.values())}  # fmt: skip
    return rows


def main() -> None:
    """Lee la página, borra, guarda y enseña lo medido."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--smoke", action="store_true")
    smoke = parser.parse_args().smoke
    model, draw = load_fast(), np.random.default_rng(SEED)
    page = " ".join(scraps(load_quijote("extracto").text))
    width = model.start().c.shape[-1]
    drawn = draw.choice([u for u in range(width) if u not in KNOWN], 10, replace=False).tolist()
    units = draw.permutation(KNOWN + drawn).tolist()
    states = read_states(model, page)[:, units].T  # (casillas, letras)
    packed = np.round(127 * states / np.abs(states).max(axis=1, keepdims=True)).astype(np.int8)
    controls = draw.choice([u for u in range(width) if u != TARGET], CONTROLS, replace=False)
    corpus = load_quijote("extracto" if smoke else "auto")
    text = corpus.heldout if smoke else corpus.valid
    lost = ablation(model, text, [TARGET, *controls.tolist()][: 2 if smoke else None],
                    2 if smoke else AT_MOST)  # fmt: skip
    card = {
        "command": "python benchmarks/units.py",
        "data": "la página, del extracto; el borrado, en valid del libro entero",
        "machine": f"{cpu_name()}, 1 hilo; numpy {np.__version__}",
        "seed": SEED,
        "date": date.today().isoformat(),
        "target": TARGET,
        "ablation": lost,
        "units": units,
        "text": page,
        "states": base64.b64encode(packed.tobytes()).decode(),
    }
    if not smoke:
        RESULTS.write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(lost))


if __name__ == "__main__":
    main()
