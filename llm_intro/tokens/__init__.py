"""Lección 02, «Tokens y n-gramas»."""
