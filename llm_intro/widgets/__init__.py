"""Los controles del curso. Cada función devuelve una caja que se enseña con solo nombrarla."""

from .writing import LiveCurve, compare_demo, temperature_demo

__all__ = ["LiveCurve", "compare_demo", "temperature_demo"]
