"""El sitio del curso, hecho de verdad: se lee con el ratón, el teclado o el oído, y sin red.

Al acabar imprime una línea por página: lo que pesa, cuándo se ve y lo que encuentra axe.
"""

import json
import os
import re
import subprocess
import sys
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
import yaml
from conftest import open_page, serious

import lessons
import website

MAX_SITE, MAX_FIRST_PAINT = 12_000_000, 2500  # bytes; ms, en una máquina ocupada
SAMPLE = """() => {
  const seen = new Set();
  for (const node of document.querySelectorAll("body *")) {
    if (![...node.childNodes].some((one) => one.nodeType === 3 && one.data.trim())) continue;
    const { color, fontSize, fontWeight } = getComputedStyle(node), way = [];
    for (let up = node; up; up = up.parentElement) {
      const own = [up.tagName, up.getAttribute("class"), up.getAttribute("style")];
      way.push(...own, getComputedStyle(up).backgroundColor);
    }
    const key = [color, fontSize, fontWeight, ...way].join();
    node.toggleAttribute("data-sample", !seen.has(key));
    seen.add(key);
  }
}"""
LOADS = {"src", "srcset", "poster", "data", "background"}
WHOLE = {"iframes": False, "preload": False}  # la página sin sus marcos, que van aparte
PAGES = [one.path.stem for one in lessons.all_lessons()]
PAGES += [one.stem for one in sorted(lessons.NOTEBOOKS.glob("*.md"))]
PAGES += ["index", "INSTALAR", "search"]
pytestmark = pytest.mark.usefixtures("tidy")
each_page = pytest.mark.parametrize("name", PAGES)


class Page(HTMLParser):
    """Las etiquetas de una página con sus atributos."""

    def __init__(self, text: str):
        super().__init__()
        self.tags = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict]:
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """El sitio recién hecho; Sphinx no se queja de nada."""
    assert website.ready()
    folder = tmp_path_factory.mktemp("sitio") / "paginas"
    assert website.build(folder) == 0
    return folder


@pytest.fixture(scope="session")
def read(site):
    return {name: Page((site / f"{name}.html").read_text(encoding="utf-8")) for name in PAGES}


def test_the_site_is_light_and_keeps_nothing_it_does_not_use(site):
    """12 MB como mucho, con el escritor y los cuadernos dentro, y sin letras de nadie."""
    size = sum(one.stat().st_size for one in site.rglob("*") if one.is_file())
    print(f"\nel sitio: {size / 1e6:.1f} MB")
    assert size <= MAX_SITE
    assert not [one for one in site.rglob("*") if one.suffix in (".map", ".woff2")]
    assert {one.name for one in (site / "cuadernos").iterdir()} == {
        one.path.name for one in lessons.all_lessons()
    }


@each_page
def test_a_page_loads_nothing_from_outside_and_its_links_lead_somewhere(site, read, name):
    """Lo que carga está en la carpeta; cada enlace de dentro, con su ancla, también."""
    page = read[name]
    loads = [attrs[key] for _, attrs in page.tags for key in LOADS & attrs.keys()]
    loads += [one["href"] for one in page.all("link")]
    for address in filter(None, loads):
        address = unquote(address.partition("?")[0].partition("#")[0])
        assert address.startswith("data:") or (site / (address or "index.html")).is_file(), address
    for link in page.all("a"):
        path, _, anchor = unquote(link.get("href", "")).partition("#")
        if not path.startswith(("https://", "http://")):
            path = path.partition("?")[0] or f"{name}.html"
            assert (site / path).is_file(), link["href"]
            if anchor and path.endswith(".html"):
                there = read[path.removesuffix(".html")]
                assert anchor in {a.get("id") for _, a in there.tags} | {""}, link["href"]


@each_page
def test_a_page_can_be_read_without_seeing_it(read, name):
    """En español, con título y con texto en cada figura."""
    page = read[name]
    assert page.all("html")[0]["lang"] == "es" and len(page.all("h1")) >= 1
    assert all(len(image.get("alt") or "") > 15 for image in page.all("img"))


