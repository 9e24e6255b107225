"""Lección 05, la atención."""
