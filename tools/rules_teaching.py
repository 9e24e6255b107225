"""Reglas de la clase: ritmo de las celdas, ejercicios con solución y prosa que se lee bien."""

import ast
import re
import statistics
from dataclasses import astuple

import lessons
import pace
import readability
import solutions
from lessons import EXERCISE, IGNORED, Lesson

MAX_LINES, SHORT_LINES, MEDIAN_LINES = 25, 12, 4
WORDS_PER_LINE = 10
MAX_QUOTED = 80  # caracteres de un texto que se enseña tal como lo escribe Python
COMPARED_SHARE = 0.30
MIN_PERSPICUITY, MAX_SENTENCE = 55, 35
KNOWN = {IGNORED, EXERCISE, lessons.CLAIM, lessons.FOLDED}
PROJECTED = {"09"}  # sus minutos los marca la clase
WITHOUT_EXERCISES = {"00", "09"}  # la portada y la demostración que se proyecta
HEADING = re.compile(r"^### Ejercicio \d+ · .+ \((fácil|medio|difícil), \d+ min\)$", re.MULTILINE)
ENGLISH = re.compile(
    r"\b(loss|epochs?|accuracy|steps?|training|train|validation|frequency|temperature|"
    r"probability|words?|counts?|time|size|letters?|characters?|bits per|score|value)\b",
    re.IGNORECASE,
)
LABELS = {"label", "title", "xlabel", "ylabel", "description"}
LABELLERS = {"set_title", "set_xlabel", "set_ylabel", "suptitle", "title", "xlabel", "ylabel"}


def short_cells(lesson: Lesson):
    """Celdas de 25 líneas como mucho; de las que se ven, la mitad de 4 y el 90 % de 12."""
    for cell in lesson.code:
        if (lines := lessons.code_lines(cell, comments=True)) > MAX_LINES:
            yield f"{cell['id']}: {lines} líneas, más de {MAX_LINES}"
    sizes = [lessons.code_lines(cell) for cell in visible_code(lesson)] or [0]
    if (median := statistics.median(sizes)) > MEDIAN_LINES:
        yield f"la mediana es de {median} líneas por celda, más de {MEDIAN_LINES}"
    short = sum(size <= SHORT_LINES for size in sizes) / len(sizes)
    if short < 0.9:
        yield f"solo el {short:.0%} de las celdas tiene {SHORT_LINES} líneas o menos"


def rhythm(lesson: Lesson):
    """Como mucho dos celdas de código seguidas: antes o después, una explicación."""
    kinds = [cell["cell_type"] for cell in lesson.cells]
    for position in range(len(kinds) - 2):
        if kinds[position : position + 3] == ["code"] * 3:
            yield f"{lesson.cells[position]['id']}: empieza una serie de tres celdas de código"


def explained(lesson: Lesson):
    """Al menos diez palabras de prosa por línea de código que se ve; la plegada no se lee."""
    lines = sum(map(lessons.code_lines, visible_code(lesson)))
    words = len(readability.words(prose(lesson)))
    if words < WORDS_PER_LINE * lines:
        yield f"{words} palabras para {lines} líneas de código: faltan explicaciones"


def visible_code(lesson: Lesson) -> list[dict]:
    """Las celdas de código que se leen: ni el arranque ni las que se guardan plegadas."""
    return [cell for cell in lesson.own_code if lessons.FOLDED not in lessons.tags(cell)]


def compared(lesson: Lesson):
    """nbval compara al menos el 30 % de las celdas, y lo que no compara lo comprueba un assert."""
    cells = lesson.code
    seen = sum(IGNORED not in lessons.tags(cell) and speaks(cell) for cell in cells)
    if seen < COMPARED_SHARE * len(cells):
        yield f"solo se comparan {seen} de {len(cells)} celdas de código"
    for position, cell in enumerate(cells):
        near = cells[position : position + 3]
        exempt = cell.get("id") == lessons.BOOTSTRAP or EXERCISE in lessons.tags(cell)
        if IGNORED in lessons.tags(cell) and not exempt and not any(map(has_assert, near)):
            yield f"{cell['id']}: no se compara y no hay un assert en ella ni en las dos siguientes"


def speaks(cell: dict) -> bool:
    """Si ejecutar la celda puede fallar una comprobación: enseña algo o tiene un assert."""
    return bool(cell["outputs"]) or has_assert(cell)


