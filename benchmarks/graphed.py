"""Un paso de entrenamiento grabado: la tarjeta lo repite entero con una sola orden.

Con redes pequeñas, encargar cada multiplicación cuesta más que hacerla. Un grafo de CUDA graba
los encargos de un paso y los repite. Solo en CUDA, y sin fp16, que decide pasos sobre la marcha.
"""

import torch
from torch import nn

from llm_intro.support.machine import skip_if_not_finite
from llm_intro.training import Run

WARM_UP = 3  # pasos normales antes de grabar, como pide PyTorch


class GraphedRun(Run):
    """Un `Run` cuyo paso se graba la primera vez. El estado vive siempre en el mismo sitio."""

    def __init__(self, model, corpus, config):
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
        x, y, fresh = self.data.batch(self.step)
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
            hidden = self.loss(self.x, self.y, None)[1]
        self.state = tuple(part.detach().float().clone() for part in hidden)
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(WARM_UP):
                self._whole_step()
        torch.cuda.current_stream().wait_stream(side)
        self.optimizer.zero_grad(set_to_none=True)
        self.graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.graph):
            self.told = self._whole_step()

    def _whole_step(self):
        self.optimizer.zero_grad(set_to_none=True)
        mixed = self.dtype != torch.float32
        with torch.autocast(self.device.type, self.dtype, enabled=mixed, cache_enabled=False):
            logits, hidden = self.net(self.x, self.state)  # (T, B, V)
        loss = nn.functional.cross_entropy(logits.float().flatten(0, 1), self.y.flatten())
        loss.backward()
        norm = nn.utils.clip_grad_norm_(self.model.parameters(), self.config.clip)
        skip_if_not_finite(self.optimizer, norm)
        self.optimizer.step()
        with torch.no_grad():
            for part, new in zip(self.state, hidden, strict=True):
                part.copy_(new)
            if self.average:
                share = 1 - self.config.average
                for mean, weight in zip(
                    self.average.parameters(), self.model.parameters(), strict=True
                ):
                    mean.lerp_(weight, share)
        return torch.stack([loss.detach(), norm])
