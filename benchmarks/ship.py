"""Los modelos que viajan con el curso: entrenarlos, medirlos y empaquetarlos.

    python benchmarks/ship.py lstm          # entrena (o continúa) una LSTM, maestra de distill.py
    python benchmarks/ship.py transformer   # lo mismo, con el Transformer
    python benchmarks/ship.py small         # la LSTM pequeña de la lección 08: cinco minutos
    python benchmarks/ship.py explore       # los ajustes que se probaron antes, en valid
    python benchmarks/ship.py ngram         # cuenta y empaqueta el 6-grama
    python benchmarks/ship.py pack          # mide las redes y las empaqueta en 8 bits
    python benchmarks/calibrate.py          # y después, la temperatura del Transformer
    python benchmarks/ship.py --smoke       # un entrenamiento de tres pasos, sin guardar nada

El entrenamiento es el `train` del curso: nunca mira lo reservado. Los registros quedan en
benchmarks/runs/, fuera del repositorio.
"""

import argparse
import json
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import torch
from packing import pack_8bit
from recipes import cpu_name
from safetensors.numpy import save_file

from llm_intro import (
    COURSE_RECIPE,
    CervantesLSTM,
    CharTokenizer,
    NGramModel,
    TrainConfig,
    bits_per_char,
    load_quijote,
    train,
)
from llm_intro.models.pretrained import load_weights
from llm_intro.models.regularized_lstm import RegularizedLSTM
from llm_intro.models.transformer import Transformer
from llm_intro.support.checkpoint import load_checkpoint, unpack

RUNS = Path(__file__).parent / "runs"
DATA = Path(__file__).parents[1] / "llm_intro" / "data"

LSTM_RECIPE = TrainConfig(
    minutes=150,
    clock="cpu",
    batch_size=64,
    chunk_len=64,
    reset_every=20,
    lr=4e-3,
    weight_decay=0.02,
    warmup_steps=200,
    average=0.999,
    precision="bf16",
    evals=40,
    checkpoint_every=60,
    resume=True,
    checkpoint=str(RUNS / "lstm.ckpt"),
)
TRANSFORMER_RECIPE = replace(
    LSTM_RECIPE,
    batch_size=8,
    chunk_len=256,
    reset_every=5,
    lr=2e-3,
    checkpoint=str(RUNS / "transformer.ckpt"),
)
SMALL_RECIPE = replace(  # la del curso, que además aprende a empezar de cero
    COURSE_RECIPE,
    minutes=5,
    clock="cpu",
    reset_every=20,
    resume=True,
    checkpoint=str(RUNS / "small.ckpt"),
)


def make_lstm(vocab_size: int) -> RegularizedLSTM:
    """La maestra de la LSTM que viaja: una capa ancha y apagados en tres sitios."""
    return RegularizedLSTM(
        vocab_size,
        embed_dim=64,
        hidden_size=768,
        num_layers=1,
        dropout=0.0,
        input_dropout=0.1,
        output_dropout=0.4,
        weight_dropout=0.25,
        forget_bias=1.0,
    )


def make_transformer(vocab_size: int, layers: int = 3, width: int = 264) -> Transformer:
    """El Transformer que viaja: casi los mismos pesos y el mismo cómputo que esa LSTM."""
    return Transformer(vocab_size, width=width, heads=6, layers=layers, context=256, dropout=0.2)


MODELS = {
    "lstm": (make_lstm, LSTM_RECIPE),
    "transformer": (make_transformer, TRANSFORMER_RECIPE),
    "small": (CervantesLSTM.course, SMALL_RECIPE),
}
SHIPPED = {"transformer": "transformer", "small": "small"}  # y su nombre; la otra, en distill.py
# minutes de cada tirada: sigue la anterior
STAGES = {"lstm": [75, 150], "transformer": [150], "small": [5]}
EXPLORED = {  # nombre: (capas, ancho, cambios en TRANSFORMER_RECIPE)
    "3 capas de 264, lotes de 16, tasa 1,5e-3": (3, 264, {"batch_size": 16, "lr": 1.5e-3}),
    "3 capas de 264, lotes de 16, tasa 3e-3": (3, 264, {"batch_size": 16, "lr": 3e-3}),
    "6 capas de 186, lotes de 16, tasa 1,5e-3": (6, 186, {"batch_size": 16, "lr": 1.5e-3}),
    "3 capas de 264, lotes de 8, tasa 1,5e-3": (3, 264, {"lr": 1.5e-3}),
}


def log(event) -> None:
    """Una línea por medida."""
    if event.valid_bits is not None:
        print(
            f"{event.progress:6.1%} · {event.seconds:6.0f} s · {event.chars / 1e6:6.1f} M car. · "
            f"train {event.train_bits:.4f} · valid {event.valid_bits:.4f}",
            flush=True,
        )


