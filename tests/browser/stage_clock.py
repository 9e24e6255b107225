"""Cuánto tarda cada pantalla de la clase en contestar a una tecla, medido en el navegador."""

from statistics import median, quantiles

from playwright.sync_api import TimeoutError as Missed

MOVES, PATIENCE = 16, 10_000  # teclas por pantalla; y ms sin contestar para darla por perdida
ARM = """stage => {
  const box = document.querySelectorAll('.llm-escena')[stage];
  window.told = null; let start = null;
  box.addEventListener('keydown', () => { start = performance.now(); },
    { capture: true, once: true });
  new MutationObserver((_, seen) => {
    if (start === null) return;
    seen.disconnect(); window.told = performance.now() - start;
  }).observe(box.querySelector('.llm-pantalla'),
    { childList: true, subtree: true, characterData: true }); }"""


def settle(page, stage: int) -> str:
    """La pantalla de un control cuando deja de cambiar."""
    screen = page.locator(".llm-escena").nth(stage).locator(".llm-pantalla")
    before, same = None, 0
    for _ in range(600):
        now = screen.inner_html()
        same = same + 1 if now == before else 0
        if same >= 4:
            return now
        before = now
        page.wait_for_timeout(100)
    raise AssertionError("la pantalla no deja de cambiar")


def keys(stage, move: int):
    """Dónde se pulsa y qué: cada deslizador por turnos, o lo que haya en su lugar."""
    sliders = stage.locator("[role=slider]")
    if count := sliders.count():
        knob = sliders.nth(move // 2 % count)
        now, top = (float(knob.get_attribute(f"aria-value{end}")) for end in ("now", "max"))
        return knob, "ArrowRight" if now < top and not move % 2 else "ArrowLeft"
    if (reveal := stage.locator("input[type=checkbox]")).count():
        return reveal, "Space"
    return stage.locator("input[type=text]").first, "a"


def measure(page, number: int) -> list[float]:
    """Los ms desde cada tecla hasta que cambia esa pantalla; una que no cambia, infinito."""
    times, stage = [], page.locator(".llm-escena").nth(number)
    for move in range(MOVES):
        settle(page, number)
        where, key = keys(stage, move)
        page.evaluate(ARM, number)
        where.press(key)
        try:
            page.wait_for_function("window.told", timeout=PATIENCE)
            times.append(page.evaluate("window.told"))
        except Missed:
            times.append(float("inf"))
    return times


def told(program: str, number: int, times: list[float]) -> str:
    """Una fila para quien mira la salida: mediana, p95 y pantallas perdidas."""
    well = [time for time in times if time < float("inf")]
    slow = quantiles(well, n=20)[-1]
    return (
        f"{program}, pantalla con mandos {number + 1}: mediana {median(well):.0f} ms, "
        f"p95 {slow:.0f} ms, sin contestar {len(times) - len(well)} de {len(times)}"
    )
