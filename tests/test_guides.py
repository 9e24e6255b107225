"""La guía docente y el glosario dicen lo que hay: títulos que existen y términos con su entrada."""

import math
import re
import unicodedata
from collections import Counter
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest

import lessons
import pace

ROOT = Path(__file__).resolve().parent.parent
GUIDE, GLOSSARY = ROOT / "notebooks/GUIA_DOCENTE.md", ROOT / "notebooks/GLOSARIO.md"
PAPER = ROOT / "notebooks/N_GRAMA_EN_PAPEL.md"
PAGES = [
    page for place in (".", "aula", "notebooks") for page in sorted((ROOT / place).glob("*.md"))
]
LESSONS = {lesson.number: lesson for lesson in lessons.all_lessons()}
QUOTED = re.compile(r"(\d\d) · \*([^*\n]+)\*")
ACUTE = "\N{COMBINING ACUTE ACCENT}"
LINK = re.compile(r"\[(\d\d)\]\(([^)]+)\)")
# Negritas que recalcan y no presentan un término. Si la tuya presenta uno, va al glosario.
EMPHASIS = {
    "00": {"predice"},
    "03": {"más de lo esperado"},
    "06": {"al principio", "ayuda", "dos", "ilustra"},
    "07": {
        "cumplir siempre o explicar por qué no",
        "dónde acaba una respuesta",
        "mientras se escribe",
        "para quien ve las letras",
        "sentido",
    },
    "09": {"4 palabras y 10 letras"},
}


def text(lesson: lessons.Lesson) -> str:
    """La prosa de una lección: sin insignias, sin código y sin la lista de referencias."""
    prose = "\n\n".join(map(lessons.source, lesson.markdown))
    return re.sub(r"(?s)```.*?```", "", prose).split("\n## Referencias")[0]


def headings(lesson: lessons.Lesson) -> set[str]:
    """Los títulos de una lección; los de ejercicio, sin la dificultad y los minutos."""
    found = re.findall(r"^#+ (.+)$", text(lesson), re.MULTILINE)
    return {re.sub(r" \((fácil|medio|difícil), .*\)$", "", title) for title in found}


def bold_terms(markdown: str) -> list[str]:
    """Las negritas que presentan un término.

    Van dentro de una frase: no son la línea entera ni la encabezan, como «**Predice antes de
    ejecutar:**» o, en una lista, «- **Cualquier otro error**: lee la última línea».
    """
    found = []
    for line in markdown.splitlines():
        for bold in re.findall(r"\*\*([^*]+)\*\*", line):
            whole = line.strip() == f"**{bold}**"
            leads = re.match(rf"\s*([-*] )?\*\*{re.escape(bold)}\*\*:", line)
            label = bold[-1] in ".:?!…" or (leads and bold[0] in f"`{bold[0].upper()}")
            if not whole and not label:
                found.append(bold)
    return found


def stem(term: str) -> str:
    """Un término sin mayúsculas, tildes ni plural: «Redes neuronales» y «red neuronal» son uno."""
    plain = unicodedata.normalize("NFD", term.lower()).replace(ACUTE, "")
    words = unicodedata.normalize("NFC", plain).split()
    return " ".join(re.sub(r"(?<=..[lrndzj])es$|(?<=...)s$", "", word) for word in words)


def rows(name: str) -> list[list[str]]:
    """Las filas de una tabla del glosario, la que empieza por esa columna."""
    table = GLOSSARY.read_text(encoding="utf-8").split(f"| {name} |")[1].split("\n\n")[0]
    return [[cell.strip() for cell in line.split(" | ")] for line in table.splitlines()[2:]]


def entries() -> dict[str, list[str]]:
    """Cada término del glosario, con los nombres por los que se puede buscar."""
    found = {}
    for term, *_ in rows("Término"):
        term = term.removeprefix("| ")
        found[term] = [stem(form) for form in re.sub(r" \(.*?\)", "", term).split(",")]
    return found


def lesson_of(row: list[str]) -> str:
    """El número de la lección que enlaza una fila."""
    return LINK.search(row[-1])[1]


@pytest.mark.parametrize("number", LESSONS)
def test_every_bold_term_is_in_the_glossary(number):
    """Lo que una lección presenta en negrita tiene entrada, salvo lo que solo recalca."""
    known = {form for forms in entries().values() for form in forms}
    terms = set(bold_terms(text(LESSONS[number]))) - EMPHASIS.get(number, set())
    assert sorted(term for term in terms if stem(term) not in known) == []


