"""Entrenar: aprende lo que hay, no más; mide en valid; y deja todo lo ajeno como estaba."""

import ast
import copy
import math
import os
import random
import subprocess
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from fakes import FakeTime, TextCorpus, needs_bf16
from torch.utils._python_dispatch import TorchDispatchMode

from llm_intro import training
from llm_intro import training as run_module
from llm_intro.lstm import CervantesLSTM
from llm_intro.models.transformer import Transformer
from llm_intro.recipes import TrainConfig
from llm_intro.sampling import bits_per_char
from llm_intro.support.checkpoint import load_checkpoint
from llm_intro.tokenizers import CharTokenizer
from llm_intro.training import train

ROOT = Path(__file__).parents[1]
QUICK = TrainConfig(steps=20, batch_size=4, chunk_len=8, evals=4)


def quiet(event):
    """Un `watch` que no mira."""


def random_text(length: int, symbols: str = "abcd", seed: int = 0, p=None) -> str:
    return "".join(np.random.default_rng(seed).choice(list(symbols), size=length, p=p))


def small_corpus() -> TextCorpus:
    return TextCorpus(random_text(600, seed=1), random_text(150, seed=2))


def tiny(vocab: int = 4, **settings) -> CervantesLSTM:
    torch.random.manual_seed(0)
    sizes = {"embed_dim": 6, "hidden_size": 12, "num_layers": 1, "dropout": 0.0}
    return CervantesLSTM(vocab, **{**sizes, **settings})


def weights(model) -> torch.Tensor:
    return torch.cat([p.detach().flatten() for p in model.parameters()])


# --- qué se aprende ---


@pytest.mark.parametrize("data", ["streams", "windows"])
def test_a_loaded_coin_trains_to_its_entropy_and_not_below(data):
    """Cara con probabilidad 0,9: nadie puede bajar de 0,469 bits, salvo que vea la respuesta."""
    corpus = TextCorpus(*(random_text(12_000, "cx", seed, p=[0.9, 0.1]) for seed in (1, 2)))
    heads = corpus.valid.count("c") / 12_000
    entropy = -heads * math.log2(heads) - (1 - heads) * math.log2(1 - heads)
    model = tiny(2)
    recipe = TrainConfig(steps=250, data=data, batch_size=16, chunk_len=32, evals=5)
    history = train(model, corpus, recipe, quiet)
    assert entropy - 0.002 < history.best.valid_bits < entropy + 0.02
    assert entropy - 0.002 < bits_per_char(model, corpus.valid) < entropy + 0.02
    assert history.events[-1].train_bits > entropy - 0.06


@pytest.mark.parametrize("data", ["streams", "windows"])
def test_a_rule_is_learned(data):
    """«abcdabcd…» no tiene nada que adivinar: casi 0 bits, desde 2 sin entrenar."""
    corpus, model = TextCorpus("abcd" * 300, "abcd" * 50), tiny()
    recipe = TrainConfig(steps=120, data=data, batch_size=8, chunk_len=16, evals=2)
    assert bits_per_char(set_up(model, corpus), corpus.valid) > 1.5
    train(model, corpus, recipe, quiet)
    assert bits_per_char(model, corpus.valid) < 0.1


def set_up(model, corpus):
    model.tokenizer = CharTokenizer.from_text(corpus.text)
    return model


