"""Dos redes muy pequeñas que leen el Quijote letra a letra: una recurrente simple y una LSTM.

    python benchmarks/cell.py            # unos minutos de CPU; guarda data/cell.json
    python benchmarks/cell.py --smoke    # unos pasos con el extracto; no guarda nada

Las dos tienen la misma anchura, la misma receta y los mismos pasos. Los pesos se guardan en
centésimas, y todo lo demás se mide ya con ellos.
"""

import argparse
import json
import math
from dataclasses import replace
from datetime import date
from pathlib import Path

import torch
from recipes import cpu_name, quiet
from torch import nn

from llm_intro import COURSE_RECIPE, CervantesLSTM, CharTokenizer, bits_per_char, load_quijote
from llm_intro.training import train

RESULTS = Path(__file__).resolve().parents[1] / "llm_intro" / "data" / "cell.json"
WIDTH, EMBED, STEPS, RATE, SEED = 16, 12, 6000, 8e-3, 0
WORD, OTHERS = "mancha", "aeos"
NAMES = {"embedding": "embedding.weight", "w_x": "lstm.weight_ih_l0", "w_h": "lstm.weight_hh_l0",
         "b": "lstm.bias_ih_l0", "fc_w": "fc.weight", "fc_b": "fc.bias"}  # fmt: skip


class PlainRNN(CervantesLSTM):
    """La misma red con una capa recurrente simple, sin puertas ni cuaderno."""

    def __init__(self, *sizes, **options):
        super().__init__(*sizes, **options)
        self.lstm = nn.RNN(self.config["embed_dim"], self.config["hidden_size"])

    def forward(self, x, hidden=None):
        out, h = self.lstm(self.embedding(x), None if hidden is None else hidden[0])
        return self.fc(out), (h,)


def make(kind: str, vocab_size: int) -> CervantesLSTM:
    """Una red recién hecha de esa clase, siempre con los mismos pesos."""
    torch.manual_seed(SEED)
    if kind == "rnn":
        return PlainRNN(vocab_size, EMBED, WIDTH, 1, 0.0)
    return CervantesLSTM(vocab_size, EMBED, WIDTH, 1, 0.0, forget_bias=1.0)


def trained(kind: str, corpus, steps: int) -> CervantesLSTM:
    """Una red de esa clase tras unos pasos con la receta del curso."""
    model = make(kind, CharTokenizer.from_text(corpus.text).vocab_size)
    train(model, corpus, replace(COURSE_RECIPE, minutes=None, steps=steps, lr=RATE, evals=2), quiet)
    return model


def hundredths(model) -> dict[str, list]:
    """Los pesos en centésimas enteras, con los dos sesgos de la capa ya sumados; y los deja así."""
    weights = model.state_dict()
    weights["lstm.bias_ih_l0"] += weights["lstm.bias_hh_l0"]
    weights["lstm.bias_hh_l0"].zero_()
    whole = {name: (100 * weight).round() for name, weight in weights.items()}
    model.load_state_dict({name: weight / 100 for name, weight in whole.items()})
    return {short: whole[name].int().tolist() for short, name in NAMES.items()}


@torch.inference_mode()
def traces(model, word: str) -> list[float]:
    """Por cada letra, cuántos bits cambia lo que la red espera tras la palabra si fuera otra.

    La media con las de OTHERS; es la divergencia de Kullback-Leibler.
    """
    ids = torch.from_numpy(model.tokenizer.encode(word)).long()
    other = torch.from_numpy(model.tokenizer.encode(OTHERS)).long()
    now = model(ids[:, None])[0][-1].double().log_softmax(-1)  # (1, V)
    changes = []
    for place, letter in enumerate(ids):
        swapped = ids[:, None].repeat(1, len(OTHERS))  # (T, B)
        swapped[place] = other
        then = model(swapped)[0][-1].double().log_softmax(-1)  # (B, V)
        bits = (now.exp() * (now - then)).sum(-1)[other != letter] / math.log(2)
        changes.append(round(float(bits.mean()), 4))
    return changes


def main() -> None:
    """Entrena las dos, guarda sus pesos y lo que pagan."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--smoke", action="store_true")
    smoke = parser.parse_args().smoke
    torch.set_num_threads(1)
    corpus = load_quijote("extracto" if smoke else "auto")
    card = {
        "data": "Don Quijote, Project Gutenberg 2000, limpio con llm_intro.corpus.clean; train",
        "command": "python benchmarks/cell.py",
        "recipe": f"la del curso, {STEPS} pasos, con una tasa de {RATE}",
        "machine": f"{cpu_name()}, 1 hilo; torch {torch.__version__}",
        "seed": SEED,
        "date": date.today().isoformat(),
        "symbols": CharTokenizer.from_text(corpus.text).symbols,
        "word": WORD,
        "bits": {},
        "traces": {},
    }
    for kind in ("rnn", "lstm"):
        model = trained(kind, corpus, 2 if smoke else STEPS)
        card[kind] = hundredths(model)
        card["traces"][kind] = traces(model, WORD)
        card["bits"][kind] = round(bits_per_char(model, corpus.valid), 3)
    if not smoke:
        text = json.dumps(card, ensure_ascii=False, separators=(",", ":")).replace(',"', ',\n"')
        RESULTS.write_text(text + "\n", encoding="utf-8")
    print(card["bits"], card["traces"])


if __name__ == "__main__":
    main()
