"""Ejercicios de «Escribir como Cervantes»."""

import math

import numpy as np

from ..face.exercises import exercise, expect, shown


@exercise(
    "piensa en la letra 5000: ¿en qué ventanas está?",
    "la primera ventana que la contiene la tiene al final, y la última al principio.",
    "está en tantas ventanas como letras tiene una ventana.",
    proves="con paso 1 se relee cada letra cien veces por vuelta; con tiras, una.",
)
def lecturas(answer) -> str | None:
    return None if answer == 100 else f"{shown(answer)} no es."


@exercise(
    "quien no sabe nada reparte por igual: 1/61 a cada símbolo.",
    "la pérdida es menos el logaritmo de la probabilidad que dio a la letra que vino.",
    "en nats el logaritmo es el natural: math.log(61).",
    proves="antes de aprender nada se pagan ln V nats, log2 V bits: si no, algo va mal.",
)
def perdida_inicial(answer) -> str | None:
    if math.isclose(answer, math.log2(61), abs_tol=0.02):
        return "eso son bits, y se pedían nats."
    return None if math.isclose(answer, math.log(61), abs_tol=0.02) else f"{shown(answer)} no es."


@exercise(
    "ve sumando las probabilidades y compara la suma con u en cada paso.",
    "devuelve la posición, no la probabilidad, y para en cuanto la suma pase de u.",
    "for i, p in enumerate(probs): suma += p; if u < suma: return i.",
    proves="cada opción ocupa en el camino de 0 a 1 un tramo tan largo como su probabilidad.",
)
def sortea(answer) -> str | None:
    spots = ((0.0, 0), (0.19, 0), (0.2, 1), (0.69, 1), (0.71, 2), (0.999, 2))
    cases = [([0.2, 0.5, 0.3], u, option) for u, option in spots]
    cases.append(([0.0, 1.0], 0.0, 1))  # una opción con probabilidad 0 no puede tocar nunca
    return expect(answer, cases, "con probabilidades {0} y u = {1} toca la opción {expected}")


@exercise(
    "divide los logits por la temperatura antes de la exponencial, no después.",
    "normaliza al final: cada exponencial, dividida por la suma de todas.",
    "resta el máximo antes de la exponencial: np.exp(1000) se desborda.",
    proves="menos temperatura separa las opciones, más temperatura las junta; el orden no cambia.",
)
def con_temperatura(answer) -> str | None:
    cases = []
    for logits, t in (([2, 1, 0], 1.0), ([2, 1, 0], 0.5), ([0, 3], 2.0), ([1000, 999], 1.0)):
        weights = np.exp((np.array(logits) - max(logits)) / t)
        cases.append(([float(z) for z in logits], t, weights / weights.sum()))
    return expect(answer, cases, "con {0} y temperatura {1} se esperaba {expected}")


@exercise(
    "la entropía es una media: cada −log2(p) pesa lo que vale su p.",
    "en bits el logaritmo es math.log2; sáltate las p que valen 0.",
    "es -sum(p * math.log2(p) for p in probs if p > 0).",
    proves="0 bits si estás seguro, 1 si dudas entre dos iguales, log2(V) si no sabes nada.",
)
def entropia(answer) -> str | None:
    cases = {
        "dos opciones iguales deben dar 1 bit": ([0.5, 0.5], 1.0),
        "cuatro opciones iguales deben dar 2 bits": ([0.25] * 4, 2.0),
        "una opción segura y otra imposible deben dar 0 bits": ([1.0, 0.0], 0.0),
        "0,7, 0,2 y 0,1 deben dar 1,157 bits": ([0.7, 0.2, 0.1], 1.1568),
    }
    return expect(answer, cases, tolerance=1e-3)


@exercise(
    "range(0, len(ids), k) da el comienzo de cada trozo.",
    "junta los bits de todos los trozos antes de la media: la media de medias pesa mal.",
    "un trozo de una sola letra no se puede medir: sáltalo.",
    proves="sin memoria se paga más; lo que se paga de menos al alargar k es lo que vale recordar.",
)
def bits_con_olvido(answer) -> str | None:
    model, ids = _ForgetfulModel(), np.arange(11) % 4
    cases = [(model, ids, k, bits) for k, bits in ((4, 0.625), (11, 0.9), (5, 0.75))]
    return expect(answer, cases, "con 11 letras y k = {2} se esperaba {expected:.4f}")


class _ForgetfulModel:
    """Paga 0 bits por la primera letra que predice en cada trozo y 1 por las demás."""

    def token_bits(self, ids) -> np.ndarray:
        if len(ids) < 2:
            raise ValueError("un trozo de menos de dos letras no se puede medir.")
        return np.array([0.0] + [1.0] * (len(ids) - 2))
