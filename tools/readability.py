"""Lo fácil que es de leer un texto en español: perspicuidad de Szigriszt-Pazos y escala INFLESZ.

    P = 206,835 − 62,3 · sílabas / palabras − palabras / frases

Szigriszt Pazos (1993), «Sistemas predictivos de legibilidad del mensaje escrito: fórmula de
perspicuidad», tesis doctoral. La escala INFLESZ (Barrio-Cantalejo et al., 2008, Anales del
Sistema Sanitario de Navarra 31(2), 135-152) llama «normal» a lo que va de 55 a 65 y «bastante
fácil» a lo que va de 65 a 80.

De un Markdown solo cuenta la prosa: quedan fuera el código, las fórmulas, las tablas, los
títulos, las direcciones y el HTML.
"""

import re
from itertools import pairwise

STRONG, ACCENTED_WEAK, VOWELS = set("aeoáéó"), set("íú"), "aeiouáéíóúü"
WORD = re.compile(r"[^\W\d_]+")
# Nombres de las letras con más de una sílaba: LSTM se lee e-le-e-se-te-e-me
LETTER_NAMES = dict.fromkeys("fhjlmnñrsxz", 2) | {"w": 4, "y": 1}
ABBREVIATIONS = re.compile(r"\b(p\. ej|págs?|núms?|caps?|vols?|eds?|et al|aprox|Sra?|Dra?)\.", re.I)
BLOCKS = [
    r"(?s)```.*?```",  # código
    r"(?s)\$\$.*?\$\$",  # fórmulas aparte
    r"(?s)<!--.*?-->",
    r"(?s)<(style|script|svg|table|summary)\b.*?</\1>",
    r"(?m)^ *#.*$",  # títulos
    r"(?m)^ *\|.*$",  # tablas
]
INLINE = [
    (r"!\[[^\]]*\]\([^)]*\)", ""),  # imágenes
    (r"\[([^\]]*)\]\([^)]*\)", r"\1"),  # de un enlace queda el texto
    (r"https?://\S+", ""),
    (r"`[^`]*`", ""),
    (r"\$[^$\n]+\$", ""),
    (r"<[^>]+>", ""),
    (r"(?m)^ *(>|[-*+] |\d+[.)] )+ *", "\n\n"),  # citas y listas: cada punto es un párrafo
    (r"[*_]{1,3}", ""),
]


def syllables(word: str) -> int:
    """Cuántas sílabas tiene una palabra, según la ortografía.

    La «h» no separa vocales (ahu-mar), las dos débiles van juntas (cons-truí) y una débil con
    tilde se separa de la fuerte que toca (pa-ís, ba-úl).
    """
    word = re.sub(r"h", "", word.lower())
    word = re.sub(r"qu(?=[eiéí])|gu(?=[eiéí])", "g", word)  # la «u» muda de «que» y «gui»
    word = re.sub(rf"y(?![{VOWELS}])", "i", word)  # «rey» y «Python»: ahí es vocal
    runs = re.findall(f"[{VOWELS}]+", word)
    return sum(map(nuclei, runs)) or sum(LETTER_NAMES.get(letter, 1) for letter in word)


def nuclei(run: str) -> int:
    """Sílabas de un grupo de vocales seguidas."""
    if STRONG & set(run):
        return sum(vowel in STRONG or vowel in ACCENTED_WEAK for vowel in run)
    return 1 + sum(a == b for a, b in pairwise(run))


def prose(markdown: str) -> str:
    """El texto que se lee de un Markdown, con una línea en blanco entre párrafos."""
    for pattern in BLOCKS:
        markdown = re.sub(pattern, "\n\n", markdown)
    for pattern, replacement in INLINE:
        markdown = re.sub(pattern, replacement, markdown)
    return markdown


def words(text: str) -> list[str]:
    return WORD.findall(text)


def sentences(text: str) -> list[str]:
    """Las frases: acaban en punto, interrogación, exclamación o puntos suspensivos.

    También donde acaba un párrafo o un punto de una lista. Ni «2.5» ni «p. ej.» terminan nada.
    """
    text = ABBREVIATIONS.sub(lambda found: found[0].replace(".", ""), text)
    found = []
    for paragraph in re.split(r"\n\s*\n", text):
        line = " ".join(paragraph.split())
        found += re.split(r"(?<=[.!?…])[»”\")]*\s+", line)
    return [sentence for sentence in found if words(sentence)]


def perspicuity(text: str) -> float:
    """La perspicuidad de una prosa: más alta, más fácil. Sin palabras no se puede medir."""
    all_words = words(text)
    if not all_words:
        raise ValueError("el texto llegó sin palabras: no hay perspicuidad que medir")
    total = sum(map(syllables, all_words))
    return 206.835 - 62.3 * total / len(all_words) - len(all_words) / len(sentences(text))
