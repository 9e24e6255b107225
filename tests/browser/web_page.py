"""Lo que necesitan las pruebas de la página del escritor: abrirla y mover sus mandos."""

from contextlib import contextmanager

PROJECTOR, PHONE = {"width": 1280, "height": 720}, {"width": 390, "height": 844}
FAST = "100000"
PATIENCE = 120_000  # milisegundos; solo los agota una máquina muy ocupada


@contextmanager
def opened(browser, path, viewport=PROJECTOR, scheme="light", start="", after=""):
    """La página en una ventana nueva, con otro comienzo o con algo tras «#», si se dan.

    Al cerrarla: ni una petición ni un error.
    """
    context = browser.new_context(viewport=viewport, color_scheme=scheme)
    context.set_default_timeout(PATIENCE)
    outside, errors = [], []
    address = path.as_uri()

    def guard(route):
        if route.request.url.split("#")[0] == address:
            return route.continue_()
        outside.append(route.request.url)
        return route.abort()

    context.route("**/*", guard)
    page = context.new_page()
    page.on("websocket", lambda socket: outside.append(socket.url))
    page.on("console", lambda message: errors.append(message.text))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("dialog", lambda dialog: (errors.append(dialog.message), dialog.dismiss()))
    page.goto(address + after)
    if start:
        page.fill("#comienzo", start)
    wait_ready(page)
    yield page
    context.close()
    assert outside == []
    assert errors == []


def wait_ready(page) -> None:
    """Hasta que las barras son las de este comienzo."""
    page.locator("#bits", has_text="bits").wait_for()
    until(page, "page.canWrite")


def until(page, condition: str) -> None:
    """Hasta que se cumple. La página no deja evaluar texto: wait_for_function no sirve aquí."""
    for _ in range(PATIENCE // 20):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(20)
    raise AssertionError(f"no llegó a cumplirse: {condition}")


def prompt(page, text: str) -> None:
    page.fill("#comienzo", text)
    wait_ready(page)


def move(page, name: str, value: float) -> None:
    """Lleva un deslizador a un valor, como si se arrastrara."""
    page.locator(f"#{name}").evaluate(
        "(slider, value) => { slider.value = value;"
        " slider.dispatchEvent(new Event('input', { bubbles: true })); }",
        value,
    )


def write(page, letters: int) -> str:
    """Borra, escribe a toda prisa `letters` letras o más y devuelve lo escrito."""
    page.click("#borrar")
    page.evaluate("$('ajustes').open = true")
    page.select_option("#ritmo", FAST)
    page.click("#escribir")
    until(page, f"page.writer.written >= {letters}")
    page.click("#escribir")
    return page.text_content("#escrito")


def bars(page) -> list[str]:
    """Lo que dice cada fila: letra, cómo se lee y tanto por ciento."""
    return page.locator("#barras tr").all_inner_texts()
