"""Lección 07, «Perplexity»: las 4 palabras y las 10 letras."""
