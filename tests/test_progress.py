"""Lo que se ve de un entrenamiento, y lo que depende de la máquina."""

import io
import math
import signal
import threading

import pytest
import torch
import tqdm.auto

from llm_intro.support.machine import (
    best_device,
    deferred_interrupt,
    few_threads,
    precision_of,
    private_random,
    wait,
)
from llm_intro.support.progress import Event, History, ProgressBar

CPU = torch.device("cpu")


def event(progress, valid=None, seconds=2.0, train=1.7512) -> Event:
    return Event(10, progress, seconds, 24_690, train, valid)


# --- la barra y la historia ---


@pytest.fixture
def clock():
    """El reloj de la barra: una lista con los segundos."""
    return [0.0]


@pytest.fixture
def screen(monkeypatch, clock):
    """Lo último que la barra ha escrito."""
    shown = io.StringIO()

    class Bar(tqdm.std.tqdm):
        def __init__(self, *args, **settings):
            super().__init__(*args, file=shown, ncols=120, **settings)
            self._time, self.start_t = (lambda: clock[0]), clock[0]

    monkeypatch.setattr(tqdm.auto, "tqdm", Bar)
    return lambda: shown.getvalue().split("\r")[-1].strip()


def test_the_bar_says_both_measures_the_speed_and_the_time_left(screen, clock):
    """Media barra en 70 s: faltan 70. 24 690 caracteres en 2 s: 12 345 por segundo, sin coma."""
    bar = ProgressBar()
    bar(event(0.0))
    clock[0] = 70
    bar(event(0.5, valid=1.986))
    assert screen().startswith("50 %|")
    assert screen().endswith("| faltan 01:10, train 1.75 · valid 1.99 bits/car. · 12 345 car./s")
    bar.close()


def test_the_bar_before_the_first_evaluation(screen):
    """Aún no hay medida en valid: una raya; y después se queda la última."""
    bar = ProgressBar()
    bar(event(0.1))
    assert "train 1.75 · valid — bits/car." in screen()
    bar(event(0.2, valid=2.5))
    bar(event(0.3))
    assert "valid 2.50 bits/car." in screen()
    bar.close()


def test_what_was_done_before_resuming_is_not_speed(screen, clock):
    """Reanudado al 50 %, un 1 % tarda 1 s: faltan 49 s, y no el segundo de creerse rapidísimo."""
    bar = ProgressBar()
    bar(event(0.50))
    clock[0] = 1.0
    bar(event(0.51))
    assert "faltan 00:49" in screen() or "faltan 00:48" in screen()  # según redondee
    bar.close()


def test_the_bar_serves_again_after_closing(screen):
    """Cerrada y vuelta a usar, empieza de nuevo; cerrarla sin usarla no es un error."""
    bar = ProgressBar()
    bar.close()
    bar(event(1.3, valid=2.0))
    assert screen().startswith("100 %")
    bar.close()
    bar(event(0.25))
    assert screen().startswith("25 %") and "valid —" in screen()
    bar.close()


def test_best_is_the_lowest_valid_and_the_first_of_them():
    """Menos bits es mejor; en un empate, la que llegó antes."""
    history = History([event(0.2, 2.0), event(0.4, 1.5), event(0.6, 1.5), event(0.8, 1.9)])
    assert history.best is history.events[1]
    with pytest.raises(ValueError, match="aún no hay ninguna medida"):
        _ = History().best


def test_a_measure_that_is_not_a_number_is_never_the_best():
    """Un NaN al principio no esconde las medidas que vienen después."""
    history = History([event(0.2, math.nan), event(0.4, 2.0), event(0.6, 1.5)])
    assert history.best.valid_bits == 1.5


# --- la máquina ---


def test_precision_on_a_cpu():
    """La que se pide; "auto" es fp32 en una CPU."""
    kinds = [precision_of(p, CPU) for p in ("fp32", "bf16", "fp16", "auto")]
    assert kinds == [torch.float32, torch.bfloat16, torch.float16, torch.float32]
    assert torch.zeros(1, device=best_device()).sum() == 0


