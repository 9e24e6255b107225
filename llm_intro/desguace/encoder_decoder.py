"""Un Transformer de dos piezas: una lee el texto entero y la otra escribe mirando a la primera."""

import math

import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention

from ..models.transformer import Transformer
from .stories import PAD


def padding_mask(ids: Tensor) -> Tensor:
    """Menos infinito donde hay relleno, (B, 1, 1, T), para sumarlo a las puntuaciones."""
    hidden = torch.zeros(ids.t().shape, device=ids.device).masked_fill(ids.t() == PAD, -math.inf)
    return hidden[:, None, None]


class CrossAttention(nn.Module):
    """Atención cruzada: las preguntas salen del texto que se escribe; las claves, del leído."""

    def __init__(self, width: int, heads: int):
        super().__init__()
        self.heads = heads
        self.norm = nn.LayerNorm(width)
        self.q = nn.Linear(width, width, bias=False)
        self.kv = nn.Linear(width, 2 * width, bias=False)
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor, memory: Tensor, mask: Tensor) -> Tensor:
        """x: (B, T, E); memory: (B, S, E); mask: (B, 1, 1, S) → (B, T, E)."""
        B, T, E = x.shape
        q = self.q(self.norm(x)).view(B, T, self.heads, -1).transpose(1, 2)  # (B, heads, T, E/h)
        k, v = self.kv(memory).view(B, -1, 2, self.heads, E // self.heads).permute(2, 0, 3, 1, 4)
        mixed = scaled_dot_product_attention(q, k, v, mask)
        return self.out(mixed.transpose(1, 2).reshape(B, T, E))


class EncoderDecoder(nn.Module):
    """Codificador que ve todo el texto de partida y decodificador causal que lo consulta.

    Args:
        vocab_size: V, símbolos distintos; el 0 es el relleno.
        width, heads, layers: como en `Transformer`, para cada pieza.
    Fuente: Vaswani et al. (2017), «Attention Is All You Need».
    """

    def __init__(self, vocab_size: int, width: int = 64, heads: int = 4, layers: int = 1):
        super().__init__()
        sizes = dict(width=width, heads=heads, layers=layers, context=512, dropout=0.0)
        self.encoder = Transformer(vocab_size, **sizes, causal=False)
        self.decoder = Transformer(vocab_size, **sizes)
        self.encoder.fc = nn.Identity()  # no puntúa palabras: entrega sus vectores
        self.encoder.embedding = self.decoder.embedding  # un mismo vector por palabra
        self.cross = nn.ModuleList(CrossAttention(width, heads) for _ in range(layers))
        self.tokenizer = None

    def forward(self, source: Tensor, target: Tensor) -> Tensor:
        """Puntúa el símbolo siguiente a cada uno de `target`.

        Args:
            source: el texto que se lee, (S, B). target: lo escrito hasta ahora, (T, B).
        Returns:
            logits, (T, B, V).
        """
        mask = padding_mask(source)  # (B, 1, 1, S)
        memory = self.encoder(source, None, mask)[0].transpose(0, 1)  # (B, S, E)
        bias = self.decoder.bias(len(target))  # (heads, T, T)
        h = self.decoder.embedding(target.t())  # (B, T, E)
        for block, cross in zip(self.decoder.blocks, self.cross, strict=True):
            h, _ = block(h, bias)
            h = h + cross(h, memory, mask)
        return self.decoder.fc(self.decoder.norm(h)).transpose(0, 1)
