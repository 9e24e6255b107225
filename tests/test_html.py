"""«make html»: cada lección, una página que se basta sola y que se lee también sin verla."""

import base64
import re
from html.parser import HTMLParser

import pytest
import sample_lesson as sample
from pygments.styles import get_style_by_name

import lessons
import pages
import pages_cells
from address import Address
from notebooks import CONTROL

LOADS = {"src", "srcset", "poster", "data", "background", "xlink:href"}
PIXEL = base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()


class Page(HTMLParser):
    """Lo que una página tiene dentro: etiquetas con sus atributos, y el texto de los estilos."""

    def __init__(self, text: str):
        super().__init__()
        self.tags, self.style, self.inside = [], "", ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.inside = tag

    def handle_data(self, data):
        self.style += data if self.inside == "style" else ""

    def all(self, tag: str) -> list[dict]:
        return [attrs for name, attrs in self.tags if name == tag]


def outside(page: Page) -> list[str]:
    """Lo que la página iría a buscar fuera de sí misma. Un enlace no busca nada: se pulsa."""
    found = [attrs[name] for _, attrs in page.tags for name in LOADS & attrs.keys()]
    found += [attrs.get("href", "") for attrs in page.all("link")]
    found += re.findall(r"url\(([^)]*)\)", page.style) + re.findall("@import.*", page.style)
    found += [attrs["style"] for _, attrs in page.tags if "url(" in attrs.get("style", "")]
    return [one for one in found if not one.startswith("data:")]


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Las páginas del curso, recién escritas."""
    paths = pages.write(tmp_path_factory.mktemp("paginas"))
    return {path.stem: path.read_text(encoding="utf-8") for path in paths}


NAMES = [*(one.path.stem for one in lessons.all_lessons()), "index"]
each_page = pytest.mark.parametrize("name", NAMES)


def test_every_lesson_has_its_page(written):
    """Una por cuaderno, y la portada."""
    assert set(written) == set(NAMES)


@each_page
def test_a_page_needs_nothing_from_outside(written, name):
    """Ni imágenes, ni letras, ni programas de otro sitio; y el navegador tiene orden de no ir."""
    page = Page(written[name])
    assert outside(page) == [] and page.all("script") == []
    assert any("default-src 'none'" in meta.get("content", "") for meta in page.all("meta"))


@pytest.mark.parametrize(
    "text",
    [
        '<img src="https://example.com/a.png">',
        '<script src="//example.com/a.js"></script>',
        '<link rel="stylesheet" href="https://example.com/a.css">',
        "<style>@import 'https://example.com/a.css'</style>",
        "<style>b { background: url(https://example.com/a.png) }</style>",
        '<b style="background:url(a.png)">a</b>',
    ],
)
def test_each_way_of_loading_is_caught(text):
    """Lo que mira la prueba anterior se cae si la página carga algo."""
    assert outside(Page(text))


@each_page
def test_a_page_can_be_read_without_seeing_it(written, name):
    """En español, con índice, un solo título y texto en cada imagen."""
    page = Page(written[name])
    assert page.all("html") == [{"lang": "es"}] and len(page.all("h1")) == 1
    assert any(nav.get("aria-label") == "Índice" for nav in page.all("nav"))
    assert all(len(image.get("alt") or "") > 15 for image in page.all("img"))
    assert all("tabindex" in pre for pre in page.all("pre"))  # lo que se desplaza, con el teclado


@each_page
def test_every_link_inside_leads_somewhere(written, name):
    """El índice apunta a títulos que existen, y las demás páginas, a páginas que existen."""
    page = Page(written[name])
    ids = {attrs.get("id") for _, attrs in page.tags}
    for link in page.all("a"):
        target = link["href"]
        if target.startswith("#"):
            assert target[1:] in ids
        elif not target.startswith(("https://", "http://")):
            assert target.removesuffix(".html") in written


@each_page
def test_formulas_and_fences_are_all_translated(written, name):
    """No queda ningún «$…$» ni ninguna valla de código sin convertir."""
    text = re.sub(r"(?s)<(pre|code|style)\b.*?</\1>", "", written[name])
    assert "$$" not in text and "```" not in text and not re.search(r"\$\w[^$\n]*\$", text)


def test_lesson_02_keeps_its_formulas(written):
    """Son MathML, que el navegador lee solo."""
    assert written["02_tokens_y_ngramas"].count("<math") > 10


def page_of(tmp_path, *cells, name="00_ejemplo.ipynb") -> str:
    """El HTML de un cuaderno de muestra."""
    lesson = sample.lesson(tmp_path, *sample.good_cells()[:3], *cells, name=name)
    return pages.lesson_page(lesson, [lesson])


def png_cell(cell_id: str, text: str, *tags: str, count: int = 1) -> dict:
    cell = sample.code(cell_id, text, *tags)
    image = {"output_type": "display_data", "metadata": {}, "data": {"image/png": PIXEL}}
    return {**cell, "outputs": [image] * count}


def test_a_figure_says_what_its_cell_claims_and_the_text_beside(tmp_path):
    """El texto de una figura: la afirmación, la frase que la anuncia y la que la lee."""
    page = page_of(
        tmp_path,
        sample.markdown("antes", "## Barras\n\nOtra cosa. Ahora, las barras."),
        png_cell("barras", "# La primera es la mayor\nassert True", "claim"),
        sample.markdown("despues", "La primera **gana** por `3`.\n\nOtro párrafo."),
    )
    said = Page(page).all("img")[0]["alt"]
    assert said == (
        "Figura de «Barras». La primera es la mayor. Ahora, las barras. La primera gana por 3."
    )


def test_figures_of_one_cell_are_told_apart(tmp_path):
    """Si una celda dibuja dos, se numeran."""
    page = page_of(
        tmp_path, sample.markdown("t", "## Dos\n\nVan dos."), png_cell("dos", "1", count=2)
    )
    assert [image["alt"].split(" de ")[0] for image in Page(page).all("img")] == [
        "Figura",
        "Figura 2",
    ]


def test_output_text_is_escaped(tmp_path):
    """Lo que una celda imprimió se enseña tal cual."""
    page = page_of(tmp_path, sample.code("x", "1", shows="<script>alert(1)</script>"))
    assert "&lt;script&gt;alert(1)" in page and "<script" not in page


def test_a_control_is_replaced_by_its_still_screen(tmp_path):
    """Sin núcleo no se mueve: queda su pantalla guardada o, si no la hay, un aviso."""
    without = sample.code("mudo", "1", shows=CONTROL)
    kept = sample.code("quieto", "1", lessons.FOLDED, shows=CONTROL)
    kept["metadata"] = lessons.metadata([lessons.FOLDED])
    kept["outputs"][0]["data"]["text/html"] = "<p>así se abrió</p>"
    page = page_of(tmp_path, without, sample.markdown("m", "Texto."), kept)
    assert CONTROL not in page and pages_cells.TWIN in page
    assert '<div class="pantalla"><p>así se abrió</p></div>' in page
    assert "<summary>El código de esta pantalla</summary>" in page


@pytest.mark.parametrize(
    ("url", "published", "target"),
    [
        ("02_tokens.ipynb", False, "02_tokens.html"),
        ("https://arxiv.org/abs/1", False, "https://arxiv.org/abs/1"),
        ("GLOSARIO.md", False, None),
        ("GLOSARIO.md", True, "https://github.com/ana/curso/blob/v1/notebooks/GLOSARIO.md"),
        ("../colab_badge.md", True, "https://github.com/ana/curso/blob/v1/colab_badge.md"),
    ],
)
def test_links_lead_to_pages_or_to_the_course(tmp_path, url, published, target):
    """Otra lección es otra página; lo demás está en el repositorio, cuando lo hay."""
    place = "https://github.com/ana/curso" if published else "https://github.com/_nadie_/curso"
    renderer = pages_cells.Renderer(tmp_path, Address(place, "v1"))
    assert renderer.target(url) == target


def light(colour: str) -> float:
    """La luminancia de un color «rrggbb», como la define WCAG."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_every_colour_of_the_code_can_be_read():
    """Sobre su fondo, claro u oscuro, cada color del código contrasta 4,5 a 1 o más."""
    sheet = (pages.TEMPLATES / "style.css").read_text(encoding="utf-8")
    papers = re.findall(r"--suave: #(\w{6})", sheet)
    for name, paper in zip((pages.LIGHT, pages.DARK), papers, strict=True):
        for token, style in get_style_by_name(name):
            if style["color"] and "Whitespace" not in str(token):  # un espacio no lleva tinta
                low, high = sorted((light(style["color"]), light(paper)))
                assert (high + 0.05) / (low + 0.05) >= 4.5, (name, token, style["color"])
