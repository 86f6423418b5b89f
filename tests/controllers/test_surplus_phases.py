"""The rule for one phase and three, as a table of situations, and what it may choose from."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from cpo.controllers.surplus_inputs import phases_of_car, phases_to_choose
from cpo.controllers.surplus_record import SWITCHING, Step
from cpo.controllers.surplus_rule import SWITCHES_WITHIN_S
from cpo.controllers.surplus_values import Reason, SurplusRules
from cpo.settings import Settings
from cpo.state import CURRENT, THE_SUN, Connector, Limit, MeterSample, WattPhases
from tests.controllers.surplus_home import BEGAN, EVERY_S, Home

BOTH = SurplusRules(phases=(1, 3))
DWELL_S = BOTH.phase_dwell_s


def changes(home: Home) -> list[Step]:
    """The steps that changed the number of phases of a car that charged."""
    return [new for old, new in pairwise(home.steps) if 0 != old.state.phases != new.state.phases != 0]


@pytest.mark.parametrize(
    ('past', 'phases'),
    [
        pytest.param([(60, 2500)], 1, id='a start on one phase'),
        pytest.param([(60, 8000)], 3, id='a start on three'),
        pytest.param([(DWELL_S - 60, 2500), (60, 9000)], 1, id='it has just started: the phases rest'),
        pytest.param([(600, 2500), (600, 4000)], 1, id='a little above the maximum of one phase'),
        pytest.param([(600, 2500), (600, 9000)], 3, id='far above it'),
        pytest.param([(600, 9000), (180, 3000), (60, 9000)], 3, id='a kettle on three phases'),
        pytest.param([(600, 9000), (60, 1000), (60, 9000)], 3, id='a cloud edge'),
        pytest.param([(600, 9000), (1200, 2000)], 1, id='a cloud that stays'),
        pytest.param([(600, 9000), (1200, -2000)], 0, id='nothing is left over any more'),
    ],
)
def test_the_number_of_phases(past: list[tuple[float, float]], phases: int) -> None:
    home = Home(BOTH)
    for seconds, surplus_w in past:
        home.run(seconds, surplus_w)
    assert home.state.phases == phases
    assert all(done.limit_a == 0.0 or 6.0 <= done.limit_a <= 16.0 for done in home.steps)


def test_clouds_that_come_and_go_change_the_phases_once_in_seven_minutes_at_most() -> None:
    home = Home(BOTH)
    for _ in range(30):
        home.run(240, 9000)
        home.run(240, 1000)
    times = [done.record.at for done in changes(home)]
    assert all(later - earlier >= timedelta(seconds=420) for earlier, later in pairwise(times))


def test_until_the_charger_has_switched_the_car_gets_the_least_and_no_more() -> None:
    home = Home(BOTH)
    home.run(600, 9000)
    while home.state.phases == 3:
        home.pass_time()
        home.once(replace(home.readings(2200), phases=3))
    assert (home.last.limit_a, home.last.record.reason) == (6.0, Reason.FEWER_PHASES)
    for _ in range(6):
        home.pass_time()
        home.once(replace(home.readings(2200), phases=3))
        assert (home.last.limit_a, home.last.record.reason) == (6.0, Reason.CHANGING_PHASES)
        assert home.last.record.counterfactual is None
    home.pass_time()
    home.once(replace(home.readings(2200), phases=1))
    assert home.last.record.reason in SWITCHING
    for _ in range(12):
        home.pass_time()
        home.once(replace(home.readings(2200), phases=1))
    assert home.last.limit_a == pytest.approx(2200 / 230 + 0.3, abs=0.3)


def test_a_charger_that_does_not_switch_is_not_waited_for_for_ever() -> None:
    home = Home(BOTH)
    home.run(40, 2200)
    reasons = []
    for _ in range(round(SWITCHES_WITHIN_S / EVERY_S)):
        home.pass_time()
        home.once(replace(home.readings(-3000), phases=3))
        reasons.append(home.last.record.reason)
    assert set(reasons[:-9]) == {Reason.CHANGING_PHASES}
    assert home.last.limit_a == 0.0


@pytest.mark.parametrize(
    ('assumed', 'seen', 'phases'),
    [((1, 3), (1, 2), 2), ((1, 3), (1,), 1), ((1,), (3,), 3), ((3,), (1,), 1)],
)
def test_a_car_that_charges_on_others_than_were_assumed_goes_on_with_these(
    assumed: tuple[int, ...], seen: tuple[int, ...], phases: int
) -> None:
    home = Home(SurplusRules(phases=assumed))
    home.run(600, 9000)
    home.rules = SurplusRules(phases=seen)
    home.run(10, 9000)
    assert home.last.phases == phases
    assert home.last.limit_a > 6


def test_what_the_car_draws_counts_on_the_phases_it_draws_on() -> None:
    home = Home(SurplusRules(phases=(1, 3), phase_dwell_s=0))
    home.run(600, 2500)
    home.pass_time()
    left_w = {}
    for phases in (1, 3):
        readings = replace(home.readings(2500), grid_w=home.reading(0.0), phases=phases)
        again = Home(home.rules, home.now)
        again.state = home.state
        left_w[phases] = again.once(readings).state.surplus_w
    assert left_w[3] == pytest.approx(3 * left_w[1])


@pytest.mark.parametrize(
    ('settings', 'switches', 'most', 'seen', 'expected'),
    [
        ({}, False, None, None, (1,)),
        ({'phases': 3}, False, None, None, (3,)),
        ({'phases': 3}, False, None, 1, (1,)),
        ({}, True, None, None, (1, 3)),
        ({'phases': 3}, True, None, 1, (1, 3)),
        ({'phases': 1}, True, None, None, (1,)),  # the owner says that the car has one
        ({'phases': 1}, True, 3, 1, (1, 3)),  # but it was seen on three
        ({}, True, 2, 1, (1, 2)),
        ({}, True, 1, 1, (1,)),
    ],
)
def test_what_there_is_to_choose_from(
    settings: dict[str, Any], switches: bool, most: int | None, seen: int | None, expected: tuple[int, ...]
) -> None:
    assert phases_to_choose(Settings(**settings), switches, most, seen) == expected


@pytest.mark.parametrize(
    ('known', 'said', 'counted', 'flowing', 'expected'),
    [
        (None, 3, 3, 0, None),
        (None, 3, 3, 2, 2),
        (2, 3, 3, 3, 3),
        (3, 1, 1, 1, 3),
        (None, 1, 1, 1, None),  # the limit lets it use no more
        (None, 3, 3, 1, None),  # the charger may be about to switch
        (None, 3, 1, 1, 1),
        (None, 3, 1, 0, None),  # nothing flows yet
        (3, 3, 1, 1, 3),  # it was seen on three
    ],
)
def test_what_is_known_of_the_phases_of_a_car(
    known: int | None, said: int, counted: int, flowing: int, expected: int | None
) -> None:
    samples = tuple(MeterSample(CURRENT, f'L{n}', 8.0 if n <= flowing else 0.0) for n in (1, 2, 3))
    connector = Connector(1, limit=Limit(8.0, THE_SUN, BEGAN, said), watt_phases=WattPhases(counted))
    assert phases_of_car(known, connector.with_measured(BEGAN, samples, BEGAN, None)) == expected
