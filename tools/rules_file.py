"""Reglas del archivo: que cualquier programa lo abra y que el diff diga lo que cambió."""

import copy
import re
import symtable

import nbformat

import lessons
from lessons import BADGE, BOOTSTRAP, FOLDED, IGNORED, MARK, ROOT, Lesson

MAX_BYTES = 400_000
TRAINING = {"04", "06"}  # las lecciones que entrenan redes: con GPU van mejor
ALIKE = {"curve", "history", "horse", "rocinante", "cheese"}  # cambian de valor, no de sentido
ID = re.compile(r"[a-z][a-z0-9-]{1,63}")
FORBIDDEN_CODE = {
    r"\bplt\.show\(": "plt.show(): basta con nombrar la figura",
    r"\binteract\(": "interact(): usa los controles del módulo",
    r"\bclear_output\b": "clear_output: se pierde fuera de JupyterLab",
    r"#\s*@param": "#@param: solo funciona en Colab",
    r"[\"']cuda\b": "la palabra «cuda» escrita a mano: usa best_device()",
    r";\s*\Z": "el punto y coma del final, que nbval no ve: escribe «_ = …»",
    r"\bmetadata\.widgets\b": "metadata.widgets: GitHub no abre el cuaderno",
}
IMAGE = re.compile(r"!\[[^\]]*\]\(([^)\s]+)[^)]*\)|<img[^>]+src=[\"']([^\"']+)")
OWN_IMAGE = re.compile(r"https://raw\.githubusercontent\.com/[^/]+/[^/]+/[^/]+/imgs/(\S+)")


def valid_format(lesson: Lesson):
    """Es un cuaderno válido de nbformat 4.5."""
    if (lesson.nb.get("nbformat"), lesson.nb.get("nbformat_minor")) != (4, 5):
        yield "no es nbformat 4.5"
    try:
        nbformat.validate(copy.deepcopy(lesson.nb))
    except nbformat.ValidationError as error:
        yield f"no es válido: {error.message}"


def canonical_text(lesson: Lesson):
    """Está guardado como lo guarda `make notebooks`."""
    text = lesson.path.read_text(encoding="utf-8")
    if text != lessons.as_text(lesson.nb):
        yield "no está guardado como lo deja make notebooks"


def small(lesson: Lesson):
    """Pesa 400 KB como mucho."""
    size = len(lessons.as_text(lesson.nb).encode())
    if size > MAX_BYTES:
        yield f"pesa {size} bytes, más de {MAX_BYTES}"


def clean_metadata(lesson: Lesson):
    """Sin estado de controles ni datos de una ejecución: en las celdas, solo etiquetas.

    Una celda plegada lleva además sus pliegues, los dos, y ninguna otra los lleva.
    """
    if "widgets" in lesson.nb["metadata"]:
        yield "tiene metadata.widgets: GitHub diría «Invalid Notebook»"
    for cell in lesson.cells:
        if cell["metadata"] != (wanted := lessons.metadata(lessons.tags(cell))):
            yield f"{cell['id']}: sus metadatos deben ser {wanted}: usa make notebooks"


def stable_ids(lesson: Lesson):
    """Cada celda tiene un id propio y escrito por una persona."""
    ids = [cell.get("id", "") for cell in lesson.cells]
    for cell_id in ids:
        if not ID.fullmatch(cell_id) or re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f-]+)?", cell_id):
            yield f"id {cell_id!r}: ponle un nombre en minúsculas, con guiones"
    yield from (f"id repetido: {cell_id}" for cell_id in {i for i in ids if ids.count(i) > 1})


