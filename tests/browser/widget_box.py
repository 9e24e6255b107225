"""Un control del curso en el navegador: moverlo como lo mueve una persona y leer su pantalla."""

from playwright.sync_api import Locator, Page

QUIET = 250  # ms sin cambios para dar una pantalla por terminada
WATCH = """(output, quiet) => new Promise(done => {
    let last = performance.now();
    const eye = new MutationObserver(() => { last = performance.now(); });
    eye.observe(output, {childList: true, subtree: true, characterData: true});
    const timer = setInterval(() => {
        if (window.unanswered.size) last = performance.now();
        if (performance.now() - last < quiet) return;
        clearInterval(timer); eye.disconnect(); done(null);
    }, 20);
})"""
OVERFLOW = """output => {
    const edge = output.closest('.jp-OutputArea').getBoundingClientRect().right + 1;
    return [...output.querySelectorAll('*')]
        .filter(e => e.getClientRects().length && e.getBoundingClientRect().right > edge)
        .filter(e => !e.closest('.noUi-base'))
        .map(e => `${e.tagName}.${e.className}: ${e.innerText?.slice(0, 40)}`); }"""


class Box:
    """La salida de una celda que enseña un control.

    Args:
        page: la página.
        output: la caja de esa salida.
    """

    def __init__(self, page: Page, output: Locator):
        self.page, self.output = page, output

    @property
    def screen(self) -> Locator:
        """Lo que el control reescribe: su HTML visible más largo."""
        screens = self.output.locator(".widget-html-content:visible")
        sizes = [len(text) for text in screens.all_text_contents()]
        return screens.nth(sizes.index(max(sizes)))

    def text(self) -> str:
        return self.screen.inner_text()

    def labels(self) -> list[str]:
        """Los nombres de los deslizadores, en orden."""
        return self.output.locator(".widget-slider .widget-label").all_inner_texts()

    def handle(self, name: str) -> Locator:
        """El tirador de un deslizador."""
        slider = self.output.locator(".widget-slider").filter(
            has=self.page.locator(".widget-label", has_text=name)
        )
        return slider.first.locator(".noUi-handle")

    def settle(self) -> str:
        """Espera a que el núcleo conteste a todo y la pantalla no cambie; da su texto."""
        self.output.evaluate(WATCH, QUIET)
        return self.text()

    def press(self, name: str, *keys: str) -> str:
        """Lleva el foco al tirador y pulsa teclas."""
        self.handle(name).focus()
        for key in keys:
            self.page.keyboard.press(key)
        return self.settle()

    def choose(self, button: Locator) -> str:
        """Pulsa un botón sin ratón."""
        button.focus()
        self.page.keyboard.press("Enter")
        return self.settle()

    def value(self, name: str) -> float:
        return float(self.handle(name).get_attribute("aria-valuenow"))

    def limits(self, name: str) -> tuple[float, float]:
        """El mínimo y el máximo que anuncia el tirador."""
        handle = self.handle(name)
        return tuple(float(handle.get_attribute(f"aria-value{end}")) for end in ("min", "max"))

    def drag(self, name: str, share: float, steps: int = 6) -> str:
        """Arrastra el tirador con el ratón hasta esa parte de la barra, de 0 a 1."""
        self.drag_without_waiting(name, share, steps)
        return self.settle()

    def drag_without_waiting(self, name: str, share: float, steps: int) -> None:
        """Lo mismo, sin esperar a la pantalla."""
        handle = self.handle(name)
        handle.scroll_into_view_if_needed()
        spot = handle.bounding_box()
        bar = handle.locator("xpath=ancestor::*[contains(@class,'noUi-target')]").bounding_box()
        mouse, y = self.page.mouse, spot["y"] + spot["height"] / 2
        mouse.move(spot["x"] + spot["width"] / 2, y)
        mouse.down()
        mouse.move(bar["x"] + share * bar["width"], y, steps=steps)
        mouse.up()

    def type_value(self, name: str, value: str) -> str:
        """Escribe un número en la casilla que hay junto a la barra."""
        self.readout(name).fill(value)
        self.page.keyboard.press("Enter")
        return self.settle()

    def readout(self, name: str) -> Locator:
        """La casilla con el número que hay junto a la barra."""
        slider = self.handle(name).locator("xpath=ancestor::*[contains(@class,'widget-slider')]")
        return slider.locator(".widget-readout")

    def parts(self) -> tuple[str, str]:
        """La tabla de barras y el último párrafo."""
        return self.screen.locator("table").inner_text(), self.screen.locator("p").last.inner_text()

    def wait_for_change(self, before: str) -> None:
        """Espera a que la pantalla deje de decir `before`."""
        self.page.wait_for_function(
            "([screen, before]) => screen.innerText !== before",
            arg=[self.screen.element_handle(), before],
        )

    def fields(self) -> list[Locator]:
        """Las casillas de texto que se ven."""
        found = self.output.locator("input[type=text]:visible, textarea:visible")
        return [found.nth(i) for i in range(found.count())]

    def show(self) -> None:
        """Lo sube al principio de la pantalla, que es cuando se pinta, y lo marca."""
        self.output.evaluate(
            """output => {
                document.querySelector('.en-examen')?.classList.remove('en-examen');
                output.classList.add('en-examen');
                output.scrollIntoView({block: 'start'}); }"""
        )
        self.page.wait_for_timeout(200)

    def overflowing(self) -> list[str]:
        """Lo que se sale de la salida por la derecha."""
        return self.output.evaluate(OVERFLOW)
