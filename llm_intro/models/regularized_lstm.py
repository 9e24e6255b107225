"""La LSTM de la lección, con más cosas que se apagan al entrenar: la que se entrena en tarjeta."""

import torch
from torch import Tensor
from torch.nn.functional import dropout

from ..lstm import CervantesLSTM
from ..support.limits import FRACTION, check


class RegularizedLSTM(CervantesLSTM):
    """Una `CervantesLSTM` que, al entrenar, apaga también entradas, salidas y pesos.

    Args:
        input_dropout, output_dropout: fracción que se apaga antes y después de la LSTM.
        weight_dropout: lo mismo con los pesos de la memoria, iguales en todo el trozo.
        Los demás, los de `CervantesLSTM`.
    Raises:
        ValueError: si un tamaño es menor que 1 o un dropout no está en [0, 1).
    Fuente: Merity et al. (2018), «Regularizing and Optimizing LSTM Language Models».
    """

    def __init__(
        self, *sizes, input_dropout=0.0, output_dropout=0.0, weight_dropout=0.0, **settings
    ):
        drops = dict(input_dropout=input_dropout, output_dropout=output_dropout)
        drops |= dict(weight_dropout=weight_dropout)
        check(FRACTION, **drops)
        super().__init__(*sizes, **settings)
        self.config |= drops

    def forward(self, x: Tensor, hidden=None):
        """Como la de `CervantesLSTM`; al medir y al escribir no se apaga nada."""
        if not self.training:
            return super().forward(x, hidden)
        self._snapshot = (None, None)  # los pesos van a cambiar
        emb = dropout(self.embedding(x), self.config["input_dropout"])  # (T, B, E)
        out, hidden = torch.func.functional_call(self.lstm, self._weights(), (emb, hidden))
        return self.fc(dropout(out, self.config["output_dropout"])), hidden  # (T, B, V)

    def _weights(self) -> dict[str, Tensor]:
        """Los pesos de la LSTM, con una fracción de los de la memoria a cero."""
        rate = self.config["weight_dropout"]
        return {
            name: dropout(weight, rate) if rate and "weight_hh" in name else weight
            for name, weight in self.lstm.named_parameters()
        }
