"""Aquello sobre lo que se apoya el resto: texto, datos, máquina, puntos de control."""
