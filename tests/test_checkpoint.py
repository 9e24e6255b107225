"""Dejarlo y seguir: lo reanudado acaba, bit a bit, donde lo que nadie interrumpió."""

import ast
import copy
import json
import os
import pickle
import re
import signal
import subprocess
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch
from fakes import FakeTime, TextCorpus, needs_bf16
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llm_intro import training
from llm_intro import training as run_module
from llm_intro.models.regularized_lstm import RegularizedLSTM
from llm_intro.models.transformer import Transformer
from llm_intro.recipes import TrainConfig
from llm_intro.support import data
from llm_intro.support.checkpoint import load_checkpoint, save_checkpoint
from llm_intro.tokenizers import CharTokenizer
from llm_intro.training import train

ROOT = Path(__file__).parents[1]
STEPS, STOP = 60, 37
RECIPE = TrainConfig(steps=STEPS, batch_size=4, chunk_len=8, evals=7, average=0.9, final_lr=0.1)
MODELS = {
    "lstm": lambda: RegularizedLSTM(
        4, 6, 12, 2, dropout=0.2, input_dropout=0.1, output_dropout=0.1, weight_dropout=0.1
    ),
    # once capas: sus once memorias han de volver en orden, y «10» va antes que «2» al ordenar
    "transformer": lambda: Transformer(4, width=8, heads=2, layers=11, context=12, dropout=0.2),
}


def corpus() -> TextCorpus:
    letters = np.random.default_rng(0).choice(list("abcd"), size=700)
    return TextCorpus("".join(letters[:500]), "".join(letters[500:]))


def make(kind: str = "lstm"):
    torch.random.manual_seed(0)
    return MODELS[kind]()


def interrupt_at(step):
    """Un `watch` que pulsa Ctrl-C en un paso."""

    def watch(event):
        if event.step == step:
            signal.raise_signal(signal.SIGINT)

    return watch


def quiet(event):
    """Un `watch` que no mira."""


def outcome(model, history):
    """Todo lo que debe coincidir: pesos y medidas, salvo lo que decide un reloj."""
    events = [{**asdict(event), "seconds": 0} for event in history.events]
    return {name: t.tolist() for name, t in model.state_dict().items()}, events


@pytest.fixture(autouse=True)
def watch_every_step(monkeypatch):
    monkeypatch.setattr(training, "TICK", 0.0)


# --- Ctrl-C ---


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("lstm", {}),
        ("lstm", {"average": 0.0, "optimizer": "adam", "patience": 3}),
        ("lstm", {"data": "windows"}),
        ("lstm", {"carry": False, "max_chars": 300}),
        pytest.param("lstm", {"precision": "bf16"}, marks=needs_bf16),
        ("transformer", {}),
    ],
)
def test_interrupted_and_resumed_equals_uninterrupted(tmp_path, kind, changes):
    """Ctrl-C en el paso 37, otro modelo, `resume=True`: los mismos pesos y la misma historia."""
    recipe = replace(RECIPE, **changes)
    whole = make(kind)
    expected = outcome(whole, train(whole, corpus(), recipe, quiet))

    recipe = replace(recipe, checkpoint=tmp_path / "punto.safetensors")
    half = make(kind)
    history = train(half, corpus(), recipe, interrupt_at(STOP))
    assert history.interrupted
    assert [event.step for event in history.events] == [9, 18, 26, 35]
    assert load_checkpoint(recipe.checkpoint)[1]["step"] == STOP

    torch.random.manual_seed(123)
    other = MODELS[kind]()  # otros pesos: no cuentan
    resumed = train(other, corpus(), replace(recipe, resume=True), quiet)
    assert not resumed.interrupted
    assert outcome(other, resumed) == expected


def test_resuming_at_any_step_is_the_same(tmp_path):
    """También tras el primer paso, al cambiar de vuelta o justo después de medir."""
    whole = make()
    expected = outcome(whole, train(whole, corpus(), RECIPE, quiet))
    recipe = replace(RECIPE, checkpoint=str(tmp_path / "p"), resume=True)
    for step in (1, 9, 15, 16, 59):
        history = train(make(), corpus(), recipe, interrupt_at(step))
        assert history.interrupted
    model = make()
    assert outcome(model, train(model, corpus(), recipe, quiet)) == expected


