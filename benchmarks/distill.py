"""La red que viaja con el curso, aprendida de otras: varios maestros y texto sin fin.

    python benchmarks/distill.py teacher lstm_1024 --minutes 3   # uno de TEACHERS, hasta su mejor
    python benchmarks/distill.py student                         # las alumnas, con los que haya
    python benchmarks/distill.py report                          # cada uno y su mezcla, en valid
    python benchmarks/distill.py pack --width 768                # mide una y la empaqueta
    python benchmarks/distill.py --smoke                         # todo, en segundos y en pequeño

Los maestros se entrenan como cualquier red del curso, con train. Después escriben juntos un texto
nuevo, que empieza con un trozo de train y sigue por su cuenta, y la alumna aprende a apostar como
ellos en cada letra: no solo cuál vino, sino cuánto se merecía cada una. Como el texto no se acaba,
no hay nada que memorizar. Los pesos de la mezcla se eligen en valid; lo reservado no se toca.
Un aprendizaje cortado no se reanuda: la alumna vuelve a empezar.

Fuente: Hinton, Vinyals y Dean (2015), «Distilling the Knowledge in a Neural Network»; con texto
    inventado por el maestro, Kim y Rush (2016), «Sequence-Level Knowledge Distillation».
"""

import argparse
import copy
import json
import math
import os
import tempfile
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import torch
from graphed import GraphedRun, record
from mixing import fit_product, product_bits
from packing import pack_8bit
from recipes import cpu_name
from safetensors.numpy import save_file as save_packed
from safetensors.torch import load_file, save_file
from ship import DATA, MODELS, bits_of, log, save_card
from torch import nn
from torch.nn.functional import cross_entropy, dropout, log_softmax, one_hot

from llm_intro import TrainConfig, bits_per_char, load_pretrained, load_quijote
from llm_intro.lstm import CervantesLSTM
from llm_intro.models.regularized_lstm import RegularizedLSTM
from llm_intro.models.transformer import Transformer
from llm_intro.support.checkpoint import load_checkpoint, unpack
from llm_intro.support.machine import best_device, evaluating
from llm_intro.training import Run, train, valid_bits

RUNS = Path(__file__).parent / "runs"
STREAMS, PIECE, PREFIX = 4096, 64, 64  # textos a la vez, letras por trozo, letras de train
PIECES = 4  # trozos inventados tras cada comienzo
BATCH = 256  # textos por paso de la alumna
AVERAGED = 0.003  # parte de los pesos nuevos que entra en la media a cada paso
GRAPHS = os.environ.get("GRAPHS") != "0"  # grabar el paso, donde se puede
USEFUL = 0.05  # al maestro que pesa menos no se le pregunta
SOFT_TRIAL = 40_000  # letras de valid con que se eligen los pesos de la mezcla


def lstm(width, layers=1, output=0.5, weights=0.35, between=0.0):
    """Una LSTM que se apaga mucho al entrenar."""

    def make(vocab: int) -> RegularizedLSTM:
        return RegularizedLSTM(
            vocab, 128, width, layers, between, forget_bias=1.0,
            input_dropout=0.1, output_dropout=output, weight_dropout=weights,
        )  # fmt: skip

    return make


