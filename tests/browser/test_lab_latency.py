"""Cuánto se tarda del movimiento a las barras, medido dentro del navegador."""

import os
from statistics import median, quantiles

import pytest

P95, OVER_EMPTY, FIRST_TEXT = 200, 60, 300  # milisegundos
TRIES, BUSY = 3, 2  # medidas, y procesos en espera por núcleo que ya no dejan medir
CLOCK = """([handle, output]) => {
    const moves = []; let now = null;
    handle.addEventListener('keydown', () => {
        now = {start: performance.now()}; moves.push(now); }, true);
    new MutationObserver(() => {
        if (!now) return;
        const passed = performance.now() - now.start;
        now.bars ??= passed;
        const texts = output.querySelectorAll('.widget-html-content p');
        const last = texts[texts.length - 1];
        const fresh = last ? last.innerText.length - last.querySelector('b').innerText.length : 0;
        if (fresh >= 100) now.text ??= passed;
    }).observe(output.querySelector('.widget-html-content:last-of-type') ?? output,
        {childList: true, subtree: true, characterData: true});
    return moves; }"""


def measure(box, watched: str, keys: list[str]) -> list[dict]:
    """Milisegundos desde cada tecla hasta lo primero que cambia y hasta cien letras nuevas."""
    handle = box.handle(watched)
    handle.focus()
    moves = box.page.evaluate_handle(CLOCK, [handle.element_handle(), box.output.element_handle()])
    for key in keys:
        box.page.keyboard.press(key)
        box.settle()
    return moves.json_value()


def p95(values: list[float]) -> float:
    return quantiles(values, n=20)[-1]


def latencies(boxes) -> dict[str, list[float]]:
    """40 movimientos del control de verdad y 40 del vacío, mezclados de diez en diez."""
    keys = ["ArrowRight"] * 10
    found = {"barras": [], "vacío": [], "cien letras": []}
    for _ in range(4):
        boxes["temperatura"].type_value("temperatura", "0.5")
        moves = measure(boxes["temperatura"], "temperatura", keys)
        found["barras"] += [move["bars"] for move in moves]
        found["cien letras"] += [move["text"] for move in moves]
        boxes["vacío"].type_value("temperatura", "0.5")
        found["vacío"] += [move["bars"] for move in measure(boxes["vacío"], "temperatura", keys)]
    return found


def faults(found) -> list[str]:
    """Lo que pasa del límite, dicho con sus cifras."""
    slow, empty, text = (p95(found[name]) for name in ("barras", "vacío", "cien letras"))
    checks = {
        f"p95 de {slow:.0f} ms": slow <= P95,
        f"{slow - empty:.0f} ms más que el control vacío": slow - empty <= OVER_EMPTY,
        f"cien letras en {text:.0f} ms": text <= FIRST_TEXT,
    }
    return [told for told, well in checks.items() if not well]


def test_bars_follow_the_slider_at_once(table):
    """Del movimiento a las barras: p95 ≤ 200 ms, y ≤ 60 ms más que sin hacer nada.

    Se mide hasta tres veces. Con la máquina ocupada en otras cosas no se juzga: se dice.
    """
    notebook, boxes = table
    loads = []
    for attempt in range(1, TRIES + 1):
        loads.append(os.getloadavg()[0])
        found = latencies(boxes)
        print(f"\nms desde la tecla, medida {attempt}, carga de la máquina {loads[-1]:.1f}:")
        for name, values in found.items():
            print(f"{name:12} mediana {median(values):4.0f}   p95 {p95(values):4.0f}")
        if not faults(found):
            break
    assert notebook.faults() == [] and notebook.errors() == []
    if faults(found) and min(loads) > BUSY * os.cpu_count():
        pytest.skip(f"máquina ocupada, carga {min(loads):.1f}: {'; '.join(faults(found))}")
    assert faults(found) == []
