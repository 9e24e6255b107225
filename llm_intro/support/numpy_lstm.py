"""La misma LSTM, escrita en NumPy para generar deprisa en una CPU y sin PyTorch.

Al generar llega un carácter cada vez. Dos atajos bastan: la parte de la entrada
(`embedding @ W_ih.T + b`) se calcula una vez por símbolo y se guarda en una tabla, y lo
demás es un producto de matrices por carácter y capa.
"""

from typing import NamedTuple

import numpy as np


class State(NamedTuple):
    """Memoria de la red: `h` y `c`, cada una (capas, H) o (capas, B, H)."""

    h: np.ndarray
    c: np.ndarray


class Layer(NamedTuple):
    """Pesos de una capa: `w_ih` (4H, entrada), `w_hh` (4H, H) y `bias` (4H,), ya sumado.

    `w_hh` se guarda por columnas: así NumPy la multiplica antes, por un vector o por varios.
    """

    w_ih: np.ndarray
    w_hh: np.ndarray
    bias: np.ndarray


def sigmoid(x: np.ndarray) -> np.ndarray:
    """1 / (1 + e^-x), en su forma con tanh, que no se desborda."""
    return 0.5 * np.tanh(0.5 * x) + 0.5


class NumpyLSTM:
    """Una `CervantesLSTM` congelada que solo sabe dar el paso siguiente.

    Args:
        weights: los pesos con los nombres de `CervantesLSTM.state_dict()`, en float32.
        tokenizer: el del modelo.
    """

    def __init__(self, weights: dict[str, np.ndarray], tokenizer=None):
        self.tokenizer = tokenizer
        self.embedding = weights["embedding.weight"]  # (V, E)
        self.fc_weight, self.fc_bias = weights["fc.weight"], weights["fc.bias"]  # (V, H), (V,)
        depth = sum(name.startswith("lstm.weight_hh") for name in weights)
        self.layers = [
            Layer(
                weights[f"lstm.weight_ih_l{i}"],
                np.asfortranarray(weights[f"lstm.weight_hh_l{i}"]),
                weights[f"lstm.bias_ih_l{i}"] + weights[f"lstm.bias_hh_l{i}"],
            )
            for i in range(depth)
        ]
        first = self.layers[0]
        self.table = self.embedding @ first.w_ih.T + first.bias  # (V, 4H): la entrada, ya hecha

    def start(self, batch: int | None = None) -> State:
        """Estado inicial: ceros, para un texto o para `batch` textos a la vez."""
        width = self.fc_weight.shape[1]
        shape = (len(self.layers), width) if batch is None else (len(self.layers), batch, width)
        return State(np.zeros(shape, np.float32), np.zeros(shape, np.float32))

    def step(self, token, state: State) -> tuple[np.ndarray, State]:
        """Lee un símbolo y puntúa el siguiente.

        Args:
            token: un número, o (B,) números si el estado es de B textos.
            state: el que devolvió el paso anterior; no se modifica.
        Returns:
            logits, (V,) o (B, V), y el estado nuevo.
        """
        new_h, new_c = np.empty_like(state.h), np.empty_like(state.c)
        gates = self.table[token]  # (4H,) o (B, 4H)
        for i, layer in enumerate(self.layers):
            if i:
                gates = new_h[i - 1] @ layer.w_ih.T + layer.bias
            gates = gates + state.h[i] @ layer.w_hh.T
            width = state.h.shape[-1]
            opened = sigmoid(gates)  # las cuatro de una vez; la tercera se rehace con tanh
            candidate = np.tanh(gates[..., 2 * width : 3 * width])
            new_c[i] = opened[..., width : 2 * width] * state.c[i]  # lo que se recuerda
            new_c[i] += opened[..., :width] * candidate  # lo que se aprende
            new_h[i] = opened[..., 3 * width :] * np.tanh(new_c[i])  # lo que se dice
        logits = new_h[-1] @ self.fc_weight.T + self.fc_bias
        return logits, State(new_h, new_c)
