# @title Arranque: ejecuta esta celda la primera. Encuentra el módulo o lo instala.
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

REPO, REF = "@REPO@", "@REF@"
PIP = [sys.executable, "-m", "pip", "install", "-q", "--no-deps"]  # no toca lo que ya tienes
NEEDED = ["@NEEDED@"]


class Alto(Exception):
    def _render_traceback_(self):  # enseña el mensaje y nada más
        return [f"Alto: {self}"]


if sys.version_info < (3, 11):
    raise Alto("el curso necesita Python 3.11 o posterior.")
if not getattr(find_spec("llm_intro"), "origin", None):  # no está instalado
    copies = [f for f in (Path.cwd() / "x").parents if (f / "llm_intro/__init__.py").exists()]
    if copies:  # esta carpeta, o una de las de arriba, es una copia del curso
        sys.path.insert(0, str(copies[0]))
    elif "/_" in REPO:
        raise Alto("esta copia no tiene dirección: baja el curso entero o mira colab_badge.md.")
    elif subprocess.run([*PIP, f"git+{REPO}@{REF}"], capture_output=True).returncode:
        raise Alto(f"no se pudo instalar {REPO}: ¿hay git y red (en Kaggle, actívala)?")
if missing := [name for name in NEEDED if not find_spec(name)]:
    raise Alto(f"faltan paquetes. En una celda, escribe: %pip install {' '.join(missing)}")

import llm_intro

print(f"llm_intro {llm_intro.__version__}, listo.")
