from datetime import UTC, datetime, timedelta

import pytest

from cpo.state import ENERGY, POWER, Connector, MeterSample, power_arrival, power_w
from tests.statuses import status_change

NOON = datetime(2026, 6, 14, 12, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def measured(
    *registers: tuple[float, float], status: str = 'Charging', late_s: float = 0, more: tuple[MeterSample, ...] = ()
) -> Connector:
    """A connector whose registers in Wh came at these seconds."""
    connector = Connector(1, (status_change(status, NOON),), transaction_id='7')
    for seconds, register_wh in registers:
        samples = (MeterSample(ENERGY, '', register_wh), *more)
        connector = connector.with_measured(at(seconds - late_s), samples, at(seconds), None)
    return connector


def steady(power: float, every_s: int, until_s: int, step_wh: int = 1) -> list[tuple[float, float]]:
    return [(s, power * s / 3600 // step_wh * step_wh) for s in range(0, until_s + 1, every_s)]


@pytest.mark.parametrize('every_s', [1, 10, 60, 300])
@pytest.mark.parametrize('power', [1400.0, 3680.0, 11_000.0])
def test_the_power_of_a_charger_that_only_sends_its_register_is_derived(power: float, every_s: int) -> None:
    derived = power_w(measured(*steady(power, every_s, 900)), gone=False)
    assert derived == pytest.approx(power, rel=0.05)


def test_a_register_in_steps_of_10_wh_will_do() -> None:
    assert power_w(measured(*steady(7000, 10, 900, 10)), gone=False) == pytest.approx(7000, rel=0.15)


def test_it_is_unknown_until_a_minute_has_passed_and_old_when_the_register_is() -> None:
    early = measured(*steady(11_000, 10, 50))
    assert power_w(early, gone=False) is None
    assert power_arrival(early) is None
    later = power_arrival(measured(*steady(11_000, 10, 120)))
    assert later is not None
    assert later.at == at(120)


def test_a_register_that_stands_still_for_a_quarter_of_an_hour_is_no_power() -> None:
    assert power_w(measured(*((s, 500.0) for s in range(0, 960, 60))), gone=False) == 0


def test_what_is_measured_counts_more_and_a_status_without_a_flow_too() -> None:
    more = (MeterSample(POWER, '', 3000.0),)
    assert power_w(measured(*steady(11_000, 60, 600), more=more), gone=False) == 3000
    assert power_w(measured(*steady(11_000, 60, 600), status='SuspendedEV'), gone=False) == 0
    assert power_w(measured(*steady(11_000, 60, 600)), gone=True) is None


def test_a_replay_a_reset_and_a_clock_that_is_set_give_no_power_that_never_was() -> None:
    before = measured(*steady(3600, 60, 600))
    replayed = before
    for second in range(660, 1800, 60):
        samples = (MeterSample(ENERGY, '', float(second)),)
        replayed = replayed.with_measured(at(second), samples, at(1800), None)
    assert (power_w(replayed, gone=False) or 0) <= 3600
    reset = before.with_measured(at(660), (MeterSample(ENERGY, '', 0.0),), at(660), None)
    assert power_w(reset, gone=False) in (None, 3600)  # a single fall is not believed
    set_back = before.with_measured(at(660 - 3600), (MeterSample(ENERGY, '', 660.0),), at(660), None)
    assert power_w(set_back, gone=False) in (None, 3600)
