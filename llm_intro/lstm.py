"""La red que escribe como Cervantes: embedding, LSTM y una capa lineal."""

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, dropout

from .support.machine import evaluating
from .support.numpy_lstm import NumpyLSTM, State

LN2 = float(np.log(2))


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
        input_dropout, output_dropout: lo mismo, antes y después de la LSTM.
        weight_dropout: lo mismo con los pesos de la memoria, iguales en todo el trozo.
        forget_bias: valor inicial del sesgo de la puerta de olvido, o None para dejar el de
            PyTorch. Con 1 la red empieza recordando.
    Raises:
        ValueError: si un tamaño es menor que 1 o un dropout no está en [0, 1).
    Fuente: Hochreiter y Schmidhuber (1997), «Long Short-Term Memory»; el sesgo de olvido,
        Jozefowicz et al. (2015), «An Empirical Exploration of Recurrent Network Architectures»;
        el dropout de los pesos, Merity et al. (2018), «Regularizing and Optimizing LSTM
        Language Models».
    """

    def __init__(
        self,
        vocab_size: int,
        embed_dim: int = 64,
        hidden_size: int = 128,
        num_layers: int = 3,
        dropout: float = 0.3,
        *,
        input_dropout: float = 0.0,
        output_dropout: float = 0.0,
        weight_dropout: float = 0.0,
        forget_bias: float | None = None,
    ):
        sizes = dict(
            vocab_size=vocab_size,
            embed_dim=embed_dim,
            hidden_size=hidden_size,
            num_layers=num_layers,
        )
        drops = dict(
            dropout=dropout,
            input_dropout=input_dropout,
            output_dropout=output_dropout,
            weight_dropout=weight_dropout,
        )
        check_sizes(sizes, drops)
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.lstm = nn.LSTM(embed_dim, hidden_size, num_layers, dropout=dropout)
        self.fc = nn.Linear(hidden_size, vocab_size)
        self.config = {**sizes, **drops}
        self.tokenizer = None  # lo ponen `train` y `load_pretrained`
        self._snapshot = (None, None)  # (versión de los pesos, su copia en NumPy)
        if forget_bias is not None:
            self._set_forget_bias(forget_bias)

    @classmethod
    def course(cls, vocab_size: int) -> "CervantesLSTM":
        """El modelo de la receta del curso: una capa, sin dropout, que empieza recordando."""
        return cls(vocab_size, 48, 256, num_layers=1, dropout=0.0, forget_bias=1.0)

    def _set_forget_bias(self, value: float) -> None:
        with torch.no_grad():
            for name, bias in self.lstm.named_parameters():
                if "bias" in name:  # puertas en el orden i, f, g, o; hay dos sesgos que se suman
                    bias.chunk(4)[1].fill_(value / 2)

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
        emb = dropout(emb, self.config["input_dropout"], self.training)
        out, hidden = self._recur(emb, hidden)  # (T, B, H)
        out = dropout(out, self.config["output_dropout"], self.training)
        return self.fc(out), hidden  # (T, B, V)

    def _recur(self, emb: Tensor, hidden):
        rate = self.config["weight_dropout"]
        if not (self.training and rate):
            return self.lstm(emb, hidden)
        weights = {
            name: dropout(weight, rate) if "weight_hh" in name else weight
            for name, weight in self.lstm.named_parameters()
        }
        return torch.func.functional_call(self.lstm, weights, (emb, hidden))

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
        return network_bits(self, ids, chunk_len=4096)


def network_bits(model: nn.Module, ids, chunk_len: int) -> np.ndarray:
    """Bits de cada símbolo de `ids` (N,) menos el primero, (N-1,), leídos por trozos seguidos."""
    if len(ids) < 2:
        return np.zeros(0)
    ids = torch.as_tensor(ids, device=model.fc.weight.device)
    bits, hidden = [], None
    with evaluating(model):
        for x, y in zip(ids[:-1].split(chunk_len), ids[1:].split(chunk_len), strict=True):
            logits, hidden = model(x[:, None], hidden)  # (T, 1, V)
            bits.append(cross_entropy(logits[:, 0].float(), y, reduction="none").cpu() / LN2)
    return torch.cat(bits).numpy().astype(np.float64)


def check_sizes(sizes: dict[str, int], drops: dict[str, float]) -> None:
    """ValueError si un tamaño no es un entero de 1 o más, o un dropout no está en [0, 1)."""
    for name, size in sizes.items():
        if not isinstance(size, int | np.integer) or size < 1:
            raise ValueError(f"{name}={size!r}: debe ser un entero de 1 o más.")
    for name, drop in drops.items():
        if not 0 <= drop < 1:
            raise ValueError(f"{name}={drop!r}: debe estar entre 0 (incluido) y 1 (sin llegar).")