def has_assert(cell: dict) -> bool:
    return re.search(r"^\s*assert\b", lessons.source(cell), re.MULTILINE) is not None


def known_tags(lesson: Lesson):
    """Solo las etiquetas del curso: ninguna que esconda una celda a las pruebas."""
    for cell in lesson.cells:
        if unknown := set(lessons.tags(cell)) - KNOWN:
            yield f"{cell['id']}: etiqueta desconocida {sorted(unknown)}"


def claims(lesson: Lesson):
    """Una afirmación empieza por un comentario que la dice y tiene su assert."""
    for cell in lesson.code:
        if lessons.CLAIM not in lessons.tags(cell):
            continue
        if not lessons.source(cell).startswith("# "):
            yield f"{cell['id']}: la primera línea debe ser un comentario con la afirmación"
        if not has_assert(cell):
            yield f"{cell['id']}: afirma sin assert"


def exercises(lesson: Lesson):
    """Ejercicios con enunciado, comprobación, pistas y solución; de tres a seis por lección."""
    from llm_intro.face.exercises import check

    found = solutions.exercises(lesson)
    if lesson.number not in WITHOUT_EXERCISES and not 3 <= len(found) <= 6:
        yield f"tiene {len(found)} ejercicios; deben ser de 3 a 6"
    for item in found:
        name = item.cell["id"]
        if item.check is None:
            yield f"{name}: su última instrucción debe ser check(…)"
        elif check(**{item.name: None}).state != "pendiente":
            yield f"{name}: «{item.name}» no está registrado en llm_intro.face.exercises"
        if item.solution is None:
            yield f"{name}: le falta un <details> con una sola solución en ```python"
        if not HEADING.search(item.statement):
            yield f"{name}: falta «### Ejercicio N · Título (fácil, 5 min)» antes"


def spanish_labels(lesson: Lesson):
    """Los títulos y las etiquetas de figuras y controles, en español."""
    for cell in lesson.own_code:
        for text in labels(lessons.source(cell)):
            if found := ENGLISH.search(text):
                yield f"{cell['id']}: «{text}» tiene la palabra inglesa «{found[0]}»"


def written_text(lesson: Lesson):
    """Un texto largo se imprime por palabras: entre comillas y con «\\n» no hay quien lo lea."""
    for cell in lesson.code:
        for output in cell["outputs"]:
            shown = lessons.output_text(output)
            if "data" in output and shown[:1] in ("'", '"') and len(shown) > MAX_QUOTED:
                yield f"{cell['id']}: enseña un texto largo entre comillas: usa print(fill(…))"


def labels(code: str) -> list[str]:
    """Las cadenas que la celda usa como etiqueta de una figura o de un control."""
    calls = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)]
    texts = [key.value for call in calls for key in call.keywords if key.arg in LABELS]
    texts += [a for c in calls if getattr(c.func, "attr", "") in LABELLERS for a in c.args]
    return [node.value for node in texts if isinstance(getattr(node, "value", None), str)]


def prose(lesson: Lesson) -> str:
    """Toda la prosa del cuaderno, sin la celda de la insignia."""
    cells = [cell for cell in lesson.markdown if cell.get("id") != lessons.BADGE]
    return readability.prose("\n\n".join(map(lessons.source, cells)))


def announced_minutes(lesson: Lesson):
    """Los minutos que anuncia son los que salen de contar el cuaderno."""
    if lesson.number in PROJECTED:
        return
    told, counted = pace.announced(lesson), pace.pace(lesson)
    if told is None or not all(map(pace.agrees, astuple(told), astuple(counted))):
        yield f"anuncia «{told}» y salen «{counted}»"


def readable(lesson: Lesson):
    """INFLESZ de 55 o más y ninguna frase de más de 35 palabras."""
    text = prose(lesson)
    if not readability.words(text):
        yield "no tiene prosa"
        return
    if (score := readability.perspicuity(text)) < MIN_PERSPICUITY:
        yield f"perspicuidad {score:.1f}, menos de {MIN_PERSPICUITY}"
    for sentence in readability.sentences(text):
        if (count := len(readability.words(sentence))) > MAX_SENTENCE:
            yield f"frase de {count} palabras: «{sentence[:80]}…»"


RULES = [
    short_cells,
    rhythm,
    explained,
    compared,
    known_tags,
    claims,
    exercises,
    spanish_labels,
    written_text,
    announced_minutes,
    readable,
]
