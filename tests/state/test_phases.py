"""The phases that carry a current are seen, not assumed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cpo.state import CURRENT, ENERGY, POWER, VOLTAGE, Meter, MeterSample

NOON = datetime(2026, 6, 14, 12, tzinfo=UTC)


def by_phase(measurand: str, *values: float) -> list[MeterSample]:
    return [MeterSample(measurand, phase, value) for phase, value in zip(('L1', 'L2', 'L3'), values, strict=False)]


def one(measurand: str, value: float, phase: str = '') -> MeterSample:
    return MeterSample(measurand, phase, value)


@pytest.mark.parametrize(
    ('samples', 'phases'),
    [
        ([], None),
        ([one(ENERGY, 1000)], None),
        ([one(POWER, 11_000)], None),
        (by_phase(CURRENT, 16, 15.9, 16), 3),
        (by_phase(CURRENT, 0, 0, 15.3), 1),
        (by_phase(CURRENT, 10, 10, 0.1), 2),
        (by_phase(CURRENT, 0, 0, 0), None),
        ([*by_phase(POWER, 0, 0, 3575), one(POWER, 3575)], 1),
        (by_phase(POWER, 3600, 3500, 3650), 3),
        ([one(CURRENT, 16), one(POWER, 11_040)], 3),
        ([one(CURRENT, 16, 'L1'), one(POWER, 11_000), *by_phase(VOLTAGE, 228, 231, 230)], 3),
        ([one(CURRENT, 16), one(POWER, 3600), one(VOLTAGE, 228)], 1),
        ([one(CURRENT, 16), one(POWER, 7360)], 2),
        ([one(CURRENT, 0.2), one(POWER, 140)], None),
        ([one(CURRENT, 10), one(POWER, 3500)], None),
    ],
)
def test_currents_powers_and_their_ratio_show_the_phases(samples: list[MeterSample], phases: int | None) -> None:
    assert Meter().updated(NOON, tuple(samples)).phases_seen == phases
