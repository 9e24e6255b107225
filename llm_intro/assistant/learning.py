"""Aprender a contestar: de ejemplos, y del premio que pone un programa.

La red lee una petición una sola vez, y de ahí salen todas las respuestas. Una respuesta acaba en
el primer punto o en la primera raya; la que llega a `LONGEST` símbolos sin acabar se corta ahí.
"""

import copy
import math
import random
import re
from collections import Counter
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from ..support.text import count
from .pairs import REQUEST, Pair

STOPS = ".—"
LONGEST = 26  # símbolos: diez letras caben de sobra


class Replies(NamedTuple):
    """Respuestas a una petición: sus símbolos, cuáles cuentan, y el texto de cada una."""

    ids: Tensor  # (T, B)
    mask: Tensor  # (T, B): 1 hasta el final, incluido
    texts: list[str]  # B, con su final


class Memory:
    """Lo que no se quiere olvidar: cuánto se aparta una red de como era, en trozos del libro.

    Args:
        model: la red de antes; se guarda una copia.
        text: de donde salen los trozos.
    """

    def __init__(self, model, text: str, seed: int = 0, length: int = 64):
        self.before, self.length = copy.deepcopy(model), length
        self.ids = torch.from_numpy(model.tokenizer.encode(text))
        self.generator = torch.Generator().manual_seed(seed)

    def __call__(self, model) -> Tensor:
        """Nats por símbolo entre la red de antes y `model`, en otros trozos cada vez."""
        first = torch.randint(len(self.ids) - self.length, (16, 1), generator=self.generator)
        x = self.ids[first + torch.arange(self.length)].T  # (T, B)
        with torch.no_grad():
            before = self.before(x)[0].log_softmax(-1)
        return kl(before, model(x)[0].log_softmax(-1)).mean()


def kl(p: Tensor, q: Tensor) -> Tensor:
    """La divergencia de Kullback-Leibler entre dos log-probabilidades, (…, V) → (…), en nats."""
    return (p.exp() * (p - q)).sum(-1)


def start(model, lr: float, steps: int):
    """El optimizador, y la tasa, que sube en diez pasos y luego baja en coseno."""
    optimizer = torch.optim.AdamW(model.parameters(), lr, betas=(0.9, 0.95), weight_decay=0.0)
    return optimizer, torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda i: min(1, (i + 1) / 10) * (0.525 + 0.475 * math.cos(math.pi * i / steps))
    )


def advance(model, loss: Tensor, optimizer, schedule) -> None:
    """Un paso: gradiente recortado, pesos y tasa."""
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    schedule.step()


def teach(model, pairs: list[Pair], memory: Memory, steps=400, lr=5e-3, weight=3.0, seed=0) -> None:
    """Enseña a `model` a contestar: predecir la letra siguiente, pero solo la de las respuestas.

    Cada lote lleva tantas parejas de una clase como de otra. `weight` es lo que pesa `memory`.
    """
    rng, kinds = random.Random(seed), {}
    for pair in pairs:
        kinds.setdefault(pair.kind, []).append(pair)
    optimizer, schedule = start(model, lr, steps)
    for _ in range(steps):
        chosen = [rng.choice(kinds[rng.choice(list(kinds))]) for _ in range(48)]
        ids, mask = as_batch(model.tokenizer, chosen)
        logits, _ = model(ids[:-1])  # (T, B, V)
        bits = cross_entropy(logits.movedim(-1, 1), ids[1:], reduction="none")  # (T, B)
        loss = (bits * mask).sum() / mask.sum() + weight * memory(model)
        advance(model, loss, optimizer, schedule)


def as_batch(tokenizer, pairs: list[Pair]) -> tuple[Tensor, Tensor]:
    """Las parejas como números, (T, B), y qué símbolos son de una respuesta, (T-1, B)."""
    texts = [tokenizer.encode(pair.prompt + pair.reply) for pair in pairs]
    ids = nn.utils.rnn.pad_sequence([torch.from_numpy(text) for text in texts])
    place = torch.arange(1, len(ids))[:, None]  # (T-1, 1)
    first = torch.tensor([len(pair.prompt) for pair in pairs])
    last = torch.tensor([len(text) for text in texts])
    return ids, ((first <= place) & (place < last)).float()


def read_request(model, request: str, copies: int):
    """Los logits tras leer `request`, (B, V), y el estado, iguales para las `copies`."""
    logits, hidden = model(torch.from_numpy(model.tokenizer.encode(request))[:, None])
    hidden = tuple(part.expand(-1, copies, -1).contiguous() for part in hidden)
    return logits[-1].expand(copies, -1), hidden


