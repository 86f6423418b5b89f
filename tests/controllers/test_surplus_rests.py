"""A drop of the sun never makes the rule flap: no start where a stop is, and a rest after each pause."""

from __future__ import annotations

from itertools import pairwise, product

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from cpo.controllers.surplus_switching import Case, Memory, Plant, chosen, remembered, with_modes
from cpo.controllers.surplus_values import PRESETS, Aim, SurplusRules
from tests.controllers.surplus_home import Home
from tests.examples import examples

REST_S = 60.0
PHASES = [(1,), (3,), (1, 3)]
PRICES = sorted({price for _, price in PRESETS.values()} | {3.0})


DROPS_KW = [(8.2, 0.5), (6.0, 0.4), (5.0, 0.4), (10.0, 1.5), (8.0, 3.0)]


@pytest.mark.turns(3)
@pytest.mark.parametrize(('phases', 'price'), [*product(PHASES, PRICES)])
@pytest.mark.parametrize(('pv_kw', 'drops_to_kw'), DROPS_KW)
def test_no_reading_after_a_drop_starts_and_stops(
    phases: tuple[int, ...], price: float, pv_kw: float, drops_to_kw: float
) -> None:
    plant, memory = Plant(6 * 0.23, 16 * 0.23, price), with_modes(Memory(), phases)
    for seconds in range(0, 3600, 5):
        sun_kw = pv_kw if seconds < 1800 else drops_to_kw
        memory = remembered(memory, plant, sun_kw - 0.5, sun_kw, 5.0)
        for present in (0, *phases):
            started = chosen(memory, plant, Case(present, (0, *phases), False, 0.0), sun_kw - 0.5)
            if started > present:
                again = chosen(memory, plant, Case(started, (0, *phases), True, 0.0), sun_kw - 0.5)
                assert again >= started


@pytest.mark.turns(3)
@settings(max_examples=examples(60), deadline=None, phases=[Phase.explicit, Phase.generate])
@example([(300, 7600), (100, -100)], (3,), 1.0)
@example([(300, 5400), (100, -200)], (1,), 1.0)
@given(
    weather=st.lists(st.tuples(st.integers(1, 120), st.integers(-2500, 11000)), min_size=2, max_size=6),
    phases=st.sampled_from(PHASES),
    price=st.sampled_from(PRICES),
)
def test_from_one_start_to_the_next_a_pause_rests(
    weather: list[tuple[int, int]], phases: tuple[int, ...], price: float
) -> None:
    home = Home(SurplusRules(Aim.SURPLUS, price, phases))
    for readings, surplus_w in weather:
        for _ in range(readings):
            home.pass_time()
            read = home.readings(surplus_w)
            modes = [bool(home.once(read).limit_a) for _ in range(3)]
            assert len(set(modes)) == 1  # asked again with the same reading: the same
    charges = [(step.record.at, bool(step.limit_a)) for step in home.steps]
    starts = [at for (_, before), (at, now) in pairwise(charges) if now and not before]
    assert all((after - before).total_seconds() > REST_S for before, after in pairwise(starts))
    pauses = [at for (_, before), (at, now) in pairwise(charges) if before and not now]
    assert all((at - pause).total_seconds() >= REST_S for pause in pauses for at in starts if at > pause)
