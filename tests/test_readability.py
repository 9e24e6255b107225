"""Las sílabas, las frases y la perspicuidad, con casos que se cuentan con los dedos."""

import pytest

import readability

SYLLABLES = {
    1: ["el", "rey", "y", "guion", "truhán", "huí", "que", "muy", "Dios"],
    2: ["país", "baúl", "aún", "búho", "reyes", "Python", "quiero", "zoo", "caos", "prohibir"],
    3: [
        "vivíais",
        "poeta",
        "jesuita",
        "ahora",
        "cohibido",
        "pingüino",
        "bilingüe",
        "Uruguay",
        "GPT",
    ],
    4: ["leíamos", "aéreo", "océano", "murciélago", "averiguáis", "construíamos"],
    5: ["inteligencia", "probabilidad"],
    7: ["LSTM"],
}


@pytest.mark.parametrize(("count", "word"), [(n, w) for n, ws in SYLLABLES.items() for w in ws])
def test_syllables_as_the_spelling_divides_them(count, word):
    """Diptongos, hiatos, la h muda, la u de «que» y las siglas que se deletrean."""
    assert readability.syllables(word) == count


def test_perspicuity_by_hand():
    """«El sol sale. Hoy hace frío.»: 6 palabras, 9 sílabas, 2 frases."""
    expected = 206.835 - 62.3 * 9 / 6 - 6 / 2
    assert readability.perspicuity("El sol sale. Hoy hace frío.") == pytest.approx(expected)


def test_longer_words_and_longer_sentences_read_worse():
    """Alargar las palabras o las frases baja la perspicuidad."""
    easy = readability.perspicuity("El sol sale. La luz llega.")
    assert readability.perspicuity("El sol sale y la luz llega.") < easy
    assert readability.perspicuity("El amanecer comienza. La claridad aparece.") < easy


def test_text_without_words_has_no_perspicuity():
    """Sin palabras no hay división que hacer: un error que lo dice."""
    with pytest.raises(ValueError, match="sin palabras"):
        readability.perspicuity("12 + 3")


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Uno. Dos? ¡Tres!", 3),
        ("Mide 2.5 metros, p. ej. en casa.", 1),
        ("Primera línea\nsigue aquí.", 1),
        ("Un párrafo\n\nOtro párrafo", 2),
        ("«¿Vienes?» «No.»", 2),
    ],
)
def test_sentences(text, count):
    """Acaban en punto o en fin de párrafo; ni un decimal ni una abreviatura las cortan."""
    assert len(readability.sentences(text)) == count


@pytest.mark.parametrize(
    "markdown",
    [
        "```python\nx = otra_cosa\n```",
        "$$p(w) = sobra$$",
        "# sobra",
        "| sobra | sobra |",
        "`sobra` $sobra$",
        "https://sobra.example/sobra",
        "![sobra](../imgs/sobra.png)",
        '<img alt="sobra">',
        "<details><summary>sobra</summary></details>",
        "<!-- sobra -->",
    ],
)
def test_only_prose_counts(markdown):
    """Código, fórmulas, tablas, títulos, direcciones, imágenes y HTML quedan fuera."""
    text = readability.prose(f"Antes.\n\n{markdown}\n\nDespués.")
    assert readability.words(text) == ["Antes", "Después"]


def test_a_link_keeps_its_text_and_a_list_item_is_a_sentence():
    """De un enlace se lee el texto; cada punto de una lista se lee aparte."""
    text = readability.prose("Mira [este libro](https://a.example):\n\n- uno\n- dos")
    assert readability.words(text) == ["Mira", "este", "libro", "uno", "dos"]
    assert len(readability.sentences(text)) == 3