@pytest.mark.parametrize("carry", [True, False])
def test_loss_of_an_epoch_equals_reading_each_stream_by_hand(carry):
    """Con una tasa casi nula los pesos no cambian: la pérdida es la de leer las tiras seguidas.

    88 símbolos en 2 tiras de 40 y holgura de 8: 4 trozos de 8 cada una. Sin `carry`, la
    memoria se borra en cada trozo. Cada medida cuenta lo leído desde la anterior: dos trozos.
    """
    corpus = TextCorpus(random_text(88, seed=1), random_text(50, seed=2))
    model = set_up(tiny(), corpus)
    nats = [[], []]
    for stream in (corpus.train[:40], corpus.train[40:80]):
        ids, state = model.tokenizer.encode(stream), model.start()
        for place in range(32):
            if place % 8 == 0 and not carry:
                state = model.start()
            logits, state = model.step(ids[place], state)
            nats[place // 16].append(np.log(np.exp(logits).sum()) - logits[ids[place + 1]])
    recipe = TrainConfig(steps=4, batch_size=2, chunk_len=8, carry=carry, evals=2, lr=1e-30)
    events = train(model, corpus, recipe, quiet).events
    for event, part in zip(events, nats, strict=True):
        assert event.train_bits == pytest.approx(np.mean(part) / math.log(2), abs=1e-5)
    assert [(event.step, event.chars) for event in events] == [(2, 32), (4, 64)]


def first_gradient(model, corpus, recipe):
    """La pérdida del primer lote y su gradiente, sin nada del paquete salvo la red."""
    ids = torch.from_numpy(CharTokenizer.from_text(corpus.text).encode(corpus.train))
    length = (len(ids) - recipe.chunk_len) // recipe.batch_size
    rows = [ids[b * length : b * length + recipe.chunk_len + 1] for b in range(recipe.batch_size)]
    piece = torch.stack(rows, dim=1)  # (T+1, B)
    model = copy.deepcopy(model)
    log_probs = model(piece[:-1])[0].log_softmax(-1)
    loss = -log_probs.gather(-1, piece[1:, :, None]).mean()
    return torch.cat([g.flatten() for g in torch.autograd.grad(loss, list(model.parameters()))])


def test_the_first_step_is_the_one_computed_by_hand():
    """Adam, en su primer paso, mueve cada peso lr · g / (|g| + 1e-8)."""
    corpus, model = small_corpus(), tiny()
    recipe = replace(QUICK, steps=1, optimizer="adam", weight_decay=0.0, warmup_steps=0, lr=0.01)
    gradient, before = first_gradient(model, corpus, recipe), weights(model)
    train(model, corpus, recipe, quiet)
    clipped = gradient * min(1, recipe.clip / gradient.norm())
    expected = before - 0.01 * clipped / (clipped.abs() + 1e-8)
    assert torch.allclose(weights(model), expected, atol=2e-5)


def test_the_gradient_is_clipped():
    """La norma del gradiente que llega al optimizador es `clip` si era mayor."""
    corpus, model = small_corpus(), tiny()
    gradient = first_gradient(model, corpus, QUICK)
    assert gradient.norm() > 0.02
    train(model, corpus, replace(QUICK, steps=1, clip=0.01), quiet)
    left = torch.cat([p.grad.flatten() for p in model.parameters()])
    assert torch.allclose(left, gradient * 0.01 / gradient.norm(), atol=1e-6)


def test_average_is_the_moving_average_of_the_weights():
    """Dos pasos con 0,75: queda ¾ de los pesos del primero y ¼ de los del segundo."""
    recipe, after = replace(QUICK, evals=1, warmup_steps=0, final_lr=1.0), []
    for changes in ({"steps": 1}, {"steps": 2}, {"steps": 2, "average": 0.75}):
        model = tiny()
        train(model, small_corpus(), replace(recipe, **changes), quiet)
        after.append(weights(model))
    assert torch.allclose(after[2], 0.75 * after[0] + 0.25 * after[1], atol=1e-6)
    assert not torch.allclose(after[0], after[1], atol=1e-4)


# --- cuándo se mide y con qué pesos se queda ---


def test_early_stopping_keeps_the_best_weights():
    """Memorizar 60 letras al azar empeora valid: el modelo acaba con los pesos de la mejor."""
    corpus = TextCorpus(random_text(60, seed=1), random_text(300, seed=2))
    model = tiny(hidden_size=32)
    history = train(model, corpus, replace(QUICK, steps=200, evals=20), quiet)
    assert history.events[-1].valid_bits > history.best.valid_bits + 0.5  # sí que empeoró
    assert bits_per_char(model, corpus.valid) == pytest.approx(history.best.valid_bits, abs=1e-4)
    assert history.best.valid_bits == min(event.valid_bits for event in history.events)


def test_patience_stops_after_that_many_evaluations_without_progress():
    """Con una tasa casi nula, valid no mejora: la primera medida y tres más."""
    recipe = replace(QUICK, steps=100, evals=10, lr=1e-30, patience=3)
    history = train(tiny(), small_corpus(), recipe, quiet)
    assert [event.step for event in history.events] == [10, 20, 30, 40]
    assert not history.interrupted


@pytest.mark.parametrize(
    ("steps", "evals", "expected"),
    [(100, 5, [20, 40, 60, 80, 100]), (10, 3, [4, 7, 10]), (3, 20, [1, 2, 3]), (7, 1, [7])],
)
def test_evaluations_are_spread_over_the_budget(steps, evals, expected):
    """Repartidas por igual, y siempre una al final."""
    history = train(tiny(), small_corpus(), replace(QUICK, steps=steps, evals=evals), quiet)
    assert [event.step for event in history.events] == expected
    assert [event.progress for event in history.events] == [step / steps for step in expected]


@pytest.mark.parametrize(
    ("clock", "seconds", "steps"), [("wall", 1, [15, 30, 45, 60]), ("cpu", 2, [8, 15, 23, 30])]
)
def test_a_budget_in_minutes_counts_the_time_of_the_steps(monkeypatch, clock, seconds, steps):
    """Un minuto con pasos de 1 s de reloj y 2 de procesador: 60 pasos o 30, y medidas por cuartos.

    El reloj es de mentira: avanza eso cada vez que se mira, y medir en valid lo adelanta una hora.
    """
    watched = FakeTime()
    monkeypatch.setattr(run_module, "time", watched)
    monkeypatch.setattr(run_module, "valid_bits", lambda model, ids: watched.skip(3600) or 1.0)
    recipe = replace(QUICK, steps=None, minutes=1, clock=clock)
    history = train(tiny(), small_corpus(), recipe, quiet)
    assert [event.step for event in history.events] == steps
    assert [event.seconds for event in history.events] == [seconds * step for step in steps]
    assert [event.progress for event in history.events] == [seconds * step / 60 for step in steps]


def test_a_budget_in_real_time_ends():
    """Con el reloj de verdad: tres décimas de segundo, ni menos ni mucho más."""
    recipe = replace(QUICK, steps=None, minutes=0.3 / 60, clock="cpu")
    begin = time.process_time()
    history = train(tiny(), small_corpus(), recipe, quiet)
    assert 0.3 <= history.events[-1].seconds <= time.process_time() - begin < 3


def test_valid_is_measured_in_columns_as_if_they_were_texts():
    """1 000 símbolos son 2 columnas de 500: la media de medir cada mitad por separado."""
    model, text = tiny(), random_text(1000, seed=5)
    ids = torch.from_numpy(set_up(model, TextCorpus(text, "")).tokenizer.encode(text))
    halves = [model.token_bits(half).mean() for half in (ids[:500], ids[500:])]
    assert run_module.valid_bits(model, ids) == pytest.approx(np.mean(halves), abs=1e-5)


# --- lo que no se toca ---


def test_heldout_is_read_by_nothing_and_changes_nothing():
    """Leer `heldout` hace fallar a este corpus; y cambiarlo no cambia ni un peso."""
    results = []
    for heldout in ("abcd", "dcba" * 50):
        corpus, model = small_corpus(), tiny()
        corpus.text += heldout
        history = train(model, corpus, replace(QUICK, patience=2, average=0.5), quiet)
        results.append((weights(model), [event.valid_bits for event in history.events]))
    assert torch.equal(results[0][0], results[1][0])
    assert results[0][1] == results[1][1]


def test_global_random_state_is_left_alone_and_does_not_matter():
    """Con dropout: el azar de fuera ni se gasta ni influye; manda `seed`."""
    results = []
    for outside, seed in ((1, 0), (2, 0), (1, 7)):
        model = tiny(num_layers=2, dropout=0.3)
        random.seed(outside), np.random.seed(outside)  # noqa: NPY002
        torch.random.manual_seed(outside)
        before = random.getstate(), str(np.random.get_state()), torch.get_rng_state()  # noqa: NPY002
        train(model, small_corpus(), replace(QUICK, seed=seed), quiet)
        assert (random.getstate(), str(np.random.get_state())) == before[:2]  # noqa: NPY002
        assert torch.equal(torch.get_rng_state(), before[2])
        results.append(weights(model))
    assert torch.equal(results[0], results[1])
    assert not torch.equal(results[0], results[2])


@pytest.mark.parametrize("mode", [True, False])
def test_the_model_is_left_in_its_mode_and_with_its_tokenizer(mode):
    """Con el modo que traía y con los símbolos del corpus."""
    model = tiny().train(mode)
    train(model, small_corpus(), QUICK, quiet)
    assert model.training is mode
    assert model.tokenizer.symbols == "abcd"


def test_generating_right_after_training_uses_the_new_weights():
    """`step` puntúa como la red entrenada, aunque ya se hubiera usado antes."""
    model, corpus = tiny(), small_corpus()
    set_up(model, corpus).step(1, model.start())
    train(model, corpus, QUICK, quiet)
    expected = model(torch.tensor([[1]]))[0][0, 0].detach().numpy()
    assert model.step(1, model.start())[0] == pytest.approx(expected, abs=1e-5)


# --- watch ---


class Watch(list):
    """Apunta lo que recibe; vacía es falsa, como toda lista, y aun así hay que llamarla."""

    closed = 0

    def __call__(self, event):
        self.append(event)

    def close(self):
        self.closed += 1


def test_watch_hears_every_evaluation_and_ticks_in_between(monkeypatch):
    """Con avisos continuos: uno por paso; valid, solo en las medidas."""
    monkeypatch.setattr(training, "TICK", 0.0)
    watch = Watch()
    history = train(tiny(), small_corpus(), QUICK, watch)
    assert [event.step for event in watch] == list(range(1, 21))
    assert [event for event in watch if event.valid_bits is not None] == history.events
    assert watch.closed == 1


def test_watch_is_not_called_at_every_step(monkeypatch):
    """Un aviso que no toca no se da: solo las cuatro medidas."""
    monkeypatch.setattr(training, "TICK", 3600.0)
    watch = Watch()
    train(tiny(), small_corpus(), QUICK, watch)
    assert [event.step for event in watch] == [5, 10, 15, 20]


def test_without_watch_there_is_a_bar(capsys):
    """Por defecto se ve una barra con las dos medidas."""
    train(tiny(), small_corpus(), QUICK)
    shown = capsys.readouterr()
    assert "100 %" in shown.err and "bits/car." in shown.err
    assert shown.out == ""


class Saboteur(Watch):
    """Estropea el entrenamiento en la tercera medida."""

    def __init__(self, model, how):
        self.model, self.how = model, how

    def __call__(self, event):
        super().__call__(event)
        if len(self) == 3:
            self.how(self.model)


def poison(model):
    with torch.no_grad():
        model.fc.bias.fill_(math.nan)


def complain(model):
    raise RuntimeError("la figura no se deja dibujar")


@pytest.mark.parametrize(
    ("how", "error", "message"),
    [
        (poison, FloatingPointError, "en el paso 15 la pérdida es nan.*baja lr"),
        (complain, RuntimeError, "no se deja dibujar"),
    ],
)
def test_after_a_failure_the_model_is_whole(how, error, message, monkeypatch):
    """Divergir, o un `watch` que falla: quedan los mejores pesos, el modo y `watch` cerrado."""
    monkeypatch.setattr(training, "TICK", 3600.0)
    model, corpus = tiny().eval(), small_corpus()
    watch = Saboteur(model, how)
    with pytest.raises(error, match=message):
        train(model, corpus, QUICK, watch)
    best = min(event.valid_bits for event in watch)
    assert bits_per_char(model, corpus.valid) == pytest.approx(best, abs=1e-4)
    assert not model.training
    assert watch.closed == 1


def test_an_infinite_gradient_never_reaches_the_weights():
    """Si el gradiente no es un número se para antes de usarlo: los pesos siguen siendo finitos."""
    model = tiny()
    model.fc.weight.register_hook(lambda gradient: gradient * math.inf)
    with pytest.raises(FloatingPointError, match=r"en el paso 0 .* su gradiente mide (inf|nan)"):
        train(model, small_corpus(), QUICK, quiet)
    assert torch.isfinite(weights(model)).all()


# --- errores ---


def test_vocabularies_that_do_not_match_are_refused():
    """Un modelo de otro tamaño, o de otros símbolos."""
    with pytest.raises(ValueError, match="el modelo espera 5 símbolos y el texto tiene 4"):
        train(tiny(5), small_corpus(), QUICK, quiet)
    model = tiny()
    model.tokenizer = CharTokenizer("abcx")
    with pytest.raises(ValueError, match=r"fuera del vocabulario: \['d'\]"):
        train(model, small_corpus(), QUICK, quiet)


@pytest.mark.parametrize(
    ("sizes", "message"),
    [((30, 100), "tiene 30 símbolos y hacen falta 44"), ((600, 1), "corpus.valid tiene 1 símb")],
)
def test_texts_too_short_are_refused_before_training(sizes, message):
    """Se avisa antes del primer paso, también si la que no llega es valid."""
    watch = Watch()
    with pytest.raises(ValueError, match=message):
        train(tiny(), TextCorpus(*(("abcd" * 150)[:size] for size in sizes)), QUICK, watch)
    assert watch == []


# --- dispositivo y memoria ---


def test_no_file_names_an_accelerator():
    """Ni "cuda" ni .cuda(): el dispositivo es el del modelo, y vale cualquiera."""
    for path in (ROOT / "llm_intro").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = getattr(node, "attr", None) or getattr(node, "value", None)
            if isinstance(node, ast.Constant | ast.Attribute) and isinstance(named, str):
                assert named.split(":")[0] not in ("cuda", "mps", "xpu"), f"{path}:{node.lineno}"


@needs_bf16
def test_bf16_trains_on_a_cpu_too():
    """Pedido a propósito, corre y da casi la misma pérdida; "auto" no lo elige en una CPU."""
    losses = []
    for precision in ("fp32", "bf16", "auto"):
        recipe = replace(QUICK, precision=precision)
        losses.append(train(tiny(), small_corpus(), recipe, quiet).events[0].train_bits)
    assert losses[2] == losses[0] != losses[1]
    assert losses[1] == pytest.approx(losses[0], abs=0.05)


class Waits(TorchDispatchMode):
    """Cuenta las veces que la CPU pide un número que tendría la tarjeta."""

    asked = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        waits = torch.ops.aten._local_scalar_dense.default, torch.ops.aten.nonzero.default
        self.asked += func in waits
        return func(*args, **(kwargs or {}))


@pytest.mark.parametrize("changes", [{}, {"average": 0.9}, {"precision": "fp16"}])
def test_no_step_waits_for_the_card(changes):
    """Veinte pasos sin avisos: ni un número pedido; al leerlos, están los veinte."""
    torch.random.manual_seed(0)
    model = Transformer(4, 8, 2, 1, 12, dropout=0.1)  # sabe fp16 también en una CPU
    run = training.Run(model, small_corpus(), replace(QUICK, steps=20, chunk_len=4, **changes))
    assert len(run.data) > 20  # sin cambiar de vuelta, que es cuando se sortea el desfase
    with Waits() as waits:
        for _ in range(20):
            run.advance()
    assert waits.asked == 0
    run.read()
    assert run.loss_steps == 20


def plain_losses(model, corpus, recipe):
    """La pérdida de cada paso con el bucle de siempre, que la pide en cada uno."""
    model.tokenizer = CharTokenizer.from_text(corpus.text)
    data = recipe.make_data(torch.from_numpy(model.tokenizer.encode(corpus.train)))
    optimizer, hidden, losses = torch.optim.AdamW(model.parameters(), 1, recipe.betas), None, []
    for step in range(recipe.steps):
        for group in optimizer.param_groups:
            group.update(lr=recipe.lr_at(step, step / recipe.steps), weight_decay=0.01)
        x, y, fresh = data.batch(step)
        logits, hidden = model(x, None if fresh else hidden)
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), y.flatten())
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), recipe.clip)
        optimizer.step()
        hidden = tuple(part.detach() for part in hidden)
        losses.append(loss.item())
    return losses


