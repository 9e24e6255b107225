"""Del texto a los lotes: dos maneras de presentar el mismo libro a una red recurrente.

Las dos ofrecen lo mismo: `len(data)` es el número de lotes de una vuelta al texto y
`data.batch(step)` da el lote de un paso. El lote depende solo de `step` y de la semilla,
así que un entrenamiento interrumpido se reanuda sin guardar por dónde iba.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from .support.limits import check, whole


class Batch(NamedTuple):
    """Un lote: entrada `x` (T, B), objetivo `y` (T, B) y si el estado empieza de cero."""

    x: Tensor
    y: Tensor
    fresh: bool


def _check(ids: Tensor, batch_size: int, chunk_len: int, needed: int) -> None:
    check(whole(1), batch_size=batch_size, chunk_len=chunk_len)
    if len(ids) < needed:
        raise ValueError(
            f"el texto tiene {len(ids)} símbolos y hacen falta {needed} para lotes de "
            f"{batch_size} × {chunk_len}: usa más texto, o un lote o una ventana menores."
        )


def _generator(seed: int, epoch: int) -> torch.Generator:
    """El azar de una vuelta: distinto en cada una, el mismo si se repite."""
    return torch.Generator().manual_seed((seed * 100_003 + epoch) % 2**63)


class Streams:
    """El texto cortado en B tiras contiguas que se leen a la vez, de trozo en trozo.

    El trozo siguiente de cada tira continúa donde acabó el anterior, y por eso el estado
    de la LSTM puede pasar de un lote al otro (retropropagación truncada en el tiempo).
    Cada vuelta empieza en un desfase distinto, para que los cortes no caigan siempre igual.

    Args:
        ids: el texto como números, (N,).
        batch_size: B, tiras que se leen a la vez.
        chunk_len: T, símbolos por trozo.
        carry: si es falso, el estado empieza de cero en cada trozo (para comparar).
        seed: decide los desfases.
        reset_every: cada tantos trozos, el estado vuelve a cero, para aprender a empezar.
    Fuente: Williams y Peng (1990), «An Efficient Gradient-Based Algorithm for On-Line Training
        of Recurrent Network Trajectories».
    """

    def __init__(
        self, ids, batch_size: int, chunk_len: int, carry=True, seed: int = 0, reset_every=None
    ):
        self.ids = torch.as_tensor(ids)
        _check(self.ids, batch_size, chunk_len, batch_size * (chunk_len + 1) + chunk_len)
        self.batch_size, self.chunk_len = batch_size, chunk_len
        self.carry, self.seed, self.reset_every = carry, seed, reset_every
        self.stream_len = (len(self.ids) - chunk_len) // batch_size  # deja sitio al desfase

    def __len__(self) -> int:
        return (self.stream_len - 1) // self.chunk_len  # cada trozo necesita su símbolo siguiente

    def _offset(self, epoch: int) -> int:
        generator = _generator(self.seed, epoch)
        return int(torch.randint(self.chunk_len, (), generator=generator)) if epoch else 0

    def batch(self, step: int) -> Batch:
        """Lote del paso `step` (desde 0, cuenta seguida de vuelta en vuelta)."""
        epoch, k = divmod(step, len(self))
        start = self._offset(epoch)
        text = self.ids[start : start + self.batch_size * self.stream_len]
        streams = text.view(self.batch_size, self.stream_len)  # (B, L), sin copiar
        first = k * self.chunk_len
        piece = streams[:, first : first + self.chunk_len + 1].long().t()  # (T+1, B)
        due = self.reset_every is not None and k % self.reset_every == 0
        return Batch(piece[:-1], piece[1:], fresh=k == 0 or due or not self.carry)


class Windows:
    """Ventanas solapadas de paso 1, barajadas: los datos de la receta de partida.

    Cada una comparte T-1 con la siguiente: el modelo lee el mismo carácter T veces por vuelta.
    Son una vista del texto, sin copias.

    Args:
        ids: el texto como números, (N,).
        batch_size: B, ventanas por lote (el último de la vuelta puede ser menor).
        chunk_len: T, símbolos por ventana.
        seed: decide el orden de cada vuelta.
    """

    def __init__(self, ids, batch_size: int, chunk_len: int, seed: int = 0):
        ids = torch.as_tensor(ids)
        _check(ids, batch_size, chunk_len, chunk_len + 1)
        self.windows = ids.unfold(0, chunk_len + 1, 1)  # (N-T, T+1), una vista
        self.batch_size, self.chunk_len, self.seed = batch_size, chunk_len, seed
        self._shuffled = (-1, None)  # (vuelta, su orden): se baraja una vez por vuelta

    def __len__(self) -> int:
        return -(-len(self.windows) // self.batch_size)  # división hacia arriba

    def _order(self, epoch: int) -> Tensor:
        if self._shuffled[0] != epoch:
            order = torch.randperm(len(self.windows), generator=_generator(self.seed, epoch))
            self._shuffled = (epoch, order.to(self.windows.device))  # se elige donde está el texto
        return self._shuffled[1]

    def batch(self, step: int) -> Batch:
        """Lote del paso `step`; el estado siempre empieza de cero."""
        epoch, k = divmod(step, len(self))
        rows = self._order(epoch)[k * self.batch_size : (k + 1) * self.batch_size]
        piece = self.windows[rows].long().t()  # (T+1, B)
        return Batch(piece[:-1], piece[1:], fresh=True)
