"""Un navegador de verdad: JupyterLab en este ordenador y el Chromium que haya instalado.

Nada sale de la máquina: el servidor escucha en 127.0.0.1 con una clave nueva, sus carpetas son
temporales, y el navegador corta lo que no vaya a esa dirección.
"""

import os
import shutil
from pathlib import Path

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="pip install -e '.[browser]'")
axe = pytest.importorskip(
    "axe_playwright_python.sync_playwright", reason="pip install -e '.[browser]'"
)

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows",
]
PATIENCE = 120_000  # ms; solo los gasta una máquina muy ocupada
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
LOCAL = ("http://127.0.0.1:", "ws://127.0.0.1:", "file:", "data:", "blob:", "about:")


@pytest.fixture(scope="session")
def chromium():
    """El Chromium del sistema, sin ventana."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not path:
        missing = pytest.fail if os.environ.get("CI") else pytest.skip
        missing("hace falta Chromium: apt-get install chromium")
    root = getattr(os, "geteuid", lambda: 1)() == 0
    with playwright.sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=path, args=FLAGS + ["--no-sandbox"] * root)
        yield browser
        browser.close()


@pytest.fixture
def tidy(chromium):
    """Cierra al acabar las páginas de una prueba: si no, siguen trabajando detrás."""
    yield
    for context in chromium.contexts:
        context.close()


@pytest.fixture(scope="session")
def captures() -> Path:
    """Dónde se guardan las capturas: $CI_ARTIFACTS, o una carpeta que git no mira."""
    folder = Path(os.environ.get("CI_ARTIFACTS") or HERE / "capturas")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def open_page(browser, width: int = 1280, height: int = 720, dark: bool = False):
    """Una página con perfil nuevo que no sale de este ordenador y apunta lo que va mal.

    En `page.faults` quedan los errores de JavaScript y los diálogos que alguien abra.
    """
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if dark else "light",
        locale="es-ES",
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.route("**/*", stay_home)
    page.faults = []
    page.on("console", lambda m: m.type == "error" and page.faults.append(m.text))
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on("dialog", lambda box: (page.faults.append(f"diálogo: {box.message}"), box.dismiss()))
    return page


def serious(page, context=None, **options) -> list[tuple[str, str]]:
    """Lo grave que axe encuentra en la página: cada regla, con el trozo que la rompe."""
    options = {"resultTypes": ["violations"], **options}  # sin esto recoge también lo que está bien
    return [
        (one["id"], node["html"][:200])
        for one in axe.Axe().run(page, context, options).response["violations"]
        for node in one["nodes"]
        if one["impact"] in ("serious", "critical")
    ]


def stay_home(route) -> None:
    """Corta lo que no vaya a esta máquina."""
    if route.request.url.startswith(LOCAL):
        route.continue_()
    else:
        route.abort()


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """JupyterLab con una copia de los cuadernos, fuera del repositorio."""
    from lab_server import Lab

    server = Lab(tmp_path_factory.mktemp("lab"))
    yield server
    server.close()


@pytest.fixture(scope="session")
def table(lab, chromium):
    """La mesa abierta y ejecutada: el cuaderno y sus controles, por nombre."""
    import table

    page = open_page(chromium)
    notebook = lab.open(page, table.write(lab))
    for index in range(len(table.WIDGETS) + 1):
        notebook.run_cell(index)
    assert notebook.errors() == []
    yield notebook, dict(zip(table.WIDGETS, notebook.boxes(), strict=True))
    page.context.close()


@pytest.fixture
def box(table, request):
    """El control que pide la prueba; al acabar, nada en rojo ni en la consola."""
    notebook, boxes = table
    yield boxes[request.param]
    assert notebook.faults() == []
    assert notebook.errors() == []
