"""Los lotes: qué se lee, en qué orden y cuánto ocupa.

El texto de prueba es 0, 1, 2, 3…: cada símbolo dice en qué sitio del texto está.
"""

import numpy as np
import pytest
import torch

from llm_intro.dataset import Streams, Windows


def epoch_of(data, epoch=0):
    """Los lotes de una vuelta."""
    return [data.batch(epoch * len(data) + k) for k in range(len(data))]


# --- tiras contiguas ---


@pytest.mark.parametrize("epoch", [0, 1, 2, 7])
@pytest.mark.parametrize(
    ("batch", "chunk", "size"), [(3, 4, 67), (1, 1, 3), (5, 7, 101), (2, 9, 64)]
)
def test_each_chunk_continues_the_previous_one(epoch, batch, chunk, size):
    """El objetivo es la entrada un sitio después, y cada tira se lee de seguido."""
    batches = epoch_of(Streams(torch.arange(size), batch, chunk), epoch)
    for x, y, _ in batches:
        assert x.shape == y.shape == (chunk, batch)
        assert torch.equal(y, x + 1)
    read = torch.cat([x for x, _, _ in batches])  # (k·T, B)
    assert torch.equal(read, read[0] + torch.arange(len(read))[:, None])


def test_an_epoch_shows_every_character_once():
    """67 = 3 tiras de 21 y 4 de holgura: se predice todo menos el principio de cada tira."""
    targets = torch.cat([y.flatten() for _, y, _ in epoch_of(Streams(torch.arange(67), 3, 4))])
    assert sorted(targets.tolist()) == [place for place in range(63) if place % 21]


@pytest.mark.parametrize("size", range(20, 90))
def test_no_character_is_read_twice_and_few_are_left_out(size):
    """Lo que se queda fuera cabe en un trozo por tira y la holgura."""
    batch, chunk = 3, 4
    for epoch in (0, 1):
        data = Streams(torch.arange(size), batch, chunk)
        targets = torch.cat([y.flatten() for _, y, _ in epoch_of(data, epoch)]).tolist()
        assert len(targets) == len(set(targets))
        assert len(targets) > size - batch * (chunk + 1) - chunk


def test_state_starts_fresh_only_at_the_beginning_of_an_epoch():
    """El estado pasa de trozo en trozo y se olvida al volver al principio del texto."""
    data = Streams(torch.arange(67), 3, 4)
    assert [data.batch(step).fresh for step in range(2 * len(data))] == 2 * [True, *4 * [False]]


def test_without_carry_every_chunk_is_fresh():
    """`carry=False`: los mismos lotes, y el estado siempre de cero."""
    kept, dropped = Streams(torch.arange(67), 3, 4), Streams(torch.arange(67), 3, 4, carry=False)
    for step in range(8):
        assert torch.equal(kept.batch(step).x, dropped.batch(step).x)
        assert dropped.batch(step).fresh


def test_reset_every_starts_fresh_now_and_then():
    """Cada dos trozos, y al empezar la vuelta: los mismos lotes, el estado de cero a menudo."""
    kept, reset = Streams(torch.arange(67), 3, 4), Streams(torch.arange(67), 3, 4, reset_every=2)
    assert [reset.batch(k).fresh for k in range(6)] == [True, False, True, False, True, True]
    assert all(torch.equal(kept.batch(k).x, reset.batch(k).x) for k in range(10))


def test_epochs_are_cut_at_different_places():
    """La primera vuelta empieza en 0; las demás, en cualquier sitio del primer trozo."""
    for seed in range(10):
        data = Streams(torch.arange(67), 3, 4, seed=seed)
        starts = [int(data.batch(epoch * len(data)).x[0, 0]) for epoch in range(60)]
        assert starts[0] == 0
        assert set(starts) == {0, 1, 2, 3}


# --- ventanas ---


def test_windows_are_a_view_of_the_text():
    """Ni una copia: la ventana siguiente empieza un símbolo después en la misma memoria."""
    ids = torch.arange(1000, dtype=torch.uint8)
    windows = Windows(ids, 8, 100).windows
    assert windows.shape == (900, 101)
    assert windows.stride() == (1, 1)
    assert windows.data_ptr() == ids.data_ptr()


