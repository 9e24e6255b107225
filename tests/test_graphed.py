"""El paso grabado: con tarjeta, igual que el normal y reanudable; sin ella, lo que se pueda."""

from dataclasses import replace

import pytest
import torch

from benchmarks.graphed import GraphedRun
from llm_intro import CervantesLSTM, TrainConfig
from llm_intro.corpus import Corpus
from llm_intro.models.regularized_lstm import RegularizedLSTM
from llm_intro.training import train

TEXT = "en un lugar de la mancha, de cuyo nombre no quiero acordarme. " * 200
RECIPE = TrainConfig(steps=40, batch_size=8, chunk_len=16, evals=4, average=0.9, reset_every=7)
with_cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="hace falta CUDA")


def tiny_corpus() -> Corpus:
    return Corpus(TEXT, TEXT[:8000], TEXT[8000:10000], TEXT[10000:], "prueba")


def trained(recipe, device, **how):
    torch.manual_seed(0)
    model = CervantesLSTM(len(set(TEXT)), 16, 128, num_layers=1, dropout=0.0).to(device)
    history = train(model, tiny_corpus(), recipe, watch=lambda event: None, **how)
    return model, history


def test_only_streams_can_be_recorded():
    """Con ventanas el último lote es menor, y un grafo no cambia de tamaño."""
    with pytest.raises(ValueError, match="streams"):
        trained(replace(RECIPE, data="windows"), "cpu", run=GraphedRun)


@with_cuda
def test_the_recorded_step_learns_the_same():
    """Las mismas pérdidas que sin grabar, en fp32."""
    _, plain = trained(RECIPE, "cuda")
    _, graphed = trained(RECIPE, "cuda", run=GraphedRun)
    for a, b in zip(plain.events, graphed.events, strict=True):
        assert abs(a.train_bits - b.train_bits) < 2e-3


@with_cuda
def test_a_network_that_turns_things_off_learns_too():
    """Con dropout y los números de la tarjeta: la LSTM ancha baja de lo que vale contar letras."""
    torch.manual_seed(0)
    model = RegularizedLSTM(
        len(set(TEXT)), 128, 128, 1, 0.0, forget_bias=1.0,
        input_dropout=0.1, output_dropout=0.4, weight_dropout=0.25,
    ).to("cuda")  # fmt: skip
    recipe = replace(RECIPE, steps=300, precision="auto")
    history = train(model, tiny_corpus(), recipe, watch=lambda event: None, run=GraphedRun)
    assert history.best.valid_bits < 2


@with_cuda
def test_a_recording_can_be_resumed(tmp_path):
    """Se sigue desde donde se dejó: no vuelve a empezar."""
    recipe = replace(RECIPE, checkpoint=str(tmp_path / "a.ckpt"), resume=True, steps=100)
    _, first = trained(recipe, "cuda", run=GraphedRun)
    _, again = trained(replace(recipe, steps=110), "cuda", run=GraphedRun)
    assert again.events[-1].step == 110
    assert again.events[-1].train_bits < first.events[0].train_bits
