"""What the newest values say together: phases, power and current."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cpo.state import CURRENT, ENERGY, POWER, VOLTAGE, Meter, MeterSample

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