@pytest.mark.parametrize("data", ["streams", "windows"])
def test_the_losses_are_those_of_the_loop_that_waits(monkeypatch, data):
    """Cincuenta pasos en fp32: leer las pérdidas de una vez no cambia ninguna, a 1e-6."""
    recipe, losses = replace(QUICK, steps=50, data=data), []
    monkeypatch.setattr(training.Run, "_note", lambda run, step, loss, norm: losses.append(loss))
    train(tiny(), small_corpus(), recipe, quiet)
    assert losses == pytest.approx(plain_losses(tiny(), small_corpus(), recipe), abs=1e-6)


def in_fp16(harm=None, **changes):
    """Un entrenamiento en fp16, con los gradientes de `fc` cambiados por `harm`."""
    torch.random.manual_seed(0)
    model = Transformer(4, 8, 2, 1, 12, dropout=0.0)
    if harm:
        model.fc.weight.register_hook(harm)
    recipe = replace(QUICK, **{"steps": 40, "precision": "fp16", **changes})
    return model, train(model, small_corpus(), recipe, quiet)


def test_a_step_skipped_in_fp16_is_not_a_divergence():
    """Dos gradientes se desbordan: se saltan esos pasos y se sigue."""
    seen = []

    def overflow(gradient):
        seen.append(gradient)
        return gradient * math.inf if len(seen) in (3, 4) else gradient

    model, history = in_fp16(overflow)
    assert len(seen) == 40 and history.events[-1].step == 40
    assert history.best.valid_bits < 2.2 and torch.isfinite(weights(model)).all()


