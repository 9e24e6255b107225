"""Un modelo que lee varios caminos a la vez desde un mismo comienzo."""

import numpy as np

from ..sampling import feed, log_softmax, read_prompt
from ..support.numpy_lstm import State
from ..support.text import count


class Branches:
    """Varias copias de un modelo que han leído lo mismo y siguen por caminos distintos.

    Sirve cualquier modelo. Si su estado es el `State` de `NumpyLSTM`, con un eje más para las
    copias, leen todas en un solo paso, mucho más deprisa.
    """

    def __init__(self, model, prompt: str):
        self.model = model
        if count(prompt + "a").words == count(prompt).words:
            raise ValueError(
                f"el comienzo {prompt[-20:]!r} deja una palabra a medias: añade un espacio."
            )
        logits, state = feed(model, read_prompt(model, prompt))
        self.batched = isinstance(state, State)
        self.states = State(*(part[:, None] for part in state)) if self.batched else [state]
        self.log_probs = log_softmax(logits[None])  # (1, V)

    def read(self, rows: np.ndarray, tokens: np.ndarray) -> None:
        """La copia i pasa a ser la que era `rows[i]`, tras leer `tokens[i]`. Deja (B, V)."""
        if self.batched:
            state = State(*(part[:, rows] for part in self.states))
            logits, self.states = self.model.step(tokens, state)
        else:
            pairs = zip(rows, tokens, strict=True)
            steps = [self.model.step(int(token), self.states[row]) for row, token in pairs]
            logits, self.states = np.stack([s[0] for s in steps]), [s[1] for s in steps]
        self.log_probs = log_softmax(logits)
