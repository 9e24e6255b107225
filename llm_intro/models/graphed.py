"""Un paso de entrenamiento grabado: la tarjeta lo repite entero con una sola orden.

Con redes pequeñas, encargar cada multiplicación cuesta más que hacerla. Un grafo de CUDA graba
los encargos de un paso y los repite. Solo en CUDA, con tiras, y sin fp16, que se salta pasos.
"""

import torch
from torch import nn
from torch.nn.functional import cross_entropy

from ..support.machine import random_state, set_random_state, skip_if_not_finite
from ..training import Run

WARM_UP = 3  # pasos de calentamiento antes de grabar, como pide PyTorch; después se deshacen


class GraphedRun(Run):
    """Un `Run` cuyo paso se graba la primera vez. El estado vive siempre en el mismo sitio.

    Raises:
        ValueError: si la receta no lee en tiras: sus lotes no miden todos lo mismo.
    """

    def __init__(self, model, corpus, config):
        if config.data != "streams":
            raise ValueError(f'llegó data="{config.data}": para grabar el paso usa "streams".')
        super().__init__(model, corpus, config)
        self.lr = torch.tensor(config.lr, device=self.device)
        self.optimizer = torch.optim.AdamW(
            model.parameters(), self.lr, config.betas, weight_decay=config.weight_decay,
            fused=True, capturable=True,
        )  # fmt: skip
        self.graph = None

    def advance(self) -> None:
        """Copia el lote en su sitio y repite el paso."""
        begin = self.clock()
        x, y, fresh = self.data.batch(self.step)  # (T, B), (T, B)
        self.lr.fill_(self.config.lr_at(self.step, self.progress))
        if self.graph is None:
            self._record(x, y)
        self.x.copy_(x)
        self.y.copy_(y)
        if fresh:
            for part in self.hidden:
                part.zero_()
        self.graph.replay()
        if self.average and not self.step:
            self._update_average()  # la primera media es una copia
        self.pending.append(self.told.clone())
        self.step, self.chars = self.step + 1, self.chars + x.numel()
        self.seconds += self.clock() - begin

    def _record(self, x, y) -> None:
        self.x, self.y = x.clone(), y.clone()
        if not self.hidden:
            with torch.no_grad():
                self.hidden = tuple(torch.zeros_like(h.float()) for h in self.loss(x, y, None)[1])
        for group in self.optimizer.param_groups:
            group["lr"] = self.lr  # al reanudar llega el número de entonces
        self._warm_up()
        self.graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.graph):
            self.told = self._step()

    def _warm_up(self) -> None:
        """Unos pasos en otra cola, para que al grabar todo esté preparado; después se deshacen."""
        random, new = random_state(self.device), not self.optimizer.state
        kept = [(tensor, tensor.clone()) for tensor in self._tensors()]
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(WARM_UP):
                self._step()
        torch.cuda.current_stream().wait_stream(side)
        with torch.no_grad():
            for tensor in self._tensors() if new else ():
                tensor.zero_()  # los promedios de Adam nacen a cero; lo demás se repone ahora
            for tensor, before in kept:
                tensor.copy_(before)
        self.optimizer.zero_grad(set_to_none=True)
        set_random_state(random, self.device)

    def _tensors(self) -> list:
        """Lo que un paso cambia."""
        models = [self.model, *([self.average] if self.average else [])]
        slots = [tensor for slot in self.optimizer.state.values() for tensor in slot.values()]
        return [p.data for model in models for p in model.parameters()] + slots + [*self.hidden]

    def _step(self):
        """El paso de `Run`, sin nada que decida la CPU: la pérdida y la norma, (2,)."""
        self.optimizer.zero_grad(set_to_none=True)
        mixed = self.dtype != torch.float32
        with torch.autocast(self.device.type, self.dtype, enabled=mixed, cache_enabled=False):
            logits, hidden = self.net(self.x, self.hidden)  # (T, B, V)
        loss = cross_entropy(logits.float().flatten(0, 1), self.y.flatten())
        loss.backward()
        norm = nn.utils.clip_grad_norm_(self.model.parameters(), self.config.clip)
        skip_if_not_finite(self.optimizer, norm)
        self.optimizer.step()
        with torch.no_grad():
            for part, new in zip(self.hidden, hidden, strict=True):
                part.copy_(new)
            means = self.average.parameters() if self.average else ()
            for mean, weight in zip(means, self.model.parameters(), strict=bool(self.average)):
                mean.lerp_(weight, 1 - self.config.average)
        return torch.stack([loss.detach(), norm])