def test_skipping_for_ever_in_fp16_is_a_divergence():
    """Cien saltos seguidos no los arregla ninguna escala: se dice, y los pesos están enteros."""
    with pytest.raises(FloatingPointError, match=r"en el paso 100 .*ha divergido"):
        in_fp16(lambda gradient: gradient * math.inf, steps=300, evals=1)


def too_big(gradient):
    """Un gradiente que en fp16 no cabe hasta que la escala baja."""
    return gradient * 60_000


def test_the_scale_of_fp16_is_in_the_checkpoint(tmp_path):
    """Parado a medias y seguido, en fp16: los mismos pesos, bit a bit, que de un tirón."""
    steady = {"final_lr": 1.0, "average": 0.5, "evals": 1}
    in_fp16(too_big, **steady, checkpoint=tmp_path / "whole")
    point = {**steady, "checkpoint": tmp_path / "parts"}
    in_fp16(too_big, **{**point, "steps": 20})
    in_fp16(too_big, **point, resume=True)
    whole, told = load_checkpoint(tmp_path / "whole")
    parts, resumed = load_checkpoint(tmp_path / "parts")
    assert resumed["scaler"] == told["scaler"] and told["scaler"]["scale"] < 2**16
    # «best» no: la que se paró se midió una vez más
    assert all(torch.equal(whole[k], parts[k]) for k in whole if not k.startswith("best."))


