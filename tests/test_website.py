"""«make site»: cómo se preparan las lecciones. El sitio ya hecho se mira en tests/browser."""

import base64
import struct

import pytest
import sample_lesson as sample
from PIL import Image

import lessons
import website
from address import Address
from notebooks import CONTROL

PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 640, 480)
NOWHERE = Address("https://github.com/_nadie_/curso", "v1")
HERE = Address("https://github.com/ana/curso", "v1")
GLOSSARY = """# Glosario

Cada término.

| Término | En inglés | Qué es | Lección |
|---|---|---|---|
| n-grama, bigrama | *n-gram* | Fila de n letras. | [01](01_historia_nlp.ipynb) |
| clave (de un servicio) | *API key* | Lo que deja usarlo. | [07](07_perplexity.ipynb) |

## Palabras según el país

| En el curso | También se dice | Dónde sale |
|---|---|---|
| coche | carro | [06](06_desguace.ipynb) |
"""


def prepared(tmp_path, *cells, terms=None) -> list[dict]:
    """Las celdas de un cuaderno de muestra, sin su comienzo, como las recibe Sphinx."""
    (tmp_path / "figuras").mkdir()
    lesson = sample.lesson(tmp_path, *sample.good_cells()[:3], *cells, name="00_ejemplo.ipynb")
    return website.prepared(lesson, NOWHERE, terms or {}, tmp_path)["cells"][-len(cells) :]


def png_cell(cell_id: str, text: str, *tags: str, count: int = 1) -> dict:
    data = {"image/png": base64.b64encode(PNG).decode()}
    image = {"output_type": "display_data", "metadata": {}, "data": data}
    return {**sample.code(cell_id, text, *tags), "outputs": [image] * count}


def page(cell: dict, which: int = 0) -> str:
    return cell["outputs"][which]["data"]["text/html"]


def test_a_figure_says_what_its_cell_claims_and_the_text_beside(tmp_path):
    """El texto de una figura: la afirmación, la frase que la anuncia y la que la lee."""
    cells = prepared(
        tmp_path,
        sample.markdown("antes", "## Barras\n\nOtra cosa. Ahora, las barras."),
        png_cell("barras", "# La primera es la mayor\nassert True", "claim"),
        sample.markdown("despues", "La primera **gana** por `3`.\n\nOtro párrafo."),
    )
    assert page(cells[1]) == (
        '<img src="figuras/00-barras-0.png" alt="Figura de «Barras». La primera es la mayor. '
        'Ahora, las barras. La primera gana por 3." width="640" height="480" loading="lazy">'
    )
    assert (tmp_path / "figuras/00-barras-0.png").read_bytes() == PNG


def test_figures_of_one_cell_are_told_apart(tmp_path):
    """Si una celda dibuja dos, se numeran."""
    text = sample.markdown("t", "## Dos\n\nVan dos.")
    _, cell = prepared(tmp_path, text, png_cell("dos", "1", count=2))
    assert 'alt="Figura de «' in page(cell) and 'alt="Figura 2 de «' in page(cell, 1)


def test_a_control_is_replaced_by_its_still_screen(tmp_path):
    """Sin núcleo no se mueve: queda su pantalla guardada o, si no la hay, un aviso."""
    kept = sample.code("quieto", "1", shows=CONTROL)
    kept["outputs"][0]["data"]["text/html"] = "<p>así se abrió</p>"
    mute, kept = prepared(tmp_path, sample.code("mudo", "1", shows=CONTROL), kept)
    assert website.TWIN in page(mute) and website.OPENED in page(kept)
    assert '<div class="pantalla"><p>así se abrió</p></div>' in page(kept)


