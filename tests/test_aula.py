"""La receta del aula: sus tamaños salen de lo medido, y no deja nada a medias."""

import ast
import builtins
import json
import re
from pathlib import Path

import yaml

AULA = Path(__file__).resolve().parent.parent / "aula"


def stored(name: str):
    """Lo que vale una constante de student.py, que aquí no se importa: pide paquetes del aula."""
    tree = ast.parse((AULA / "student.py").read_text("utf-8"))
    values = {node.targets[0].id: node.value for node in tree.body if isinstance(node, ast.Assign)}
    return ast.literal_eval(values[name])


def names(code: str) -> tuple[set[str], set[str]]:
    """Los nombres que un código usa y los que deja puestos."""
    used, made = set(), set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Name):
            (used if isinstance(node.ctx, ast.Load) else made).add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            made.add(node.name)
        elif isinstance(node, ast.arg):
            made.add(node.arg)
        elif isinstance(node, ast.alias):
            made.add((node.asname or node.name).split(".")[0])
    return used, made


def test_the_pretended_student_asks_for_cells_that_are_there():
    """Sus celdas están en la lección, y cada nombre que usan lo ha dejado una celda anterior."""
    lesson = AULA.parent / "notebooks" / stored("LESSON")
    cells = json.loads(lesson.read_text("utf-8"))["cells"]
    sources = {cell["id"]: "".join(cell["source"]) for cell in cells}
    assert stored("BEFORE").keys() <= set(stored("SHORT")) <= sources.keys()
    known = set(dir(builtins))
    for name in stored("SHORT"):
        used, made = names(f"{stored('BEFORE').get(name, '')}\n{sources[name]}")
        assert used <= known | made, (name, used - known - made)
        known |= made
    _, made = names(sources["deslizador"])
    assert re.match(r"\{'slider': (\w+)\.", stored("IDS"))[1] in made


def test_the_load_test_hands_out_this_course():
    """La carpeta que clona para los alumnos es la del curso."""
    code = (AULA / "load_test.py").read_text("utf-8")
    assert eval(re.search(r"(?m)^ROOT = (.+)$", code)[1], {"HERE": AULA}) == AULA.parent


def measured() -> list[list[float]]:
    """Las filas de la tabla medida de su README."""
    table = (AULA / "README.md").read_text("utf-8").split("| alumnos |")[1].split("\n\n")[0]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines()[2:]]
    return [[float(cell.replace(",", ".")) for cell in row] for row in rows]


def mebibytes(size: str) -> float:
    return float(size[:-1]) * {"M": 1, "G": 1000}[size[-1]]


def test_the_sizes_cover_what_was_measured():
    """La memoria reservada en Kubernetes y el límite de una máquina pasan de lo que ocupan."""
    used = max(row[5] for row in measured())
    memory = yaml.safe_load((AULA / "values.yaml").read_text("utf-8"))["singleuser"]["memory"]
    assert used * 1.2 <= mebibytes(memory["guarantee"]) < mebibytes(memory["limit"])
    config = (AULA / "jupyterhub_config.py").read_text("utf-8")
    assert mebibytes(re.search(r'MEMORY, CPU = "(\w+)"', config)[1]) == mebibytes(memory["limit"])


def test_the_sliders_were_under_a_second():
    """Con todos los alumnos medidos, 95 de cada 100 movimientos se ven en menos de un segundo."""
    assert max(row[0] for row in measured()) >= 8
    assert all(row[3] < 1 for row in measured())


def test_no_value_is_a_real_secret_or_address():
    """La clave y el registro del archivo de Kubernetes son huecos que se ven."""
    values = yaml.safe_load((AULA / "values.yaml").read_text("utf-8"))
    assert values["hub"]["config"]["SharedPasswordAuthenticator"]["user_password"].startswith(
        "CAMBIA"
    )
    assert values["singleuser"]["image"]["name"].startswith("REGISTRO/")
