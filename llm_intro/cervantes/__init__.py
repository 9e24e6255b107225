"""Lección 04, «Escribir como Cervantes»."""
