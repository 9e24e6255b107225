"""Redes calibradas: la temperatura que menos bits gasta en valid, metida en su última capa.

    python benchmarks/calibrate.py            # ajusta la red empaquetada y su ficha
    python benchmarks/calibrate.py --smoke    # segundos, con un trozo de valid, sin guardar

Una red que ha leído 38 veces el mismo libro apuesta más fuerte de lo que acierta. Dividir los
logits por T es dividir `fc`, y no cuesta nada: a temperatura 1, la red ya apuesta lo justo.
"""

import argparse
from datetime import date

import torch
from mixtures import network_log_probs
from packing import cool
from safetensors.numpy import load_file, save_file
from ship import DATA, bits_of, save_card
from torch.nn.functional import cross_entropy

from llm_intro import load_pretrained, load_quijote
from llm_intro.models.pretrained import load_card

NETWORKS = ("transformer",)  # la LSTM aprendió apuestas, y salió ya calibrada
TEMPERATURES = tuple(round(0.9 + 0.02 * i, 2) for i in range(31))  # de 0,90 a 1,50


def best_temperature(model, text: str) -> float:
    """La que menos gasta en `text`."""
    ids = model.tokenizer.encode(text)
    scores, came = torch.from_numpy(network_log_probs(model, ids)), torch.from_numpy(ids[1:])
    losses = {t: cross_entropy(scores / t, came).item() for t in TEMPERATURES}
    return min(losses, key=losses.get)


def calibrate(name: str, corpus) -> None:
    """Ajusta una red y apunta en su ficha lo de antes y lo de después."""
    if "calibration" in load_card(name):
        raise SystemExit(f"{name} ya lleva su temperatura: empaquétala antes con ship.py pack.")
    temperature = best_temperature(load_pretrained(name), corpus.valid)
    file = DATA / f"{name}.safetensors"
    save_file(cool(load_file(file), temperature), file)
    card = load_card(name)
    card["calibration"] = {
        "temperature": temperature,
        "bits_before": card["bits_per_char"],
        "made": "python benchmarks/calibrate.py",
        "date": date.today().isoformat(),
    }
    card["bits_per_char"] = bits_of(load_pretrained(name), corpus)
    save_card(name, card)


def main() -> None:
    """Calibra lo que haga falta."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--smoke", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)
    corpus = load_quijote()
    for name in NETWORKS:
        if options.smoke:
            print(name, best_temperature(load_pretrained(name), corpus.valid[:2000]))
        else:
            calibrate(name, corpus)


if __name__ == "__main__":
    main()
