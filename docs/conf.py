"""La configuración de Sphinx para el sitio del curso; quien la pone en marcha es tools/website.py.

Nada se pide a otro sitio, ni al construir ni al leer: las fórmulas son MathML y las letras, las
del sistema. Las direcciones de los botones salen de pyproject.toml, como todas las del curso.
"""

import sys
import unicodedata
from pathlib import Path

from docutils.nodes import SkipNode
from latex2mathml.converter import convert
from sphinx.search.es import SearchSpanish

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import address  # noqa: E402
import badges  # noqa: E402
import lessons  # noqa: E402

WHERE = address.current()

project, author, language = "Introducción a los LLM", "Introducción a los LLM", "es"
extensions = ["myst_nb", "sphinx_copybutton"]
nb_execution_mode = "off"  # se enseña lo guardado: lo que se ejecutó con el libro entero
nb_ipywidgets_js = {}
nb_render_markdown_format = "gfm"  # las tablas que enseña una celda
nb_code_prompt_show, nb_code_prompt_hide = "Mostrar el código", "Ocultar el código"
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3
suppress_warnings = ["mystnb.unknown_mime_type", "myst.header"]

html_theme, html_title = "sphinx_book_theme", "Introducción a los LLM"
html_static_path = [str(Path(__file__).parent / "static")]
html_css_files, html_js_files = ["site.css"], ["site.js"]
html_copy_source = html_show_sourcelink = False
html_show_copyright = html_show_sphinx = html_use_index = False
html_math_renderer = "mathml"
html_sidebars = {"**": ["navbar-logo.html", "search-button-field.html", "sbt-sidebar-nav.html"]}
html_context = {"default_mode": "auto"}  # claro u oscuro, como esté el sistema de quien lee
html_theme_options = {
    **{f"navbar_{part}": [] for part in ("start", "center", "end", "persistent")},
    "use_download_button": False,  # el cuaderno va con los demás botones: ver `buttons`
    "use_fullscreen_button": False,
    "use_repository_button": WHERE.published,
    "repository_url": WHERE.url,
    "home_page_in_toc": True,
    "footer_content_items": [],
    "toc_title": "En esta página",
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
copybutton_prompt_text = r">>> |\$ "
copybutton_prompt_is_regexp = True


class Search(SearchSpanish):
    """El buscador en español, que encuentra «averías» también si se escribe «averias»."""

    def split(self, input: str) -> list[str]:
        words = super().split(input)
        return words + [bare for word in words if (bare := unaccented(word)) != word]


def unaccented(word: str) -> str:
    """La palabra sin tildes; la ñ es otra letra y se queda."""
    parts = unicodedata.normalize("NFD", word.replace("ñ", "\0").replace("Ñ", "\0"))
    bare = "".join(one for one in parts if not unicodedata.combining(one))
    return bare.replace("\0", "ñ")


def buttons(app, pagename, templatename, context, doctree):
    """Los botones de una lección: bajar su cuaderno y, si hay dirección, abrirla fuera."""
    name = f"{pagename}.ipynb"
    if not (lessons.NOTEBOOKS / name).exists():
        return
    links = [("Descargar el cuaderno", f"cuadernos/{name}", "fas fa-download")]
    if WHERE.published:
        links += [
            (label, WHERE.fill(link, name), "fas fa-up-right-from-square")
            for label, (_, link) in badges.BUTTONS.items()
        ]
    entries = [{"type": "link", "text": a, "url": b, "icon": c} for a, b, c in links]
    group = {"type": "group", "label": "launch-buttons", "icon": "fas fa-rocket"}
    context["header_buttons"].insert(0, {**group, "tooltip": "Abrir", "buttons": entries})


def inline_math(self, node):
    """Una fórmula en MathML, que el navegador lee solo."""
    self.body.append(convert(node.astext()))
    raise SkipNode


def block_math(self, node):
    """Lo mismo en una línea suya, que se desplaza si no cabe."""
    text = node.astext().replace("{aligned}", "{split}")  # el nombre que entiende latex2mathml
    formula = convert(text, display="block")
    self.body.append(f'<div class="formula" tabindex="0">{formula}</div>')
    raise SkipNode


def setup(app):
    app.add_search_language(Search)
    app.add_html_math_renderer("mathml", (inline_math, None), (block_math, None))
    app.connect("html-page-context", buttons, priority=502)
