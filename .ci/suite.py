"""Las pruebas del curso: primero el módulo con pytest, después los cuadernos con nbval."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
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
    return pytest(*NBVAL, *found) if found else 0


def main() -> int:
    """Corre las dos partes aunque falle la primera, para verlo todo de una vez."""
    parts = {"module": lambda: pytest("-m", "not browser", "tests"), "notebooks": notebooks}
    wanted = sys.argv[1:] or list(parts)
    return max([parts[name]() for name in wanted])


if __name__ == "__main__":
    sys.exit(main())
