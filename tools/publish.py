"""La dirección del curso, en todas partes a la vez.

    python tools/publish.py --repo cuenta/nombre --ref v1.0.0    la cambia
    python tools/publish.py                                      rehace lo que sale de ella
    python tools/publish.py --check                              1 si algo no concuerda

De ella salen las insignias, la celda de arranque, las imágenes, el README, colab_badge.md y la
dirección y la versión de CITATION.cff. Basta un Python 3.11: no hace falta instalar el curso.
"""

import argparse
import re
import sys
from pathlib import Path

import badges
import lessons
from address import Address, current, set_address
from badges import NOT_YET, with_badges
from lessons import BOOTSTRAP, FOLDED, IGNORED, ROOT, Lesson, replaced

HERE = Path(__file__).resolve().parent
COLAB = {  # si está publicado → lo que dice el README de la primera manera de entrar
    True: "Pulsa la insignia de una lección en la tabla de abajo y ejecuta la primera celda.",
    False: "Esta copia todavía no tiene dirección, y Colab no sabría de dónde bajarla.\n"
    "Si la publicas, [cada lección tendrá su insignia](colab_badge.md); mientras tanto, usa la "
    "segunda manera.",
}


def needed() -> list[str]:
    """Los paquetes que usan las lecciones: la primera sección de requirements.txt."""
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    section = text.split("# Lecciones\n", 1)[1].split("\n\n", 1)[0]
    return [re.match(r"[\w-]+", line)[0] for line in section.splitlines()]


def with_bootstrap(lesson: Lesson, address: Address) -> Lesson:
    """Otro cuaderno con la celda de arranque de esa dirección, plegada."""
    code = (HERE / "bootstrap.py").read_text(encoding="utf-8").rstrip("\n")
    code = code.replace("@REPO@", address.url).replace("@REF@", address.ref)
    code = code.replace("@NEEDED@", '", "'.join(needed()))
    folded = lessons.metadata([FOLDED, IGNORED])
    return replaced(lesson, BOOTSTRAP, source=code, metadata=folded)


def with_images(lesson: Lesson, address: Address) -> Lesson:
    """Otro cuaderno con imágenes que se ven: relativas, y completas una vez publicado."""
    here = f"https://raw.githubusercontent.com/{address.repo}/{address.ref}/imgs/"
    folder = here if address.published else "../imgs/"
    pattern = re.compile(r"(\.\./imgs/|https://raw\.githubusercontent\.com/[^)\s\"]*?/imgs/)")
    for cell in lesson.markdown:
        if pattern.search(lessons.source(cell)) and cell.get("id"):
            text = pattern.sub(folder, lessons.source(cell))
            lesson = replaced(lesson, cell["id"], source=text)
    return lesson


def refreshed(lesson: Lesson, address: Address) -> Lesson:
    """Otro cuaderno con todo lo que sale de la dirección al día."""
    return with_images(with_bootstrap(with_badges(lesson, address), address), address)


def table(address: Address) -> str:
    """La tabla de lecciones del README."""
    rows = [["Lección", "Clase", "Cálculo", "Abrir"], ["---"] * 4]
    for lesson in lessons.all_lessons():
        name = lesson.path.name
        link = f"[{lesson.number} · {lesson.title}](notebooks/{name})"
        times = [minutes(lesson, "Clase"), minutes(lesson, "Cálculo")]
        rows.append([link, *times, badges.buttons(address, name).replace("\n", " ")])
    columns = 4 if address.published else 3
    lines = ["| " + " | ".join(row[:columns]) + " |" for row in rows]
    return "\n".join(lines if address.published else [*lines, "", NOT_YET])


def minutes(lesson: Lesson, what: str) -> str:
    """Lo que la lección dice que dura: «Clase: 90 minutos.», «Cálculo: 3 minutos en…»."""
    text = "\n".join(map(lessons.source, lesson.markdown))
    found = re.search(rf"^{what}: (.*?(?:minutos?(?: y medio)?|segundos))\b", text, re.MULTILINE)
    return found[1] if found else ""


def clone_lines(address: Address) -> str:
    """Lo que hay que escribir para bajar el curso."""
    if not address.published:
        return "Descarga esta carpeta y ábrela en una terminal."
    folder = address.repo.rpartition("/")[2]
    return f"```bash\ngit clone {address.url}\ncd {folder}\n```"


def citation(address: Address) -> str:
    """CITATION.cff con la dirección y la versión del módulo."""
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    init = (ROOT / "llm_intro" / "__init__.py").read_text(encoding="utf-8")
    version = re.search(r'^__version__ = "(.*)"', init, re.MULTILINE)[1]
    text = re.sub(r"(?m)^version: .*", f"version: {version}", text)
    return re.sub(r"(?m)^repository-code: .*", f'repository-code: "{address.url}"', text)


def between(text: str, name: str, new: str) -> str:
    """Cambia lo que hay entre las marcas <!-- name --> y <!-- /name -->."""
    start, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    head, _, rest = text.partition(start)
    return f"{head}{start}\n{new}\n{end}{rest.partition(end)[2]}" if rest else text


def generated(address: Address) -> dict[Path, str]:
    """Todo lo que sale de la dirección: archivo → texto que debe tener."""
    files = {ROOT / "colab_badge.md": badges.page(address)}
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    readme = between(readme, "lecciones", table(address))
    readme = between(readme, "colab", f"**1. En Colab.** {COLAB[address.published]}")
    files[ROOT / "README.md"] = between(readme, "descarga", clone_lines(address))
    files[ROOT / "CITATION.cff"] = citation(address)
    for lesson in lessons.all_lessons():
        files[lesson.path] = lessons.as_text(refreshed(lesson, address).nb)
    return files


def outdated(address: Address) -> list[Path]:
    """Los archivos que no dicen lo que deberían."""
    return [
        path
        for path, text in generated(address).items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]


def update(where: Address) -> None:
    """Escribe lo que ya no concuerda con la dirección y dice qué ha cambiado."""
    texts = generated(where)
    for path in outdated(where):
        lessons.save(path, texts[path])
        print(f"actualizado: {path.relative_to(ROOT)}")


def main() -> int:
    """Lee la orden y la cumple; con --check solo mira."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repo")
    parser.add_argument("--ref")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    if options.check:
        for path in (old := outdated(current())):
            print(f"{path.relative_to(ROOT)} no concuerda con la dirección: usa make publish.")
        return int(bool(old))
    set_address(options.repo, options.ref)
    update(current())
    return 0


if __name__ == "__main__":
    sys.exit(main())
