"""Los modelos que vienen con el curso, ya entrenados y listos sin red.

Cada uno son dos archivos en `data/`: los números (safetensors o npz) y su ficha (JSON), que
dice con qué datos, con qué orden y en qué máquina se hizo, y cuánto vale.
"""

import numpy as np

from ..support.data import load_results, path
from ..support.numpy_lstm import NumpyLSTM
from ..tokenizers import CharTokenizer
from .bpe import BPETokenizer
from .ngram import NGramModel

FILES = {"cervantes": "cervantes", "ngrama": "ngram"} | {n: n for n in ("transformer", "small")}
NAMES = tuple(FILES)
SCALE = ".scale"  # el tensor que acompaña a cada matriz guardada en 8 bits


def load_pretrained(name: str = "cervantes"):
    """Un modelo del curso ya entrenado, con su `.tokenizer`.

    Args:
        name: "cervantes", la LSTM (una `CervantesLSTM`); "small", otra que aprendió en cinco
            minutos; "ngrama", el 6-grama, o "transformer". Las redes, en modo de evaluación.
    Raises:
        ValueError: si el nombre no es ninguno de esos.
    """
    if _known(name) == "ngrama":
        return load_ngram()
    import torch

    from .regularized_lstm import RegularizedLSTM
    from .transformer import Transformer

    card = load_card(name)
    model = (Transformer if name == "transformer" else RegularizedLSTM)(**card["config"])
    weights = {key: torch.from_numpy(value) for key, value in load_weights(name).items()}
    model.load_state_dict(weights)
    model.tokenizer = from_dict(card["tokenizer"])
    return model.eval()


def load_fast(name: str = "cervantes"):
    """El mismo modelo sin PyTorch, solo para escribir: arranca en una fracción de segundo.

    El Transformer sí lo necesita.
    """
    if _known(name) != "cervantes":
        return load_pretrained(name)
    return NumpyLSTM(load_weights(name), from_dict(load_card(name)["tokenizer"]))


def load_ngram() -> NGramModel:
    """El 6-grama de Kneser-Ney contado en train, sin recortar."""
    with np.load(path("ngram.npz"), allow_pickle=False) as arrays:
        return NGramModel.from_arrays(arrays, from_dict(load_card("ngrama")["tokenizer"]))


def load_card(name: str = "cervantes") -> dict:
    """La ficha del modelo: datos, orden, semilla, máquina, fecha y bits/car."""
    return load_results(FILES[_known(name)])


def load_weights(name: str) -> dict[str, np.ndarray]:
    """Los pesos en float32, por nombre."""
    from safetensors.numpy import load

    return unpack_8bit(load(path(f"{name}.safetensors").read_bytes()))


def unpack_8bit(packed: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Los pesos en float32: cada entero de 8 bits, por la escala de su fila."""
    return {
        name: value.astype(np.float32) * packed.get(name + SCALE, np.float32(1))
        for name, value in packed.items()
        if not name.endswith(SCALE)
    }


def _known(name: str) -> str:
    if name not in NAMES:
        raise ValueError(f"no hay ningún modelo «{name}»: los del curso son {', '.join(NAMES)}.")
    return name


def from_dict(data: dict) -> CharTokenizer | BPETokenizer:
    """El tokenizador que `to_dict` guardó."""
    if data.get("type") == "char":
        return CharTokenizer(data["symbols"])
    if data.get("type") == "bpe":
        return BPETokenizer(tuple((left, right) for left, right in data["pairs"]))
    raise ValueError(f"tokenizador de tipo {data.get('type')!r}: se esperaba 'char' o 'bpe'.")
