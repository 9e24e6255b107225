"""El curso como un sitio: las lecciones guardadas, con buscador, índice y la red dentro.

    make site            escribe paginas/; se abre con paginas/index.html, también sin red
    make site PDF=1      y además, con Chromium, el curso entero en un PDF

Los cuadernos no se ejecutan: se enseña lo que guardan. Aquí se preparan para Sphinx, que los
convierte con docs/conf.py: las figuras llevan su descripción, los mandos se cambian por lo que
enseñaron, los términos en negrita llevan al glosario y los enlaces, a su página.
"""

import base64
import html
import os
import re
import shutil
import struct
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import address
import lessons
import publish
import writer_page
from address import Address
from lessons import ROOT, Lesson
from llm_intro.support.text import comma
from notebooks import CONTROL

DOCS, OUTPUT = ROOT / "docs", ROOT / "paginas"
MOVE = "Aquí hay mandos que se mueven en el cuaderno. "
HERE = (
    "Aquí escribe la red del curso, dentro de la página: cambia el comienzo y la temperatura. "
    'También la tienes <a href="escritor.html">en una página para ella sola</a>.'
)
TWIN, OPENED = "Debajo está lo mismo, quieto.", "Así se abren:"
FRAME = (
    '<iframe class="escritor" data-src="escritor.html" '  # la trae site.js al acercarse
    'title="El escritor: la red del curso, que escribe aquí mismo"></iframe>'
)
SECTIONS = ("Empieza", "En Windows", "PyTorch sin CUDA", "El libro", "En el móvil")
MAX_ALT = 300  # caracteres
PDF = "introduccion-a-los-llm.pdf"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ROOT_USER = getattr(os, "geteuid", lambda: 1)() == 0


def ready() -> bool:
    """Si Sphinx y su tema están; si no, los instala con el extra «site» de pyproject.toml."""
    if all(map(find_spec, ("sphinx_book_theme", "myst_nb", "sphinx_copybutton", "latex2mathml"))):
        return True
    print("Instalo lo que hace el sitio: solo la primera vez.", flush=True)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    extra = ["-c", "requirements.lock", "--no-build-isolation", "-e", ".[site]"]
    return subprocess.run([*pip, *extra], cwd=ROOT).returncode == 0


def glossary(text: str) -> dict[str, str]:
    """Los términos del glosario como pueden salir en una lección → como están en él."""
    names = re.findall(r"^\| (?!Término|En el curso|-)([^|]+?) \| \*", text, re.MULTILINE)
    forms = {form: part for name in names for part in name.split(", ")
             for form in (part, part.partition(" (")[0])}  # fmt: skip
    plurals = {form + ("s" if form[-1] in "aeiouéó" else "es"): at for form, at in forms.items()}
    return {form.lower(): at for form, at in (plurals | forms).items()}


def glossary_page(text: str) -> str:
    """GLOSARIO.md con su tabla hecha entradas, para que cada término tenga su sitio."""
    row = re.compile(r"^\| (.+?) \| (\*.+?\*) \| (.+?) \| (\[.*?\)) \|\n", re.MULTILINE)
    entries = [
        "\n".join(name.split(", ")) + f"\n  {what} En inglés, {english}. Lección {where}.\n"
        for name, english, what, where in row.findall(text)
    ]
    head, _, rest = text.partition("| Término |")
    _, _, tail = rest.partition("\n\n")
    return f"{head}```{{glossary}}\n" + "\n".join(entries) + f"```\n\n{tail}"


def prepared(lesson: Lesson, where: Address, terms: dict[str, str], extra: Path) -> dict:
    """El cuaderno como lo quiere Sphinx; sus figuras se escriben aparte, en `extra`."""
    cells = []
    for position, cell in enumerate(lesson.cells):
        if cell.get("id") == lessons.BOOTSTRAP:
            continue
        if cell["cell_type"] == "markdown":
            text = lessons.source(cell)
            if cell.get("id") == lessons.BADGE:
                text = text.split(lessons.MARK)[0].replace("# ", f"# {lesson.number} · ", 1)
            cells.append({**cell, "source": prose(text, where, terms)})
        else:
            cells.append({**cell, "outputs": shown(lesson, position, extra)})
    return {**lesson.nb, "cells": cells}


def prose(text: str, where: Address, terms: dict[str, str]) -> str:
    """La prosa, con sus enlaces dentro del sitio y sus términos en negrita al glosario."""
    text = re.sub(r"\[([^\]]*)\]\((\.\./[^)\s]+)\)", lambda f: link(f[1], f[2], where), text)

    def term(found: re.Match) -> str:
        name = terms.get(found[1].lower())
        return f"{{term}}`{found[1]} <{name}>`" if name else found[0]

    return re.sub(r"\*\*([^*\n`<>]+)\*\*", term, text)


