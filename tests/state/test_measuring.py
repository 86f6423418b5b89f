"""A charger that sends no values, or no power: it shows once a car has charged for a while."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cpo.state import (
    CURRENT,
    ENERGY,
    POWER,
    Activity,
    ChargePointState,
    Entry,
    MeterRead,
    MeterSample,
    SessionEnergy,
    StatusChange,
    StatusNotified,
    Transaction,
    TransactionStarted,
    Unmeasured,
    unmeasured,
)

NOON = datetime(2030, 1, 31, 12, tzinfo=UTC)


def charging(*samples: MeterSample, activity: Activity = Activity.CHARGING) -> ChargePointState:
    state = ChargePointState(charge_box_id='CP1', connected=True)
    energy = SessionEnergy.started(1000, NOON)
    transaction = Transaction('1', 'CP1', 1, number=1, meter_start_wh=1000, start_timestamp=NOON, energy=energy)
    entries: list[Entry] = [
        TransactionStarted(transaction, NOON),
        StatusNotified(1, StatusChange('', activity, NOON), NOON),
    ]
    if samples:
        entries.append(MeterRead(1, '1', NOON + timedelta(seconds=30), samples, NOON + timedelta(seconds=30)))
    for entry in entries:
        state = entry.apply(state)
    return state


@pytest.mark.parametrize(
    ('samples', 'expected'),
    [
        ((), Unmeasured.EVERYTHING),
        ((MeterSample('Temperature', '', 30),), Unmeasured.EVERYTHING),
        ((MeterSample(ENERGY, '', 1100),), Unmeasured.POWER),
        ((MeterSample(POWER, '', 0),), None),
        ((MeterSample(CURRENT, 'L1', 10), MeterSample(ENERGY, '', 1100)), None),
    ],
)
def test_what_a_charger_does_not_send_shows_after_70_seconds_of_charging(
    samples: tuple[MeterSample, ...], expected: Unmeasured | None
) -> None:
    state = charging(*samples)
    assert unmeasured(state, 1, NOON + timedelta(seconds=69)) is None
    assert unmeasured(state, 1, NOON + timedelta(seconds=70)) is expected
    assert unmeasured(replace(state, connected=False), 1, NOON + timedelta(seconds=70)) is None
    assert unmeasured(state, 2, NOON + timedelta(seconds=70)) is None


def test_a_car_that_takes_nothing_shows_nothing() -> None:
    assert unmeasured(charging(activity=Activity.PAUSED_BY_CAR), 1, NOON + timedelta(hours=1)) is None