class Card:
    """Una tarjeta simulada: su azar es un número, y dice si hace bf16 de fábrica."""

    def __init__(self, native):
        self.native, self.state = native, 7

    def is_bf16_supported(self, including_emulation=True):
        return self.native or including_emulation  # emulado lo hacen todas, y no compensa

    def get_rng_state(self):
        return self.state

    def set_rng_state(self, state):
        self.state = state

    manual_seed = set_rng_state


@pytest.mark.parametrize(("native", "best"), [(True, torch.bfloat16), (False, torch.float16)])
def test_auto_takes_what_the_card_does_natively(monkeypatch, native, best):
    """Una T4 imita bf16, y "auto" le da fp16; una tarjeta sin la pregunta (MPS), fp32."""
    monkeypatch.setattr(torch, "get_device_module", lambda device: object())
    assert precision_of("auto", torch.device("mps")) == torch.float32
    card = torch.device("cuda")
    monkeypatch.setattr(torch, "get_device_module", lambda device: Card(native))
    kinds = [precision_of(p, card) for p in ("fp32", "bf16", "auto")]
    assert kinds == [torch.float32, torch.bfloat16, best]


def test_waiting_for_a_card_is_time_spent(monkeypatch):
    """Lo encargado a una tarjeta cuenta cuando acaba; en una CPU no hay nada que esperar."""
    clock, waited = iter([10.0, 12.5]), []
    monkeypatch.setattr(torch.accelerator, "synchronize", waited.append)
    assert wait(CPU, None) == 0
    assert wait(torch.device("cuda"), lambda: next(clock)) == 2.5
    assert waited == [torch.device("cuda")]


def test_private_random_also_covers_the_card(monkeypatch):
    """El azar del acelerador empieza en la semilla y queda como estaba."""
    card = Card(True)
    monkeypatch.setattr(torch, "get_device_module", lambda device: card)
    with private_random(5, torch.device("cuda")):
        assert card.state == 5
        card.state = 6
    assert card.state == 7


def test_private_random_gives_back_the_outside_state():
    """Dentro manda la semilla; fuera todo sigue igual, también tras un error."""
    before, draws = torch.get_rng_state(), []
    for _ in range(2):
        with pytest.raises(KeyError), private_random(5, CPU):
            draws.append(torch.rand(3))
            raise KeyError
    assert torch.equal(draws[0], draws[1])
    assert torch.equal(torch.get_rng_state(), before)


def test_private_random_seeds_only_its_device(monkeypatch):
    """En la CPU no siembra las tarjetas, que es lo que haría `torch.manual_seed`."""
    seeded = []
    monkeypatch.setattr(torch, "manual_seed", seeded.append)
    with private_random(5, CPU):
        pass
    assert seeded == []


def test_the_first_interrupt_is_noted_and_the_second_raises():
    """Uno se apunta; dos paran en el acto; después Ctrl-C vuelve a ser el de siempre."""
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), deferred_interrupt() as presses:
        assert not presses
        signal.raise_signal(signal.SIGINT)
        assert presses
        signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_in_another_thread_ctrl_c_is_left_alone():
    """Solo el hilo principal recibe señales: en otro se entrena igual, sin tocarlas.

    Y un error de dentro llega solo, sin decir que venga de las señales.
    """
    seen = []

    def work():
        try:
            with deferred_interrupt() as presses:
                seen.append(list(presses))
                raise KeyError("de dentro")
        except KeyError as error:
            seen.append(error.__context__)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [[], None]


def test_a_small_net_trains_on_one_thread_and_gives_the_rest_back():
    """Dentro, un hilo para la pequeña y los de antes para la grande; al salir, los de antes."""
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        for size, threads in ((10, 1), (1_200, 2)):
            with few_threads(torch.nn.Linear(size, size)):
                assert torch.get_num_threads() == threads
            assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