MEMORY = """
import re, sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, sys.argv[1])
from fakes import FakeTime, TextCorpus
from llm_intro.lstm import CervantesLSTM
from llm_intro.recipes import COURSE_RECIPE, STARTING_RECIPE
from llm_intro.training import Run

def megabytes(what):
    return int(re.search(what + r":\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024

COURSE_RECIPE.make_optimizer(torch.nn.Linear(1, 1))  # torch carga aquí más partes suyas
symbols = np.array(list("abcdefghijklmnopqrstuvwxyz áéíóúñü,.;:"))
text = "".join(symbols[np.random.default_rng(0).integers(len(symbols), size=2_066_269)])
corpus = TextCorpus(text[:-210_000], text[-205_000:-105_000])
recipes = {"course": COURSE_RECIPE, "starting": replace(STARTING_RECIPE, max_chars=None)}
Path("/proc/self/clear_refs").write_text("5")  # el máximo empieza a contar aquí
before = megabytes("VmRSS")
run = Run(CervantesLSTM.course(len(symbols)), corpus, recipes[sys.argv[2]])
run.data.batch(0)
print(megabytes("VmHWM") - before)
"""


@pytest.mark.skipif(
    not os.access("/proc/self/clear_refs", os.W_OK), reason="el máximo se lee de /proc"
)
@pytest.mark.parametrize("recipe", ["course", "starting"])
def test_preparing_the_whole_book_takes_little_memory(recipe):
    """Dos millones de caracteres, de las dos maneras: 50 MB de memoria residente como mucho.

    Sobre un proceso con torch y el texto; hasta el primer lote, con el modelo incluido.
    """
    code = [sys.executable, "-c", MEMORY, str(ROOT / "tests"), recipe]
    done = subprocess.run(code, cwd=ROOT, capture_output=True, text=True, check=True)
    print(f"{recipe}: {float(done.stdout):.1f} MB")
    assert 2 < float(done.stdout) <= 50  # 2 MB ocupa el texto a un byte por letra


def test_events_are_plain_numbers():
    """Una medida se guarda y se dibuja: números de Python, sin tensores."""
    event = train(tiny(), small_corpus(), QUICK, quiet).events[-1]
    assert {type(value) for value in asdict(event).values()} <= {int, float}
    assert event.chars == 20 * 4 * 8


@pytest.mark.parametrize(
    "swap, named",
    [({"model": "cervantes"}, "llegó str como modelo"),
     ({"corpus": "hola"}, "llegó str como corpus"),
     ({"config": {"minutes": 1}}, "llegó dict como receta"),
     ({"config": replace(QUICK, checkpoint="/dev/null/a.ckpt")}, "no se puede guardar en")],
)  # fmt: skip
def test_what_cannot_be_trained_or_saved_is_refused_before_the_first_step(swap, named):
    """Un texto por modelo, por corpus o un dict por receta, o una carpeta imposible: al llamar."""
    given = {"model": tiny(), "corpus": small_corpus(), "config": QUICK} | swap
    with pytest.raises(ValueError, match=named):
        train(**given, watch=quiet)