def anchors(everyone: list[Lesson]) -> dict[tuple[str, str], str]:
    """Los apartados de las lecciones: (número, título sin minutos) → dónde están en el sitio."""
    found = {}
    for lesson in everyone:
        titles = re.findall(r"^#{1,3} (.+)$", "\n".join(map(lessons.source, lesson.markdown)), re.M)
        for title in titles:
            slug = re.sub(r"[^\w\- ]", "", title.lower().replace(" ", "-"))
            name = re.sub(r" \((fácil|medio|difícil), .*\)$", "", title)
            found[lesson.number, name] = f"{lesson.path.name}#{slug}"
    return found


def cited(text: str, places: dict[tuple[str, str], str]) -> str:
    """Los apartados que se citan, «04 · *10. La temperatura*», como enlaces."""

    def to(found: re.Match) -> str:
        place = places.get((found[1], found[2]))
        return f"[{found[0]}]({place})" if place else found[0]

    return re.sub(r"(\d\d) · \*([^*\n]+)\*", to, text)


def link(text: str, url: str, where: Address) -> str:
    """Un enlace que sale de `notebooks/`: a una página del sitio, al repositorio o a nada."""
    path, _, anchor = url.removeprefix("../").partition("#")
    if path == "README.md":
        page = "escritor.html" if "móvil" in anchor else "INSTALAR.html"
        return f'<a href="{page}">{text}</a>'
    return f"[{text}]({where.url}/blob/{where.ref}/{path})" if where.published else text


def shown(lesson: Lesson, position: int, extra: Path) -> list[dict]:
    """Lo que la celda enseñó al guardarse: las figuras con su texto; de un control, su gemelo."""
    outputs, cell = [], lesson.cells[position]
    for number, output in enumerate(cell["outputs"]):
        data, page = output.get("data", {}), None
        if lessons.output_text(output).strip() == CONTROL:
            page = still(lesson, position, lessons.joined(data.get("text/html", "")))
        elif "text/html" not in data and "image/png" in data:
            name = f"figuras/{lesson.number}-{cell['id']}-{number}.png"
            image = base64.b64decode(lessons.joined(data["image/png"]))
            (extra / name).write_bytes(image)
            page = picture(name, image, alt(lesson, position, number))
        if page:
            output = {"output_type": "display_data", "metadata": {}, "data": {"text/html": page}}
        outputs.append(output)
    return outputs


def picture(name: str, image: bytes, text: str) -> str:
    """Una figura, con lo que dice para quien no la ve; su tamaño evita que la página salte."""
    width, height = struct.unpack(">II", image[16:24])
    return (
        f'<img src="{name}" alt="{html.escape(text)}" width="{width}" height="{height}" '
        'loading="lazy">'
    )


def still(lesson: Lesson, position: int, page: str) -> str:
    """El hueco de un control: el escritor, su pantalla guardada o dónde está lo mismo, quieto."""
    demos = [cell["id"] for cell in lesson.code if "temperature_demo(" in lessons.source(cell)]
    if lesson.cells[position]["id"] in demos[:1]:
        return f"<p>{HERE}</p>{FRAME}"
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


def front(everyone: list[Lesson], pdf: bool) -> str:
    """La portada: docs/index.md con la tabla de lecciones y el índice del sitio."""
    rows = [
        f"| [{one.number} · {one.title}]({one.path.name}) | {publish.minutes(one, 'Clase')} |"
        f' <span class="avance" data-leccion="{one.number}"></span> |'
        for one in everyone
    ]
    values = {
        "LECCIONES": "\n".join(rows),
        "INDICE": "\n".join(one.path.stem for one in everyone),
        "FIGURA": moving(everyone, "¿Qué aprende primero una red?"),
        "PDF": f'<a class="puerta" href="{PDF}">El curso en PDF</a>' if pdf else "",
    }
    text = (DOCS / "index.md").read_text(encoding="utf-8")
    return re.sub("@([A-Z]+)@", lambda found: values[found[1]], text)


def moving(everyone: list[Lesson], title: str) -> str:
    """Una figura que se mueve, tal como la guarda su lección."""
    outputs = [output for one in everyone for cell in one.code for output in cell["outputs"]]
    pages = [lessons.joined(output.get("data", {}).get("text/html", "")) for output in outputs]
    (page,) = [one for one in pages if 'class="explorable"' in one and f'title="{title}"' in one]
    return f"``````{{raw}} html\n{page}\n``````"