def test_an_interrupted_model_keeps_what_it_learned(tmp_path):
    """Tras Ctrl-C el modelo sirve: tiene los pesos de la mejor medida; sin medidas, los últimos."""
    model, before = make(), make()
    history = train(model, corpus(), replace(RECIPE, average=0.0), interrupt_at(STOP))
    ids = torch.from_numpy(model.tokenizer.encode(corpus().valid))
    assert model.token_bits(ids).mean() == pytest.approx(history.best.valid_bits, abs=1e-5)
    model = make()
    assert train(model, corpus(), RECIPE, interrupt_at(3)).events == []
    assert not torch.equal(model.fc.weight, before.fc.weight)


def test_a_second_interrupt_stops_at_once():
    """Quien insiste no espera: KeyboardInterrupt, con los mejores pesos y Ctrl-C como estaba."""
    before, best = signal.getsignal(signal.SIGINT), []

    def insist(event):
        best.append(event.valid_bits)
        if event.step == STOP:
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)
            raise AssertionError("no se paró")

    model = make()
    with pytest.raises(KeyboardInterrupt):
        train(model, corpus(), replace(RECIPE, average=0.0), insist)
    ids = torch.from_numpy(model.tokenizer.encode(corpus().valid))
    best = min(bits for bits in best if bits is not None)
    assert model.token_bits(ids).mean() == pytest.approx(best, abs=1e-5)
    assert signal.getsignal(signal.SIGINT) is before


# --- cortes de verdad, en otro proceso ---

WORKER = """
import sys, time
sys.path.insert(0, sys.argv[1])
import test_checkpoint as t
from dataclasses import replace
from llm_intro import training
from llm_intro.training import Run

advance = Run.advance
def slow(run):
    advance(run)
    time.sleep(0.01)
    print(run.step, time.monotonic(), flush=True)
Run.advance = slow
recipe = replace(t.RECIPE, steps=2000, checkpoint=sys.argv[2], checkpoint_every=0.15)
history = training.train(t.make(), t.corpus(), recipe, t.quiet)
print("interrumpido", history.interrupted, flush=True)
"""


