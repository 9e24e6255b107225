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

# módulo → los nombres públicos que define
HOMES = {
    "corpus": "load_quijote Corpus",
    "tokenizers": "CharTokenizer",
    "models.bpe": "BPETokenizer",
    "models.ngram": "NGramModel",
    "lstm": "CervantesLSTM",
    "recipes": "STARTING_RECIPE COURSE_RECIPE TrainConfig",
    "training": "train",
    "support.progress": "History",
    "sampling": "next_probs generate bits_per_char",
    "models.pretrained": "load_pretrained",
    "models.plan": "plan_for",
    "support.text": "count_words count_letters satisfies",
    "desguace.probe": "DesguaceProbe",
    "start.diagnosis": "check_machine lesson_minutes",
    "face.exercises": "check",
    "support.machine": "best_device",
    "face.writing": "LiveCurve temperature_demo compare_demo",
    "tokens.controls": "order_demo shannon_game",
    "tokens.shannon": "ShannonGame",
    "assistant.form": "record_form",
}
PUBLIC = {name: module for module, names in HOMES.items() for name in names.split()}
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