def test_the_first_temperature_control_is_the_writer_itself(tmp_path):
    """Donde el cuaderno mueve la temperatura, el sitio lleva la red dentro; una vez por página."""
    cells = [sample.code(f"c{i}", "temperature_demo(m)", shows=CONTROL) for i in range(2)]
    first, second = prepared(tmp_path, *cells)
    assert website.FRAME in page(first) and website.FRAME not in page(second)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Un **n-grama** y dos **bigramas**.",
         "Un {term}`n-grama <n-grama>` y dos {term}`bigramas <bigrama>`."),
        ("La **clave**.", "La {term}`clave <clave (de un servicio)>`."),
        ("**Predice antes**: **coche**.", "**Predice antes**: **coche**."),
    ],
)  # fmt: skip
def test_terms_in_bold_lead_to_the_glossary(text, shown):
    """El término, su plural o su nombre sin el paréntesis; lo demás se queda en negrita."""
    assert website.prose(text, NOWHERE, website.glossary(GLOSSARY)) == shown


def test_the_table_of_terms_becomes_entries():
    """Cada término con su definición; la tabla de los países se queda como está."""
    shown = website.glossary_page(GLOSSARY)
    assert "n-grama\nbigrama\n  Fila de n letras. En inglés, *n-gram*. Lección [01]" in shown
    assert "| coche | carro |" in shown and "| Término" not in shown
    assert shown.index("```{glossary}") < shown.index("n-grama") < shown.index("## Palabras")


@pytest.mark.parametrize(
    ("url", "where", "shown"),
    [
        ("02_tokens.ipynb", NOWHERE, "[x](02_tokens.ipynb)"),
        ("https://arxiv.org/abs/1", NOWHERE, "[x](https://arxiv.org/abs/1)"),
        ("../README.md#en-el-móvil", NOWHERE, '<a href="escritor.html">x</a>'),
        ("../README.md", NOWHERE, '<a href="INSTALAR.html">x</a>'),
        ("../colab_badge.md", NOWHERE, "x"),
        ("../colab_badge.md", HERE, "[x](https://github.com/ana/curso/blob/v1/colab_badge.md)"),
    ],
)
def test_links_lead_to_pages_or_to_the_course(url, where, shown):
    """Otra lección es otra página; lo demás está en el repositorio, cuando lo hay."""
    assert website.prose(f"[x]({url})", where, {}) == shown


def test_the_sections_that_the_guide_quotes_are_links(tmp_path):
    """El título se cita sin su dificultad; uno que no existe se queda como está."""
    cell = sample.markdown("e", "### Ejercicio 1 · ¿Y la ñ? (fácil, 5 min)\n\nTexto.")
    lesson = sample.lesson(tmp_path, *sample.good_cells()[:3], cell, name="02_ejemplo.ipynb")
    places = website.anchors([lesson])
    shown = website.cited("Mira 02 · *Ejercicio 1 · ¿Y la ñ?* y 02 · *Nada*.", places)
    anchor = "02_ejemplo.ipynb#ejercicio-1--y-la-ñ-fácil-5-min"
    assert shown == f"Mira [02 · *Ejercicio 1 · ¿Y la ñ?*]({anchor}) y 02 · *Nada*."


def test_the_start_and_the_badges_stay_out(tmp_path):
    """El arranque solo sirve en Jupyter, y las insignias las cambia el sitio por sus botones."""
    (tmp_path / "figuras").mkdir()
    lesson = sample.lesson(tmp_path, *sample.good_cells(), name="04_ejemplo.ipynb")
    cells = website.prepared(lesson, HERE, {}, tmp_path)["cells"]
    assert lessons.BOOTSTRAP not in [cell.get("id") for cell in cells]
    head = cells[0]["source"]
    assert head.startswith("# 04 · ") and "badge" not in head and lessons.MARK not in head


def test_the_moving_picture_of_the_readme_is_short_and_light():
    """Unos veinte segundos y 1,5 MB como mucho; quien no quiere movimiento ve la última foto."""
    path = lessons.ROOT / "imgs/birth.webp"
    with Image.open(path) as moving:
        lasts = 0
        for i in range(moving.n_frames):
            moving.seek(i)
            moving.load()
            lasts += moving.info["duration"]
        with Image.open(path.with_suffix(".png")) as still:
            assert still.size == moving.size
    assert 15_000 <= lasts <= 22_000 and path.stat().st_size <= 1_500_000
    readme = (lessons.ROOT / "README.md").read_text(encoding="utf-8")
    assert "imgs/birth.webp" in readme and "prefers-reduced-motion" in readme
