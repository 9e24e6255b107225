"""Los controles del curso. Cada función devuelve una caja que se enseña con solo nombrarla."""

from .ngrams import order_demo, shannon_game
from .record import record_form
from .writing import LiveCurve, compare_demo, temperature_demo

__all__ = [
    "LiveCurve",
    "compare_demo",
    "order_demo",
    "record_form",
    "shannon_game",
    "temperature_demo",
]