def train_shipped(corpus, name: str, smoke: bool) -> None:
    """Entrena la LSTM o el Transformer desde donde se quedó."""
    torch.manual_seed(0)
    make, recipe = MODELS[name]
    if smoke:
        small = dict(minutes=None, steps=3, evals=1, checkpoint=None, resume=False)
        recipe = replace(recipe, **small, precision="fp32")  # no toda CPU sabe bf16
    train(make(CharTokenizer.from_text(corpus.text).vocab_size), corpus, recipe, watch=log)


def explore(corpus, minutes: float = 4) -> None:
    """Los ajustes del Transformer, cada uno con el mismo rato; se elige en valid."""
    vocab_size = CharTokenizer.from_text(corpus.text).vocab_size
    for name, (layers, width, changes) in EXPLORED.items():
        torch.manual_seed(0)
        # en un rato tan corto, la media de los pesos aún arrastra los del principio
        short = {"minutes": minutes, "average": 0.0, "evals": 2, "checkpoint": None}
        model = make_transformer(vocab_size, layers, width)
        history = train(
            model, corpus, replace(TRANSFORMER_RECIPE, **short, resume=False, **changes), log
        )
        print(f"{name}: {history.best.valid_bits:.4f} bits/car. en valid", flush=True)


def pack_ngram(corpus) -> None:
    """El 6-grama contado en train, con su ficha."""
    begin = time.process_time()
    model = NGramModel(order=6).fit(corpus.train, CharTokenizer.from_text(corpus.text))
    seconds = time.process_time() - begin
    np.savez_compressed(DATA / "ngram.npz", **model.to_arrays())
    write_card("ngram", model, corpus, "ngram", seconds=seconds, parameters=model.size)


def pack_networks(corpus) -> None:
    """Los mejores pesos en valid, en 8 bits, con lo que se pierde al empaquetar en la ficha."""
    tokenizer = CharTokenizer.from_text(corpus.text)
    for kind, name in SHIPPED.items():
        make, recipe = MODELS[kind]
        if not Path(recipe.checkpoint).exists():
            print(f"{kind}: sin entrenar; se queda la que había.")
            continue
        tensors, meta = load_checkpoint(recipe.checkpoint)
        model = make(tokenizer.vocab_size)
        model.load_state_dict(unpack("best", tensors))
        model.tokenizer = tokenizer
        whole = bits_per_char(model, corpus.heldout)
        packed = pack_8bit({key: t.numpy() for key, t in model.state_dict().items()})
        save_file(packed, DATA / f"{name}.safetensors")
        back = {key: torch.from_numpy(v) for key, v in load_weights(name).items()}
        model.load_state_dict(back)
        size = sum(p.numel() for p in model.parameters())
        extra = {
            "config": model.config,
            "recipe": portable(meta["config"]),
            "runs_minutes": STAGES[kind],
            "unpacked_bits": whole,
            "chars_read": meta["chars"],
        }
        write_card(name, model, corpus, kind, meta["seconds"], size, **extra)


def portable(config: dict) -> dict:
    """La receta sin lo que solo vale en la máquina que entrenó."""
    return {key: value for key, value in config.items() if key != "checkpoint"}


def write_card(name, model, corpus, command, seconds, parameters, **extra) -> None:
    """La ficha: qué es, cómo se hizo y cuánto vale en cada parte."""
    card = {
        "data": "Don Quijote, Project Gutenberg 2000, limpio con llm_intro.corpus.clean; train",
        "command": f"python benchmarks/ship.py {command}",
        "seed": 0,
        "machine": f"{cpu_name()}, 1 hilo; torch {torch.__version__}",
        "cpu_seconds": round(seconds, 1),
        "parameters": parameters,
        "bits_per_char": bits_of(model, corpus),
        "date": date.today().isoformat(),
        "tokenizer": model.tokenizer.to_dict(),
        **extra,
    }
    save_card(name, card)


def bits_of(model, corpus) -> dict[str, float]:
    """Bits/car. en cada parte; de train, lo que basta para ver si sobreajusta."""
    parts = {
        "train": corpus.train[:100_000],
        "valid": corpus.valid,
        "heldout": corpus.heldout,
        "excerpt_lxxiv": load_quijote("extracto").heldout,
    }
    return {part: round(bits_per_char(model, text), 4) for part, text in parts.items()}


def save_card(name: str, card: dict) -> None:
    """Guarda la ficha y la enseña."""
    text = json.dumps(card, ensure_ascii=False, indent=1)
    (DATA / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    print(text)


def main() -> None:
    """Hace lo que se pida."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parts = {
        "explore": explore,
        "ngram": pack_ngram,
        "pack": pack_networks,
    }
    parser.add_argument("what", nargs="?", choices=[*MODELS, *parts], default="lstm")
    parser.add_argument("--smoke", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)
    corpus = load_quijote()
    if options.smoke:
        for name in MODELS:
            train_shipped(corpus, name, smoke=True)
    elif options.what in MODELS:
        train_shipped(corpus, options.what, smoke=False)
    else:
        parts[options.what](corpus)


if __name__ == "__main__":
    main()
