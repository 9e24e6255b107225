"""Reconocer el libro sin tenerlo: cuántas letras de cada clase hay en cada tramo.

Gutenberg corrige erratas, así que dos descargas no son iguales byte a byte; pero las «e» de cada
tramo son casi las mismas. Un trozo que falta, sobra o es de otro sitio mueve muchas más.
"""

from .data import load_results

BLOCK, LETTERS = 50_000, "eaosnrlidutcmpb"
MAX_DRIFT = 5_000  # caracteres de más o de menos en todo el libro
MAX_CHANGED = 200  # letras por tramo: quinientas erratas mueven 80; cambiar 40 000 letras, 400


def portrait(text: str) -> list[list[int]]:
    """Cuántas veces sale cada una de LETTERS en cada tramo de BLOCK caracteres y en el último."""
    starts = [*range(0, len(text) - BLOCK, BLOCK), len(text) - BLOCK]
    return [[text.count(letter, i, i + BLOCK) for letter in LETTERS] for i in starts]


def difference(text: str) -> str:
    """En qué no se parece al libro un texto ya limpio; vacío si es él, con alguna errata."""
    book = load_results("book")
    if strange := sorted(set(text) - set(book["symbols"])):
        return f"trae símbolos que no son suyos, {strange[:5]}"
    if abs(len(text) - book["characters"]) > MAX_DRIFT:
        return f"tiene {len(text)} caracteres y no unos {book['characters']}"
    for i, (here, there) in enumerate(zip(portrait(text), book["portrait"], strict=False)):
        if sum(abs(a - b) for a, b in zip(here, there, strict=True)) > MAX_CHANGED:
            return f"cerca del carácter {i * BLOCK} dice otra cosa"
    return ""
