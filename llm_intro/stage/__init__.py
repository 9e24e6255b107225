"""Lección 07, «Demo en clase»: lo que se proyecta."""
