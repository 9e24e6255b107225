"""Los minutos de una lección, contados a mano en un cuaderno pequeño."""

import pytest
import sample_lesson as sample

import pace


def test_minutes_by_hand(tmp_path):
    """130 palabras y una predicción son 2 minutos; 20 líneas, 3; lo de después, ampliación."""
    text = "palabra " * 129 + "\n\n**Predice antes de ejecutar:**"  # 129 + 3 palabras
    lesson = sample.lesson(
        tmp_path,
        sample.markdown("uno", text),
        sample.code("dos", "x = 1\n" * 20),
        sample.markdown("tres", "### Ejercicio 1 · Suma (fácil, 7 min)"),
        sample.markdown("cuatro", "## Ampliación\n\n" + "palabra " * 259),
        sample.markdown("referencias", "palabra " * 500),
    )
    assert pace.pace(lesson) == pace.Pace(classroom=5, exercises=7, extension=2)


@pytest.mark.parametrize(
    ("told", "counted", "good"), [(50, 54, True), (50, 60, False), (1, 3, True)]
)
def test_announced_minutes_may_be_ten_per_cent_off(told, counted, good):
    """50 por 54 vale; 50 por 60, no; en lo pequeño se perdonan dos minutos."""
    assert pace.agrees(told, counted) is good


def test_what_a_lesson_announces_is_read_back(tmp_path):
    """Lo que escribe `str` es lo que se lee; sin anuncio, None."""
    told = pace.Pace(58, 26, 3)
    assert (
        pace.announced(sample.lesson(tmp_path, sample.markdown("uno", f"Antes.\n\n{told}"))) == told
    )
    assert pace.announced(sample.lesson(tmp_path, sample.markdown("uno", "Nada."))) is None