@pytest.mark.parametrize("number", LESSONS)
def test_the_list_of_emphasis_has_nothing_left_over(number):
    """Cada excepción está de verdad en su lección: la lista no crece sola."""
    assert EMPHASIS.get(number, set()) <= set(bold_terms(text(LESSONS[number])))


def test_each_entry_points_to_the_lesson_that_presents_it():
    """El enlace va a la primera lección que lo pone en negrita.

    Si dos entradas comparten nombre, como las dos claves, basta con que una vaya a la primera.
    """
    linked, first = {}, {}
    for forms, row in zip(entries().values(), rows("Término"), strict=True):
        for form in forms:
            linked.setdefault(form, set()).add(lesson_of(row))
    for number in sorted(LESSONS):
        for form in map(stem, bold_terms(text(LESSONS[number]))):
            first.setdefault(form, number)
    assert {form: n for form, n in first.items() if n not in linked.get(form, {n})} == {}


@pytest.mark.parametrize("table", ["Término", "En el curso"])
def test_each_entry_appears_in_the_lesson_it_points_to(table):
    """La palabra, o uno de sus nombres, está escrita en la lección enlazada."""
    for row in rows(table):
        number, file = LINK.search(row[-1]).groups()
        assert LESSONS[number].path.name == file
        words = stem(text(LESSONS[number]).translate(dict.fromkeys(map(ord, "*«».,;:()?"), " ")))
        names = re.sub(r" \(.*?\)", "", row[0].removeprefix("| ")).split(",")
        assert any(f" {stem(name)} " in f" {words} " for name in names), row[0]


def test_the_glossary_is_in_order_and_complete():
    """Por orden alfabético sin mirar tildes, sin repetir, y con todas las columnas."""
    terms = list(entries())
    plain = [unicodedata.normalize("NFD", term.lower()) for term in terms]
    keys = [text.encode("ascii", "ignore") for text in plain]
    assert keys == sorted(keys) and len(set(keys)) == len(keys)
    assert len(terms) >= 60
    for _, english, meaning, _ in rows("Término"):
        assert re.fullmatch(r"\*.+\*", english) and meaning.endswith(".")


def test_every_heading_the_guide_quotes_exists():
    """«04 · *10. La temperatura*» es un título de la lección 04, tal como se escribe."""
    quoted = QUOTED.findall(GUIDE.read_text(encoding="utf-8"))
    assert len(quoted) >= 40
    wrong = [(n, title) for n, title in quoted if title not in headings(LESSONS[n])]
    assert wrong == []


def test_each_lesson_told_by_the_minute_fits_in_its_class():
    """Los minutos de cada plan van hacia delante y no pasan de su clase."""
    part = GUIDE.read_text(encoding="utf-8").split("\n## Lección a lección, minuto a minuto\n")[1]
    plans = re.findall(r"(?s)\n### (\d\d), [^\n]+\n(.*?)(?=\n##)", part.split("\n## ")[0] + "\n##")
    assert [number for number, _ in plans] == ["01", "02", "03", "04", "04", "05", "06", "07", "08"]
    for number, plan in plans:
        minutes = [int(n) for n in re.findall(r"^\| (\d+) \|", plan, re.MULTILINE)]
        assert minutes == sorted(set(minutes)) and minutes[0] == 0
        assert minutes[-1] < pace.pace(LESSONS[number]).classroom
        assert {quoted for quoted, _ in QUOTED.findall(plan)} == {number}


def test_the_paper_ngram_has_its_answers_right():
    """Contadas las parejas de la hoja, salen las respuestas de quien da la clase."""
    page = PAPER.read_text(encoding="utf-8")
    words = [".", *" ".join(re.findall(r"(?m)^> (.+)$", page)).split()]
    pairs, first = Counter(pairwise(words)), Counter(words[:-1])
    chance = {pair: Fraction(n, first[pair[0]]) for pair, n in pairs.items()}
    assert set(re.findall(r"(?m)^\| \*\*(.+?)\*\*<br>", page)) == set(words)
    assert chance["el", "molino"] == Fraction(1, 2) and ("el", "gigante") not in chance
    total = first["el"] + len(set(words))
    assert f"{pairs['el', 'molino'] + 1}/{total} y 1/{total}" in page
    phrase = ["el", "caballero", "ve", "un", "gigante", "."]
    assert math.prod(chance[pair] for pair in pairwise(phrase)) == Fraction(1, 32)
    assert "1/32, que son 5 bits" in page and len(phrase) - 1 == 5


