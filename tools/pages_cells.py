"""Las celdas de un cuaderno como trozos de una página: prosa, fórmulas, código y salidas."""

import base64
import html
import re
from functools import cache
from pathlib import Path

import mistune
from latex2mathml.converter import convert
from mistune.plugins.math import math
from mistune.plugins.table import table
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

import lessons
from address import Address
from lessons import MARK, Lesson
from notebooks import CONTROL

MOVE = "Aquí hay mandos que se mueven en el cuaderno. "
MOVES = '<div class="explorable"'  # se basta sola: va tal cual
TWIN, OPENED = "Debajo está lo mismo, quieto.", "Así se abren:"
FORMATTER = HtmlFormatter(nowrap=True)
MAX_ALT = 300  # caracteres


class Renderer(mistune.HTMLRenderer):
    """Markdown a HTML sin nada de fuera: imágenes dentro, fórmulas en MathML, enlaces seguros."""

    def __init__(self, folder: Path, address: Address):
        super().__init__(escape=False)
        self.folder, self.address, self.headings = folder, address, []

    def heading(self, text: str, level: int, **attrs) -> str:
        slug = f"s{len(self.headings) + 1}"
        self.headings.append((level, slug, re.sub(r"<[^>]+>", "", text)))
        return f'<h{level} id="{slug}">{text}</h{level}>\n'

    def image(self, text: str, url: str, title=None) -> str:
        path = (self.folder / "../imgs" / url.rpartition("/imgs/")[2]).resolve()
        return picture(path.read_bytes(), text)

    def link(self, text: str, url: str, title=None) -> str:
        target = self.target(url)
        return f'<a href="{html.escape(target)}">{text}</a>' if target else text

    def target(self, url: str) -> str | None:
        """A dónde lleva un enlace fuera de Jupyter: a otra página, al repositorio o a nada."""
        if url.startswith(("http://", "https://", "#")):
            return url
        if url.endswith(".ipynb"):
            return url.removesuffix(".ipynb") + ".html"
        if not self.address.published:
            return None
        path = url.removeprefix("../") if url.startswith("../") else f"notebooks/{url}"
        return f"{self.address.url}/blob/{self.address.ref}/{path}"

    def block_code(self, code: str, info=None) -> str:
        return coloured(code, (info or "text").split()[0])

    def table(self, text: str) -> str:
        return f'<div class="ancha" tabindex="0"><table>{text}</table></div>\n'


def markdown(renderer: Renderer):
    """La función que convierte Markdown con tablas y fórmulas."""
    tool = mistune.create_markdown(renderer=renderer, plugins=[table, math])
    renderer.register("inline_math", lambda _, text: convert(text))
    renderer.register("block_math", lambda _, text: f"<div class='formula' tabindex='0'>"
                      f"{convert(text, display='block')}</div>\n")  # fmt: skip
    return tool


def picture(data: bytes, alt: str) -> str:
    """Una imagen PNG dentro de la página, con lo que dice para quien no la ve."""
    code = base64.b64encode(data).decode()
    return f'<img src="data:image/png;base64,{code}" alt="{html.escape(alt)}">'


@cache
def _lexer(name: str):
    return get_lexer_by_name(name)


def coloured(code: str, language: str = "python") -> str:
    """Código con colores, que se desplaza si no cabe."""
    inside = highlight(code.rstrip("\n"), _lexer(language), FORMATTER)
    return f'<pre class="codigo" tabindex="0"><code>{inside}</code></pre>\n'


def cell_html(lesson: Lesson, position: int, to_html) -> str:
    """Una celda como HTML; el arranque, que solo sirve en Jupyter, no sale."""
    cell = lesson.cells[position]
    if cell.get("id") == lessons.BOOTSTRAP:
        return ""
    if cell["cell_type"] == "markdown":
        text = lessons.source(cell)
        return to_html(text.split(MARK)[0] if cell.get("id") == lessons.BADGE else text)
    code = coloured(lessons.source(cell))
    if lessons.FOLDED in lessons.tags(cell):
        code = f"<details><summary>El código de esta pantalla</summary>{code}</details>"
        return output_html(lesson, position, to_html) + code
    return code + output_html(lesson, position, to_html)


def output_html(lesson: Lesson, position: int, to_html) -> str:
    """Lo que la celda enseñó al guardarse; de un control, su gemelo quieto."""
    parts = []
    for output in lesson.cells[position]["outputs"]:
        data, text = output.get("data", {}), lessons.output_text(output)
        if text.strip() == CONTROL:
            parts.append(still(lessons.joined(data.get("text/html", ""))))
        elif MOVES in (page := lessons.joined(data.get("text/html", ""))):
            parts.append(page)
        elif png := data.get("image/png"):
            image = picture(
                base64.b64decode(lessons.joined(png)), alt(lesson, position, len(parts))
            )
            parts.append(f"<figure>{image}</figure>")
        elif "text/markdown" in data:
            parts.append(to_html(lessons.joined(data["text/markdown"])))
        elif text.strip():
            parts.append(f'<pre class="salida" tabindex="0">{html.escape(text.rstrip())}</pre>')
    return "\n".join(parts)


def still(page: str) -> str:
    """El hueco de un control: su pantalla, si se guardó, o dónde está lo mismo sin mandos."""
    note = f'<p class="nota">{MOVE}{OPENED if page else TWIN}</p>'
    return note + (f'<div class="pantalla">{page}</div>' if page else "")


def alt(lesson: Lesson, position: int, before: int = 0) -> str:
    """Lo que dice una figura: lo que su celda afirma, la frase que la anuncia y la que la lee.

    Las figuras las dibujan las celdas y no traen descripción; la prosa de al lado, sí.

    Args:
        before: cuántas salidas de la misma celda van delante.
    """
    cell, parts = lesson.cells[position], []
    if lessons.CLAIM in lessons.tags(cell):
        comments = re.match(r"(?:# .*\n)+", lessons.source(cell) + "\n")[0]
        parts.append(" ".join(line[2:] for line in comments.splitlines()).rstrip(".") + ".")
    announced = re.split(r"(?<=[.?!]) ", paragraph(lesson.cells[position - 1 :: -1], -1))[-1]
    parts += ["" if announced.endswith("?") else announced]
    parts.append(paragraph(lesson.cells[position + 1 :], 0))
    text = " ".join(filter(None, parts))
    text = text if len(text) <= MAX_ALT else text[:MAX_ALT].rsplit(" ", 1)[0] + "…"
    which = f"Figura {before + 1}" if before else "Figura"
    return f"{which} de «{section(lesson, position)}». {text}".strip()


def paragraph(cells: list[dict], which: int) -> str:
    """Un párrafo, el primero (0) o el último (-1), de la celda de texto más cercana."""
    for cell in cells:
        if cell["cell_type"] == "markdown":
            one = re.split(r"\n\s*\n", lessons.source(cell).strip())[which]
            return "" if one.startswith(("#", "<", "|", "-", "!", ">")) else plain(one)
    return ""


def section(lesson: Lesson, position: int) -> str:
    """El último título antes de la celda."""
    for cell in reversed(lesson.cells[:position]):
        titles = re.findall(r"^#{1,4} +(.+)$", lessons.source(cell), re.MULTILINE)
        if titles and cell["cell_type"] == "markdown":
            return plain(titles[-1])
    return lesson.title


def plain(text: str) -> str:
    """Un Markdown corto sin sus marcas."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return " ".join(re.sub(r"[*_`$]", "", text).split())
