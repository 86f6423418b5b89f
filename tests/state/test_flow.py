"""What flows: as measured, else as the status says; unknown while the charger is gone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cpo.state import (
    CURRENT,
    ENERGY,
    POWER,
    ChargePointState,
    Connected,
    Heard,
    MeterRead,
    MeterSample,
    StatusNotified,
    Transaction,
    TransactionStarted,
    currents_a,
    newest_arrivals,
    point_of,
    power_w,
    silent_since,
)
from tests.statuses import status_change

NOON = datetime(2026, 6, 14, 12, tzinfo=UTC)
FLOWS = (MeterSample(POWER, '', 4608.0), MeterSample(CURRENT, 'L1', 6.7), MeterSample(CURRENT, 'L2', 6.6))
REGISTER = (MeterSample(ENERGY, '', 859_900.0),)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


class Told:
    """A state that a charger tells, message by message."""

    def __init__(self) -> None:
        self.state = Connected(NOON, 'garage', '').apply(ChargePointState())

    def status(self, status: str, seconds: float) -> None:
        self.state = StatusNotified(1, status_change(status, at(seconds)), at(seconds)).apply(self.state)

    def start(self, seconds: float) -> None:
        self.state = TransactionStarted(Transaction('7', 'garage', 1), at(seconds)).apply(self.state)

    def measured(self, samples: tuple[MeterSample, ...], seconds: float) -> None:
        self.state = MeterRead(1, '7', at(seconds), samples, at(seconds)).apply(self.state)

    def power_w(self, gone: bool = False) -> float | None:
        return power_w(self.state.connector(1), gone)


@pytest.fixture
def told() -> Told:
    told = Told()
    told.start(0)
    told.status('Charging', 1)
    told.measured(FLOWS, 10)
    return told


@pytest.mark.parametrize('status', ['SuspendedEV', 'SuspendedEVSE', 'Finishing', 'Available', 'Faulted', 'Unavailable'])
def test_a_status_without_a_flow_ends_what_was_measured(told: Told, status: str) -> None:
    told.status(status, 20)
    told.measured(REGISTER, 30)
    assert told.power_w() == 0
    assert currents_a(told.state.connector(1), gone=False) == {}
    assert 'power' not in newest_arrivals(told.state.connector(1))


def test_what_is_measured_after_such_a_status_counts(told: Told) -> None:
    told.status('SuspendedEV', 20)
    told.measured((MeterSample(POWER, '', 60.0),), 30)
    assert told.power_w() == 60
    told.status('SuspendedEV', 40)
    assert told.power_w() == 60


def test_charging_again_the_power_is_unknown_until_it_is_measured(told: Told) -> None:
    told.status('SuspendedEV', 20)
    told.status('Charging', 30)
    assert told.power_w() is None
    told.measured(FLOWS, 40)
    assert told.power_w() == 4608


def test_the_power_of_a_charger_that_measures_nothing_is_unknown_while_it_charges_and_0_before_and_after() -> None:
    told = Told()
    assert told.power_w() is None
    seen = []
    for second, status in enumerate(('Available', 'Preparing', 'Charging', 'Finishing', 'Available')):
        told.status(status, second)
        seen.append(told.power_w())
    assert seen == [0, 0, None, 0, 0]


def test_a_charger_that_is_gone_draws_nobody_knows_what(told: Told) -> None:
    assert told.power_w(gone=True) is None
    assert currents_a(told.state.connector(1), gone=True) == {}
    told.status('Available', 20)
    assert told.power_w(gone=True) is None


def test_each_kind_of_value_has_its_own_age(told: Told) -> None:
    told.measured(REGISTER, 20)
    connector = told.state.connector(1)
    arrivals = newest_arrivals(connector)
    assert {name: each.age_s(at(45)) for name, each in arrivals.items()} == {'power': 35, 'current': 35, 'energy': 25}
    assert [name for name, each in arrivals.items() if each.is_stale(at(45))] == ['power', 'current']


def test_the_power_in_the_history_is_unknown_once_it_is_stale(told: Told) -> None:
    point = point_of(told.state, at(39))
    assert (point.car_w, point.car_until) == (4608, at(40))
    assert point_of(told.state, at(40)).car_w is None


def test_a_charger_is_silent_after_three_heartbeats_without_a_word(told: Told) -> None:
    state = Heard(at(100)).apply(told.state)
    assert silent_since(state, at(279), 60) is None
    assert silent_since(state, at(280), 60) == at(100)
    assert silent_since(state, at(280), 300) is None
    assert silent_since(told.state, at(180), 60) == NOON
