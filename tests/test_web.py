"""La página del escritor, sin abrirla: qué lleva dentro y de dónde sale cada cifra."""

import base64
import copy
import json
import re
from html.parser import HTMLParser

import pytest

import address
import writer_page
from address import Address
from llm_intro.models.pretrained import load_card

PLACEHOLDER = Address("https://github.com/_nadie_/un-curso", "v0.1.0")
FORK = Address("https://github.com/otra-cuenta/mi.curso", "main")
FEW = b"unos pocos pesos"


class Reader(HTMLParser):
    """Apunta las etiquetas con sus atributos y lo que hay dentro de las que tienen `id`."""

    def __init__(self, text: str):
        super().__init__()
        self.tags, self.inside, self.last = [], {}, None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self.last = dict(attributes).get("id", tag)

    def handle_data(self, data):
        self.inside.setdefault(self.last, data)


@pytest.fixture(scope="module")
def text(tmp_path_factory):
    """La página que hace la orden."""
    path = tmp_path_factory.mktemp("paginas") / "escritor.html"
    assert writer_page.main(str(path)) == 0
    return path.read_text(encoding="utf-8")


def test_it_asks_nobody_for_anything(text):
    """Ni una etiqueta ni el estilo traen nada de fuera: solo un enlace puede llevar dirección."""
    for tag, attributes in Reader(text).tags:
        assert tag not in {"iframe", "object", "embed", "base"}
        assert "src" not in attributes
        if tag == "link":
            assert attributes["href"] == "data:,"
    assert not re.search(r"url\(|@import", writer_page.read("style.css"))
    assert not re.search(r"\b(fetch|XMLHttpRequest|WebSocket|import)\b *\(", writer_page.script())
    assert not re.search(
        r"innerHTML|insertAdjacentHTML|\beval\b|document\.write", writer_page.script()
    )


def test_the_browser_is_told_to_refuse_anything_else(text):
    """La política nombra el código y el estilo por su huella, y prohíbe todo lo demás."""
    found = Reader(text)
    policy = next(a["content"] for _, a in found.tags if "http-equiv" in a)
    assert policy.startswith("default-src 'none'; img-src data:; script-src 'sha256-")
    assert writer_page.sha(found.inside["script"]) in policy
    assert writer_page.sha(found.inside["style"]) in policy


def test_the_weights_travel_as_they_are(text):
    """Dentro va el mismo archivo del curso, y la página entera cabe en 6 MB."""
    packed = Reader(text).inside["pesos"]
    assert base64.b64decode(packed) == writer_page.WEIGHTS.read_bytes()
    assert len(text.encode()) <= 6_000_000


def test_a_page_that_weighs_too_much_is_refused():
    """Si un día la red crece, la orden lo dice en vez de dar una página que no se puede enviar."""
    with pytest.raises(ValueError, match=r"pesa 6,1. MB y no debe pasar de 6,00"):
        writer_page.page(load_card(), bytes(4_600_000), PLACEHOLDER)


def test_every_figure_comes_from_the_card():
    """Con otra ficha, otras cifras: ninguna está escrita en la plantilla."""
    card = copy.deepcopy(load_card())
    card |= {"parameters": 1234567, "date": "2031-05-02", "data": "un <libro>"}
    card["bits_per_char"]["heldout"] = 1.2345
    card["tokenizer"]["symbols"] = "abcd"
    card["config"] |= {"num_layers": 3, "hidden_size": 99}
    page = writer_page.page(card, FEW, PLACEHOLDER)
    for figure in ("1\u00a0234\u00a0567 parámetros", "2 de mayo de 2031", "un &lt;libro&gt;",
                   "1,23 bits", "serían 2,00", "3 capas de 99", 'max="4"'):  # fmt: skip
        assert figure in page
    assert not re.search(r"@[A-Z]+@", page)
    assert not re.search(r"\d,\d", writer_page.read("template.html"))


def test_the_card_cannot_close_its_tag():
    """Un símbolo «<» en el alfabeto no abre ni cierra etiquetas."""
    card = copy.deepcopy(load_card())
    card["tokenizer"]["symbols"] = "</script>"
    page = writer_page.page(card, FEW, PLACEHOLDER)
    assert page.count("</script>") == 3
    assert json.loads(Reader(page).inside["ficha"])["symbols"] == list("</script>")


def test_the_link_appears_when_the_course_has_an_address():
    """Sin publicar no se enlaza a una cuenta de nadie; publicado, a la de quien publica."""
    assert "<a " not in writer_page.page(load_card(), FEW, PLACEHOLDER)
    assert f'<a href="{FORK.url}">' in writer_page.page(load_card(), FEW, FORK)


def test_the_order_uses_the_address_of_the_course(text):
    """La página hecha con la orden dice lo mismo que pyproject."""
    assert writer_page.course(address.current()) in text


def test_the_sources_are_short():
    """200 líneas por archivo, como en el módulo."""
    lengths = {
        path.name: path.read_text("utf-8").count("\n") for path in writer_page.SOURCES.iterdir()
    }
    assert max(lengths.values()) <= 200, lengths
    assert {f"{name}.js" for name in writer_page.SCRIPTS} == {
        n for n in lengths if n.endswith(".js")
    }
