"""La animación del README: nace una red, y después alguien mueve el mando.

    .venv/bin/python tools/animation.py      escribe imgs/birth.webp y imgs/birth.png, quieta

Son fotos de la misma figura que se mueve en la lección 04, hechas con el Chromium del sistema
(hace falta el extra «browser»). Sin sonido, veinte segundos, y vuelta a empezar.
"""

import io
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import sync_playwright

import website
from lessons import ROOT
from llm_intro.face.explorables import frame
from llm_intro.support.data import load_results

SIZE = {"width": 800, "height": 430}
BIRTH, HAND, REST = 800, 200, 2600  # ms: cada foto al nacer, al mover el mando, y la última


def photos(folder: Path) -> list[tuple[Image.Image, int]]:
    """Lo que se ve en cada momento, y cuánto dura."""
    title, *_ = load_results("explorables/shelf")["birth"]
    data = load_results("birth")
    path = folder / "nace.html"
    path.write_text(frame("birth", title, data), encoding="utf-8")
    last = len(data["photos"]) - 1
    back = [*range(last, 0, -1), *range(1, last + 1)]
    moments = [(i, BIRTH) for i in range(last)] + [(last, REST)] + [(i, HAND) for i in back]
    with sync_playwright() as tool:
        options = {"executable_path": website.printer(), "args": ["--no-sandbox", "--disable-gpu"]}
        browser = tool.chromium.launch(**options)
        page = browser.new_page(viewport=SIZE, color_scheme="light")
        page.goto(path.as_uri())
        shots = [(shot(page, i), lasts) for i, lasts in moments]
        browser.close()
    return shots


def shot(page, where: int) -> Image.Image:
    """La figura con el mando en una posición."""
    page.locator("input[type=range]").evaluate(
        "(slider, value) => { slider.value = value;"
        " slider.dispatchEvent(new Event('input', { bubbles: true })); }",
        where,
    )
    page.wait_for_timeout(80)  # que se pinte
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def main() -> None:
    """Escribe las dos imágenes y dice lo que pesan y lo que duran."""
    with TemporaryDirectory() as folder:
        images, lasts = zip(*photos(Path(folder)), strict=True)
    path = ROOT / "imgs" / "birth.webp"
    options = {"save_all": True, "append_images": images[1:], "duration": list(lasts), "loop": 0}
    images[0].save(path, quality=60, method=6, **options)
    images[-1].quantize(64).save(path.with_suffix(".png"), optimize=True)
    print(f"{path.stat().st_size / 1000:.0f} KB, {sum(lasts) / 1000:.1f} s, {len(images)} fotos")


if __name__ == "__main__":
    sys.exit(main())
