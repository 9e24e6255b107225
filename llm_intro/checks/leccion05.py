"""Ejercicios de «Atención y desguace»."""

import math

import numpy as np

from . import exercise


@exercise(
    hints=(
        "la palabra i puede mirar a la j si j ya se ha leído.",
        "ya se ha leído quiere decir que j es menor o igual que i: ella también se mira.",
        "[[j <= i for j in range(n)] for i in range(n)].",
    ),
    proves="la máscara causal es un triángulo: con n palabras hay n(n+1)/2 miradas permitidas.",
)
def mascara_causal(answer) -> str | None:
    for n in (1, 3, 6):
        got = np.asarray(answer(n))
        if got.shape != (n, n):
            return f"con {n} palabras debe tener {n} filas y {n} columnas; tiene {got.shape}."
        if not np.array_equal(got.astype(bool), np.tril(np.ones((n, n), dtype=bool))):
            return f"con {n} palabras sale {got.astype(int).tolist()}."
    return None


@exercise(
    hints=(
        "primero, una puntuación por palabra: el producto de la pregunta por cada clave.",
        "divide las puntuaciones por la raíz de cuántos números tiene la pregunta; luego softmax.",
        "p = np.exp(k @ q / np.sqrt(len(q))); p = p / p.sum(); devuelve p @ v.",
    ),
    proves="una cabeza es esto: parecidos, reparto y media. Lo demás es repetirlo.",
)
def atiende(answer) -> str | None:
    rng = np.random.default_rng(0)
    for n, d in ((1, 2), (4, 3), (6, 8)):
        q, k, v = rng.normal(size=d), rng.normal(size=(n, d)), rng.normal(size=(n, 2))
        scores = k @ q / math.sqrt(d)
        weights = np.exp(scores - scores.max())
        expected = weights @ v / weights.sum()
        got = np.asarray(answer(q.copy(), k.copy(), v.copy()), dtype=float)
        if got.shape != expected.shape:
            return f"el resultado es una sola media, de forma {expected.shape}; sale {got.shape}."
        if not np.allclose(got, expected, atol=1e-5):
            return f"con {n} palabras de {d} números se esperaba {expected.round(3)}; sale {got}."
    return None


@exercise(
    hints=(
        "en la fila i, la única puntuación alta es la de la columna i - 1.",
        "la primera palabra no tiene anterior: que se mire a sí misma.",
        "empieza con np.zeros((n, n)) y pon 50 en [i, max(i - 1, 0)].",
    ),
    proves="con puntuaciones que solo dependen de la posición, una cabeza copia la palabra "
    "anterior: sin posiciones no podría.",
)
def copia_anterior(answer) -> str | None:
    for n in (2, 5):
        scores = np.asarray(answer(n), dtype=float)
        if scores.shape != (n, n):
            return f"con {n} palabras hacen falta {n} × {n} puntuaciones; hay {scores.shape}."
        scores = np.where(np.tril(np.ones((n, n))) > 0, scores, -np.inf)
        weights = np.exp(scores - scores.max(1, keepdims=True))
        weights /= weights.sum(1, keepdims=True)
        for i in range(n):
            if weights[i, max(i - 1, 0)] < 0.99:
                got = weights[i].round(2).tolist()
                return f"la palabra {i} de {n} debería mirar a la anterior y reparte {got}."
    return None


@exercise(
    hints=(
        "si la probabilidad pasa a ser la mitad, se pierde un bit: el resultado es -1.",
        "es la diferencia de dos logaritmos en base 2, o el logaritmo de un cociente.",
        "math.log2(despues / antes).",
    ),
    proves="los bits suman: dos cambios que pierden 3 bits cada uno dividen por 8 dos veces.",
)
def bits_de_cambio(answer) -> str | None:
    for before, after, bits in ((0.5, 0.25, -1.0), (0.1, 0.8, 3.0), (0.9, 0.9, 0.0)):
        got = answer(before, after)
        if not math.isclose(got, bits, abs_tol=1e-6):
            return f"de {before} a {after} son {bits:g} bits; sale {got}."
    return None


@exercise(
    hints=(
        "mira la tabla de clases: ¿en qué clase acierta menos?",
        "prueba con una compra que no tenga nada que ver con el coche.",
        "avería del coche, y después «Este mes estreno ordenador.»: una persona dice taller.",
    ),
    proves="el modelo aprendió qué palabras salen juntas en su corpus, y ninguna frase de su "
    "corpus compraba otra cosa.",
)
def trampa(answer) -> str | None:
    text, expected, probe = answer
    unknown = [w for w in probe.tokenizer.split(text) if w not in probe.tokenizer.index]
    if unknown:
        return f"no conoce {unknown}: así no vale, fállalo con palabras que sí ha visto."
    if expected not in probe.places:
        return f"«{expected}» no es un destino: elige uno de {probe.places}."
    if len(probe.tokenizer.split(text)) < 12:
        return "la frase es muy corta: cuenta al menos qué le pasa al coche."
    said = probe.answers([text])[0]
    return f"el modelo dice «{said}», lo mismo que tú: no ha caído." if said == expected else None


@exercise(
    hints=(
        "junta en un conjunto los objetos, en otro los destinos y en otro las parejas vistas.",
        "una casilla vacía es una pareja (objeto, destino) posible que no está entre las vistas.",
        "sorted((o, d) for o in objetos for d in destinos if (o, d) not in set(parejas)).",
    ),
    proves="antes de culpar al modelo se miran los huecos del corpus: lo que nadie escribió no se "
    "aprende solo.",
)
def casillas_vacias(answer) -> str | None:
    pairs = [("moto", "taller"), ("coche", "desguace"), ("coche", "taller"), ("taxi", "garaje")]
    for seen in (pairs, pairs[:1], pairs + pairs):
        rows, columns = {o for o, _ in seen}, {d for _, d in seen}
        expected = sorted((o, d) for o in rows for d in columns if (o, d) not in set(seen))
        got = answer(list(seen))
        if got is None or [tuple(pair) for pair in got] != expected:
            return f"con {seen} se esperaba {expected}; sale {got}."
    return None
