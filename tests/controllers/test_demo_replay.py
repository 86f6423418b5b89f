"""A stored day decided again by the demo's rule: W / 235 above 1500 W, up after 10 s, down at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from cpo.controllers import DemoRecord, Replay, replay_by
from cpo.controllers.surplus_log import Given, entry_of
from cpo.controllers.surplus_rule import step
from cpo.controllers.surplus_values import Reading, Readings, SurplusRules, SurplusState
from cpo.state import HOME_ASSISTANT, Activity, SurplusDecided

BEGIN = datetime(2026, 6, 14, 12, tzinfo=UTC)
EVERY_S = 6
"""No divisor of the 10 s: a raise is due between two stored decisions."""


def stored(production: Sequence[float | None], plugged_in: bool = True, age_s: float = 0) -> list[SurplusDecided]:
    """The decisions of a house with this production that takes nothing, with a car that does not charge."""
    state, last, entries = SurplusState(), None, list[SurplusDecided]()
    for number, pv_w in enumerate(production):
        at = BEGIN + timedelta(seconds=EVERY_S * number)
        fresh_until = at - timedelta(seconds=age_s) + timedelta(seconds=30)
        readings = Readings(
            Reading(-(pv_w or 0.0), at, HOME_ASSISTANT, at + timedelta(seconds=30)),
            None if pv_w is None else Reading(pv_w, at - timedelta(seconds=age_s), HOME_ASSISTANT, fresh_until),
            in_force_a=0.0,
            activity=Activity.PLUGGED_IN if plugged_in else Activity.IDLE,
            plugged_in=plugged_in,
        )
        now = Given(state, readings, SurplusRules(), step(state, readings, at, SurplusRules()))
        entries.append(entry_of(1, now, last, None if last is None else BEGIN))
        state, last = now.step.state, now
    return entries


def limits(day: Replay) -> list[tuple[float, float]]:
    """When the limit became another, in s from the beginning, and which."""
    return [((record.at - BEGIN).total_seconds(), record.limit_a) for record in day.decisions]


@pytest.mark.parametrize(
    ('production', 'expected'),
    [
        ([2400] * 4, [(0, 0), (10, 10.2)]),
        ([3300] * 4, [(0, 0), (10, 14.0)]),
        ([2400, 2400, 2000, 2000], [(0, 0), (10, 10.2), (12, 8.5)]),
        ([9000] * 4, [(0, 0), (10, 16)]),
        ([2400, 2400, 1400], [(0, 0), (10, 10.2), (12, 0)]),
        ([1501, 1500, 1501, 1501], [(0, 0)]),
        ([1501, 1501], [(0, 0)]),
        ([None, 2400, 2400, 2400], [(0, 0), (16, 10.2)]),
    ],
)
def test_the_demos_limits_are_those_it_would_have_set(
    production: Sequence[float | None], expected: list[tuple[float, float]]
) -> None:
    day = replay_by('demo', None, stored(production))
    assert limits(day) == expected
    assert day.count == len(production)


def test_without_a_car_or_a_fresh_reading_there_is_no_current() -> None:
    unplugged = replay_by('demo', None, stored([5000] * 6, plugged_in=False))
    stale = replay_by('demo', None, stored([5000] * 6, age_s=31))
    assert limits(unplugged) == limits(stale) == [(0, 0)]
    assert (unplugged.differing, unplugged.now.commands) == (0, 0)
    assert replay_by('demo', None, []).count == 0


def test_the_figures_are_those_of_a_car_that_follows_the_demo() -> None:
    then = replay_by(None, None, stored([2000] * 61))
    day = replay_by('demo', None, stored([2000] * 61))
    assert then.differing == 0
    assert (day.now.closings, day.now.commands) == (1, 1)
    assert day.now.solar_kwh == pytest.approx(8.5 * 230 * 350 / 3.6e6)  # from 10 s to 360 s
    assert day.now.bought_kwh == 0
    assert day.differing > 0
    record = day.decisions[-1]
    assert isinstance(record, DemoRecord)
    assert record.pv is not None
    assert (record.pv.value, record.phases, record.next_at) == (2000, 1, None)
    assert record.because == '2000 W of sun for 10 s: the limit rises to 8.5 A.'
