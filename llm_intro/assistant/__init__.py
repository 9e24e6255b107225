"""Asistentes de verdad: preguntarles, y apuntar lo que contestan."""
