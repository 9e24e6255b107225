"""Lección 01, «Historia del NLP»."""
