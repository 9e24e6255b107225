"""«make demo» en un navegador de verdad: la lección 09 con Voilà, de la portada al final.

Se mueven todos los mandos hasta sus dos extremos con el teclado, se mide lo que tarda la pantalla
y quedan capturas a 1280 × 720 y a 390 de ancho, en claro y en oscuro.
"""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import stage_clock
from conftest import open_page, serious
from stage_clock import settle

pytest.importorskip("voila", reason="pip install -e '.[demo]'")

ROOT = Path(__file__).resolve().parent.parent.parent
STAGES, SCREENS = 7, 11  # controles y pantallas de la lección
WAIT = 240_000  # milisegundos: en una máquina ocupada, preparar la clase tarda
SMALLEST = 18  # píxeles
READY = f"document.querySelectorAll('.llm-escena .llm-pantalla').length === {STAGES}"
TYPE = """() => {
  const small = new Set(), walk = document.createTreeWalker(
    document.querySelector("#rendered_cells"), NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const box = walk.currentNode.parentElement, size = parseFloat(getComputedStyle(box).fontSize);
    if (walk.currentNode.data.trim() && box.checkVisibility() && !box.closest("style, script")
        && size < %d) small.add(`${size}: ${walk.currentNode.data.trim().slice(0, 40)}`);
  }
  return [...small];
}"""
CELLS = ".llm-pantalla [aria-label^=Qué] td:has(div)"
BARS = """cells => [...document.querySelectorAll(cells)].map((cell) => {
  const [track, bar] = cell.querySelectorAll("div");
  return [parseFloat(cell.innerText), track.offsetWidth, bar.getBoundingClientRect().width];
})"""
WIDTHS = {1280: 720, 1920: 1080, 3840: 2160}