class DeepLSTM(nn.Module):
    """LSTM apiladas, cada una sumada a lo que entra; lo que se apaga es lo mismo en todo el trozo.

    Fuente: Merity et al. (2018), «Regularizing and Optimizing LSTM Language Models»; lo de apagar
        lo mismo en todo el trozo, Gal y Ghahramani (2016), «A Theoretically Grounded Application
        of Dropout in Recurrent Neural Networks».
    """

    def __init__(self, vocab_size, embed, width, layers, inputs, between, output, weights):
        super().__init__()
        self.config = dict(
            vocab_size=vocab_size, embed=embed, width=width, layers=layers, inputs=inputs,
            between=between, output=output, weights=weights,
        )  # fmt: skip
        self.tokenizer = None
        self.drops, self.rate = [inputs, *[between] * (layers - 1), output], weights
        self.embedding = nn.Embedding(vocab_size, embed)
        self.cells = nn.ModuleList(nn.LSTM(width if i else embed, width) for i in range(layers))
        self.fc = nn.Linear(width, vocab_size)
        with torch.no_grad():
            for cell in self.cells:
                for bias in (cell.bias_ih_l0, cell.bias_hh_l0):
                    bias.chunk(4)[1].fill_(0.5)  # empieza recordando

    def forward(self, x, hidden=None):
        """Como la de `CervantesLSTM`: logits (T, B, V) y el par (h, c), cada uno (capas, B, H)."""
        h, states = self.embedding(x), []
        for i, cell in enumerate(self.cells):
            state = None if hidden is None else tuple(part[i : i + 1] for part in hidden)
            out, state = self._read(cell, self._off(h, i), state)
            h, states = (h + out if i else out), [*states, state]
        hidden = tuple(torch.cat(part) for part in zip(*states, strict=True))
        return self.fc(self._off(h, -1)), hidden

    def _off(self, h, place: int):
        return h * dropout(torch.ones_like(h[:1]), self.drops[place], self.training)  # (1, B, H)

    def _read(self, cell, h, state):
        if not self.training:
            return cell(h, state)
        weights = {name: dropout(w, self.rate) if "weight_hh" in name else w
                   for name, w in cell.named_parameters()}  # fmt: skip
        return torch.func.functional_call(cell, weights, (h, state))


def deep(width=1024, layers=2, between=0.35, output=0.4, weights=0.4):
    """Dos LSTM anchas, una sobre otra."""

    def make(vocab: int) -> DeepLSTM:
        return DeepLSTM(vocab, 128, width, layers, 0.1, between, output, weights)

    return make


def transformer(dropout, width=264, layers=3):
    """Un Transformer; con sus medidas por defecto, el tamaño de la red que viaja."""

    def make(vocab: int) -> Transformer:
        return Transformer(vocab, width=width, heads=6, layers=layers, context=256, dropout=dropout)

    return make


LSTM_RECIPE = TrainConfig(
    minutes=3, batch_size=256, chunk_len=64, reset_every=20, lr=8e-3, weight_decay=0.02,
    warmup_steps=200, average=0.999, precision="auto", evals=25,
)  # fmt: skip
TRANSFORMER_RECIPE = replace(LSTM_RECIPE, batch_size=64, chunk_len=256, reset_every=5, lr=2e-3)
TEACHERS = {  # nombre: (red, receta)
    "lstm_768": (lstm(768, output=0.4, weights=0.25), LSTM_RECIPE),
    "lstm_1024": (lstm(1024), replace(LSTM_RECIPE, lr=6e-3, seed=1)),
    "deep_1024": (deep(), replace(LSTM_RECIPE, lr=4e-3, seed=2)),
    "transformer_.2": (transformer(0.2), TRANSFORMER_RECIPE),
    "transformer_.3": (transformer(0.3), TRANSFORMER_RECIPE),
    "transformer_.4": (transformer(0.4), TRANSFORMER_RECIPE),
}
KINDS = {kind.__name__: kind for kind in (CervantesLSTM, RegularizedLSTM, DeepLSTM, Transformer)}
TRAINED = {"lstm_150": "lstm", "transformer_150": "transformer"}  # las que entrena ship.py


def symbols():
    """El tokenizador del libro entero, el de las redes que ya viajan: también sin el libro."""
    return load_pretrained("cervantes").tokenizer


def student(vocab: int, width: int) -> CervantesLSTM:
    """La alumna: una LSTM de una capa, como la de la lección, que NumPy y la página saben leer."""
    return CervantesLSTM(vocab, 64, width, num_layers=1, dropout=0.0, forget_bias=1.0)


def save(name: str, model, extra: dict) -> None:
    """Los pesos, en float16, y lo que costó llegar a ellos."""
    RUNS.mkdir(exist_ok=True)
    extra = {**extra, "kind": type(model).__name__, "config": model.config}
    weights = {key: value.detach().half().cpu() for key, value in model.state_dict().items()}
    save_file(weights, RUNS / f"{name}.safetensors")
    (RUNS / f"{name}.json").write_text(json.dumps(extra, indent=1), encoding="utf-8")