@torch.no_grad()
def sample_replies(model, request, copies, generator, temperature=1.0) -> Replies:
    """Escribe `copies` respuestas al azar, todas a la vez."""
    symbols = model.tokenizer.symbols
    ends = torch.tensor([symbol in STOPS for symbol in symbols])
    logits, hidden = read_request(model, request, copies)
    alive, ids, mask = torch.ones(copies, dtype=torch.bool), [], []
    while alive.any() and len(ids) < LONGEST:
        ids.append(
            torch.multinomial((logits / temperature).softmax(-1), 1, generator=generator)[:, 0]
        )
        mask.append(alive)
        alive = alive & ~ends[ids[-1]]
        logits, hidden = model(ids[-1][None], hidden)
        logits = logits[0]
    ids, mask = torch.stack(ids), torch.stack(mask)  # (T, B)
    rows = zip(ids.T.tolist(), mask.sum(0).tolist(), strict=True)
    texts = ["".join(symbols[i] for i in row[:size]) for row, size in rows]
    return Replies(ids, mask.float(), texts)


def reply_log_probs(model, request: str, ids: Tensor) -> Tensor:
    """Las log-probabilidades con que la red escribe las respuestas `ids`, (T, B, V)."""
    first, hidden = read_request(model, request, ids.shape[1])
    return torch.cat([first[None], model(ids[:-1], hidden)[0]]).log_softmax(-1)


def gap(text: str, known=None, words=4, letters=10) -> int:
    """Cuántas palabras y letras le faltan o le sobran; con `known`, más las que no están ahí."""
    found = count(text)
    odd = 0 if known is None else sum(word not in known for word in re.findall(r"\w+", text))
    return abs(found.words - words) + abs(found.letters - letters) + odd


def counter_reward(texts: list[str], endings=".", known=None, share=0.5) -> Tensor:
    """El premio del contador, (B,): 1 si cumple; si solo acaba, un consuelo según su `gap`.

    Args:
        texts: las respuestas de un grupo, con su final.
        endings: los símbolos en que hay que acabar para tener premio.
        known: las palabras que valen; None, todas.
        share: las iguales se reparten el premio, que se divide por las veces que salen,
            elevadas a `share`. Con 0 no se reparte nada.
    """
    times = Counter(texts)
    gaps = {text: gap(text, known) for text in times}
    worth = {text: 0.3 * math.exp(-away / 1.5) if away else 1.0 for text, away in gaps.items()}
    return torch.tensor([worth[t] * (t[-1] in endings) / times[t] ** share for t in texts])


def learn(
    model, reward, memory: Memory, steps=100, copies=128, lr=4e-3, leash=0.05, weight=10.0,
    request=REQUEST, seed=0, watch=None,
) -> None:  # fmt: skip
    """Aprende del premio que `reward` pone a cada respuesta: gradiente de la política.

    Args:
        reward: función de los textos de un grupo que da sus premios, (B,).
        leash: lo que pesa apartarse, al contestar, de la red de partida.
        weight: lo que pesa `memory`.
        watch: si lo hay, recibe el paso, las respuestas y los nats que se apartan.
    Fuente: Williams (1992), «Simple Statistical Gradient-Following Algorithms for
        Connectionist Reinforcement Learning»; la media y la desviación del grupo, Shao et al.
        (2024), «DeepSeekMath».
    """
    base, generator = copy.deepcopy(model), torch.Generator().manual_seed(seed)
    optimizer, schedule = start(model, lr, steps)
    for step in range(steps):
        replies = sample_replies(model, request, copies, generator)
        prizes = reward(replies.texts)  # (B,)
        advantage = (prizes - prizes.mean()) / (prizes.std() + 1e-6)
        now = reply_log_probs(model, request, replies.ids)  # (T, B, V)
        with torch.no_grad():
            before = reply_log_probs(base, request, replies.ids)
        chosen = now.gather(-1, replies.ids[..., None])[..., 0]  # (T, B)
        away = kl(now, before)  # (T, B)
        loss = ((leash * away - advantage * chosen) * replies.mask).sum(0).mean()
        loss = loss + weight * memory(model)
        advance(model, loss, optimizer, schedule)
        if watch:
            watch(step, replies, (away.detach() * replies.mask).sum(0).mean().item())
