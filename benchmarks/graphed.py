"""Un paso de entrenamiento grabado: la tarjeta lo repite entero con una sola orden.

Con redes pequeñas, encargar cada multiplicación cuesta más que hacerla. Un grafo de CUDA graba
los encargos de un paso y los repite. Solo en CUDA, con tiras, y sin fp16, que se salta pasos.

En una H200 multiplica la velocidad por tres, y por nueve con lotes de 256. La lección no lo usa:
una variante que deshacía los pasos de calentamiento dejó de aprender sin dar ningún error, y hasta
saber por qué no se le da a quien no puede verlo (tests/test_graphed.py lo vigila en una tarjeta).
"""

import torch
from torch import nn
from torch.nn.functional import cross_entropy

from llm_intro.support.machine import skip_if_not_finite
from llm_intro.training import Run

WARM_UP = 3  # pasos normales antes de grabar, con el primer lote, como pide PyTorch


def record(step, optimizer):
    """Da unos pasos en otra cola, para que todo esté preparado, y graba uno.

    Devuelve el grafo y lo que `step` devolvió al grabarlo, que cada repetición vuelve a llenar.
    """
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(WARM_UP):
            step()
    torch.cuda.current_stream().wait_stream(side)
    optimizer.zero_grad(set_to_none=True)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        told = step()
    return graph, told


class GraphedRun(Run):
    """Un `Run` cuyo paso se graba la primera vez. El estado vive siempre en el mismo sitio.

    Reanudarlo no es exacto bit a bit: al grabar de nuevo se dan otra vez los pasos de antes.

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
        self.graph, self.state = None, None

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
            for part in self.state:
                part.zero_()
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
        for group in self.optimizer.param_groups:
            group["lr"] = self.lr  # al reanudar llega una copia
        self.graph, self.told = record(self._step, self.optimizer)

    def _step(self):
        """El paso de `Run`, sin nada que decida la CPU: la pérdida y la norma, (2,)."""
        self.optimizer.zero_grad(set_to_none=True)
        mixed = self.dtype != torch.float32
        with torch.autocast(self.device.type, self.dtype, enabled=mixed, cache_enabled=False):
            logits, hidden = self.net(self.x, self.state)  # (T, B, V)
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
