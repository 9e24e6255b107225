"""La red que viaja con el curso, aprendida de otras: varios maestros y texto sin fin.

    python benchmarks/distill.py teacher lstm_1024 --minutes 3   # uno de TEACHERS, hasta su mejor
    python benchmarks/distill.py student --minutes 4             # la alumna, con los que haya
    python benchmarks/distill.py report                          # cada uno y su mezcla, en valid
    python benchmarks/distill.py --smoke                         # todo, en segundos y en pequeño

Los maestros se entrenan como cualquier red del curso, con train. Después escriben juntos un texto
nuevo, que empieza con un trozo de train y sigue por su cuenta, y la alumna aprende a apostar como
ellos en cada letra: no solo cuál vino, sino cuánto se merecía cada una. Como el texto no se acaba,
no hay nada que memorizar. Los pesos de la mezcla se eligen en valid; lo reservado no se toca.

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
from pathlib import Path

import numpy as np
import torch
from graphed import GraphedRun, record
from mixing import fit_product, product_bits
from recipes import cpu_name
from safetensors.torch import load_file, save_file
from ship import log
from torch.nn.functional import cross_entropy, log_softmax, one_hot

from llm_intro import TrainConfig, load_pretrained, load_quijote
from llm_intro.lstm import CervantesLSTM
from llm_intro.models.regularized_lstm import RegularizedLSTM
from llm_intro.models.transformer import Transformer
from llm_intro.support.machine import best_device, evaluating
from llm_intro.training import Run, train, valid_bits

RUNS = Path(__file__).parent / "runs"
STREAMS, PIECE, PREFIX = 2048, 64, 64  # textos a la vez, letras por trozo, letras de train
PIECES = 4  # trozos inventados tras cada comienzo
BATCH = 256  # textos por paso de la alumna
AVERAGED = 0.003  # parte de los pesos nuevos que entra en la media a cada paso
GRAPHS = os.environ.get("GRAPHS") != "0"  # grabar el paso, donde se puede
SOFT_TRIAL = 60_000  # letras de valid con que se eligen los pesos de la mezcla


def lstm(width, layers=1, output=0.5, weights=0.35, between=0.0):
    """Una LSTM que se apaga mucho al entrenar."""

    def make(vocab: int) -> RegularizedLSTM:
        return RegularizedLSTM(
            vocab, 128, width, layers, between, forget_bias=1.0,
            input_dropout=0.1, output_dropout=output, weight_dropout=weights,
        )  # fmt: skip

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
TRANSFORMER_RECIPE = replace(LSTM_RECIPE, batch_size=32, chunk_len=256, reset_every=5, lr=2e-3)
TEACHERS = {  # nombre: (red, receta)
    "lstm_768": (lstm(768, output=0.4, weights=0.25), LSTM_RECIPE),
    "lstm_1024": (lstm(1024), replace(LSTM_RECIPE, lr=6e-3, seed=1)),
    "transformer_.2": (transformer(0.2), TRANSFORMER_RECIPE),
    "transformer_.3": (transformer(0.3), TRANSFORMER_RECIPE),
    "transformer_.4": (transformer(0.4), TRANSFORMER_RECIPE),
}
SHIPPED = ("cervantes", "transformer")  # también enseñan las que ya viajan con el curso


def symbols():
    """El tokenizador del libro entero, el de las redes que ya viajan: también sin el libro."""
    return load_pretrained("cervantes").tokenizer


def student(vocab: int, width: int = 960) -> CervantesLSTM:
    """La alumna: una LSTM de una capa, como la de la lección, que NumPy y la página saben leer."""
    return CervantesLSTM(vocab, 64, width, num_layers=1, dropout=0.0, forget_bias=1.0)


def save(name: str, model, extra: dict) -> None:
    """Los pesos, en float16, y lo que costó llegar a ellos."""
    RUNS.mkdir(exist_ok=True)
    weights = {key: value.detach().half().cpu() for key, value in model.state_dict().items()}
    save_file(weights, RUNS / f"{name}.safetensors")
    (RUNS / f"{name}.json").write_text(json.dumps(extra, indent=1), encoding="utf-8")


def load(name: str, vocab: int, device):
    """Un maestro ya entrenado."""
    model = TEACHERS[name][0](vocab)
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
    graphs = device.type == "cuda" and isinstance(model, CervantesLSTM) and GRAPHS
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


def known(corpus, device) -> dict:
    """Los maestros que ya están entrenados, y las redes que viajan con el curso."""
    vocab = symbols().vocab_size
    made = {n: load(n, vocab, device) for n in TEACHERS if (RUNS / f"{n}.safetensors").exists()}
    return made | {n: load_pretrained(n).to(device).eval() for n in SHIPPED}


def log_probs(model, ids, hidden=None):
    """ln P tras cada símbolo de `ids` (T, B), y el estado: (T, B, V)."""
    logits, hidden = model(ids, hidden)
    return log_softmax(logits.float(), -1), hidden


def weigh(teachers: dict, corpus, device) -> tuple[list[float], dict]:
    """El peso de cada uno en el producto, elegido en valid, y los bits de cada uno y de todos."""
    tokenizer = symbols()
    ids = torch.from_numpy(tokenizer.encode(corpus.valid[:SOFT_TRIAL]))
    columns = ids[: len(ids) // 20 * 20].view(20, -1).t().to(device)  # (L, 20)
    rows, bits, told = [], {}, columns[1:].cpu().numpy().ravel()
    for name, model in teachers.items():
        with evaluating(model):
            hidden, parts = None, []
            for piece in columns[:-1].split(250):
                scores, hidden = log_probs(model, piece, hidden)
                parts.append(scores.cpu())
        rows.append(torch.cat(parts).reshape(-1, tokenizer.vocab_size).numpy())
        bits[name] = float(product_bits(rows[-1:], [1.0], told).mean())
    weights = fit_product(np.stack(rows), told)
    bits["todos"] = float(product_bits(np.stack(rows), weights, told).mean())
    return weights.tolist(), bits


class Writers:
    """Los maestros escribiendo a la vez `streams` textos, y lo que apuestan en cada letra."""

    def __init__(self, teachers: dict, weights, train_ids, streams: int, device):
        self.recurrent = [i for i, m in enumerate(teachers.values()) if hasattr(m, "lstm")]
        kind = torch.float32 if device.type == "cpu" else torch.bfloat16
        self.models, self.device = [m.to(kind) for m in teachers.values()], device
        self.weights = torch.tensor(weights, device=device, dtype=torch.float32)
        self.text, self.streams = train_ids.to(device), streams
        self.generator = torch.Generator(device).manual_seed(7)

    def restart(self) -> torch.Tensor:
        """Pone a cada texto un comienzo de train, (PREFIX + 1, streams)."""
        top = len(self.text) - PREFIX - 1
        at = torch.randint(top, (self.streams,), generator=self.generator, device=self.device)
        reach = torch.arange(PREFIX + 1, device=self.device)
        prefix = self.text[at[None] + reach[:, None]].long()
        self.hidden = [None] * len(self.models)
        for i, model in enumerate(self.models):
            _, self.hidden[i] = log_probs(model, prefix[:-1], None)
        self.last = prefix[-1]
        return prefix

    def write(self, length: int):
        """Sigue cada texto: letras leídas (length, B) y la apuesta común tras cada una, (…, V).

        Sortea con las recurrentes, que llevan su estado de letra en letra; los Transformers leen
        después el trozo entero de una vez.
        """
        seen, scores = [], []
        share = self.weights[self.recurrent]
        states = [self.hidden[i] for i in self.recurrent]
        for _ in range(length):
            mixed = 0
            for n, i in enumerate(self.recurrent):
                each, states[n] = log_probs(self.models[i], self.last[None], states[n])
                mixed = mixed + share[n] * each[0]
            seen.append(self.last)
            scores.append(mixed)  # (B, V)
            sharp = mixed / share.sum()  # el sorteo, a temperatura 1
            noise = -torch.empty_like(sharp).exponential_(generator=self.generator).log()
            self.last = (sharp + noise).argmax(-1)
        x, mixed = torch.stack(seen), torch.stack(scores)
        for n, i in enumerate(self.recurrent):
            self.hidden[i] = states[n]
        for i, model in enumerate(self.models):
            if i not in self.recurrent:
                each, self.hidden[i] = log_probs(model, x, self.hidden[i])
                mixed = mixed + self.weights[i] * each
        return x, log_softmax(mixed, -1)


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

    def learn(self, x, target, state, weight: float, done: float):
        """Un paso con `x` (T, B) y sus apuestas `target` (T, B, V); devuelve el estado."""
        fall = 0.02 + 0.49 * (1 + math.cos(math.pi * done))
        self.lr.fill_(self.top * min(1, (self.steps + 1) / 100) * fall)
        self.weight.fill_(weight)
        self.x.copy_(x)
        self.target.copy_(target)
        for own, given in zip(self.state, state, strict=True):
            own.copy_(given)
        if self.graph is None and self.device.type == "cuda" and GRAPHS:
            self.graph, _ = record(self._step, self.optimizer)
        self.graph.replay() if self.graph else self._step()
        self.steps += 1
        return tuple(part.clone() for part in self.state)

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


def learn(corpus, device, minutes: float, width=960, streams=STREAMS, lr=4e-3, hard=0.5) -> None:
    """Entrena a la alumna con lo que escriben los maestros, y la guarda en su mejor medida."""
    tokenizer = symbols()
    teachers = known(corpus, device)
    weights, bits = weigh(teachers, corpus, device)
    print("pesos", dict(zip(teachers, np.round(weights, 3), strict=True)), bits, flush=True)
    ids = torch.from_numpy(tokenizer.encode(corpus.train)).to(torch.uint8)
    valid = torch.from_numpy(tokenizer.encode(corpus.valid)).to(device)
    writers = Writers(teachers, weights, ids, streams, device)
    pupil = Pupil(tokenizer.vocab_size, width, lr, device)
    begin, chars, events, best, due = time.perf_counter(), 0, [], math.inf, 0.1
    groups = torch.arange(streams, device=device).split(BATCH)
    blank = tuple(torch.zeros_like(part) for part in pupil.state)

    def progress() -> float:
        return min(1.0, (time.perf_counter() - begin) / (60 * minutes))

    while progress() < 1:
        with torch.inference_mode():
            prefix = writers.restart()
        prefix, states = prefix.clone(), [blank] * len(groups)
        sure = one_hot(prefix[1:], tokenizer.vocab_size).float()  # lo que vino, sin dudas
        for g, rows in enumerate(groups):
            x, target = prefix[:-1, rows], sure[:, rows]
            states[g] = pupil.learn(x, target, states[g], hard, progress())
        for _ in range(PIECES):
            with torch.inference_mode():
                x, soft = writers.write(PIECE)
                soft = soft.exp()
            x, soft = x.clone(), soft.clone()
            for g, rows in enumerate(groups):
                states[g] = pupil.learn(x[:, rows], soft[:, rows], states[g], 1.0, progress())
        chars += (PREFIX + PIECES * PIECE) * streams
        if progress() >= due:
            measured = valid_bits(pupil.mean, valid)
            events.append([time.perf_counter() - begin, chars, measured])
            print(f"{progress():.0%} · {chars / 1e6:.1f} M · valid {measured:.4f}", flush=True)
            due = 1.0 if progress() > 0.96 else progress() + 0.05
            if measured < best:
                best = measured
                save("student", pupil.mean, {
                    "valid": best, "chars": chars, "seconds": time.perf_counter() - begin,
                    "width": width, "weights": dict(zip(teachers, weights, strict=True)),
                    "teachers_bits": bits, "events": events, "device": device_name(device),
                    "minutes": minutes, "lr": lr, "hard": hard, "streams": streams,
                })  # fmt: skip


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
    learn(corpus, device, 0.05, width=32, streams=8)


def main() -> None:
    """Hace lo que se pida."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", nargs="?", choices=["teacher", "student", "report"])
    parser.add_argument("name", nargs="?", choices=list(TEACHERS))
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--width", type=int, default=960)
    parser.add_argument("--lr", type=float, default=4e-3)
    parser.add_argument("--hard", type=float, default=0.5, help="peso del comienzo de train")
    parser.add_argument("--smoke", action="store_true")
    options = parser.parse_args()
    corpus, device = load_quijote(), best_device()
    torch.set_num_threads(1)
    if options.smoke:
        smoke(corpus, device)
    elif options.what == "teacher":
        teach(options.name, corpus, device, minutes=options.minutes)
    elif options.what == "student":
        learn(corpus, device, options.minutes, options.width, lr=options.lr, hard=options.hard)
    else:
        weights, bits = weigh(known(corpus, device), corpus, device)
        print(bits, weights)


if __name__ == "__main__":
    main()
