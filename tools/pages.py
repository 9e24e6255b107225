"""Cada lección como una página suelta: se lee en el móvil, sin Jupyter y sin red.

    make html            escribe paginas/*.html; ONLY=04, una sola

Todo va dentro de cada archivo: figuras, fórmulas (MathML) y estilo. Un control no se mueve sin
Jupyter: en su lugar se ve lo que enseñó al guardarse el cuaderno.
"""

import html
import re
import sys
from pathlib import Path
from string import Template

from pygments.formatters import HtmlFormatter

import address
import lessons
import publish
from lessons import ROOT, Lesson
from pages_cells import Renderer, cell_html, markdown, plain

OUTPUT = ROOT / "paginas"
TEMPLATES = Path(__file__).resolve().parent / "pages_template"
LIGHT, DARK = "xcode", "github-dark"  # con contraste de 4,5 o más sobre su fondo
INTRO = "Un curso en español para entender cómo escribe una máquina, construyendo una."
EXTRAS = {"escritor.html": "La red que escribe, en una página: mueve sus mandos aquí mismo"}


def style() -> str:
    """El estilo de la página, con los colores del código para el tema claro y el oscuro."""
    light, dark = (HtmlFormatter(style=name).get_style_defs(".codigo") for name in (LIGHT, DARK))
    own = (TEMPLATES / "style.css").read_text(encoding="utf-8")
    return f"{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}\n{own}"


def wrap(title: str, content: str, about: str) -> str:
    """La página entera."""
    template = Template((TEMPLATES / "template.html").read_text(encoding="utf-8"))
    fields = {"titulo": html.escape(title), "resumen": html.escape(about, quote=True)}
    return template.substitute(fields, estilo=style(), contenido=content, guiones=scripts(content))


def scripts(content: str) -> str:
    """Lo que la página deja correr: el código de sus figuras que se mueven, por su huella."""
    found = sorted(set(re.findall(r"sha256-[\w+/]{43}=", content)))
    return f"; script-src {' '.join(f'&#39;{one}&#39;' for one in found)}" if found else ""


def lesson_page(lesson: Lesson, everyone: list[Lesson]) -> str:
    """Una lección: título, índice, celdas y enlaces a las vecinas."""
    renderer = Renderer(lesson.path.parent, address.current())
    to_html = markdown(renderer)
    cells = [cell_html(lesson, position, to_html) for position in range(len(lesson.cells))]
    head, body = cells[0], "\n".join(cells[1:])
    head = head.replace(">", f">{lesson.number} · ", 1)  # el número, delante del título
    content = f'<a href="index.html">Todas las lecciones</a>\n{head}{contents(renderer.headings)}'
    return wrap(f"{lesson.number} · {lesson.title}", content + body + neighbours(lesson, everyone),
                f"Introducción a los LLM. Lección {lesson.number}: {lesson.title}.")  # fmt: skip


def contents(headings: list[tuple[int, str, str]]) -> str:
    """El índice de la página, con sus secciones."""
    items = (f'<li><a href="#{slug}">{text}</a></li>' for level, slug, text in headings
             if level == 2)  # fmt: skip
    return (
        '<nav class="indice" aria-label="Índice"><details open><summary>Índice</summary>'
        f"<ul>{''.join(items)}</ul></details></nav>\n"
    )


def neighbours(lesson: Lesson, everyone: list[Lesson]) -> str:
    """Enlaces a la lección de antes y a la de después."""
    paths = [one.path for one in everyone]
    here, links = paths.index(lesson.path), []
    for place, name in ((here - 1, "Anterior"), (here + 1, "Siguiente")):
        if 0 <= place < len(everyone):
            other = everyone[place]
            text = f"{name}: {other.number} · {html.escape(other.title)}"
            links.append(f'<a href="{other.path.stem}.html">{text}</a>')
    return f'<nav class="vecinas" aria-label="Otras lecciones">{" ".join(links)}</nav>'


def index_page(everyone: list[Lesson], folder: Path) -> str:
    """La portada, con cada lección y lo que dura."""
    items = [
        f'<li><a href="{one.path.stem}.html">{one.number} · {html.escape(one.title)}</a>'
        f" ({html.escape(plain(publish.minutes(one, 'Clase')))} de clase)</li>"
        for one in everyone
    ]
    items += [f'<li><a href="{name}">{text}</a></li>' for name, text in EXTRAS.items()
              if (folder / name).exists()]  # fmt: skip
    head = f"<h1>Introducción a los LLM</h1><p>{INTRO}</p>"
    index = f'<nav class="indice" aria-label="Índice"><ul>{"".join(items)}</ul></nav>'
    return wrap("Introducción a los LLM", head + index, INTRO)


def write(folder: Path = OUTPUT, only: str = "") -> list[Path]:
    """Escribe las páginas y devuelve dónde están."""
    folder.mkdir(parents=True, exist_ok=True)
    everyone, written = lessons.all_lessons(), []
    pages = {one.path.stem: lesson_page(one, everyone) for one in everyone
             if one.path.name.startswith(only)}  # fmt: skip
    for name, text in {**pages, "index": index_page(everyone, folder)}.items():
        path = folder / f"{name}.html"
        path.write_text(text, encoding="utf-8", newline="\n")
        written.append(path)
    return written


def main(only: str = "") -> int:
    """Escribe las páginas y dice cuánto pesan."""
    for path in write(only=only):
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1000:.0f} KB")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
