"""Los demás modelos del curso, y el marcador que los compara."""
