"""De las puntuaciones al texto: elegir la letra siguiente, escribir y medir.

Vale cualquier modelo con `tokenizer`, `start()` y `step(token, state) -> (logits, state)`.
"""

import math
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from .support.limits import NOT_NEGATIVE, PART, check, whole
from .support.text import check_text


def next_probs(logits, temperature: float = 1.0, top_k: int | None = None, top_p=None):
    """Convierte logits en la distribución de la que se muestrea.

    Args:
        logits: puntuaciones sin normalizar, (V,), de NumPy o de PyTorch.
        temperature: ≥ 0. Menos de 1 concentra, más de 1 aplana, 0 elige el máximo.
        top_k: deja solo las k opciones más probables.
        top_p: deja las más probables hasta que juntas llegan a p, en (0, 1].
    Returns:
        probabilidades, (V,), que suman 1, del mismo tipo que `logits`, que queda intacto.
    Raises:
        ValueError: un ajuste imposible, o logits vacíos, con NaN o con +infinito.
    Fuente: Holtzman et al. (2020), «The Curious Case of Neural Text Degeneration» (top-p);
        Fan et al. (2018), «Hierarchical Neural Story Generation» (top-k).
    """
    check_sampling(temperature, top_k, top_p)
    scores = as_scores(logits)
    if temperature == 0:
        probs = np.eye(1, len(scores), scores.argmax())[0]
    else:
        with np.errstate(over="ignore"):  # a temperatura ínfima, -infinito es lo correcto
            scores = (scores - scores.max()) / temperature
        probs = _cut(np.exp(log_softmax(scores)), top_k, top_p)
    if not hasattr(logits, "is_floating_point"):
        return probs
    return (logits.detach() if logits.is_floating_point() else logits.float()).new_tensor(probs)


def log_softmax(scores: np.ndarray, axis: int = -1) -> np.ndarray:
    """Log-probabilidades, de la misma forma: puntuaciones menos el log de la suma de su e^x."""
    scores = scores - scores.max(axis, keepdims=True)  # restar el máximo evita desbordes
    return scores - np.log(np.exp(scores).sum(axis, keepdims=True))


def check_sampling(temperature=1.0, top_k=None, top_p=None) -> None:
    """Avisa de un ajuste imposible antes de escribir nada."""
    check(NOT_NEGATIVE, temperature=temperature)
    check(whole(1), **({} if top_k is None else {"top_k": top_k}))
    check(PART, **({} if top_p is None else {"top_p": top_p}))


def as_scores(logits) -> np.ndarray:
    """Los logits de un paso en NumPy, (V,), float64. ValueError si no dan una distribución."""
    if hasattr(logits, "detach"):
        logits = logits.detach().double().cpu().numpy()  # NumPy no conoce bfloat16
    scores = np.asarray(logits, dtype=np.float64)
    if scores.ndim != 1 or not scores.size:
        raise ValueError(f"logits de forma {scores.shape}: se esperaba un vector (V,) no vacío.")
    if not math.isfinite(scores.max()):  # el máximo de algo con NaN es NaN
        raise ValueError("los logits tienen NaN o infinitos: el modelo ha divergido. Baja lr.")
    return scores


def _cut(probs: np.ndarray, top_k, top_p) -> np.ndarray:
    order = np.argsort(-probs, kind="stable")  # de más a menos; los empates, por orden alfabético
    keep = len(probs) if top_k is None else min(int(top_k), len(probs))
    if top_p is not None and top_p < 1:
        total = np.cumsum(probs[order[:keep]])
        keep = int(np.searchsorted(total, top_p * total[-1] * (1 - 1e-12))) + 1
    probs[order[keep:]] = 0
    return probs / probs.sum()


def pick(probs: np.ndarray, u: float) -> int:
    """Elige una opción con un número `u` de [0, 1): el tramo de la suma donde cae."""
    cumulative = np.cumsum(probs)
    return int(np.searchsorted(cumulative, u * cumulative[-1], side="right"))


