"""Un paso de entrenamiento grabado: la tarjeta lo repite entero con una sola orden.

Con redes pequeñas, encargar cada multiplicación cuesta más que hacerla. Un grafo de CUDA graba
los encargos de un paso y los repite. Solo en CUDA, con tiras, y sin fp16, que se salta pasos.

En una H200 multiplica la velocidad por tres, y por nueve con lotes de 256. La lección no lo usa: la
tarjeta que presta Colab entrena en fp16. tests/test_graphed.py lo vigila donde haya una tarjeta.
"""

import torch
from torch import nn
from torch.nn.functional import cross_entropy

from llm_intro.models.transformer import Transformer
from llm_intro.support.machine import skip_if_not_finite
from llm_intro.training import Run

WARM_UP = 3  # pasos normales antes de grabar, con el primer lote, como pide PyTorch


def record(step, optimizer=None):
    """Da unos pasos en otra cola, para que todo esté preparado, y graba uno.

    Devuelve el grafo y lo que `step` devolvió al grabarlo, que cada repetición vuelve a llenar.
    """
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(WARM_UP):
            step()
    torch.cuda.current_stream().wait_stream(side)
    if optimizer:
        optimizer.zero_grad(set_to_none=True)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        told = step()
    return graph, told


class GraphedRun(Run):
    """Un `Run` cuyo paso se graba la primera vez. El estado vive siempre en el mismo sitio.

    Reanudarlo no es exacto bit a bit: los pasos de calentamiento gastan números al azar.

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
        self.graph = self.state = self.mask = None

    def advance(self) -> None:
        """Copia el lote en su sitio y repite el paso."""
        begin = self.clock()
        x, y, fresh = self.data.batch(self.step)  # (T, B), (T, B)
        if self.graph is None:
            self._record(x, y)
        self.lr.fill_(self.config.lr_at(self.step, self.progress))
        self.x.copy_(x)
        self.y.copy_(y)
        self._start(fresh)
        self.graph.replay()
        self.pending.append(self.told.clone())
        self.hidden = self.state
        self.step, self.chars = self.step + 1, self.chars + x.numel()
        self.seconds += self.clock() - begin

    def _record(self, x, y) -> None:
        self.x, self.y = x.contiguous().clone(), y.contiguous().clone()
        with torch.no_grad():
            hidden = self.hidden or self.loss(self.x, self.y, None)[1]
        self.state = tuple(part.detach().float().clone() for part in hidden)
        if isinstance(self.model, Transformer):  # un estado vacío, en ella, es no mirarlo
            past = self.state[0].shape[-2]
            self.mask = torch.zeros(len(x), past + len(x), device=self.device)
        for group in self.optimizer.param_groups:
            group["lr"] = self.lr  # al reanudar llega una copia
        before = {p: {k: t.clone() for k, t in s.items()} for p, s in self.optimizer.state.items()}
        state = [part.clone() for part in self.state]
        self.lr.zero_()  # los pasos de calentamiento no mueven los pesos
        self.graph, self.told = record(self._step, self.optimizer)
        for p, moments in self.optimizer.state.items():  # ni dejan huella: todo en su sitio
            for key, moment in moments.items():
                moment.copy_(before[p][key]) if p in before else moment.zero_()
        for own, kept in zip(self.state, state, strict=True):
            own.copy_(kept)

    def _start(self, fresh: bool) -> None:
        """El estado, a cero si toca; en un Transformer, además, tapado."""
        if fresh:
            for part in self.state:
                part.zero_()
        if self.mask is not None:
            self.mask[:, : -len(self.x)] = -torch.inf if fresh else 0.0

    def _step(self):
        """El paso de `Run`, sin nada que decida la CPU: la pérdida y la norma, (2,)."""
        self.optimizer.zero_grad(set_to_none=True)
        mixed = self.dtype != torch.float32
        with torch.autocast(self.device.type, self.dtype, enabled=mixed, cache_enabled=False):
            more = () if self.mask is None else (self.mask,)
            logits, hidden = self.net(self.x, self.state, *more)  # (T, B, V)
        loss = cross_entropy(logits.float().flatten(0, 1), self.y.flatten())
        loss.backward()
        norm = nn.utils.clip_grad_norm_(self.model.parameters(), self.config.clip)
        skip_if_not_finite(self.optimizer, norm)
        self.optimizer.step()
        with torch.no_grad():
            for part, new in zip(self.state, hidden, strict=True):
                part.copy_(new)
            means = self.average.parameters() if self.average else ()
            for mean, weight in zip(means, self.model.parameters(), strict=bool(self.average)):
                mean.lerp_(weight, 1 - self.config.average)
        return torch.stack([loss.detach(), norm])