def test_an_epoch_shows_each_window_once():
    """De 50 símbolos salen 41 ventanas de 9 + 1: cinco lotes de 8 y uno de 1."""
    batches = epoch_of(Windows(torch.arange(50), 8, 9), epoch=3)
    assert [x.shape[1] for x, _, _ in batches] == [8, 8, 8, 8, 8, 1]
    firsts = torch.cat([x[0] for x, _, _ in batches]).tolist()
    assert sorted(firsts) == list(range(41))
    assert firsts != sorted(firsts)  # barajadas
    for x, y, fresh in batches:
        assert torch.equal(x, x[0] + torch.arange(9)[:, None])
        assert torch.equal(y, x + 1)
        assert fresh


def test_each_epoch_has_its_own_order():
    """Dos vueltas, dos barajados."""
    data = Windows(torch.arange(50), 41, 9)
    assert not torch.equal(data.batch(0).x, data.batch(1).x)


# --- las dos ---


@pytest.mark.parametrize("kind", [Streams, Windows])
def test_a_batch_depends_only_on_step_and_seed(kind):
    """Leídos al revés, salteados o por otro objeto, los lotes son los mismos."""
    ids = torch.arange(200)
    data, other = kind(ids, 4, 6, seed=5), kind(ids, 4, 6, seed=5)
    forward = [data.batch(step) for step in range(3 * len(data))]
    for step in reversed(range(len(forward))):
        for mine, theirs in zip(forward[step], other.batch(step), strict=True):
            assert mine is theirs or torch.equal(mine, theirs)


@pytest.mark.parametrize("kind", [Streams, Windows])
def test_another_seed_gives_other_epochs(kind):
    """La semilla decide: en diez vueltas, dos semillas no coinciden siempre."""
    one, two = (kind(torch.arange(300), 4, 30, seed=seed) for seed in (1, 2))
    steps = range(len(one), 10 * len(one))
    assert any(not torch.equal(one.batch(step).x, two.batch(step).x) for step in steps)


@pytest.mark.parametrize("kind", [Streams, Windows])
def test_batching_never_touches_the_global_generator(kind):
    """Barajar no gasta el azar de nadie, ni con semillas enormes."""
    before = torch.get_rng_state()
    data = kind(torch.arange(100), 4, 6, seed=2**62)
    data.batch(len(data) + 1)
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize("kind", [Streams, Windows])
def test_bytes_come_out_as_indices(kind):
    """El texto puede ir en un byte por símbolo; los lotes salen en int64, como pide Embedding."""
    x, y, _ = kind(np.arange(100, dtype=np.uint8), 4, 6).batch(0)
    assert x.dtype == y.dtype == torch.int64


@pytest.mark.parametrize("kind", [Streams, Windows])
@pytest.mark.parametrize(("batch", "chunk"), [(0, 5), (5, 0), (-1, 5)])
def test_sizes_below_one_are_refused(kind, batch, chunk):
    """El error dice qué tamaño es y qué se esperaba."""
    with pytest.raises(ValueError, match=r"^(batch_size|chunk_len)=(0|-1): debe ser un entero de"):
        kind(torch.arange(100), batch, chunk)


@pytest.mark.parametrize(("batch", "chunk"), [(1, 1), (1, 8), (4, 1), (7, 5), (2, 20)])
@pytest.mark.parametrize("kind", [Streams, Windows])
def test_short_text_is_refused_and_the_shortest_good_one_is_not(kind, batch, chunk):
    """Ventanas: T + 1 símbolos. Tiras: un trozo y su siguiente por tira, más la holgura."""
    needed = chunk + 1 if kind is Windows else batch * (chunk + 1) + chunk
    assert len(epoch_of(kind(torch.arange(needed), batch, chunk), epoch=3)) == 1
    with pytest.raises(ValueError, match=f"tiene {needed - 1} símbolos y hacen falta {needed} "):
        kind(torch.arange(needed - 1), batch, chunk)
