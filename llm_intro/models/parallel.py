"""Un entrenamiento repartido entre procesos: `torchrun --nproc-per-node=2 mi_guion.py`.

Cada proceso lee unas columnas de cada lote, y los gradientes se promedian: el paso es el que
daría un solo proceso con el lote entero. El primero enseña y guarda; los demás calculan.
"""

import atexit
import gc
import os

import torch

from ..dataset import Batch


class Alone:
    """Un solo proceso: no hay nada que repartir ni con quién ponerse de acuerdo."""

    rank, size, first, weight = 0, 1, True, 1.0

    def columns(self, batch: Batch) -> Batch:
        """La parte del lote que le toca a este proceso."""
        return batch

    def wrap(self, model):
        """El modelo que, al calcular gradientes, los comparte."""
        return model

    def agree(self, number: float) -> float:
        """La media de lo que dice cada proceso: así todos deciden lo mismo."""
        return number

    def collect(self, hidden) -> tuple:
        """El estado de todas las columnas, (·, B, …), con las de cada proceso en su sitio."""
        return hidden or ()

    def own(self, hidden: tuple) -> tuple:
        """Las columnas de este proceso de un estado entero."""
        return hidden


class Team(Alone):
    """Uno de los procesos que ha lanzado torchrun: gloo en CPU, y en tarjetas lo suyo (NCCL)."""

    def __init__(self, device: torch.device):
        import torch.distributed as dist
        import torch.distributed.nn  # antes del grupo: quien lo importa después se queda con él

        self.dist, self.device = dist, device
        if device.type != "cpu":
            torch.accelerator.set_device_index(device.index)
        if not dist.is_initialized():
            dist.init_process_group(dist.get_default_backend_for_device(device))
            atexit.register(_close, dist)
        self.rank, self.size = dist.get_rank(), dist.get_world_size()
        self.first = self.rank == 0

    def _slice(self, total: int) -> slice:
        return slice(self.rank * total // self.size, (self.rank + 1) * total // self.size)

    def columns(self, batch: Batch) -> Batch:
        total = batch.x.shape[1]
        mine = self._slice(total)
        self.weight = (mine.stop - mine.start) * self.size / total
        if not self.weight:  # más procesos que columnas: repite una, que no cuenta
            mine = slice(0, 1)
        return Batch(batch.x[:, mine], batch.y[:, mine], batch.fresh)

    def wrap(self, model):
        from torch.nn.parallel import DistributedDataParallel

        return DistributedDataParallel(model)

    def agree(self, number: float) -> float:
        shared = torch.tensor(number, dtype=torch.float64, device=self.device)
        self.dist.all_reduce(shared)
        return shared.item() / self.size

    def collect(self, hidden) -> tuple:
        parts = [None] * self.size
        mine = [part.cpu() for part in hidden or ()] if self.weight else []
        self.dist.all_gather_object(parts, mine)
        return tuple(torch.cat(pieces, dim=1) for pieces in zip(*filter(None, parts), strict=True))

    def own(self, hidden: tuple) -> tuple:
        mine = self._slice(hidden[0].shape[1]) if hidden else slice(None)
        return tuple(part[:, mine if mine.stop != mine.start else slice(0, 1)] for part in hidden)


def _close(dist) -> None:
    """Para los hilos del grupo antes de que acabe Python: si siguen vivos, a veces aborta."""
    gc.collect()
    if dist.is_initialized():
        dist.destroy_process_group()


def team(device: torch.device) -> Alone:
    """El equipo de este proceso: `Team` si lo ha lanzado torchrun con otros; si no, `Alone`."""
    launched = "TORCHELASTIC_RUN_ID" in os.environ and int(os.environ["WORLD_SIZE"]) > 1
    return Team(device) if launched else Alone()