def run_until(path, step):
    """Lanza el trabajo y espera a que dé ese paso; devuelve el proceso."""
    code = [sys.executable, "-c", WORKER, str(ROOT / "tests"), str(path)]
    worker = subprocess.Popen(code, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    lines = []
    while not lines or int(lines[-1].split()[0]) < step:
        lines.append(worker.stdout.readline())
    return worker, lines


def resumed_to(steps, path):
    model = make()
    recipe = replace(RECIPE, steps=2000, checkpoint=path, resume=True)
    return outcome(model, train(model, corpus(), recipe, interrupt_at(steps)))


def test_a_real_ctrl_c_ends_in_order(tmp_path):
    """SIGINT desde fuera: el proceso acaba bien y el punto de control es de su último paso."""
    worker, lines = run_until(tmp_path / "p", 37)
    worker.send_signal(signal.SIGINT)
    lines += worker.communicate(timeout=60)[0].splitlines()
    assert worker.returncode == 0
    assert lines[-1] == "interrumpido True"
    _, meta = load_checkpoint(tmp_path / "p")
    assert meta["step"] == int(lines[-2].split()[0]) < 2000


def test_kill_minus_9_costs_one_interval_at_most(tmp_path):
    """Sin aviso ninguno: se repite como mucho un intervalo, y se llega al mismo sitio."""
    worker, lines = run_until(tmp_path / "p", 150)
    worker.kill()
    died = time.monotonic()
    lines += worker.communicate()[0].splitlines()
    steps = {int(n): float(at) for n, at in (line.split() for line in lines if line.count("."))}
    _, meta = load_checkpoint(tmp_path / "p")
    assert 0 < meta["step"] < 2000
    lost = died - steps[meta["step"]]
    assert lost < 0.15 + 0.75  # el intervalo, más un paso y escribir en una máquina ocupada
    assert [p.name for p in tmp_path.iterdir() if not p.name.endswith(".parcial")] == ["p"]

    end = max(steps) + 20
    assert resumed_to(end, tmp_path / "p") == resumed_to(end, tmp_path / "desde cero")


# --- presupuestos ---


def test_minutes_are_those_already_spent_and_the_rest(tmp_path, monkeypatch):
    """Un minuto con pasos de un segundo: parado en el 37, al volver quedan 23, no 60."""
    recipe, spent = replace(RECIPE, steps=None, minutes=1), []
    whole, model = make(), make()
    monkeypatch.setattr(run_module, "time", FakeTime())
    expected = outcome(whole, train(whole, corpus(), recipe, quiet))
    recipe = replace(recipe, checkpoint=tmp_path / "p", resume=True)
    assert train(make(), corpus(), recipe, interrupt_at(STOP)).interrupted
    history = train(model, corpus(), recipe, spent.append)
    assert [event.seconds for event in spent] == list(range(38, 61))
    assert outcome(model, history) == expected


def test_a_finished_run_does_not_train_again(tmp_path):
    """«Ejecutar todo» otra vez: mismo modelo y misma historia, al momento y sin un paso."""
    recipe, model, again = replace(RECIPE, checkpoint=tmp_path / "p", resume=True), make(), make()
    expected = outcome(model, train(model, corpus(), recipe, quiet))
    events = []
    assert outcome(again, train(again, corpus(), recipe, events.append)) == expected
    assert events == []


def test_a_finished_run_can_be_given_more_budget(tmp_path):
    """Más pasos sobre lo ya hecho."""
    recipe = replace(RECIPE, checkpoint=tmp_path / "p", resume=True)
    train(make(), corpus(), recipe, quiet)
    events = []
    history = train(make(), corpus(), replace(recipe, steps=STEPS + 5), events.append)
    assert [event.step for event in events] == [61, 62, 63, 64, 65]
    assert history.events[-1].step == 65


def test_without_resume_it_starts_over(tmp_path):
    """`resume=False` no mira el archivo de antes, aunque sea otra cosa."""
    path = tmp_path / "p"
    path.write_text("otra cosa")
    events = []
    train(make(), corpus(), replace(RECIPE, checkpoint=path), events.append)
    assert events[0].step == 1
    assert load_checkpoint(path)[1]["step"] == STEPS


# --- archivos que no valen ---


def junk(path, kind):
    if kind == "truncado":
        path.write_bytes(path.read_bytes()[:-100])
    elif kind == "cortado en la cabecera":
        path.write_bytes(path.read_bytes()[:50])
    elif kind == "vacío":
        path.write_bytes(b"")
    elif kind == "texto":
        path.write_text("hola")
    elif kind == "pickle":
        path.write_bytes(pickle.dumps(Bomb()))
    elif kind == "torch.save":
        torch.save({"model": Bomb()}, path)
    elif kind == "de otro programa":
        safetensors.torch.save_file({"w": torch.zeros(2)}, path)


class Bomb:
    """Quien lo abra con pickle falla con otro error."""

    def __reduce__(self):
        return os.abort, ()


JUNK = ("truncado", "cortado en la cabecera", "vacío", "texto", "pickle", "torch.save",
        "de otro programa")  # fmt: skip


@pytest.mark.parametrize("kind", JUNK)
def test_a_file_that_is_no_checkpoint_is_refused(tmp_path, kind):
    """El error nombra el archivo y dice qué hacer; ni el modelo ni el archivo cambian."""
    path = tmp_path / "punto"
    recipe = replace(RECIPE, steps=5, checkpoint=path, resume=True)
    train(make(), corpus(), recipe, quiet)
    junk(path, kind)
    content, model = path.read_bytes(), make()
    with pytest.raises(ValueError, match=r"punto» no .*resume=False"):
        train(model, corpus(), recipe, quiet)
    assert path.read_bytes() == content
    assert torch.equal(model.fc.weight, make().fc.weight)


def small(*sizes):
    return lambda: Transformer(4, *sizes)


OTHER_TEXTS = {  # los mismos tamaños con otras letras, o con las mismas en otro orden
    "con ñ": lambda c: TextCorpus(c.train.replace("d", "ñ"), c.valid.replace("d", "ñ")),
    "train al revés": lambda c: TextCorpus(c.train[::-1], c.valid),
    "valid al revés": lambda c: TextCorpus(c.train, c.valid[::-1]),
}


@pytest.mark.parametrize(
    ("first", "then", "text", "changes", "named"),
    [
        (make, lambda: RegularizedLSTM(4, 6, 13, 2), "", {}, "hidden_size es 12, aquí 13"),
        (make, lambda: RegularizedLSTM(4, 6, 12, 1, dropout=0), "", {}, "num_layers es 2, aquí 1"),
        (make, small(8, 2, 1, 12), "", {}, "class es RegularizedLSTM, aquí Transformer"),
        (small(8, 2, 1, 12), small(8, 4, 1, 12), "", {}, "heads es 2, aquí 4"),
        (small(8, 2, 1, 12), small(8, 2, 1, 9), "", {}, "context es 12, aquí 9"),
        (make, make, "", {"batch_size": 5}, "batch_size es 4, aquí 5"),
        (make, make, "", {"data": "windows"}, "data es streams, aquí windows"),
        (make, make, "", {"average": 0.0}, "average es 0.9, aquí 0.0"),
        (make, make, "", {"seed": 1}, "seed es 0, aquí 1"),
        (make, make, "con ñ", {}, "symbols es abcd, aquí abcñ"),
        (make, make, "train al revés", {}, "train y valid es"),
        (make, make, "valid al revés", {}, "train y valid es"),
    ],
)
def test_a_checkpoint_of_another_training_is_refused(tmp_path, first, then, text, changes, named):
    """Otra arquitectura, otros lotes u otro texto: el error dice en qué se diferencian."""
    recipe = replace(RECIPE, steps=2, checkpoint=tmp_path / "p", resume=True)
    train(first(), corpus(), recipe, quiet)
    other = OTHER_TEXTS[text](corpus()) if text else corpus()
    with pytest.raises(ValueError, match=f"es de otro entrenamiento: .*{named}"):
        train(then(), other, replace(recipe, **changes), quiet)


# --- una puerta que lo mira todo antes de tocar nada ---


@pytest.fixture(scope="module", params=MODELS)
def saved(request, tmp_path_factory):
    """Un punto de control bueno de cada red: su clase, su archivo y lo que lleva dentro."""
    path = tmp_path_factory.mktemp("bueno") / "p"
    torch.random.manual_seed(1)
    train(MODELS[request.param](), corpus(), replace(RECIPE, steps=9, checkpoint=path), quiet)
    inside = request.param, path.read_bytes(), *load_checkpoint(path)
    return lambda: inside  # así, un fallo no imprime el archivo entero


def goes_on(kind, path, steps=10):
    """Reanuda: si no puede, ValueError en español y el modelo y el archivo como estaban."""
    model, content = make(kind), path.read_bytes()
    before = copy.deepcopy(model.state_dict())
    recipe = replace(RECIPE, steps=steps, checkpoint=path, resume=True)
    try:
        train(model, corpus(), recipe, quiet)
    except ValueError as error:
        assert re.search(
            r"no sirve para seguir|no es un punto de control|como safetensors", str(error)
        )
        assert all(torch.equal(now, before[name]) for name, now in model.state_dict().items())
        assert path.read_bytes() == content
        return False
    assert all(weight.isfinite().all() for weight in model.parameters())
    return True


def swap(tensor, how):
    """El mismo tensor, estropeado de una manera."""
    if how == "otra forma":
        return tensor[None]
    if how == "más corto":
        return tensor.flatten()[:-1]
    if how == "otro tipo":
        return tensor.to(torch.int16 if tensor.is_floating_point() else torch.float64)
    return torch.full_like(tensor.float(), float(how)).to(tensor.dtype)


HOW = ("falta", "otro nombre", "otra forma", "más corto", "otro tipo", "nan", "inf")


def tampered(tensors, name, how):
    """Los tensores, con uno estropeado."""
    left = {key: value for key, value in tensors.items() if key != name}
    return (
        left
        if how == "falta"
        else left
        | (
            {name + "x": tensors[name]}
            if how == "otro nombre"
            else {name: swap(tensors[name], how)}
        )
    )


def test_every_tampered_tensor_is_refused(saved, tmp_path):
    """Cada tensor, de siete maneras: no se sigue, y el modelo no se entera."""
    kind, _, tensors, meta = saved()
    groups = {(name[:6], name.split(".")[-1]): name for name in tensors}  # uno de cada clase
    for name in groups.values():
        for how in HOW:
            if how in ("nan", "inf") and not tensors[name].is_floating_point():
                continue
            save_checkpoint(tmp_path / "p", tampered(tensors, name, how), meta)
            assert not goes_on(kind, tmp_path / "p"), (name, how)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**30) | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_the_header_says_it_goes_on_or_refuses(saved, tmp_path, data):
    """Un dato cualquiera en un sitio cualquiera del JSON, o que falte: nada inesperado escapa."""
    kind, _, tensors, meta = saved()
    meta = copy.deepcopy(meta)
    place, key = meta, data.draw(st.sampled_from([*meta, "events"]))
    while isinstance(place[key], dict | list) and place[key] and data.draw(st.booleans()):
        place = place[key]
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else [0, -1]))
    if data.draw(st.booleans()):
        place[key] = data.draw(JSON)
    else:
        place.pop(key)
    save_checkpoint(tmp_path / "p", tensors, meta)
    goes_on(kind, tmp_path / "p")


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_byte_changes_it_goes_on_or_refuses(saved, tmp_path, data):
    """Unos bytes cambiados, quitados o repetidos donde caiga."""
    kind, content, _, _ = saved()
    at = data.draw(st.integers(0, len(content) - 1) | st.integers(0, 3000))
    junk = data.draw(st.binary(max_size=8))
    path = tmp_path / "p"
    path.write_bytes(content[:at] + junk + content[at + data.draw(st.integers(0, 8)) :])
    goes_on(kind, path, steps=9)  # acabado: solo se lee