def read_prompt(model, prompt: str) -> np.ndarray:
    """El comienzo como números; en minúsculas si el modelo no conoce las mayúsculas."""
    if (tokenizer := getattr(model, "tokenizer", None)) is None:
        raise ValueError("el modelo no tiene tokenizer: entrénalo con train o fit, o cárgalo.")
    if getattr(tokenizer, "symbols", "").islower():
        prompt = check_text(prompt).lower()
    if not prompt:
        raise ValueError("el texto está vacío: escribe al menos una letra.")
    return tokenizer.encode(prompt)


def feed(model, ids) -> tuple[np.ndarray, object]:
    """Lee `ids` desde el principio: devuelve los logits tras el último y el estado."""
    state = model.start()
    for token in ids:
        logits, state = model.step(int(token), state)
    return logits, state


def stream(model, prompt, length=300, temperature=0.7, top_k=None, top_p=None, seed=0) -> Iterator:
    """Lo que `generate` escribe, letra a letra. Los errores saltan al llamar, no a media frase."""
    check_sampling(temperature, top_k, top_p)
    check(whole(0), length=length, seed=0 if seed is None else seed)
    ids = read_prompt(model, prompt)
    draws = np.random.default_rng(seed).random(int(length))  # generador propio: nadie más lo toca

    def tokens() -> Iterator[int]:
        logits, state = feed(model, ids)
        for u in draws:
            token = pick(next_probs(as_scores(logits), temperature, top_k, top_p), u)
            yield token
            logits, state = model.step(token, state)

    return whole_letters(model.tokenizer, tokens())


def whole_letters(tokenizer, tokens) -> Iterator[str]:
    """El texto de cada número según llega; media letra (un byte de «ñ») espera a la otra media."""
    waiting = []
    for token in tokens:
        waiting.append(token)
        text = tokenizer.decode(waiting)
        if not text.endswith("\ufffd"):  # «�», lo que da `decode` si los bytes no acaban en letra
            yield text
            waiting = []
    yield tokenizer.decode(waiting)


def generate(model, prompt, length=300, temperature=0.7, top_k=None, top_p=None, seed=0) -> str:
    """Escribe `length` símbolos a continuación de `prompt` y devuelve todo, como él lo lee.

    Args:
        model: cualquiera con `tokenizer`, `start` y `step`.
        prompt: el comienzo; ValueError si está vacío o el modelo no conoce sus símbolos.
        length: símbolos nuevos, 0 o más.
        temperature, top_k, top_p: los de `next_probs`.
        seed: la misma repite el mismo texto; None, uno distinto cada vez.
    """
    new = "".join(stream(model, prompt, length, temperature, top_k, top_p, seed))
    return model.tokenizer.decode(read_prompt(model, prompt)) + new


def token_bits(model, ids) -> np.ndarray:
    """Bits de cada símbolo dados los anteriores, (N-1,), con estado desde el principio."""
    if hasattr(model, "token_bits"):
        return model.token_bits(ids)
    state, bits = model.start(), []
    for token, following in pairwise(ids):
        logits, state = model.step(int(token), state)
        bits.append(-log_softmax(as_scores(logits))[following] / math.log(2))
    return np.array(bits)


def bits_per_char(model, text: str) -> float:
    """Bits por carácter: cuántas preguntas de sí o no cuesta, de media, cada letra.

    El primer símbolo no se puntúa: aún no hay nada de lo que predecirlo. ValueError si el texto
    tiene menos de dos símbolos o alguno desconocido.
    """
    ids = read_prompt(model, text)
    if len(ids) < 2:
        raise ValueError(f"el texto tiene {len(ids)} símbolo: hacen falta dos o más para medir.")
    first = len(model.tokenizer.decode(ids[:1]))
    return float(token_bits(model, ids).sum() / (len(model.tokenizer.decode(ids)) - first))