def stored_outputs(lesson: Lesson):
    """Guardado tras ejecutarlo entero y en orden, sin errores ni controles sin vida."""
    counts = [cell["execution_count"] for cell in lesson.code]
    if counts != list(range(1, len(counts) + 1)):
        yield "no está ejecutado de arriba abajo: usa make notebooks"
    if not any(cell["outputs"] for cell in lesson.code):
        yield "no tiene salidas guardadas"
    for cell in lesson.code:
        for output in cell["outputs"]:
            if output["output_type"] == "error":
                yield f"{cell['id']}: guarda un error, {output['ename']}"
            if any("widget-view" in kind for kind in output.get("data", {})):
                yield f"{cell['id']}: guarda un control que sin núcleo no se ve"


def opening(lesson: Lesson):
    """Empieza por el título y las insignias, y su primera celda de código es el arranque."""
    if lesson.cells[0].get("id") != BADGE or MARK not in lessons.source(lesson.cells[0]):
        yield f"la primera celda debe ser «{BADGE}», la que escribe make publish"
    first = lesson.code[0] if lesson.code else {"metadata": {}}
    if first.get("id") != BOOTSTRAP or lessons.tags(first) != [FOLDED, IGNORED]:
        yield f"la primera celda de código debe ser «{BOOTSTRAP}», plegada y con {IGNORED}"


def gpu(lesson: Lesson):
    """Pide una GPU solo si entrena: en Colab se acaban, y a las demás no les sirve."""
    asked = "accelerator" in lesson.nb["metadata"] or "gpuType" in str(lesson.nb["metadata"])
    if asked != (lesson.number in TRAINING):
        yield f"{'pide' if asked else 'no pide'} una GPU: la piden {sorted(TRAINING)}"


def portable_code(lesson: Lesson):
    """Sin lo que se rompe en otro programa o en otro ordenador."""
    for cell in lesson.code:
        for pattern, reason in FORBIDDEN_CODE.items():
            if re.search(pattern, lessons.source(cell)):
                yield f"{cell['id']}: {reason}"


def one_meaning(lesson: Lesson):
    """Un nombre que pasa de una celda a otra se define en una sola: se repite la que se quiera.

    Si dos celdas lo definen, volver a ejecutar una tercera da otra cosa, o un error.
    """
    defined, used = {}, {}
    for cell in lesson.own_code:
        table = symtable.symtable(lessons.source(cell), cell["id"], "exec")
        bound = {s.get_name() for s in table.get_symbols() if s.is_assigned()}
        imported = {s.get_name() for s in table.get_symbols() if s.is_imported()}
        for name in bound:
            defined.setdefault(name, []).append(cell["id"])
        for name in globals_in(table) - bound - imported:
            used.setdefault(name, []).append(cell["id"])
    for name in sorted(set(used) - ALIKE):
        if len(owners := defined.get(name, [])) > 1:
            yield f"«{name}» se define en {owners} y se usa en {used[name]}: dale otro nombre"


def globals_in(table: symtable.SymbolTable) -> set[str]:
    """Los nombres que una celda, o algo de dentro, busca fuera de sí."""
    top = table.get_type() == "module"
    symbols = [s for s in table.get_symbols() if s.is_referenced() and (top or s.is_global())]
    return {s.get_name() for s in symbols}.union(*map(globals_in, table.get_children()))


def images(lesson: Lesson):
    """Las imágenes de los textos son archivos de imgs/ que existen."""
    for cell in lesson.markdown:
        if cell.get("attachments"):
            yield f"{cell['id']}: imagen adjunta, que Colab no enseña"
        if cell.get("id") == BADGE:
            continue
        for found in IMAGE.finditer(lessons.source(cell)):
            target = found[1] or found[2]
            own = OWN_IMAGE.fullmatch(target)
            local = f"../imgs/{own[1]}" if own else target
            path = (ROOT / "notebooks" / local).resolve()
            if not local.startswith("../imgs/") or not path.is_file():
                yield f"{cell['id']}: la imagen {target} no es un archivo de imgs/"


RULES = [
    valid_format,
    canonical_text,
    small,
    clean_metadata,
    stable_ids,
    stored_outputs,
    opening,
    gpu,
    portable_code,
    one_meaning,
    images,
]
