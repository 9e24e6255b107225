"""Las pruebas del curso: primero el módulo con pytest, después los cuadernos con nbval.

python tools/suite.py [module] [notebooks] [book] [browser]
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BOOK = "LLM_INTRO_QUIJOTE"
PARALLEL = ["--numprocesses=logical", "--maxprocesses=4", "--dist=loadfile"]  # varios archivos
UNTIMED = ["test_moving", "test_site"]  # las del navegador que no miden segundos de reloj
NO_TESTS = 5  # lo que devuelve pytest cuando no encuentra ninguna prueba
NBVAL = [
    "--nbval",
    "--nbval-current-env",
    "--nbval-cell-timeout=120",
    "--nbval-sanitize-with=tests/sanitize.cfg",
]


def pytest(*arguments: str) -> int:
    """Corre pytest en la raíz del curso y devuelve su resultado; que no haya pruebas es un 0."""
    code = subprocess.call([sys.executable, "-m", "pytest", "-q", *arguments], cwd=ROOT)
    return 0 if code == NO_TESTS else code


def notebooks() -> int:
    """Ejecuta los cuadernos que haya y compara sus salidas con las guardadas."""
    found = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("notebooks/0*.ipynb"))
    return pytest(*PARALLEL, *NBVAL, *found) if found else 0


def book() -> int:
    """Las pruebas que miran el libro entero cuando LLM_INTRO_QUIJOTE dice dónde está."""
    files = sorted((ROOT / "tests").glob("test_*.py"))
    files = [str(path) for path in files if BOOK in path.read_text(encoding="utf-8")]
    return pytest(*PARALLEL, *files)


def browser() -> int:
    """Las del navegador: varias a la vez y, cuando acaban, solas, las que miden lo que se tarda."""
    files = {path.stem: str(path) for path in sorted((ROOT / "tests/browser").glob("test_*.py"))}
    untimed = [files.pop(name) for name in UNTIMED]
    together = pytest(*PARALLEL, "-rP", "--durations=15", *untimed)
    return max(together, pytest("-s", "--durations=15", *files.values()))


def main() -> int:
    """Corre las partes pedidas; sin pedir ninguna, el módulo y los cuadernos.

    Una que falla no detiene a las demás: se ve todo de una vez.
    """
    parts = {
        "module": lambda: pytest(*PARALLEL, "--ignore=tests/browser", "tests"),
        "notebooks": notebooks,
        "book": book,
        "browser": browser,
    }
    return max([parts[name]() for name in sys.argv[1:] or ("module", "notebooks")])


if __name__ == "__main__":
    sys.exit(main())
