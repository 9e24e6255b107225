"""Un entrenamiento repartido entre procesos: `torchrun --nproc-per-node=2 mi_guion.py`.

Cada proceso lee unas columnas de cada lote, y los gradientes se promedian: el paso es el que
daría un solo proceso con el lote entero. El primero enseña y guarda; los demás calculan. El
guion es el de siempre, con el `train` de aquí y, en tarjetas, con la red en `own_device()`.
"""

import atexit
import gc
import os

import torch

from llm_intro import training
from llm_intro.dataset import Batch
from llm_intro.support.machine import best_device, random_state, set_random_state


def launched() -> bool:
    """Si a este proceso lo ha lanzado torchrun con otros."""
    return "TORCHELASTIC_RUN_ID" in os.environ and int(os.environ["WORLD_SIZE"]) > 1


def train(model, corpus, config, watch=None):
    """El `train` de siempre; si lo llaman varios procesos de torchrun, entre todos."""
    if not launched():
        return training.train(model, corpus, config, watch)
    if int(os.environ["RANK"]):
        watch = silent
    return training.train(model, corpus, config, watch, run=SharedRun)


def own_device() -> torch.device:
    """El dispositivo de este proceso: con varias tarjetas, a cada uno le toca la suya."""
    kind = best_device()
    return kind if kind.type == "cpu" else torch.device(kind.type, int(os.environ["LOCAL_RANK"]))


def silent(event) -> None:
    """El `watch` de quien no es el primero."""


class Columns:
    """Los lotes de `data`, pero solo las columnas que le tocan a un proceso."""

    def __init__(self, data, rank: int, size: int):
        self.data, self.rank, self.size = data, rank, size
        self.weight, self.whole = 1.0, 0  # de este proceso en la media; símbolos del lote entero

    def mine(self, total: int) -> slice:
        """Cuáles de `total` columnas son las de este proceso."""
        return slice(self.rank * total // self.size, (self.rank + 1) * total // self.size)

    def batch(self, step: int) -> Batch:
        """La parte de este proceso del lote de un paso."""
        x, y, fresh = self.data.batch(step)
        mine, total = self.mine(x.shape[1]), x.shape[1]
        self.whole, self.weight = x.numel(), (mine.stop - mine.start) * self.size / total
        if not self.weight:  # más procesos que columnas: repite una, que no cuenta
            mine = slice(0, 1)
        return Batch(x[:, mine], y[:, mine], fresh)


class SharedRun(training.Run):
    """Un `Run` que da cada paso con los de otros procesos: gloo en CPU, NCCL en tarjetas."""

    def __init__(self, model, corpus, config):
        import torch.distributed as dist
        import torch.distributed.nn  # antes del grupo: quien lo importa después se queda con él
        from torch.nn.parallel import DistributedDataParallel

        super().__init__(model, corpus, config)
        self.dist = dist
        if self.device.type != "cpu":
            torch.accelerator.set_device_index(self.device.index)
        if not dist.is_initialized():
            dist.init_process_group(dist.get_default_backend_for_device(self.device))
            atexit.register(_close, dist)
        self.rank = dist.get_rank()
        self.seed += self.rank
        self.data = Columns(self.data, self.rank, dist.get_world_size())
        self.net = DistributedDataParallel(model)  # al calcular gradientes, los comparte

    def _mean(self, number: float) -> float:
        """La media de lo que dice cada proceso: así todos deciden lo mismo."""
        shared = torch.tensor(number, dtype=torch.float64, device=self.device)
        self.dist.all_reduce(shared)
        return shared.item() / self.data.size

    @property
    def stopped(self) -> bool:
        """Si uno lo deja, lo dejan todos."""
        return self._mean(super().stopped) > 0

    def loss(self, x, y, hidden):
        """La de sus columnas, con lo que pesan en la media."""
        loss, hidden = super().loss(x, y, hidden)
        return self.data.weight * loss, hidden

    def advance(self) -> None:
        """Un paso entre todos: se cuenta el lote entero, y el tiempo de todos."""
        seconds, chars = self.seconds, self.chars
        super().advance()
        self.seconds = seconds + self._mean(self.seconds - seconds)
        self.chars = chars + self.data.whole

    def read(self) -> None:
        """La pérdida de un paso es la media de las de todos."""
        if self.pending:
            shared = torch.stack(self.pending)
            self.dist.all_reduce(shared)
            self.pending = list(shared / self.data.size)
        super().read()

    def overdue(self, what: str, every: float) -> bool:
        """Cuando le toca al primero, les toca a todos."""
        return self._mean(super().overdue(what, every) and not self.rank) > 0

    def save(self) -> None:
        """Escribe el primero, con el estado de todas las columnas."""
        self.read()
        own, self.hidden = self.hidden, self._collect()
        if not self.rank:
            super().save()
        self.hidden = own

    def _collect(self) -> tuple:
        """El estado de todas las columnas, (·, B, …), con las de cada proceso en su sitio."""
        parts = [None] * self.data.size
        mine = [part.cpu() for part in self.hidden or ()] if self.data.weight else []
        self.dist.all_gather_object(parts, mine)
        return tuple(torch.cat(pieces, dim=1) for pieces in zip(*filter(None, parts), strict=True))

    def restore(self) -> None:
        """Cada proceso se queda con sus columnas; el azar guardado es el del primero."""
        random = random_state(self.device)
        super().restore()
        if self.rank:
            set_random_state(random, self.device)
        if self.hidden:
            mine = self.data.mine(self.hidden[0].shape[1])
            mine = mine if mine.stop > mine.start else slice(0, 1)
            self.hidden = tuple(part[:, mine] for part in self.hidden)


def _close(dist) -> None:
    """Para los hilos del grupo antes de que acabe Python: si siguen vivos, a veces aborta."""
    gc.collect()
    if dist.is_initialized():
        dist.destroy_process_group()
