"""La red que escribe como Cervantes: embedding, LSTM y una capa lineal."""

import math

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from .support.limits import FRACTION, check, whole
from .support.machine import evaluating
from .support.numpy_lstm import NumpyLSTM, State


class CervantesLSTM(nn.Module):
    """Modelo de lenguaje de caracteres: lee un símbolo y puntúa el siguiente.

    Con sus valores por defecto es el modelo de la lección de partida; `course()` da el
    del curso.

    Args:
        vocab_size: V, símbolos distintos.
        embed_dim: E, números con que se representa cada símbolo.
        hidden_size: H, anchura de la memoria.
        num_layers: capas apiladas.
        dropout: fracción que se apaga entre capas al entrenar.
        forget_bias: valor inicial del sesgo de la puerta de olvido, o None para dejar el de
            PyTorch. Con 1 la red empieza recordando.
    Raises:
        ValueError: si un tamaño es menor que 1 o el dropout no está en [0, 1).
    Fuente: Hochreiter y Schmidhuber (1997), «Long Short-Term Memory»; el sesgo de olvido,
        Jozefowicz et al. (2015), «An Empirical Exploration of Recurrent Network Architectures».
    """

    def __init__(
        self,
        vocab_size: int,
        embed_dim: int = 64,
        hidden_size: int = 128,
        num_layers: int = 3,
        dropout: float = 0.3,
        *,
        forget_bias: float | None = None,
    ):
        sizes = dict(vocab_size=vocab_size, embed_dim=embed_dim)
        sizes |= dict(hidden_size=hidden_size, num_layers=num_layers)
        check(whole(1), **sizes)
        check(FRACTION, dropout=dropout)
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.lstm = nn.LSTM(embed_dim, hidden_size, num_layers, dropout=dropout)
        self.fc = nn.Linear(hidden_size, vocab_size)
        self.config = {**sizes, "dropout": dropout}
        self.tokenizer = None  # lo ponen `train` y `load_pretrained`
        self._snapshot = (None, None)  # (versión de los pesos, su copia en NumPy)
        with torch.no_grad():
            for name, bias in self.lstm.named_parameters():
                if forget_bias is not None and "bias" in name:  # hay dos, que se suman
                    bias.chunk(4)[1].fill_(forget_bias / 2)  # las puertas van i, f, g, o

    @classmethod
    def course(cls, vocab_size: int) -> "CervantesLSTM":
        """El modelo de la receta del curso: una capa, sin dropout, que empieza recordando."""
        return cls(vocab_size, 48, 256, num_layers=1, dropout=0.0, forget_bias=1.0)

    def forward(self, x: Tensor, hidden=None):
        """Puntúa el símbolo siguiente a cada posición.

        Args:
            x: símbolos, (T, B).
            hidden: el par (h, c) que devolvió la llamada anterior, o None para empezar.
        Returns:
            logits (T, B, V) y el par (h, c) nuevo, cada uno (capas, B, H).
        """
        if torch.is_grad_enabled():  # quizá van a cambiar, y un optimizador «fused» no lo anota
            self._snapshot = (None, None)
        emb = self.embedding(x)  # (T, B, E)
        out, hidden = self.lstm(emb, hidden)  # (T, B, H)
        return self.fc(out), hidden  # (T, B, V)

    # --- el contrato de todos los modelos del curso: start, step y token_bits ---

    def start(self) -> State:
        """Estado inicial para `step`: la memoria a cero."""
        return self._numpy().start()

    def step(self, token: int, state: State) -> tuple[np.ndarray, State]:
        """Lee un símbolo y puntúa el siguiente: logits (V,) y el estado nuevo."""
        return self._numpy().step(token, state)

    def _numpy(self) -> NumpyLSTM:
        """La copia en NumPy, rehecha si los pesos han cambiado desde la última vez."""
        version = tuple((p.data_ptr(), p._version) for p in self.parameters())
        copied, frozen = self._snapshot  # de una vez: otro hilo puede estar entrenando
        if copied != version:
            weights = {
                k: v.detach().float().cpu().numpy().copy() for k, v in self.named_parameters()
            }
            frozen = NumpyLSTM(weights, self.tokenizer)
            self._snapshot = (version, frozen)
        return frozen

    def token_bits(self, ids) -> np.ndarray:
        """Bits de cada símbolo dados todos los anteriores, (N-1,); el primero no se puntúa."""
        return network_bits(self, torch.as_tensor(ids)[:, None], chunk_len=4096)[:, 0]


def network_bits(model: nn.Module, ids: Tensor, chunk_len: int) -> np.ndarray:
    """Bits de cada símbolo menos el primero, (N-1, B), de B textos `ids` (N, B).

    Se leen a la vez, por trozos seguidos, y el estado de cada uno empieza de cero.
    """
    if len(ids) < 2:
        return np.zeros((0, ids.shape[1]))
    ids, bits, hidden = ids.to(model.fc.weight.device).long(), [], None
    with evaluating(model):
        for x, y in zip(ids[:-1].split(chunk_len), ids[1:].split(chunk_len), strict=True):
            logits, hidden = model(x, hidden)  # (T, B, V)
            bits.append(cross_entropy(logits.float().movedim(-1, 1), y, reduction="none"))
    return torch.cat(bits).cpu().numpy().astype(np.float64) / math.log(2)