# --- al reanudar se dice lo que no se esperaría ---


def test_a_spent_budget_is_said(tmp_path, caplog):
    """Acabado, y con otra tasa: no entrena, lo dice, y dice que la tasa no se usa."""
    recipe = replace(RECIPE, checkpoint=tmp_path / "p", resume=True)
    train(make(), corpus(), recipe, quiet)
    assert caplog.messages == []
    train(make(), corpus(), replace(recipe, lr=1e-3), quiet)
    (said,) = caplog.messages
    assert re.search(r"Se sigue «.*/p» en el paso 60. No se entrena más", said)
    assert "sube steps" in said and "has cambiado no se usa: lr es 0.012, aquí 0.001" in said


def test_what_has_changed_since_is_said_and_used(tmp_path, caplog):
    """Con más pasos y otro recorte sigue, y lo dice; con más pasos nada más, calla."""
    recipe = replace(RECIPE, checkpoint=tmp_path / "p", resume=True)
    train(make(), corpus(), recipe, quiet)
    train(make(), corpus(), replace(recipe, steps=65), quiet)
    assert caplog.messages == []
    model = make()
    train(model, corpus(), replace(recipe, steps=66, clip=0.01), quiet)
    assert "en el paso 65. Lo que has cambiado se usa: clip es 1.0, aquí 0.01" in caplog.text
    norm = torch.cat([p.grad.flatten() for p in model.parameters()]).norm()
    assert norm == pytest.approx(0.01, rel=1e-3)


