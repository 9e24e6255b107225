"""¿Qué sabe cada casilla de `c`? Se busca en train, se enseña en una página y se borra en valid.

    python benchmarks/units.py            # unos minutos de CPU; guarda data/units.json
    python benchmarks/units.py --smoke    # busca en la página y borra en dos sitios; no guarda nada

Para cada pregunta del explorable se queda la casilla con más área: de cada cien parejas de un sí
y un no, las que ordena bien, o bien al revés. La página y el borrado no intervienen en la
elección. De las tres con más área para «dentro» se cuenta el borrado, y la elegida es la primera.

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

from llm_intro import load_quijote
from llm_intro.models.pretrained import load_fast

RESULTS = Path(__file__).resolve().parents[1] / "llm_intro" / "data" / "units.json"
# Muchos trozos de train y una letra de cada diez: en pocos mandan dos o tres preguntas muy largas.
PIECES, LETTERS, EVERY = 240, 1000, 10
SHOWN, BEST, FAR, LATE = 16, 3, 40, 5
SEED, CONTROLS, AT_MOST, READ = 0, 20, 200, 220


def inside(text: str) -> list[bool]:
    """De cada letra, si queda una pregunta o una exclamación por cerrar."""
    closes, wanted, truth = {"¿": "?", "¡": "!"}, "", []
    for char in text:
        wanted = closes.get(char, "" if char == wanted else wanted)
        truth.append(wanted != "")
    return truth


def reaches(text: str, length: int, ends) -> list[bool]:
    """De cada letra, si ya van `length` seguidas, con ella, sin que `ends` corte la cuenta."""
    since, truth = 0, []
    for char in text:
        since = 0 if ends(char) else since + 1
        truth.append(since >= length)
    return truth


QUESTIONS = {  # las de explorables/units.js
    "dentro de ¿…? o de ¡…!": inside,
    "lejos de la última coma o punto": lambda text: reaches(text, FAR, lambda c: c in ",;.:?!"),
    "en la quinta letra de la palabra, o después": lambda text: reaches(
        text, LATE, lambda char: not char.isalpha()
    ),
    "en una vocal": lambda text: [char in "aeiouáéíóúü" for char in text],
}


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


def read_states(model, texts: list[str], every: int = 1) -> np.ndarray:
    """`c` cada `every` letras, (textos x letras, H); cada texto, desde una memoria en blanco."""
    ids = np.array([model.tokenizer.encode(text) for text in texts])  # (B, T)
    state, rows = model.start(len(texts)), []
    for place, column in enumerate(ids.T, start=1):
        _, state = model.step(column, state)
        if place % every == 0:
            rows.append(state.c[-1])
    return np.concatenate(np.stack(rows, axis=1))


def areas(states: np.ndarray, texts: list[str], every: int = 1) -> np.ndarray:
    """De 100 parejas de un sí y un no, las que ordena cada casilla: (preguntas, H), de 50 a 100."""
    truths = [
        [yes for text in texts for yes in ask(text)[every - 1 :: every]]
        for ask in QUESTIONS.values()
    ]
    truths = np.array(truths)  # (preguntas, letras)
    yes, letters = truths.sum(axis=1), truths.shape[1]
    ranks = (column.argsort().argsort() for column in states.T)  # desde 0
    above = np.array([truths @ rank for rank in ranks]) - yes * (yes - 1) / 2
    share = above / (yes * (letters - yes))
    return 100 * np.maximum(share, 1 - share).T


def pack(states: np.ndarray) -> str:
    """Un byte por letra, en base64: de -127 a 127, según lo más lejos que llega cada casilla."""
    states = 127 * states / np.abs(states).max(axis=1, keepdims=True)  # (casillas, letras)
    return base64.b64encode(np.round(states).astype(np.int8).tobytes()).decode()


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
        rows[name] = {"places": len(places), "bits": round(base, 3), "extra": extra}
    return rows


def erase(model, text: str, best: list[int], controls: list[int], at_most: int) -> dict:
    """El borrado de la elegida, la primera de `best`, y al lado el de los controles."""
    rows = ablation(model, text, list(dict.fromkeys(best + controls)), at_most)
    for row in rows.values():
        extra = row.pop("extra")
        row["target"], row["others"] = extra[best[0]], sorted(extra[u] for u in controls)
        row["best"] = {unit: extra[unit] for unit in best}
    return rows


def main() -> None:
    """Busca, lee la página, borra, guarda y enseña lo medido."""
    from recipes import cpu_name  # aquí, para que las pruebas puedan importar las preguntas

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--smoke", action="store_true")
    smoke = parser.parse_args().smoke
    model, draw = load_fast(), np.random.default_rng(SEED)
    corpus = load_quijote("extracto" if smoke else "auto")
    page = " ".join(scraps(load_quijote("extracto").text))
    starts = np.linspace(0, len(corpus.train) - LETTERS, PIECES).astype(int)
    pieces = [page] if smoke else [corpus.train[i : i + LETTERS] for i in starts]
    found = areas(read_states(model, pieces, EVERY), pieces, EVERY)
    states = read_states(model, [page])
    shown, ranked = areas(states, [page]), (-found).argsort(axis=1)  # (preguntas, H)
    search = {
        ask: [[int(u), round(found[q, u], 1), round(shown[q, u], 1)] for u in ranked[q, :BEST]]
        for q, ask in enumerate(QUESTIONS)
    }
    best, width = ranked[0, :BEST].tolist(), states.shape[1]
    known = list(dict.fromkeys(ranked[:, 0].tolist()))
    drawn = draw.choice(np.setdiff1d(range(width), known), SHOWN - len(known), replace=False)
    units = draw.permutation(known + drawn.tolist()).tolist()
    controls = draw.choice([u for u in range(width) if u != best[0]], CONTROLS, replace=False)
    text, few, at_most = (corpus.heldout, 1, 2) if smoke else (corpus.valid, None, AT_MOST)
    lost = erase(model, text, best[:few], controls[:few].tolist(), at_most)
    card = {
        "command": "python benchmarks/units.py",
        "data": "la búsqueda, en train; la página, del extracto; el borrado, en valid",
        "machine": f"{cpu_name()}, 1 hilo; numpy {np.__version__}",
        "seed": SEED,
        "date": date.today().isoformat(),
        "target": best[0],
        "search": search,  # por pregunta: casilla, área en train y área en la página
        "ablation": lost,
        "units": units,
        "text": page,
        "states": pack(states[:, units].T),
    }
    if not smoke:
        RESULTS.write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(json.dumps({"search": search, "ablation": lost}, ensure_ascii=False))


if __name__ == "__main__":
    main()
