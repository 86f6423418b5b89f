"""What a session charges, and what is live, while the charger's clock is set: time passes as values arrive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from cpo.state import (
    ENERGY,
    POWER,
    ChargePointState,
    Connected,
    MeterRead,
    MeterSample,
    SessionEnergy,
    Transaction,
    TransactionStarted,
    TransactionStopped,
    newest_arrivals,
)

NOON = datetime(2026, 10, 25, 12, tzinfo=UTC)
HOUR_S = 3600.0
TO_1970_S = -(NOON - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@dataclass
class Box:
    """A charger that sends power alone every `every_s`, by a clock that may be off."""

    power_w: float = 11_000
    every_s: float = 2
    passed_s: float = 0
    number: int = 0
    state: ChargePointState = field(default_factory=lambda: Connected(NOON, 'garage', '').apply(ChargePointState()))

    def measured(self, off_s: float, *samples: MeterSample) -> None:
        samples = samples or (MeterSample(POWER, '', self.power_w),)
        measured_at, heard_at = at(self.passed_s + off_s), at(self.passed_s)
        self.state = MeterRead(1, str(self.number), measured_at, samples, heard_at).apply(self.state)
        self.passed_s += self.every_s

    def session(self, clock_off_s: Sequence[float]) -> tuple[float, float]:
        """What a session charged by this program and at most in truth, in Wh."""
        self.number += 1
        first, begun_s = clock_off_s[0], self.passed_s
        energy = SessionEnergy.started(0, at(begun_s + first))
        new = Transaction(
            str(self.number),
            'garage',
            1,
            start_timestamp=at(begun_s + first),
            meter_start_wh=0,
            energy=energy,
            number=self.number,
        )
        self.state = TransactionStarted(new, at(begun_s)).apply(self.state)
        for off_s in clock_off_s:
            self.measured(off_s)
        true_wh = self.power_w * (self.passed_s - begun_s) / 3600
        stop = TransactionStopped(
            str(self.number), 0, at(self.passed_s + clock_off_s[-1]), 'Local', at(self.passed_s), self.number
        )
        self.state = stop.apply(self.state)
        stopped = self.state.transaction(str(self.number))
        assert stopped is not None
        return stopped.energy_wh or 0, true_wh


SETTINGS = {
    '1 h ahead': [0] * 8 + [HOUR_S] * 8,
    '2 h back': [0] * 8 + [-2 * HOUR_S] * 8,
    '2 h back, then 1 h ahead': [0] * 6 + [-2 * HOUR_S] * 6 + [HOUR_S] * 6,
    '10 min back and right again': [0] * 6 + [-600] * 6 + [0] * 6,
    '20 min to and fro': [0, 1200, 0, 1200, 0, 1200, 0, 1200, 0, 1200],
    'to 1970 and right again': [0] * 6 + [TO_1970_S] * 6 + [0] * 6,
}


@pytest.mark.parametrize('clock_off_s', SETTINGS.values(), ids=SETTINGS.keys())
@pytest.mark.parametrize(('power_w', 'every_s'), [(3700, 10), (11_000, 2), (22_000, 60)])
def test_a_clock_that_is_set_in_a_session_adds_no_energy(
    clock_off_s: list[float], power_w: float, every_s: float
) -> None:
    charged_wh, true_wh = Box(power_w, every_s).session(clock_off_s)
    assert charged_wh <= true_wh
    assert charged_wh == 0 or charged_wh > true_wh / 2


@pytest.mark.parametrize('ahead_s', [600, HOUR_S, 2 * HOUR_S, 20 * HOUR_S])
@pytest.mark.parametrize(('power_w', 'every_s'), [(3700, 10), (11_000, 2), (22_000, 60)])
def test_a_clock_set_right_between_two_sessions_adds_no_energy(power_w: float, every_s: float, ahead_s: float) -> None:
    box = Box(power_w, every_s)
    for off_s in (0, ahead_s, 0, 0):
        charged_wh, true_wh = box.session([off_s] * 10)
        assert charged_wh <= true_wh
        assert charged_wh == 0 or charged_wh > true_wh * 0.7


def test_a_backlog_fills_the_time_it_was_measured_in() -> None:
    box = Box(every_s=60)
    box.number = 1
    new = Transaction('1', 'garage', 1, start_timestamp=NOON, energy=SessionEnergy.started(None, NOON), number=1)
    box.state = TransactionStarted(new, NOON).apply(box.state)
    box.measured(0)
    box.passed_s, box.every_s = HOUR_S, 0.1
    for minute in range(1, 60):
        box.measured(minute * 60 - box.passed_s)
    running = box.state.running_transaction(1)
    assert running is not None
    assert running.energy_wh == pytest.approx(11_000 * 59 / 60)


@pytest.mark.parametrize('every_s', [3, 10, 60])
@pytest.mark.parametrize(
    ('before_s', 'after_s'),
    [(0, TO_1970_S), (0, -2 * HOUR_S), (0, -3 * 24 * HOUR_S), (2.4e11, 0), (2.4e11, TO_1970_S), (-6.3e10, -6.35e10)],
)
def test_live_values_follow_whatever_the_clock_is_set_to(before_s: float, after_s: float, every_s: float) -> None:
    box = Box(every_s=every_s)
    for nth, off_s in enumerate([before_s] * 5 + [after_s] * 5):
        box.measured(off_s, MeterSample(POWER, '', 7000 + 100.0 * nth), MeterSample(ENERGY, '', 1000 + 6.0 * nth))
    connector = box.state.connector(1)
    assert (connector.meter.power_w, connector.meter.energy_wh) == (7900, 1054)
    ages_s = {name: each.age_s(at(box.passed_s)) for name, each in newest_arrivals(connector).items()}
    assert ages_s == {'power': every_s, 'energy': every_s}


def test_a_clock_set_right_leaves_the_offset_that_was_seen_with_it() -> None:
    box = Box()
    for off_s in [HOUR_S] * 3 + [0] * 3:
        box.measured(off_s)
    assert box.state.clock_off == timedelta(0)
