"""Lo que comparten las figuras, los controles y los ejercicios de varias lecciones."""
