"""Lección 05, el experimento del desguace."""
