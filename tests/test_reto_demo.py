"""Los mandos del reto: lo que se pide es lo que se ve, y lo imposible se dice."""

from llm_intro.models.ngram import NGramModel
from llm_intro.reto.controls import reto_demo


def test_moving_the_sliders_rewrites_the_table():
    """De 2 palabras y 4 letras a 3 y 7; y 5 en 3 es imposible."""
    model = NGramModel(order=3).fit("—sí, es así. —no es. ¿no? ¡así sí! —yo no sé. " * 5)
    box = reto_demo(model, "—", 2, 4, beams=8)
    words, letters, *_, screen = box.children
    assert "2 palabras, 4 letras" in screen.value
    words.set_state({"value": 3})
    letters.set_state({"value": 7})
    assert "3 palabras, 7 letras" in screen.value and "2 palabras" not in screen.value
    letters.set_state({"value": 2})
    assert "imposible" in screen.value


def test_an_unknown_prompt_is_explained_and_escaped():
    """Lo que se escribe en la casilla no puede meter HTML."""
    model = NGramModel(order=2).fit("—no es así. " * 5)
    box = reto_demo(model, "—", 2, 4, beams=4)
    box.children[-2].set_state({"value": "<script>"})
    assert "Aviso" in box.children[-1].value and "<script>" not in box.children[-1].value
