"""What the newest values say together: phases, power and current."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cpo.state import CURRENT, ENERGY, OFFERED, POWER, VOLTAGE, Meter, MeterSample
from cpo.state.meter import WHOLE_AND_PHASES

NOON = datetime(2030, 1, 31, 12, tzinfo=UTC)
THREE_VOLTAGES = {(VOLTAGE, 'L1'): 231.0, (VOLTAGE, 'L2'): 230.0, (VOLTAGE, 'L3'): 229.0}


def meter(values: dict[tuple[str, str], float]) -> Meter:
    return Meter().updated(NOON, tuple(MeterSample(name, phase, value) for (name, phase), value in values.items()))


@pytest.mark.parametrize(
    ('values', 'phases'),
    [
        ({(CURRENT, 'L1'): 16, (CURRENT, 'L2'): 16, (CURRENT, 'L3'): 16}, 3),
        ({(CURRENT, 'L1'): 16, (CURRENT, 'L2'): 15, (CURRENT, 'L3'): 0}, 2),
        ({(CURRENT, 'L1'): 16, (CURRENT, 'L2'): 0, (CURRENT, 'L3'): 0}, 1),
        ({(CURRENT, ''): 16, (POWER, ''): 11_000}, 3),
        ({(CURRENT, ''): 16, (POWER, ''): 3680}, 1),
        ({(CURRENT, 'L1'): 16, (POWER, ''): 11_040, **THREE_VOLTAGES}, 3),
        ({(CURRENT, ''): 16, (POWER, ''): 6000}, None),
        ({(CURRENT, 'L1'): 16, **THREE_VOLTAGES}, None),
        ({(CURRENT, 'L1'): 16, **THREE_VOLTAGES, (ENERGY, 'L1'): 9, (ENERGY, 'L2'): 9, (ENERGY, 'L3'): 8}, 3),
        ({(CURRENT, 'L1'): 16, **THREE_VOLTAGES, (ENERGY, 'L1'): 9, (ENERGY, 'L2'): 0, (ENERGY, 'L3'): 0}, None),
        ({(CURRENT, 'L1'): 16, **THREE_VOLTAGES, (POWER, 'L1'): 9, (POWER, 'L2'): 9, (POWER, 'L3'): 8}, 3),
        ({(CURRENT, ''): 0, (POWER, ''): 0}, None),
        ({(CURRENT, 'N'): 16, (POWER, ''): 3680}, None),
        ({(CURRENT, 'L1'): 16, (POWER, ''): 3680, (VOLTAGE, 'L1'): 230, (VOLTAGE, 'L1-L2'): 400}, 1),
        ({}, None),
    ],
)
def test_how_many_phases_are_seen(values: dict[tuple[str, str], float], phases: int | None) -> None:
    assert meter(values).phases_seen == phases


def test_one_current_beside_three_voltages_and_registers_is_that_of_three_phases() -> None:
    registers = {(ENERGY, phase): 9.0 for phase in ('L1', 'L2', 'L3')}
    assert meter({(CURRENT, 'L1'): 16, **THREE_VOLTAGES, **registers}).power_w == 16 * (231 + 230 + 229)
    assert meter({(CURRENT, 'L1'): 16, **THREE_VOLTAGES}).power_w == 16 * 231


def test_line_voltages_and_the_neutral_are_no_phases() -> None:
    lines = {(VOLTAGE, 'L1-L2'): 400, (VOLTAGE, 'L2-L3'): 400, (VOLTAGE, 'L3-L1'): 400, (VOLTAGE, 'N'): 1}
    live = meter(
        {**THREE_VOLTAGES, **lines, (CURRENT, 'L1'): 10, (CURRENT, 'N'): 30, (POWER, 'N'): 5, (POWER, 'L1'): 9}
    )
    assert list(live.per_phase(VOLTAGE)) == ['L1', 'L2', 'L3']
    assert (live.current_a, live.power_w) == (10, 9)
    assert meter({(CURRENT, 'N'): 16}).current_a is None
    assert meter({(ENERGY, 'N'): 16}).energy_wh is None
    assert meter({(ENERGY, 'N'): 16, (ENERGY, 'L1'): 5}).energy_wh == 5


BY_PHASE = {
    'one phase': ({'L1': 9.0}, 1),
    'two phases': ({'L1': 9.0, 'L2': 8.0}, 2),
    'three phases': ({'L1': 9.0, 'L2': 8.5, 'L3': 8.0}, 3),
}


def currents(at_s: float, values: dict[str, float], before: Meter | None = None, measurand: str = CURRENT) -> Meter:
    samples = tuple(MeterSample(measurand, phase, a) for phase, a in values.items())
    power = MeterSample(POWER, '', 230 * sum(values.values()))
    return (before or Meter()).updated(NOON + timedelta(seconds=at_s), (*samples, power))


@pytest.mark.parametrize(('by_phase', 'phases'), BY_PHASE.values(), ids=BY_PHASE.keys())
def test_the_newer_of_a_current_and_the_currents_by_phase_counts(by_phase: dict[str, float], phases: int) -> None:
    newer = currents(10, by_phase, currents(0, {'': 14.0}))
    assert (newer.per_phase(CURRENT), newer.current_a, newer.phases_seen) == (by_phase, 9, phases)
    again = currents(20, {'': 6.0}, newer)
    assert (again.per_phase(CURRENT), again.current_a, again.phases_seen) == ({'': 6}, 6, 1)
    late = currents(5, {'': 14.0}, newer)
    assert late.per_phase(CURRENT) == by_phase


def test_a_current_and_those_by_phase_of_one_moment_are_all_shown() -> None:
    both = {'': 10.0, 'L1': 9.0, 'L2': 10.0, 'L3': 8.0, 'N': 1.0}
    apart = currents(0, {'': 10.0}, currents(0, {'L1': 9.0, 'L2': 10.0, 'L3': 8.0}))
    assert currents(0, both).per_phase(CURRENT) == apart.per_phase(CURRENT) == {p: both[p] for p in WHOLE_AND_PHASES}


def test_a_current_of_the_neutral_replaces_none() -> None:
    assert currents(10, {'N': 1.0}, currents(0, {'': 14.0})).current_a == 14


def test_what_is_offered_by_phase_replaces_what_was_offered_without() -> None:
    offered = currents(10, {'L1': 10.0}, currents(0, {'': 16.0}, measurand=OFFERED), measurand=OFFERED)
    assert offered.offered_a == 10
