"""Ejercicios de «Desguace»."""

from ..face.exercises import exercise, expect


@exercise(
    "junta en un conjunto los objetos, en otro los destinos y en otro las parejas vistas.",
    "una casilla vacía es una pareja (objeto, destino) posible que no está entre las vistas.",
    "sorted((o, d) for o in objetos for d in destinos if (o, d) not in set(parejas)).",
    proves="antes de culpar al modelo se miran los huecos del corpus: lo que nadie escribió no se "
    "aprende solo.",
)
def casillas_vacias(answer) -> str | None:
    pairs = [("moto", "taller"), ("coche", "desguace"), ("coche", "taller"), ("taxi", "garaje")]
    cases = []
    for seen in (pairs, pairs[:1], pairs + pairs):
        rows, columns = {o for o, _ in seen}, {d for _, d in seen}
        cases.append((seen, sorted((o, d) for o in rows for d in columns if (o, d) not in seen)))
    return expect(lambda seen: map(tuple, answer(seen)), cases, "con {0} se esperaba {expected}")


@exercise(
    "si la probabilidad pasa a ser la mitad, se pierde un bit: el resultado es -1.",
    "es la diferencia de dos logaritmos en base 2, o el logaritmo de un cociente.",
    "math.log2(despues / antes).",
    proves="los bits suman: dos cambios que pierden 3 bits cada uno dividen por 8 dos veces.",
)
def bits_de_cambio(answer) -> str | None:
    cases = [(0.5, 0.25, -1.0), (0.1, 0.8, 3.0), (0.9, 0.9, 0.0)]
    return expect(answer, cases, "de {0} a {1} son {expected:g} bits")


@exercise(
    "cambia algo que el corpus nunca cambia: qué se compra, qué se rompe, o si se compra.",
    "prueba con una compra que no tenga nada que ver con el coche.",
    "avería del coche, y después «Este mes estreno ordenador.»: una persona dice taller.",
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