@pytest.fixture(scope="module")
def server():
    """La clase servida como la sirve `make demo`, en un puerto libre."""
    env = {**os.environ, "HOST": "", "PORT": "", "THEME": "", "PYTHONUNBUFFERED": "1"}
    env = {name: value for name, value in env.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    start = time.perf_counter()
    command = [sys.executable, str(ROOT / "tools" / "demo.py")]
    process = subprocess.Popen(
        command, env=env, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    told = ""
    while not (found := re.search(r"http://127\.0\.0\.1:\d+/", told)):
        line = process.stdout.readline()
        assert line, told
        told += line
    print(f"\nmake demo: dirección en {time.perf_counter() - start:.1f} s")
    yield found[0]
    process.send_signal(signal.SIGTERM)
    process.wait(60)


def visit(chromium, url: str, **options):
    """Abre la clase y espera a que estén todos los mandos."""
    page = open_page(chromium, **options)
    start = time.perf_counter()
    page.goto(url, timeout=WAIT)
    page.wait_for_function(READY, timeout=WAIT)
    print(f"\n{url}: mandos a la vista en {time.perf_counter() - start:.1f} s")
    return page


@pytest.fixture(scope="module")
def page(chromium, server):
    """La clase en el proyector, en claro."""
    page = visit(chromium, server)
    yield page
    page.context.close()


def press(page, stage: int, slider: int, key: str) -> str:
    """Pulsa una tecla sobre un deslizador y devuelve la pantalla que queda.

    Si el valor cambia se espera a que la pantalla lo haga: el reto puede tardar.
    """
    box = page.locator(".llm-escena").nth(stage)
    handle, screen = box.locator("[role=slider]").nth(slider), box.locator(".llm-pantalla")
    value, before = handle.get_attribute("aria-valuenow"), screen.inner_html()
    handle.press(key)
    for _ in range(300 if handle.get_attribute("aria-valuenow") != value else 3):
        page.wait_for_timeout(100)
        if screen.inner_html() != before:
            break
    return settle(page, stage)


def names(page, stage: int) -> list[str]:
    """Cómo se llaman los deslizadores de un control."""
    labels = page.locator(".llm-escena").nth(stage).locator(".widget-hslider > .widget-label")
    return labels.all_inner_texts()


@pytest.mark.parametrize("stage", range(STAGES))
def test_every_slider_moves_the_screen_from_end_to_end(page, stage):
    """Con Inicio y Fin, cada deslizador da dos pantallas distintas, sin avisos.

    El reto es la excepción: si lo que se pide no se puede cumplir, lo dice.
    """
    for slider, name in enumerate(names(page, stage)):
        if stage == STAGES - 1 and name == "semilla":  # con temperatura 0 no hay sorteo
            press(page, stage, slider - 1, "End")
        ends = [press(page, stage, slider, key) for key in ("Home", "End")]
        assert ends[0] != ends[1], name
        if name not in ("palabras", "letras"):
            assert not [end for end in ends if "Aviso" in end], name
        page.locator(".llm-escena").nth(stage).get_by_text("Empezar de nuevo").click()
        settle(page, stage)


def test_starting_again_brings_the_screen_back(page):
    """Tras mover la temperatura, «Empezar de nuevo» deja la pantalla como estaba."""
    stage = page.locator(".llm-escena").nth(3)
    stage.get_by_text("Empezar de nuevo").click()
    before = settle(page, 3)
    assert press(page, 3, 0, "End") != before
    stage.get_by_text("Empezar de nuevo").click()
    page.wait_for_timeout(300)
    assert settle(page, 3) == before


def test_the_class_votes_and_then_sees_the_models(page):
    """Los votos salen en tanto por ciento; los modelos, solo al destaparlos."""
    stage = page.locator(".llm-escena").nth(5)
    stage.locator("input[type=number]").first.fill("4")
    stage.locator("input[type=number]").first.press("Enter")
    page.wait_for_timeout(500)
    assert "100 %" in settle(page, 5) and "lstm" not in settle(page, 5)
    stage.locator("input[type=checkbox]").check()
    stage.get_by_role("button", name="frase larga").click()
    page.wait_for_timeout(500)
    shown = settle(page, 5)
    assert "Estoy harto" in shown and "lstm" in shown and "Aviso" not in shown


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "a & <b>b</b>", "🙂", "", "ñ" * 9])
def test_whatever_is_typed_stays_text(page, text):
    """En cualquier casilla: nada se ejecuta, y lo que no vale se dice en español."""
    for stage in (0, 1, 3):
        box = page.locator(".llm-escena").nth(stage)
        box.locator("input[type=text]").first.fill(text)
        page.wait_for_timeout(300)
        shown = settle(page, stage)
        assert "<script" not in shown and "<b>b</b>" not in shown
        assert "Traceback" not in shown and "Error" not in shown
        box.get_by_text("Empezar de nuevo").click()
        settle(page, stage)
    assert page.faults == []


def test_screens_turn_with_the_keys_of_a_remote(page):
    """AvPág y RePág pasan pantallas, de una en una, y se dice en cuál se está."""
    page.evaluate("document.activeElement.blur()")
    page.evaluate("document.querySelector('.pantalla').scrollIntoView()")
    page.wait_for_timeout(300)
    seen = []
    for key in ("PageDown", "PageDown", "PageUp"):
        page.keyboard.press(key)
        page.wait_for_timeout(400)
        seen.append(page.locator(".paso span").inner_text())
    assert seen == [f"{n} / {SCREENS}" for n in (2, 3, 2)]


def test_screens_turn_after_dragging_a_slider(page):
    """Con el foco en un deslizador recién arrastrado, AvPág pasa pantalla y no mueve el mando."""
    page.evaluate("document.querySelectorAll('.pantalla')[4].scrollIntoView()")
    knob = page.locator(".llm-escena").nth(3).locator("[role=slider]").first
    spot = knob.bounding_box()
    page.mouse.move(spot["x"] + spot["width"] / 2, spot["y"] + spot["height"] / 2)
    page.mouse.down()
    page.mouse.move(spot["x"] + 90, spot["y"], steps=5)
    page.mouse.up()
    settle(page, 3)
    value = knob.get_attribute("aria-valuenow")
    for key, number in (("PageDown", 6), ("PageUp", 5)):
        page.keyboard.press(key)
        page.wait_for_timeout(400)
        assert page.locator(".paso span").inner_text() == f"{number} / {SCREENS}"
    assert knob.get_attribute("aria-valuenow") == value
    page.locator(".llm-escena").nth(3).get_by_text("Empezar de nuevo").click()


