"""Un Transformer pequeño, con el mismo trato que la LSTM: lee un símbolo y puntúa el siguiente.

Cada posición mira a las `context` últimas, ella incluida. Lo ya leído se guarda (las claves y
los valores de cada capa) y pasa de un trozo al siguiente, como la memoria de la LSTM: por eso
se entrena con las mismas tiras y genera de letra en letra viendo lo mismo que al entrenar.
"""

import math

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import gelu, scaled_dot_product_attention

from ..lstm import network_bits
from ..support.limits import FRACTION, check, whole
from ..support.machine import evaluating


def alibi_slopes(heads: int) -> Tensor:
    """Pendientes de ALiBi, (heads,): cuánto resta cada cabeza por posición de distancia."""
    return torch.tensor([2.0 ** (-8 * (i + 1) / heads) for i in range(heads)])


class Attention(nn.Module):
    """Atención con varias cabezas: cada posición mezcla los valores de las que mira.

    Args:
        width: E, números por posición.
        heads: cabezas; E tiene que ser múltiplo.
    """

    def __init__(self, width: int, heads: int):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor, bias: Tensor, past: Tensor | None = None):
        """Mezcla. x: (B, T, E); bias: (heads, T, S) o (B, heads, T, S), que se suma a las
        puntuaciones; past: claves y valores ya leídos, (2, B, heads, S-T, E/heads). Devuelve
        (B, T, E) y las claves y valores de todo, (2, B, heads, S, E/heads)."""
        B, T, E = x.shape
        q, *kv = self._split(x)  # cada una (B, heads, T, E/heads)
        kv = torch.stack(kv)  # (2, B, heads, T, E/heads)
        if past is not None:
            kv = torch.cat([past.to(kv.dtype), kv], dim=-2)  # (2, B, heads, S, E/heads)
        bias = bias.view(-1, *bias.shape[-3:]).to(q.dtype)  # (1 o B, heads, T, S)
        mixed = scaled_dot_product_attention(q, kv[0], kv[1], bias)
        return self.out(mixed.transpose(1, 2).reshape(B, T, E)), kv

    def _split(self, x: Tensor) -> Tensor:
        B, T, E = x.shape
        return self.qkv(x).view(B, T, 3, self.heads, E // self.heads).permute(2, 0, 3, 1, 4)

    def weights(self, x: Tensor, bias: Tensor) -> Tensor:
        """El reparto que `forward` no enseña, (B, heads, T, T): cada fila suma 1."""
        q, k, _ = self._split(x)
        return torch.softmax(q @ k.mT / math.sqrt(q.shape[-1]) + bias, dim=-1)


class Block(nn.Module):
    """Una capa: atención y después una red densa, cada una sumada a lo que entra."""

    def __init__(self, width: int, heads: int, dropout: float):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = Attention(width, heads)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.drop = nn.Dropout(dropout)

    def forward(self, x: Tensor, bias: Tensor, past: Tensor | None = None):
        """x: (B, T, E) → (B, T, E), y las claves y valores que deja la atención."""
        mixed, kv = self.attention(self.norm1(x), bias, past)
        x = x + self.drop(mixed)
        return x + self.drop(self.down(gelu(self.up(self.norm2(x))))), kv


class Transformer(nn.Module):
    """Transformer de solo decodificador, con posiciones relativas (ALiBi).

    Args:
        vocab_size: V, símbolos distintos.
        width: E, números por posición; múltiplo de `heads`.
        heads, layers: cabezas por capa y capas.
        context: posiciones que ve cada una, ella incluida.
        dropout: fracción que se apaga al entrenar.
        causal: si es falso, cada posición ve todas, `context` no cuenta y no hay memoria.
    Raises:
        ValueError: un tamaño o un dropout imposible, o `width` que no es múltiplo de `heads`.
    Fuente: Vaswani et al. (2017), «Attention Is All You Need»; Press et al. (2022), «Train
        Short, Test Long: Attention with Linear Biases Enables Input Length Extrapolation»;
        la memoria entre trozos, Dai et al. (2019), «Transformer-XL: Attentive Language Models
        beyond a Fixed-Length Context».
    """

    def __init__(
        self, vocab_size, width=256, heads=8, layers=3, context=256, dropout=0.1, causal=True
    ):
        sizes = dict(
            vocab_size=vocab_size, width=width, heads=heads, layers=layers, context=context
        )
        check(whole(1), **sizes)
        check(FRACTION, dropout=dropout)
        if width % heads:
            raise ValueError(f"width={width} no es múltiplo de heads={heads}: prueba {heads * 32}.")
        super().__init__()
        self.config = {**sizes, "dropout": dropout, "causal": causal}
        self.context, self.causal, self.tokenizer = context, causal, None
        self.embedding = nn.Embedding(vocab_size, width)
        self.blocks = nn.ModuleList(Block(width, heads, dropout) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.fc = nn.Linear(width, vocab_size)
        self.register_buffer("slopes", alibi_slopes(heads), persistent=False)
        self._start_small(layers)

    def _start_small(self, layers: int) -> None:
        nn.init.normal_(self.embedding.weight, std=0.02)
        for name, weight in self.named_parameters():
            if name.endswith(("out.weight", "down.weight")):  # lo que se suma, más pequeño
                nn.init.normal_(weight, std=0.02 / math.sqrt(2 * layers))
            elif name.endswith(("qkv.weight", "up.weight")):
                nn.init.normal_(weight, std=0.02)

    def bias(self, length: int, past: int = 0) -> Tensor:
        """Lo que se suma a las puntuaciones, (heads, length, past+length): menos cuanto más
        lejos, y menos infinito donde no se puede mirar."""
        device = self.slopes.device
        queries = torch.arange(past, past + length, device=device)
        distance = queries[:, None] - torch.arange(past + length, device=device)
        bias = -self.slopes[:, None, None] * distance.abs()
        if self.causal:
            hidden = (distance < 0) | (distance >= self.context)
            bias = bias.masked_fill(hidden, -math.inf)
        return bias

    def forward(self, x: Tensor, hidden=None, mask: Tensor | None = None):
        """Puntúa el símbolo siguiente a cada posición.

        Args:
            x: símbolos, (T, B).
            hidden: lo que devolvió la llamada anterior, o None para empezar.
            mask: se suma a las puntuaciones de todas las capas, (T, S) o (B, 1, T, S): menos
                infinito donde además no se puede mirar.
        Returns:
            logits (T, B, V) y, si es causal, las claves y valores últimos de cada capa.
        """
        past = 0 if hidden is None else hidden[0].shape[-2]
        bias = self.bias(len(x), past)  # (heads, T, S)
        bias = bias if mask is None else bias + mask
        h, kept = self.embedding(x.t()), []  # (B, T, E)
        for i, block in enumerate(self.blocks):
            h, kv = block(h, bias, None if hidden is None else hidden[i])
            kept.append(kv[..., max(0, kv.shape[-2] - self.context + 1) :, :])
        return self.fc(self.norm(h)).transpose(0, 1), tuple(kept) if self.causal else None

    def attention(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        """A quién mira cada posición en cada capa y cabeza, (capas, B, heads, T, T).

        `x` y `mask`, como en `forward`, sin memoria anterior.
        """
        bias = self.bias(len(x))
        bias = bias if mask is None else bias + mask
        h, maps = self.embedding(x.t()), []  # (B, T, E)
        for block in self.blocks:
            maps.append(block.attention.weights(block.norm1(h), bias))
            h, _ = block(h, bias)
        return torch.stack(maps)

    # --- el contrato de todos los modelos del curso: start, step y token_bits ---

    def start(self):
        """Estado inicial para `step`: nada leído."""
        return None

    def step(self, token: int, state):
        """Lee un símbolo y puntúa el siguiente: logits (V,) y el estado nuevo."""
        x = torch.tensor([[int(token)]], device=self.fc.weight.device)  # (1, 1)
        with evaluating(self):
            logits, state = self(x, state)
        return logits[0, 0].float().cpu().numpy(), state

    def token_bits(self, ids) -> np.ndarray:
        """Bits de cada símbolo dados los `context` anteriores, (N-1,)."""
        return network_bits(self, torch.as_tensor(ids)[:, None], chunk_len=512)[:, 0]