def test_the_runs_fit_in_their_minutes():
    """Los minutos de cada tabla van hacia delante y no pasan de los anunciados."""
    guide = GUIDE.read_text(encoding="utf-8")
    for limit, part in re.findall(r"(?s)\n## [^\n]*en (\d+) minutos\n(.*?)(?=\n## )", guide):
        minutes = [int(n) for n in re.findall(r"^\| (\d+) \|", part, re.MULTILINE)]
        assert minutes == sorted(set(minutes)) and minutes[0] == 0
        assert int(limit) - 10 <= minutes[-1] < int(limit)


def test_the_projected_lesson_follows_its_minutes():
    """La guía dice cuándo empieza cada pantalla de la 09; las que lo llevan escrito, lo mismo."""
    told = re.search(r"pantallas empiezan en los minutos ([\d, y]+)", GUIDE.read_text("utf-8"))[1]
    minutes = [int(n) for n in re.findall(r"\d+", told)]
    assert minutes == sorted(set(minutes)) and minutes[-1] < 45
    cells = "\n".join(map(lessons.source, LESSONS["09"].cells))
    screens = re.split(r"(?m)^## \d+ · ", cells)[1:]
    written = [re.search(r"# @title Minuto (\d+)", screen) for screen in screens]
    pairs = list(zip(minutes, written, strict=True))
    assert [n for n, found in pairs if found] == [int(found[1]) for _, found in pairs if found]


def test_the_guide_links_inside_itself():
    """Cada enlace interno de la guía lleva a uno de sus títulos."""
    guide = GUIDE.read_text(encoding="utf-8")
    titles = re.findall(r"^#+ (.+)$", guide, re.MULTILINE)
    anchors = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
    assert set(re.findall(r"\]\(#([^)]+)\)", guide)) <= anchors


def test_the_map_of_the_house_is_complete():
    """CONTRIBUTING lleva de cada lección a su carpeta, y ninguna carpeta queda fuera."""
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    table = page.split("| Lección | Su carpeta |")[1].split("\n\n")[0]
    named = {line: re.findall(r"`(\w+)/`", line) for line in table.splitlines()[2:]}
    links = [LINK.search(line).groups() for line in named]
    assert links == [(n, f"notebooks/{one.path.name}") for n, one in LESSONS.items()]
    shared = {"support", "models", "face", "data"}
    rooms = {path.parent.name for path in (ROOT / "llm_intro").glob("*/__init__.py")} - shared
    assert {room for rooms in named.values() for room in rooms} == rooms


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_the_files_a_page_links_to_exist(page):
    """Cada enlace de una página a un archivo del curso lleva a alguno."""
    found = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [link for link in found if not (page.parent / link).exists()] == []


def test_the_path_of_the_book_is_written_whole():
    """El núcleo trabaja en notebooks/: una ruta que no empiece por «/» no llevaría al libro."""
    told = [
        p for page in PAGES for p in re.findall(r"LLM_INTRO_QUIJOTE=(.)", page.read_text("utf-8"))
    ]
    assert set(told) == {"/"}


def test_bold_terms_by_hand():
    """Cuenta la negrita de dentro de una frase, y no la que la abre o la llena."""
    prose = "Eso es un **token**.\n**Predice antes:** ¿qué?\n**¿Qué falta?**\n1. **Ajuste.** Va."
    assert bold_terms(prose) == ["token"]
    assert bold_terms("- **señuelos**: lo mismo\n- **Otro error**: léelo") == ["señuelos"]


@pytest.mark.parametrize(
    ("plural", "singular"),
    [
        ("Redes neuronales", "red neuronal"),
        ("tokens", "token"),
        ("bytes", "byte"),
        ("contextuales", "contextual"),
        ("continuaciones", "continuación"),
    ],
)
def test_plural_and_singular_are_one_term(plural, singular):
    """El glosario escribe el singular y la lección, lo que le toque."""
    assert stem(plural) == stem(singular)
    assert stem(singular) != stem(singular + "x")
