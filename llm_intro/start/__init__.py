"""Lección 00, «Empieza aquí»: cómo está esta máquina."""