def test_all_the_votes_are_drawn_to_one_scale(page):
    """El mismo tanto por ciento mide lo mismo en todas las columnas: 79 % más que 74 %."""
    page.locator(".llm-escena").nth(5).locator("input[type=checkbox]").check()
    settle(page, 5)
    cells = page.evaluate(BARS, CELLS)
    assert len(cells) >= 12
    (width,) = {track for _, track, _ in cells}
    for share, _, bar in cells:
        assert bar == pytest.approx(
            width * share / 100, abs=width / 100
        )  # se escribe sin decimales


@pytest.mark.parametrize("stage", range(STAGES))
def test_latency_in_the_browser(page, stage):
    """De la tecla al primer cambio de su pantalla: ninguna se queda sin contestar.

    Antes de cada tecla, la pantalla está quieta: si no, contaría lo que aún escribe la anterior.
    """
    times = stage_clock.measure(page, stage)
    print("\n" + stage_clock.told("Voilà", stage, times))
    assert max(times) < stage_clock.PATIENCE


@pytest.mark.parametrize("width", WIDTHS)
def test_the_screen_grows_with_the_projector(themed, captures, width):
    """De 1280 a 3840 de ancho, la letra crece igual, de 20 px a 60, y todo cabe."""
    theme, page = themed
    height = WIDTHS[width]
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_timeout(500)
    sizes = page.evaluate(
        "['.llm-pantalla', '.llm-mandos .widget-label', '.pantalla h2'].map(name =>"
        " parseFloat(getComputedStyle(document.querySelectorAll(name)[1]).fontSize))"
    )
    assert sizes == pytest.approx([width / 64, width / 64, width / 32], rel=0.01)
    heights = page.evaluate("[...document.querySelectorAll('.pantalla')].map(s => s.scrollHeight)")
    assert len(heights) == SCREENS
    assert [(n, tall) for n, tall in enumerate(heights) if tall > height] == []
    check_and_keep(page, captures, f"{width}-{theme}")


def test_the_class_passes_axe(themed):
    """Nombres, papeles y contraste de toda la clase, según axe, en claro y en oscuro."""
    _, page = themed
    assert serious(page, runOnly=["wcag2a", "wcag2aa"]) == []


def check_and_keep(page, captures, name: str) -> None:
    """Letra grande, sin desbordar a lo ancho, sin nada de fuera; y una captura por pantalla."""
    assert page.evaluate(TYPE % SMALLEST) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    for n in range(SCREENS):
        page.evaluate(f"document.querySelectorAll('.pantalla')[{n}].scrollIntoView()")
        page.wait_for_timeout(150)
        page.screenshot(path=captures / f"demo-{name}-{n:02}.png", timeout=WAIT)
    assert page.faults == []


@pytest.fixture(scope="module", params=["light", "dark"])
def themed(request, chromium, server):
    """La clase recién abierta, en claro y en oscuro."""
    page = visit(chromium, f"{server}?theme={request.param}", dark=request.param == "dark")
    yield request.param, page
    page.context.close()


def test_it_can_be_used_on_a_phone(themed, captures):
    """A 390 de ancho, los mandos caben enteros."""
    theme, page = themed
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_timeout(1000)
    rights = page.evaluate(
        "[...document.querySelectorAll('.llm-mandos *')].map(e => e.getBoundingClientRect().right)"
    )
    assert max(rights) <= 390
    check_and_keep(page, captures, f"390-{theme}")