def test_after_a_divergence_the_way_out_works(tmp_path):
    """Con un punto de control del que siempre se diverge, el consejo lo nombra, y funciona."""
    path = tmp_path / "p"
    train(make(), corpus(), replace(RECIPE, steps=9, checkpoint=path), quiet)
    tensors, meta = load_checkpoint(path)
    tensors["model.fc.bias"] += 1e38 * torch.arange(4)
    save_checkpoint(path, tensors, meta)
    recipe = replace(RECIPE, checkpoint=path, resume=True)
    for _ in range(2):  # repetirlo no lo arregla
        with pytest.raises(FloatingPointError, match=r"baja lr .*resume=False o borrando «.*/p»"):
            train(make(), corpus(), replace(recipe, lr=1e-3), quiet)
    history = train(make(), corpus(), replace(recipe, lr=1e-3, resume=False), quiet)
    assert history.best.valid_bits < 2.1


# --- escribir sin estropear ---


@pytest.mark.parametrize(("module", "where"), [(os, "replace"), (os, "fsync"), (data, "open")])
def test_a_failure_while_writing_leaves_the_old_file(tmp_path, monkeypatch, module, where):
    """Disco lleno o apagón a mitad: está el de antes, entero, y nada más."""
    path = tmp_path / "p"
    save_checkpoint(path, {"w": torch.ones(3)}, {"step": 1})

    def fail(*args, **kwargs):
        raise OSError("disco lleno")

    with monkeypatch.context() as patch:
        patch.setattr(module, where, fail, raising=False)
        with pytest.raises(OSError, match="disco lleno"):
            save_checkpoint(path, {"w": torch.zeros(3)}, {"step": 2})
    tensors, meta = load_checkpoint(path)
    assert tensors["w"].tolist() == [1, 1, 1] and meta == {"step": 1}
    assert [p.name for p in tmp_path.iterdir()] == ["p"]


