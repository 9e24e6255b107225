"""Los controles en JupyterLab: cada mando, con ratón y con teclado."""

from table import each

BY_FREQUENCY = " eaosrnidlctumpbgvyqhfzjñxáéíóú,.;:—¿?¡!"


@each("temperatura", "comparar", "orden", "reto")
def test_every_slider_reaches_both_ends(box):
    """Con el teclado y con el ratón: el tirador llega, la pantalla cambia y nada falla."""
    for name in box.labels():
        before, (low, high) = box.value(name), box.limits(name)
        pages, places = [], []
        moves = ((box.press, "Home"), (box.press, "End"), (box.drag, 0.0), (box.drag, 1.0))
        for move, where in moves:
            pages.append(move(name, where))
            places.append(box.value(name))
        assert places == [low, high, low, high], name
        assert pages[:2] == pages[2:] and pages[0] != pages[1], name
        assert not any("algo ha fallado" in page for page in pages)
        if not name.startswith("temperatura"):  # a temperatura 0 la semilla no cambia nada
            restore(box, name, before)


def restore(box, name: str, value: float) -> None:
    """Deja el mando como estaba: con su casilla o, si no la tiene, en el extremo."""
    if box.readout(name).is_visible():
        box.type_value(name, f"{value:g}")
    else:
        box.press(name, "End")
    assert box.value(name) == value


@each("temperatura")
def test_the_arrows_move_one_step_and_change_bars_and_text(box):
    """Flecha a la derecha: un paso, otras barras y otro texto; a la izquierda, lo de antes."""
    box.type_value("temperatura", "0.7")
    bars, text = box.parts()
    box.press("temperatura", "ArrowRight")
    assert box.value("temperatura") == 0.8  # 0.75, que el tirador anuncia con una cifra
    moved = box.parts()
    assert moved[0] != bars and moved[1] != text
    box.press("temperatura", "ArrowLeft")
    assert box.parts() == (bars, text)


@each("cambios", "ficha")
def test_buttons_and_lists_work_with_the_keyboard(box):
    """Cada botón y cada opción de una lista, elegidos sin ratón, cambian la pantalla."""
    pages = [box.settle()]
    for button in box.output.locator("button.widget-toggle-button").all():
        pages.append(box.choose(button))
    for choices in box.output.locator("select").all():
        assert choices.locator("option:checked").count() == 1
        for option in choices.locator("option").all_inner_texts():
            choices.select_option(label=option)
            pages.append(box.settle())
            assert choices.locator("option:checked").inner_text() == option
    assert len(set(pages)) >= 3
    assert not any("algo ha fallado" in page for page in pages)


@each("shannon")
def test_the_guessing_game_takes_letters_and_keys(box):
    """Una letra se acierta escribiendo y otra con los botones; un botón fallado se apaga."""
    (field,) = box.fields()

    def write(letter):
        field.focus()
        box.page.keyboard.type(letter)

    def push(letter):
        name = "espacio" if letter == " " else letter
        key = box.output.get_by_role("button", name=name, exact=True)
        assert key.is_enabled()
        key.focus()
        box.page.keyboard.press("Enter")

    for left, play in ((99, write), (98, push)):
        for letter in BY_FREQUENCY:
            play(letter)
            if f"Quedan {left}" in box.settle():
                break
            assert box.output.locator("button:disabled").count() >= 1
        assert f"Quedan {left}" in box.text()