def test_every_lesson_offers_its_notebook_and_formulas_are_drawn_by_the_browser(site, read):
    """La descarga está en el menú de la lección; las fórmulas son MathML, y ninguna a medias."""
    for lesson in lessons.all_lessons():
        links = {one.get("href") for one in read[lesson.path.stem].all("a")}
        assert f"cuadernos/{lesson.path.name}" in links
        assert not re.search(
            r"<mi>&<|<mtext>\\\\|\$\$", (site / f"{lesson.path.stem}.html").read_text("utf-8")
        )
    assert len(read["02_tokens_y_ngramas"].all("math")) > 10


@each_page
def test_a_page_fits_speaks_and_is_seen_soon(chromium, site, name, captures):
    """En un móvil, en claro y en oscuro: cabe, no falla, axe calla y se pinta pronto.

    El contraste, que es lo lento, se mira una vez por cada camino de etiquetas y estilos.
    """
    page, asked = open_page(chromium, 390, 844), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((site / f"{name}.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert serious(page, **WHOLE, rules={"color-contrast": {"enabled": False}}) == []
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        page.evaluate(SAMPLE)
        assert serious(page, "[data-sample]", **WHOLE, runOnly=["color-contrast"]) == []
        page.screenshot(path=captures / f"sitio-{name}-{theme}.png")
    assert [url for url in asked if not url.startswith(("file:", "data:", "about:"))] == []
    assert page.faults == []
    paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    weight = (site / f"{name}.html").stat().st_size
    print(f"\n{name}: {weight / 1000:.0f} KB, primera imagen {paint:.0f} ms, axe: nada grave")
    assert paint <= MAX_FIRST_PAINT


@pytest.mark.parametrize("asked", ["desguace", "n-grama", "ñ", "averías", "averias", "atencion"])
def test_the_search_finds_it(chromium, site, asked):
    """Con eñe, con guion, con tilde y sin ella; la primera respuesta lleva a una página."""
    page = open_page(chromium)
    page.goto(f"{(site / 'search.html').as_uri()}?q={asked}")
    first = page.locator("#search-results li a").first
    first.wait_for()
    print(f"\n«{asked}»: {page.locator('#search-results li').count()} respuestas")
    assert page.faults == []
    first.click()
    page.locator("article h1").first.wait_for()
    assert page.faults == []


def test_the_figures_move_and_the_network_writes_inside_the_lesson(chromium, site):
    """En la página de la 04 las figuras viven en sus marcos y el escritor escribe."""
    page = open_page(chromium, 390, 844)
    page.goto((site / "04_escribir_como_cervantes.html").as_uri())
    frames = page.locator(".explorable iframe")
    assert frames.count() > 0
    for i in range(frames.count()):
        frames.nth(i).content_frame.locator("main > *").first.wait_for(state="attached")
    page.locator("iframe.escritor").scroll_into_view_if_needed()
    writer = page.locator("iframe.escritor").content_frame
    writer.locator("#bits", has_text="bits").wait_for()
    writer.locator("#escribir").click()
    writer.locator("#cuenta", has_text=re.compile(r"[1-9]\d+ letras")).wait_for()
    assert page.faults == []


def test_the_theme_button_also_turns_the_figures(chromium, site):
    """Con el sistema en claro y el sitio en oscuro, lo de dentro de los marcos va con el sitio."""
    page = open_page(chromium)
    page.goto((site / "04_escribir_como_cervantes.html").as_uri())
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    frame = page.locator(".explorable iframe").first
    frame.scroll_into_view_if_needed()
    assert frame.evaluate("(one) => getComputedStyle(one).colorScheme") == "dark"
    body = frame.content_frame.locator("body")
    assert body.evaluate("(one) => getComputedStyle(one).backgroundColor") == "rgb(20, 23, 28)"


def test_a_prediction_is_made_before_its_answer_is_seen(chromium, site):
    """Lo que sigue a «Predice antes» está tapado y se destapa; al imprimir se ve."""
    page = open_page(chromium, 390, 844)
    page.goto((site / "03_embeddings.html").as_uri())
    bets = page.locator("details.apuesta")
    asked = page.locator("article p", has_text=re.compile("^Predice antes de ejecutar")).count()
    assert 0 < bets.count() <= asked and bets.locator("iframe").count() == 0
    hidden = bets.first.locator(".cell_output")
    assert not hidden.is_visible() and page.locator(".cell > .cell_output").first.is_visible()
    assert not page.get_by_text("Sale 0 siempre").is_visible()
    bets.first.locator("summary").press("Enter")
    assert hidden.is_visible() and not bets.nth(1).locator(".cell_output").is_visible()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert bets.nth(1).locator(".cell_output").is_visible() and page.faults == []


def test_progress_stays_in_the_browser_and_can_be_erased(chromium, site):
    """Con el teclado: un ejercicio y una lección hechos se ven en la portada, y se borran."""
    page = open_page(chromium)
    lesson = next(name for name in PAGES if name.startswith("02"))
    page.goto((site / f"{lesson}.html").as_uri())
    for label in ("Ejercicio 1 hecho", "Lección terminada"):
        page.locator(f"button.hecho[data-texto='{label}']").press("Enter")
        assert page.locator(f"button.hecho[data-texto='{label}'][aria-checked=true]").count() == 1
    page.goto((site / "index.html").as_uri())
    row = page.locator("[data-leccion='02']")
    assert row.inner_text() == "✓ terminada · 1 ej." and page.context.cookies() == []
    page.locator("#borrar-avance").press("Enter")
    assert row.inner_text() == "" and not page.locator("#borrar-avance").is_visible()
    assert page.faults == []


@pytest.mark.slow
def test_a_push_to_a_fork_makes_its_own_site(tmp_path):
    """Los pasos de site.yml en un clon: los botones abren esa copia, y volver no deja rastro."""
    fork, env = tmp_path / "mi curso ñ", {**os.environ, "GIT_CONFIG_COUNT": "1"}
    env |= {"GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*", "BRANCH": "main"}
    env |= {"GITHUB_REPOSITORY": "una-escuela/llm", "PYTHONPATH": str(fork)}
    env["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{env['PATH']}"
    run = partial(subprocess.run, env=env, check=True, capture_output=True, text=True)
    run(["git", "clone", "-q", "--no-hardlinks", str(lessons.ROOT), str(fork)])
    job = yaml.safe_load((fork / ".github/workflows/site.yml").read_text("utf-8"))["jobs"]["site"]
    for step in job["steps"]:
        order = step.get("run", "").replace("make site", "python tools/website.py")
        run(["bash", "-e", "-c", order], cwd=fork)
    page = (fork / "paginas/04_escribir_como_cervantes.html").read_text(encoding="utf-8")
    opened = "/una-escuela/llm/blob/main/notebooks/04_escribir_como_cervantes.ipynb"
    assert f"https://colab.research.google.com/github{opened}" in page
    assert f"https://kaggle.com/kernels/welcome?src=https://github.com{opened}" in page
    assert "_sin_publicar_" not in page
    start = json.loads((fork / "paginas/cuadernos/00_empieza_aqui.ipynb").read_text("utf-8"))
    assert 'REPO, REF = "https://github.com/una-escuela/llm", "main"' in json.dumps(
        start, ensure_ascii=False
    ).replace('\\"', '"')
    run(["git", "checkout", "-q", "."], cwd=fork)
    assert run(["git", "status", "--porcelain"], cwd=fork).stdout == ""


def test_the_keyboard_reaches_the_search_and_the_menu(chromium, site):
    """Ctrl+K abre el buscador, Escape lo cierra y el tabulador llega a lo demás con un borde."""
    page = open_page(chromium)
    page.goto((site / "index.html").as_uri())
    page.keyboard.press("Control+k")
    assert page.evaluate("document.activeElement.matches('input[type=search]')")
    page.keyboard.type("desguace")
    page.keyboard.press("Enter")
    page.locator("#search-results li a").first.wait_for()
    page.goto((site / "index.html").as_uri())
    reached = set()
    for _ in range(30):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.textContent.trim().slice(0, 24)"))
    assert {"00 · Empieza aquí", "Glosario"} <= reached