def load(name: str, device):
    """Una red ya entrenada, de las que guarda `save`."""
    told = json.loads((RUNS / f"{name}.json").read_text(encoding="utf-8"))
    model = KINDS[told["kind"]](**told["config"])
    weights = load_file(RUNS / f"{name}.safetensors")
    model.load_state_dict({key: value.float() for key, value in weights.items()})
    return model.to(device).eval()


def teach(name: str, corpus, device, **changes) -> None:
    """Entrena un maestro hasta su mejor medida en valid y lo guarda."""
    make, recipe = TEACHERS[name]
    recipe = replace(recipe, **changes)
    torch.manual_seed(recipe.seed)
    vocab = symbols().vocab_size
    model = make(vocab).to(device)
    model.tokenizer = symbols()
    graphs = device.type == "cuda" and GRAPHS
    history = train(model, corpus, recipe, log, GraphedRun if graphs else Run)
    best, last = history.best, history.events[-1]
    events = [[e.seconds, e.chars, e.train_bits, e.valid_bits] for e in history.events]
    save(name, model, {
        "valid": best.valid_bits, "seconds": last.seconds, "chars": last.chars,
        "parameters": sum(p.numel() for p in model.parameters()), "events": events,
        "device": device_name(device),
    })  # fmt: skip
    print(f"{name}: {best.valid_bits:.4f} en valid, {last.chars / 1e6:.0f} M letras", flush=True)


def device_name(device) -> str:
    """La tarjeta, o el procesador."""
    module = torch.get_device_module(device)
    return module.get_device_name() if hasattr(module, "get_device_name") else cpu_name()


def known(device) -> dict:
    """Los maestros ya entrenados, aquí o por ship.py."""
    made = {n: load(n, device) for n in TEACHERS if (RUNS / f"{n}.safetensors").exists()}
    for name, kind in TRAINED.items():
        model, file = MODELS[kind][0](symbols().vocab_size), RUNS / f"{kind}.ckpt"
        if file.exists():
            model.load_state_dict(unpack("best", load_checkpoint(file)[0]))
            made[name] = model.to(device).eval()
    return made


def log_probs(model, ids, hidden=None):
    """ln P tras cada símbolo de `ids` (T, B), y el estado: (T, B, V)."""
    logits, hidden = model(ids, hidden)
    return log_softmax(logits.float(), -1), hidden