@pytest.mark.skipif(os.name == "nt", reason="Windows no tiene estos permisos")
@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o007, 0o660)])
def test_a_saved_file_can_be_read_by_whom_the_umask_says(tmp_path, umask, mode):
    """En una carpeta compartida se leen los puntos de control de otro, si su umask lo permite."""
    before = os.umask(umask)
    try:
        save_checkpoint(tmp_path / "p", {"w": torch.ones(1)}, {})
    finally:
        os.umask(before)
    assert (tmp_path / "p").stat().st_mode & 0o777 == mode


def test_what_is_saved_comes_back(tmp_path):
    """Tipos, formas, vistas y memoria compartida; números de NumPy y rutas; carpetas nuevas."""
    base = torch.arange(6.0).view(2, 3)
    tensors = {
        "base": base,
        "same": base,
        "view": base[:, 1],
        "turned": base.t(),
        "scalar": torch.tensor(3, dtype=torch.int64),
        "half": base.to(torch.bfloat16),
        "empty": torch.zeros(0, 2),
        "weight": torch.nn.Parameter(base),
    }
    meta = {"float": 0.1 + 0.2, "numpy": np.float64(0.1), "path": Path("x"), "ñ": ["«»", None]}
    save_checkpoint(tmp_path / "una" / "carpeta" / "p", tensors, meta)
    back, read = load_checkpoint(tmp_path / "una" / "carpeta" / "p")
    assert back.keys() == tensors.keys()
    for name, tensor in tensors.items():
        assert torch.equal(back[name], tensor) and back[name].dtype == tensor.dtype
    assert read == {**meta, "numpy": 0.1, "path": "x"}


def test_a_checkpoint_is_safetensors_and_json(tmp_path):
    """Cualquier programa lo lee, y abrirlo no ejecuta nada: nadie usa pickle en el paquete."""
    train(make(), corpus(), replace(RECIPE, steps=2, checkpoint=tmp_path / "p"), quiet)
    assert safetensors.torch.load_file(tmp_path / "p")["model.fc.weight"].shape == (4, 12)
    with safetensors.safe_open(tmp_path / "p", "pt") as file:
        assert json.loads(file.metadata()["meta"])["step"] == 2
    for path in (ROOT / "llm_intro").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = [getattr(node, "module", None), *(alias.name for alias in node.names)]
                assert not {"pickle", "joblib", "dill"} & set(names), path
            if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "torch":
                assert node.attr not in ("load", "save"), path


def test_the_tokenizer_of_a_resumed_model_is_the_corpus_one(tmp_path):
    """Al reanudar, el modelo sale listo para generar."""
    recipe, model = replace(RECIPE, steps=5, checkpoint=tmp_path / "p", resume=True), make()
    train(make(), corpus(), recipe, quiet)
    train(model, corpus(), recipe, quiet)
    assert model.tokenizer == CharTokenizer("abcd")
