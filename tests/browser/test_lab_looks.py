"""Cómo se ven los controles: contraste, nombres, nada fuera de sitio y una captura de cada uno."""

import pytest
from axe_playwright_python.sync_playwright import Axe

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
THEMES = {"claro": False, "oscuro": True}


@pytest.mark.parametrize("theme", THEMES)
def test_every_control_passes_axe(table, theme):
    """Nombres, papeles y contraste de 4,5 a 1 o más, según axe, en los dos temas."""
    notebook, boxes = table
    notebook.theme(THEMES[theme])
    for name, box in ours(boxes):
        box.show()
        found = examine(notebook.page)
        assert faults(found) == [], name
        read = [rule for rule in found["passes"] if rule["id"] == "color-contrast"]
        assert len(read) == 1 and len(read[0]["nodes"]) >= 3, name


def examine(page) -> dict:
    """Lo que axe dice del control que está a la vista.

    El cuerpo de JupyterLab mide 0 de alto y corta lo que sobra: sin esto, axe lo da todo por
    escondido y no mira ningún color.
    """
    page.add_style_tag(content="body { overflow: visible !important }")
    return Axe().run(page, context=".en-examen", options=RULES).response


def ours(boxes):
    """Los controles del curso: el vacío solo está para compararse con él."""
    return [(name, box) for name, box in boxes.items() if name != "vacío"]


def faults(found) -> list[str]:
    """Lo que axe da por malo, con el trozo de página donde está."""
    return [
        f"{fault['id']}: {node['html'][:120]}"
        for fault in found["violations"]
        for node in fault["nodes"]
    ]


def test_axe_sees_a_grey_that_cannot_be_read(table):
    """Un gris sobre gris metido a propósito se denuncia: el examen mira de verdad."""
    notebook, boxes = table
    box = boxes["orden"]
    box.show()
    box.screen.evaluate("s => { s.innerHTML = '<p style=\"color:#999;background:#aaa\">gris</p>' }")
    found = examine(notebook.page)
    assert [fault for fault in faults(found) if fault.startswith("color-contrast")]
    box.press("orden", "Home")


@pytest.mark.parametrize("size", [(1280, 720), (390, 1400)], ids=["1280", "390"])
@pytest.mark.parametrize("theme", THEMES)
def test_nothing_overflows_and_pictures_are_kept(table, captures, theme, size):
    """A lo ancho de un proyector y de un teléfono nada se sale; queda una captura de cada uno."""
    notebook, boxes = table
    notebook.theme(THEMES[theme])
    notebook.page.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))
    for name, box in ours(boxes):
        box.show()
        box.settle()
        notebook.page.screenshot(path=captures / f"{name}-{size[0]}-{theme}.png")
        assert box.overflowing() == [], name
    notebook.page.set_viewport_size({"width": 1280, "height": 720})
    assert notebook.faults() == []