def install_page(where: Address) -> str:
    """Las secciones del README que dicen cómo se tiene el curso en un ordenador."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    parts = re.split(r"^(?=## )", text, flags=re.MULTILINE)
    kept = [part for part in parts if part.splitlines()[0][3:] in SECTIONS]
    text = "# El curso en tu ordenador\n\n" + "".join(kept).replace("(notebooks/", "(")
    text = re.sub(r"\(#lecciones\)", "(index.md)", text)
    return prose(re.sub(r"\]\((?=[\w/]+\.md\))(?!GUIA|index)", "](../", text), where, {})


def stage(source: Path, extra: Path, where: Address, pdf: bool = False) -> None:
    """Todo lo que Sphinx convierte, en `source`, y lo que se copia tal cual, en `extra`."""
    everyone, notebooks = lessons.all_lessons(), lessons.NOTEBOOKS
    for folder in (source, extra / "figuras", extra / "cuadernos"):
        folder.mkdir(parents=True)
    texts = {one.stem: one.read_text(encoding="utf-8") for one in notebooks.glob("*.md")}
    terms = glossary(texts["GLOSARIO"])
    texts["GLOSARIO"] = glossary_page(texts["GLOSARIO"])
    places = anchors(everyone)
    pages = {name: cited(prose(text, where, {}), places) for name, text in texts.items()}
    pages |= {"index": front(everyone, pdf), "INSTALAR": install_page(where)}
    for name, text in pages.items():
        (source / f"{name}.md").write_text(text, encoding="utf-8")
    for one in everyone:
        nb = prepared(one, where, terms, extra)
        (source / one.path.name).write_text(lessons.as_text(nb), encoding="utf-8")
        shutil.copy(one.path, extra / "cuadernos")
    writer = writer_page.page(writer_page.load_card(), writer_page.WEIGHTS.read_bytes(), where)
    (extra / "escritor.html").write_text(writer, encoding="utf-8", newline="\n")


def sphinx(builder: str, folder: Path, output: Path) -> int:
    """Convierte lo preparado en `folder`. Un aviso de Sphinx es un error."""
    order = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", builder]
    order += ["-c", str(DOCS), "-d", str(folder / "leído"), str(folder / "fuente"), str(output)]
    return subprocess.call([*order, "-D", f"html_extra_path={folder / 'extra'}"])


def lighten(output: Path) -> None:
    """Quita lo que el tema trae y aquí no se usa: sus iconos, que dibuja site.css, y sus mapas."""
    for page in output.glob("*.html"):
        text = page.read_text(encoding="utf-8")
        text = re.sub(r"<script [^>]*fontawesome\.js[^>]*></script>\s*", "", text)
        page.write_text(text, encoding="utf-8", newline="\n")
    for unused in ("locales", "vendor", "scripts/fontawesome.js", "scripts/*.txt", "**/*.map"):
        for one in list((output / "_static").glob(unused)):
            shutil.rmtree(one) if one.is_dir() else one.unlink()
    sheet = output / "_static" / "styles" / "pydata-sphinx-theme.css"
    text = re.sub(r"@font-face\{[^}]*\}", "", sheet.read_text(encoding="utf-8"))
    sheet.write_text(text, encoding="utf-8", newline="\n")
    for leftover in [*output.glob(".buildinfo*"), output / "objects.inv"]:
        leftover.unlink(missing_ok=True)


def printer() -> str | None:
    """El Chromium que sabe imprimir; si no lo hay, lo dice."""
    if not (found := next(filter(None, map(shutil.which, BROWSERS)), None)):
        print("Sin Chromium no hay PDF: imprime cada página desde tu navegador.")
    return found


def paper(folder: Path, output: Path) -> int:
    """El curso entero en un PDF: todas las páginas en una, y a imprimir."""
    code = sphinx("singlehtml", folder, folder / "papel")
    order = [printer(), "--headless", "--disable-gpu", *["--no-sandbox"] * ROOT_USER]
    order += ["--no-pdf-header-footer", "--disable-pdf-tagging", "--virtual-time-budget=20000"]
    order += [f"--print-to-pdf={output / PDF}", f"--user-data-dir={folder / 'perfil'}"]
    page = (folder / "papel" / "index.html").as_uri()
    return code or subprocess.call([*order, page], stderr=subprocess.DEVNULL, timeout=300)


def build(output: Path = OUTPUT, pdf: bool = False) -> int:
    """Escribe el sitio en `output`, que deja solo con él; con `pdf`, también el curso en papel."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        stage(folder / "fuente", folder / "extra", address.current(), pdf)
        made = folder / "hecho"
        code = sphinx("html", folder, made) or (paper(folder, made) if pdf else 0)
        if not code:  # si algo falla, queda el sitio de antes
            lighten(made)
            shutil.rmtree(output, ignore_errors=True)
            shutil.move(made, output)
    return code


def main(output: str = "") -> int:
    """Prepara lo que falte, escribe el sitio y dice cuánto pesa."""
    if not ready():
        print("No se ha podido instalar: la primera vez hace falta red.")
        return 1
    folder = Path(output).resolve() if output else OUTPUT
    pdf = bool(os.environ.get("PDF")) and bool(printer())
    code = build(folder, pdf)
    size = sum(one.stat().st_size for one in folder.rglob("*") if one.is_file())
    print(f"{folder}: {comma(size / 1e6, 1)} MB. Abre index.html con cualquier navegador.")
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
