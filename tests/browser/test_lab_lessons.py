"""Las lecciones en JupyterLab: «Ejecutar todo», y cada mando que enseñan, hasta sus extremos.

Van de dos en dos, porque la máquina corriente tiene dos núcleos: mientras se mira una, la
siguiente ya está en marcha. Los controles de 02 y 06 están en la mesa: ejecutar esas lecciones
enteras es cosa de nbval.
"""

import time
from itertools import pairwise

import pytest
import stage_clock
from conftest import open_page

# De la más larga a la más corta. Una lección más es una línea más: su nombre y sus controles.
LESSONS = {
    "04_escribir_como_cervantes": 2,
    "09_demo_en_clase": 7,
    "00_empieza_aqui": 1,
}
NEXT = dict(pairwise(LESSONS))
SECONDS = 1200  # una máquina ocupada puede tardar varias veces lo anunciado


class Classroom:
    """Los cuadernos abiertos: cada uno, en su página y con su núcleo."""

    def __init__(self, lab, chromium):
        self.lab, self.chromium, self.open = lab, chromium, {}

    def start(self, name: str | None) -> None:
        """Abre una lección y le da a «Ejecutar todo», si no se había hecho."""
        if name and name not in self.open:
            notebook = self.lab.open(open_page(self.chromium), f"{name}.ipynb")
            notebook.start()
            self.open[name] = notebook, time.perf_counter()

    def finished(self, name: str):
        """La lección, ya ejecutada; mientras, la siguiente empieza."""
        self.start(name)
        self.start(NEXT.get(name))
        notebook, start = self.open[name]
        notebook.wait(SECONDS)
        print(f"\n{name}: «Ejecutar todo» en {time.perf_counter() - start:.0f} s")
        return notebook

    def close(self, name: str) -> None:
        """Apaga el núcleo y cierra la página: deja sitio a las demás."""
        notebook, _ = self.open[name]
        notebook.shutdown()
        notebook.page.context.close()


@pytest.fixture(scope="module")
def classroom(lab, chromium):
    return Classroom(lab, chromium)


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_runs_and_its_controls_move(classroom, captures, name):
    """Sin nada en rojo, y con cada deslizador moviendo la pantalla de un extremo al otro."""
    notebook = classroom.finished(name)
    assert notebook.errors() == []
    for number in range(notebook.page.locator(".llm-escena").count()):
        times = stage_clock.measure(notebook.page, number)
        print("\n" + stage_clock.told("JupyterLab", number, times))
        assert max(times) < stage_clock.PATIENCE
    boxes = notebook.boxes()
    for number, box in enumerate(boxes, start=1):
        box.show()
        move_all(box)
        notebook.page.screenshot(path=captures / f"leccion-{name[:2]}-{number}.png")
    assert len(boxes) >= LESSONS[name]
    assert notebook.errors() == []
    assert notebook.faults() == []
    classroom.close(name)


def move_all(box) -> None:
    """Cada deslizador a sus dos extremos y cada botón de elegir, con el teclado."""
    for name in box.labels():
        pages = [box.press(name, "Home"), box.press(name, "End")]
        assert box.value(name) == box.limits(name)[1]
        assert pages[0] != pages[1], name
        assert not any("algo ha fallado" in page for page in pages)
    buttons = box.output.locator("button.widget-toggle-button")
    if buttons.count():
        pages = {box.choose(button) for button in buttons.all()}
        assert len(pages) > 1
