"""Cómo se ven los controles: contraste, nombres, nada fuera de sitio y una captura de cada uno."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from mesa import WIDGETS

NOT_MINE = {"aria-input-field-name"}  # ipywidgets no deja dar nombre a sus deslizadores
THEMES = {"claro": False, "oscuro": True}


@pytest.mark.parametrize("theme", THEMES)
def test_every_control_passes_axe(table, theme):
    """Nombres, papeles y contraste de 4,5 a 1 o más, según axe, en los dos temas."""
    notebook, _ = table
    notebook.theme(THEMES[theme])
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
    found = Axe().run(notebook.page, context=".jp-OutputArea-output", options=rules).response
    faults = [
        f"{fault['id']}: {node['html'][:120]}"
        for fault in found["violations"]
        if fault["id"] not in NOT_MINE
        for node in fault["nodes"]
    ]
    assert faults == []
    checked = {rule["id"]: len(rule["nodes"]) for rule in found["passes"]}
    assert checked["color-contrast"] >= 3 * len(WIDGETS)


@pytest.mark.parametrize("size", [(1280, 720), (390, 1400)], ids=["1280", "390"])
@pytest.mark.parametrize("theme", THEMES)
def test_nothing_overflows_and_pictures_are_kept(table, captures, theme, size):
    """A lo ancho de un proyector y de un teléfono nada se sale; queda una captura de cada uno."""
    notebook, boxes = table
    notebook.theme(THEMES[theme])
    notebook.page.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))
    for name, box in boxes.items():
        box.output.evaluate("output => output.scrollIntoView({block: 'start'})")
        box.settle()
        notebook.page.screenshot(path=captures / f"{name}-{size[0]}-{theme}.png")
        assert box.overflowing() == [], name
    assert notebook.faults() == []
