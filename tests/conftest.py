"""Lo común a las pruebas: las herramientas de tools/ se importan por su nombre."""

import sys
from pathlib import Path

import hypothesis
import pytest

from llm_intro.face import (
    exercises as checks,  # antes que NumPy y PyTorch: fija cómo esperan sus hilos
)

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]


# En una máquina ocupada un ejemplo tarda lo que tarde, y eso no dice nada del código
hypothesis.settings.register_profile("curso", deadline=None)
hypothesis.settings.load_profile("curso")


@pytest.fixture(autouse=True)
def fresh_hints(monkeypatch):
    """Cada prueba empieza sin fallos apuntados: por la primera pista."""
    monkeypatch.setattr(checks, "_failures", {})
