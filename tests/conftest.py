"""Lo común a las pruebas: las herramientas de .ci se importan por su nombre."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / ".ci")]
