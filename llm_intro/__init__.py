"""Módulo de apoyo del curso «Introducción a los LLM».

Los nombres públicos se cargan cuando se piden: `import llm_intro` tarda milisegundos y no trae
PyTorch.
"""

import os
from importlib import import_module

__version__ = "0.1.0"

# Tienen que estar antes de que se carguen PyTorch y NumPy. Con otro programa ocupando un núcleo,
# sus hilos se esperan dando vueltas, y medir un texto pasó de 0,2 a 46 segundos.
THREADS = {"GOMP_SPINCOUNT": "1000", "OPENBLAS_NUM_THREADS": "1"}
for _name, _value in THREADS.items():
    os.environ.setdefault(_name, _value)

# nombre público → módulo que lo define
PUBLIC = {
    "load_quijote": "corpus",
    "Corpus": "corpus",
    "CharTokenizer": "tokenizers",
    "BPETokenizer": "models.bpe",
    "NGramModel": "models.ngram",
    "CervantesLSTM": "lstm",
    "STARTING_RECIPE": "recipes",
    "COURSE_RECIPE": "recipes",
    "TrainConfig": "recipes",
    "train": "training",
    "History": "support.progress",
    "next_probs": "sampling",
    "generate": "sampling",
    "bits_per_char": "sampling",
    "load_pretrained": "models.pretrained",
    "count_words": "support.text",
    "count_letters": "support.text",
    "satisfies": "support.text",
    "DesguaceProbe": "desguace.probe",
    "check_machine": "start.diagnosis",
    "lesson_minutes": "start.diagnosis",
    "check": "face.exercises",
    "best_device": "support.machine",
    "LiveCurve": "face.writing",
    "temperature_demo": "face.writing",
    "compare_demo": "face.writing",
    "order_demo": "tokens.controls",
    "ShannonGame": "tokens.shannon",
    "shannon_game": "tokens.controls",
    "record_form": "assistant.form",
}

__all__ = ["__version__", *PUBLIC]


def __getattr__(name: str):
    """Carga un nombre público la primera vez que se usa (PEP 562)."""
    if name not in PUBLIC:
        raise AttributeError(f"llm_intro no tiene «{name}». Tiene: {', '.join(PUBLIC)}.")
    value = getattr(import_module(f".{PUBLIC[name]}", __name__), name)
    globals()[name] = value  # la próxima vez se encuentra sin pasar por aquí
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *PUBLIC})
