"""Lección 09, «Demo en clase»: lo que se proyecta."""