def weigh(teachers: dict, corpus, device) -> tuple[dict, dict]:
    """El peso de cada uno en el producto, elegido en valid, y los bits de cada uno y de todos."""
    tokenizer = symbols()
    ids = torch.from_numpy(tokenizer.encode(corpus.valid[:SOFT_TRIAL]))
    columns = ids[: len(ids) // 20 * 20].view(20, -1).t().to(device)  # (L, 20)
    rows, bits, told = {}, {}, columns[1:].cpu().numpy().ravel()
    for name, model in teachers.items():
        with evaluating(model):
            hidden, parts = None, []
            for piece in columns[:-1].split(250):
                scores, hidden = log_probs(model, piece, hidden)
                parts.append(scores.cpu())
        rows[name] = torch.cat(parts).reshape(-1, tokenizer.vocab_size).numpy()
        bits[name] = float(product_bits(rows[name][None], [1.0], told).mean())
    weights = dict.fromkeys(rows, 1.0)
    while True:  # quien no aporta se va, y los demás se reparten su peso
        stacked = np.stack([rows[name] for name in weights])
        weights = dict(zip(weights, fit_product(stacked, told).tolist(), strict=True))
        if len(weights) == 1 or min(weights.values()) > USEFUL:
            break
        del weights[min(weights, key=weights.get)]
    bits["todos"] = float(product_bits(stacked, list(weights.values()), told).mean())
    return weights, bits


class Writers:
    """Los maestros escribiendo a la vez `streams` textos, y lo que apuestan en cada letra.

    Sortean las recurrentes, que llevan su estado de letra en letra; los Transformers leen después
    el trozo entero de una vez. En una tarjeta, el trozo se graba.
    """

    def __init__(self, teachers: list, weights, train_ids, streams: int, device):
        kind = torch.float32 if device.type == "cpu" else torch.bfloat16
        self.models, self.device = [m.to(kind) for m in teachers], device
        self.weights = torch.tensor(weights, device=device, dtype=torch.float32)
        self.readers = [i for i, m in enumerate(self.models) if isinstance(m, Transformer)]
        self.recurrent = [i for i in range(len(self.models)) if i not in self.readers]
        self.share = self.weights[self.recurrent].sum()
        self.text, self.streams, self.graph = train_ids.to(device), streams, None
        self.generator = torch.Generator(device).manual_seed(7)
        size = PIECE, streams, symbols().vocab_size
        self.seen = torch.zeros(size[:2], dtype=torch.long, device=device)
        self.scores = torch.zeros(size, device=device)
        self.last, self.states = torch.zeros(streams, dtype=torch.long, device=device), None

    def restart(self) -> torch.Tensor:
        """Pone a cada texto un comienzo de train, (PREFIX + 1, streams)."""
        top = len(self.text) - PREFIX - 1
        at = torch.randint(top, (self.streams,), generator=self.generator, device=self.device)
        reach = torch.arange(PREFIX + 1, device=self.device)
        prefix = self.text[at[None] + reach[:, None]].long()
        hidden = [log_probs(model, prefix[:-1], None)[1] for model in self.models]
        self.read = {i: hidden[i] for i in self.readers}
        fresh = [part for i in self.recurrent for part in hidden[i]]  # h y c de cada una
        if self.states is None:
            self.states = [torch.empty_like(part) for part in fresh]
        for own, new in zip(self.states, fresh, strict=True):
            own.copy_(new)
        self.last.copy_(prefix[-1])
        return prefix

    def write(self):
        """Sigue cada texto: letras leídas (PIECE, B) y la apuesta común tras cada una, (…, V)."""
        if self.graph is None and self.device.type == "cuda" and GRAPHS:
            self.graph, _ = record(self._piece)
        self.graph.replay() if self.graph else self._piece()
        mixed = self.scores
        for i in self.readers:
            each, self.read[i] = log_probs(self.models[i], self.seen, self.read[i])
            mixed = mixed + self.weights[i] * each
        return self.seen, log_softmax(mixed, -1)

    def _piece(self) -> None:
        states, last = list(self.states), self.last
        for t in range(PIECE):
            mixed = 0
            for n, i in enumerate(self.recurrent):
                each, pair = log_probs(self.models[i], last[None], tuple(states[2 * n : 2 * n + 2]))
                states[2 * n : 2 * n + 2] = pair
                mixed = mixed + self.weights[i] * each[0]
            self.seen[t].copy_(last)
            self.scores[t].copy_(mixed)  # (B, V)
            sharp = mixed / self.share  # el sorteo, a temperatura 1
            last = (sharp - torch.empty_like(sharp).exponential_().log()).argmax(-1)
        self.last.copy_(last)
        for own, new in zip(self.states, states, strict=True):
            own.copy_(new)


class Pupil:
    """La alumna y sus cuentas: un paso por lote, grabado en la tarjeta si se puede."""

    def __init__(self, vocab: int, width: int, lr: float, device):
        torch.manual_seed(0)
        self.model = student(vocab, width).to(device).train()
        self.mean = copy.deepcopy(self.model).eval()
        self.device, self.top, self.steps, self.graph = device, lr, 0, None
        self.lr, self.weight = torch.tensor(lr, device=device), torch.tensor(1.0, device=device)
        cuda = device.type == "cuda"
        self.optimizer = torch.optim.AdamW(
            self.model.parameters(), self.lr if cuda else lr, (0.9, 0.99), weight_decay=0.01,
            fused=True, capturable=cuda,
        )  # fmt: skip
        self.x = torch.zeros(PIECE, BATCH, dtype=torch.long, device=device)
        self.target = torch.zeros(PIECE, BATCH, vocab, device=device)
        self.state = tuple(torch.zeros(1, BATCH, width, device=device) for _ in "hc")
        self.states, self.events = {}, []

    def forget(self) -> None:
        """Los textos empiezan de nuevo."""
        self.states = {}

    def measure(self, valid, told: dict) -> None:
        """Mide en valid la media de los pesos; si es su mejor medida, la guarda."""
        bits = valid_bits(self.mean, valid)
        best = bits < min((event[2] for event in self.events), default=math.inf)
        self.events.append([told["seconds"], told["chars"], bits])
        width, chars = told["width"], told["chars"]
        print(f"{width} · {told['seconds']:.0f} s · {chars / 1e6:.1f} M · {bits:.4f}", flush=True)
        if best:
            save(f"student_{width}", self.mean, {"valid": bits, **told, "events": self.events})

    def learn(self, x, target, group: int, weight: float, done: float) -> None:
        """Un paso con los textos de un grupo, `x` (T, B), y sus apuestas `target` (T, B, V)."""
        fall = 0.02 + 0.49 * (1 + math.cos(math.pi * done))
        self.lr.fill_(self.top * min(1, (self.steps + 1) / 100) * fall)
        self.weight.fill_(weight)
        self.x.copy_(x)
        self.target.copy_(target)
        for own, kept in zip(self.state, self.states.get(group, (0, 0)), strict=True):
            own.copy_(kept) if group in self.states else own.zero_()
        if self.graph is None and self.device.type == "cuda" and GRAPHS:
            self.graph, _ = record(self._step, self.optimizer)
        self.graph.replay() if self.graph else self._step()
        self.steps += 1
        self.states[group] = tuple(part.clone() for part in self.state)

    def _step(self) -> None:
        if self.device.type != "cuda":
            self.optimizer.param_groups[0]["lr"] = self.lr.item()
        self.optimizer.zero_grad(set_to_none=True)
        mixed = self.device.type != "cpu"
        with torch.autocast(self.device.type, torch.bfloat16, enabled=mixed, cache_enabled=False):
            logits, hidden = self.model(self.x, self.state)  # (T, B, V)
        loss = cross_entropy(logits.float().flatten(0, 1), self.target.flatten(0, 1))
        (self.weight * loss).backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        with torch.no_grad():
            for own, new in zip(self.state, hidden, strict=True):
                own.copy_(new)
            for slow, now in zip(self.mean.parameters(), self.model.parameters(), strict=True):
                slow.lerp_(now, AVERAGED)


def learn(corpus, device, widths, minutes=5.1, streams=STREAMS, lr=4e-3, hard=0.5) -> None:
    """Entrena con lo que escriben los maestros una alumna de cada ancho; guarda su mejor medida."""
    tokenizer = symbols()
    made = known(device)
    weights, bits = weigh(made, corpus, device)
    print("pesos", weights, "bits", bits, flush=True)
    ids = torch.from_numpy(tokenizer.encode(corpus.train)).to(torch.uint8)
    valid = torch.from_numpy(tokenizer.encode(corpus.valid)).to(device)
    writers = Writers([made[n] for n in weights], list(weights.values()), ids, streams, device)
    pupils = [Pupil(tokenizer.vocab_size, width, lr, device) for width in widths]
    begin, chars, due = time.perf_counter(), 0, 0.1
    groups = [slice(first, first + BATCH) for first in range(0, streams, BATCH)]

    def progress() -> float:
        return min(1.0, (time.perf_counter() - begin) / (60 * minutes))

    def teach_all(x, target, weight: float) -> None:
        for rows in groups:
            for pupil in pupils:
                pupil.learn(x[:, rows], target[:, rows], rows.start, weight, progress())

    while progress() < 1:
        with torch.no_grad():
            prefix = writers.restart()
        for pupil in pupils:
            pupil.forget()
        teach_all(prefix[:-1], one_hot(prefix[1:], tokenizer.vocab_size).float(), hard)
        for _ in range(PIECES):
            with torch.no_grad():
                x, soft = writers.write()
            teach_all(x, soft.exp(), 1.0)
        chars += (PREFIX + PIECES * PIECE) * streams
        if progress() >= due:
            due = 1.0 if progress() > 0.96 else progress() + 0.05
            for width, pupil in zip(widths, pupils, strict=True):
                told = {
                    "chars": chars, "seconds": time.perf_counter() - begin, "width": width,
                    "weights": weights, "teachers_bits": bits, "device": device_name(device),
                    "minutes": minutes, "lr": lr, "hard": hard, "streams": streams,
                }  # fmt: skip
                pupil.measure(valid, told)


def pack(corpus, width: int) -> None:
    """La alumna que viaja con el curso, en 8 bits, con su ficha."""
    name = f"student_{width}"
    model, told = load(name, torch.device("cpu")), json.loads((RUNS / f"{name}.json").read_text())
    model.tokenizer = symbols()
    whole = bits_per_char(model, corpus.valid)
    save_packed(pack_8bit({key: t.numpy() for key, t in model.state_dict().items()}),
                DATA / "cervantes.safetensors")  # fmt: skip
    card = {
        "data": "Don Quijote, Project Gutenberg 2000, limpio con llm_intro.corpus.clean: comienzos "
        "de train, y lo que sus maestros escriben detrás",
        "command": "python benchmarks/distill.py student",
        "seed": 0,
        "machine": told["device"],
        "card_seconds": round(told["seconds"]),
        "cpu_seconds": None,  # los maestros costaron lo suyo: dos, 150 minutos cada uno
        "parameters": sum(p.numel() for p in model.parameters()),
        "date": date.today().isoformat(),
        "tokenizer": model.tokenizer.to_dict(),
        "config": model.config,
        "teachers": {name: round(weight, 4) for name, weight in told["weights"].items()},
        "teachers_bits": {name: round(bits, 4) for name, bits in told["teachers_bits"].items()},
        "unpacked_valid": round(whole, 4),
    }
    save_card("cervantes", card)
    shipped = load_pretrained("cervantes")
    save_card("cervantes", {**card, "bits_per_char": bits_of(shipped, corpus)})


def smoke(corpus, device) -> None:
    """Dos maestros de juguete y unos pasos de la alumna."""
    global RUNS, BATCH
    BATCH, RUNS = 4, Path(tempfile.mkdtemp())
    TEACHERS.clear()
    TEACHERS["lstm_small"] = (lstm(32), replace(LSTM_RECIPE, batch_size=8, precision="fp32"))
    tiny = replace(TRANSFORMER_RECIPE, batch_size=2, precision="fp32")
    TEACHERS["transformer_small"] = (transformer(0.1, 24, 1), tiny)
    for name in TEACHERS:
        teach(name, corpus, device, minutes=None, steps=3, evals=1)
    learn(corpus, device, (32, 24), minutes=0.05, streams=8)


def main() -> None:
    """Hace lo que se pida."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", nargs="?", choices=["teacher", "student", "report", "pack"])
    parser.add_argument("name", nargs="?", choices=list(TEACHERS))
    parser.add_argument("--minutes", type=float, help="3 de cada maestro, 5,1 de las alumnas")
    parser.add_argument("--width", type=int, nargs="+", default=[952, 768])
    parser.add_argument("--lr", type=float, default=4e-3)
    parser.add_argument("--hard", type=float, default=0.5, help="peso del comienzo de train")
    parser.add_argument("--smoke", action="store_true")
    options = parser.parse_args()
    given = {} if options.minutes is None else {"minutes": options.minutes}
    corpus, device = load_quijote(), best_device()
    torch.set_num_threads(1)
    if options.smoke:
        smoke(corpus, device)
    elif options.what == "teacher":
        teach(options.name, corpus, device, **given)
    elif options.what == "student":
        learn(corpus, device, options.width, lr=options.lr, hard=options.hard, **given)
    elif options.what == "pack":
        pack(corpus, options.width[0])
    else:
        weights, bits = weigh(known(device), corpus, device)
        print(bits, weights)


if __name__ == "__main__":
    main()
