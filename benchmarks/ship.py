"""Los modelos que viajan con el curso: entrenarlos, medirlos y empaquetarlos.

    python benchmarks/ship.py lstm          # entrena (o continúa) la LSTM; deja un .ckpt
    python benchmarks/ship.py --smoke       # lo mismo en segundos, sin guardar nada

El entrenamiento es el `train` del curso: nunca mira lo reservado. Los registros quedan en
benchmarks/runs/, fuera del repositorio.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import torch

from llm_intro import CervantesLSTM, CharTokenizer, TrainConfig, load_quijote, train

RUNS = Path(__file__).parent / "runs"

LSTM_RECIPE = TrainConfig(
    minutes=50,
    clock="cpu",
    batch_size=32,
    chunk_len=64,
    lr=4e-3,
    weight_decay=0.02,
    warmup_steps=200,
    average=0.999,
    precision="bf16",
    evals=50,
    checkpoint_every=60,
    resume=True,
    checkpoint=str(RUNS / "lstm.ckpt"),
)


def make_lstm(vocab_size: int) -> CervantesLSTM:
    """La LSTM que se entrega: una capa ancha y apagados en tres sitios."""
    return CervantesLSTM(
        vocab_size,
        embed_dim=64,
        hidden_size=768,
        num_layers=1,
        dropout=0.0,
        input_dropout=0.1,
        output_dropout=0.3,
        weight_dropout=0.15,
        forget_bias=1.0,
    )


def log(event) -> None:
    """Una línea por medida."""
    if event.valid_bits is not None:
        print(
            f"{event.progress:6.1%} · {event.seconds:6.0f} s · {event.chars / 1e6:6.1f} M car. · "
            f"train {event.train_bits:.4f} · valid {event.valid_bits:.4f}",
            flush=True,
        )


def main() -> None:
    """Entrena lo que se pida."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", nargs="?", choices=["lstm"], default="lstm")
    parser.add_argument("--smoke", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    corpus = load_quijote()
    model = make_lstm(CharTokenizer.from_text(corpus.text).vocab_size)
    recipe = LSTM_RECIPE
    if options.smoke:
        recipe = replace(recipe, minutes=None, steps=3, evals=1, checkpoint=None, resume=False)
    train(model, corpus, recipe, watch=log)


if __name__ == "__main__":
    main()
