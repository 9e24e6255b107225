"""Modelos de verdad, por su nombre: la prueba del desguace con cualquiera de `transformers`.

Es opcional: si falta la biblioteca o la red, el aviso lo dice y la lección sigue.
"""

import math
from dataclasses import dataclass
from importlib.util import find_spec

import torch

from ..support.machine import best_device
from .probe import cut_at_hole
from .stories import BLANK

PLACES = {
    "taller": ("al taller", "al mecánico"),
    "concesionario": ("al concesionario", "a la concesionaria", "a la agencia"),
    "desguace": (
        "al desguace", "al deshuesadero", "al yonke", "a la chatarrería", "a la desarmaduría",
    ),
}  # fmt: skip
"""Cada destino con los nombres que recibe según el país, y su artículo."""


@dataclass(frozen=True)
class Score:
    """Lo que le cuesta a un modelo un candidato.

    Attributes:
        candidate: el texto puesto en el hueco.
        tokens: en cuántos tokens lo parte este modelo.
        bits: la suma de -log2 P de sus tokens. Menos es más probable.
    """

    candidate: str
    tokens: int
    bits: float

    @property
    def bits_per_token(self) -> float:
        """La media por token: no castiga a las palabras que se parten en muchos."""
        return self.bits / self.tokens


def without_article(text: str) -> str:
    """La frase con el hueco antes del artículo: así caben «al taller» y «a la chatarrería»."""
    return text.replace(f"al {BLANK}", BLANK)


def load_real(name: str, device=None) -> "RealModel":
    """Carga un modelo causal o de huecos de `transformers` (la primera vez, lo descarga).

    Args:
        name: su nombre en Hugging Face, como "dccuchile/bert-base-spanish-wwm-cased", o una
            carpeta con un modelo guardado.
        device: dónde corre; por defecto, el acelerador si lo hay.
    Raises:
        ValueError: falta la biblioteca, no hay red, no existe ese nombre, o el modelo no es
            causal ni de huecos, o su tokenizador no dice dónde empieza cada token.
    """
    if find_spec("transformers") is None:
        raise ValueError(
            "no está instalada la biblioteca transformers: en una celda, "
            "%pip install transformers. La lección sigue sin ella."
        )
    import transformers

    try:
        config = transformers.AutoConfig.from_pretrained(name)
        masked = any("MaskedLM" in kind for kind in config.architectures or ())
        if config.is_encoder_decoder or not (masked or _is_causal(config)):
            raise ValueError(
                f"«{name}» es {config.architectures}: se esperaba un modelo causal (…ForCausalLM) "
                "o de huecos (…ForMaskedLM). Prueba con dccuchile/bert-base-spanish-wwm-cased."
            )
        kind = transformers.AutoModelForMaskedLM if masked else transformers.AutoModelForCausalLM
        tokenizer = transformers.AutoTokenizer.from_pretrained(name)
        model = kind.from_pretrained(name)
    except OSError as error:
        raise ValueError(
            f"no se pudo cargar «{name}»: comprueba el nombre y que haya red. "
            "Si ya lo usaste aquí, está en la caché. La lección sigue sin él."
        ) from error
    return RealModel(model.to(device or best_device()).eval(), tokenizer, masked)


def _is_causal(config) -> bool:
    return any(kind.endswith(("ForCausalLM", "LMHeadModel")) for kind in config.architectures or ())


class RealModel:
    """Un modelo de `transformers` listo para la prueba.

    Args:
        model: ya en su dispositivo.
        tokenizer: el suyo, con posiciones de cada token en el texto.
        masked: si rellena huecos (como BERT) o sigue el texto (como GPT).
    """

    def __init__(self, model, tokenizer, masked: bool):
        if not tokenizer.is_fast:
            raise ValueError(
                f"el tokenizador de {type(model).__name__} no dice dónde empieza cada token: "
                "busca un modelo con tokenizador rápido (tokenizer.json)."
            )
        self.model, self.tokenizer, self.masked = model, tokenizer, masked

    def score(self, text: str, candidates) -> list[Score]:
        """Bits de cada candidato en el hueco, en el orden dado.

        Un modelo causal lee lo de antes y puntúa los tokens del candidato uno tras otro. Uno de
        huecos lee también lo de después; cada token se tapa junto con los que le siguen dentro
        del candidato, para que no se chiven.

        Fuente: Kauf e Ivanova (2023), «A Better Way to Do Masked Language Model Scoring».
        """
        before, after = cut_at_hole(text)
        return [self._score(before, c, after if self.masked else "") for c in candidates]

    def shares(self, text: str, places: dict[str, tuple[str, ...]]) -> dict[str, float]:
        """Reparto entre destinos, que suma 1: cada uno junta la probabilidad de sus nombres.

        Solo compara los candidatos entre sí: el modelo puede preferir otra palabra.
        """
        probs = {p: sum(2.0**-s.bits for s in self.score(text, c)) for p, c in places.items()}
        total = sum(probs.values())
        return {place: p / total for place, p in probs.items()}

    def _encode(self, text: str) -> tuple[torch.Tensor, list[tuple[int, int]]]:
        """Los números de los tokens, (T,), y dónde empieza y acaba cada uno en el texto."""
        read = self.tokenizer(text, return_offsets_mapping=True, truncation=False)
        limit = getattr(self.model.config, "max_position_embeddings", math.inf)
        if len(read["input_ids"]) > limit:
            raise ValueError(f"texto de {len(read['input_ids'])} tokens: caben {limit}. Acórtalo.")
        ids = torch.tensor(read["input_ids"], device=self.model.device)
        return ids, read["offset_mapping"]

    @torch.inference_mode()
    def _score(self, before: str, candidate: str, after: str) -> Score:
        before = before if before.endswith(" ") else f"{before} "
        ids, spans = self._encode(f"{before}{candidate}{after}")
        start, end = len(before), len(before) + len(candidate)
        mine = [i for i, (a, b) in enumerate(spans) if a < end and b > start]
        if not mine or mine[0] == 0:
            raise ValueError(f"«{candidate}» abre el texto: escribe algo antes del hueco.")
        rows = ids.repeat(len(mine) if self.masked else 1, 1)  # (N, T)
        for n, first in enumerate(mine if self.masked else ()):
            rows[n, [i for i in mine if i >= first]] = self.tokenizer.mask_token_id
        bits = -torch.log_softmax(self.model(rows).logits.float(), -1) / math.log(2)  # (N, T, V)
        if self.masked:
            total = sum(bits[n, i, ids[i]] for n, i in enumerate(mine))
        else:
            total = sum(bits[0, i - 1, ids[i]] for i in mine)
        return Score(candidate, len(mine), float(total))
