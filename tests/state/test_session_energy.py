"""How much a session charged: what real chargers do with their registers, and what must hold whatever they send."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpo.state import SessionEnergy

NOON = datetime(2030, 1, 31, 12, tzinfo=UTC)
LIFETIME = 5_000_000.0
STEPS = range(0, 65, 5)


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


@dataclass(frozen=True)
class Session:
    """An hour at 8 kW: what the charger says at its start, every five minutes and at its end."""

    start: float | None
    first: float | None = None
    last: float | None = None
    stop: float | None = None
    power_w: float | None = 8000
    glitches: tuple[tuple[float, float], ...] = ()

    def run(self) -> SessionEnergy:
        energy = SessionEnergy.started(self.start, NOON)
        glitches = dict(self.glitches)
        for minute in STEPS:
            if self.power_w is not None:
                energy = energy.with_power(self.power_w, at(minute))
            if self.first is not None and self.last is not None:
                register = self.first + (self.last - self.first) * minute / 60
                energy = energy.with_register(glitches.get(minute, register), at(minute))
        return energy.abandoned() if self.stop is None else energy.stopped(self.stop, at(60))


def figure(energy: SessionEnergy) -> tuple[float | None, bool]:
    return energy.energy_wh, energy.estimated


L = LIFETIME
EXACT = {
    'lifetime registers': Session(L, L, L + 8000, L + 8000),
    'registers of the session': Session(0, 0, 8000, 8000),
    'no power': Session(L, L, L + 8000, L + 8000, power_w=None),
    'no register': Session(L, stop=L + 8000),
    'no meter values at all': Session(L, stop=L + 8000, power_w=None),
    'samples of the session, start and stop of a lifetime': Session(L, 0, 8000, L + 8000),
    'samples of a lifetime, start and stop of the session': Session(0, L, L + 8000, 8000),
    'samples in kWh labelled Wh': Session(10_000, 10, 18, 18_000),
    'samples in Wh labelled kWh': Session(10_000, 10_000_000, 18_000_000, 18_000),
    'samples in Wh labelled kWh, start 0': Session(0, 0, 8_000_000, 8000),
    'power in kW labelled W': Session(L, L, L + 8000, L + 8000, power_w=8),
    'power in W labelled kW': Session(L, L, L + 8000, L + 8000, power_w=8_000_000),
    'power a tenth too high': Session(L, L, L + 8000, L + 8000, power_w=8800),
    'power a tenth too low': Session(L, L, L + 8000, L + 8000, power_w=7200),
    'an absurd sample': Session(L, L, L + 8000, L + 8000, glitches=((30, L + 8e6),)),
    'a sample far behind': Session(L, L, L + 8000, L + 8000, glitches=((30, L - 3000),)),
    'a sample 0': Session(L, L, L + 8000, L + 8000, glitches=((30, 0),)),
}


@pytest.mark.parametrize('session', EXACT.values(), ids=EXACT.keys())
def test_meter_stop_minus_meter_start_is_the_figure_whatever_the_samples_say(session: Session) -> None:
    assert figure(session.run()) == (8000, False)


ESTIMATED: dict[str, tuple[Session, float]] = {
    'power of one phase of three': (Session(L, L, L + 8000, L + 8000, power_w=2667), 0.001),
    'power of three times as much': (Session(L, L, L + 8000, L + 8000, power_w=24_000), 0.001),
    'power of something else': (Session(L, L, L + 8000, L + 8000, power_w=150), 0.001),
    'stop is unknown': (Session(L, L, L + 8000, -1), 0.001),
    'start is the largest integer': (Session(2**31 - 1, L, L + 8000, L + 8000), 0.001),
    'start and stop are the largest integer': (Session(2**31 - 1, L, L + 8000, 2**31 - 1), 0.001),
    'start says 0, the rest is a lifetime': (Session(0, L, L + 8000, L + 8000), 0.001),
    'start says 0, the rest is a lifetime, no power': (Session(0, L, L + 8000, L + 8000, power_w=None), 0.001),
    'start is the old lifetime, the rest is the session': (Session(L, 0, 8000, 8000), 0.001),
    'the same without samples': (Session(L, stop=8000, power_w=None), 0.001),
    'start and samples are a lifetime, stop is the session': (Session(L, L, L + 8000, 8000), 0.001),
    'stop is below start': (Session(L, L, L + 8000, L - 100), 0.001),
    'stop repeats start': (Session(L, L, L + 8000, L, power_w=None), 0.001),
    'all in kWh': (Session(10, 10, 18, 18, power_w=7000), 0.001),
    'start and stop in kWh, no samples': (Session(10, stop=18, power_w=7000), 0.001),
    'start and stop in kWh, samples in Wh': (Session(10, 10_000, 18_000, 18, power_w=7000), 0.001),
    'all a thousand times too large': (Session(1e7, 1e7, 1.8e7, 1.8e7, power_w=7000), 0.001),
    'samples in kWh labelled Wh, no stop': (Session(10_000, 10, 18, power_w=None), 0.001),
    'samples in Wh labelled kWh, no stop': (Session(10_000, 1e7, 1.8e7, power_w=None), 0.001),
    'stop is 8 MWh above start': (Session(L, L, L + 8000, L + 8e6), 0.001),
    'stop is 50 kWh above the last sample': (Session(L, L, L + 8000, L + 90_000), 0.001),
    'a register that stays 0': (Session(0, 0, 0, 0), 0.1),
    'a lifetime register that stands still': (Session(L, L, L, L), 0.1),
    'only power, stop is no number': (Session(0, stop=math.nan), 0.1),
    'start never reported': (Session(None, L, L + 8000, L + 8000), 0.001),
    'start never reported, no samples': (Session(None, stop=L + 8000), 0.1),
    'no stop': (Session(L, L, L + 8000), 0.001),
    'no start, no stop': (Session(None, L, L + 8000, power_w=None), 0.001),
    'no stop, only power': (Session(L), 0.1),
    'start is no number': (Session(math.nan, L, L + 8000, L + 8000), 0.001),
    'start is negative': (Session(-1, L, L + 8000, L + 8000), 0.001),
    'stop is negative': (Session(L, L, L + 8000, -1), 0.001),
}


@pytest.mark.parametrize(('session', 'tolerance'), ESTIMATED.values(), ids=ESTIMATED.keys())
def test_what_the_registers_cannot_have_counted_is_estimated(session: Session, tolerance: float) -> None:
    energy = session.run()
    assert energy.energy_wh == pytest.approx(8000, rel=tolerance)
    assert energy.estimated


def test_what_nothing_tells_stays_unknown() -> None:
    assert figure(SessionEnergy.started(L, NOON)) == (None, False)
    assert figure(SessionEnergy.started(L, NOON).abandoned()) == (None, True)
    assert SessionEnergy.started(None, NOON).stopped(L, at(60)).energy_wh is None
    assert SessionEnergy.started(L, NOON).stopped(L + 8e6, at(60)).energy_wh is None


def test_a_meter_replaced_in_the_session_is_counted_on() -> None:
    energy = SessionEnergy.started(L, NOON)
    for minute, register in ((0, L), (20, L + 4000), (25, 70), (40, 3070)):
        energy = energy.with_register(register, at(minute))
    assert figure(energy) == (7000, True)
    assert figure(energy.stopped(4070, at(60))) == (8000, True)


def test_a_register_of_the_session_that_restarts_is_counted_on() -> None:
    energy = SessionEnergy.started(L, NOON)
    for minute, register in ((0, 0), (20, 4000), (25, 0), (40, 3000)):
        energy = energy.with_register(register, at(minute))
    assert figure(energy) == (7000, True)


@pytest.mark.parametrize('power_w', [None, 12_000])
def test_a_register_that_restarts_in_the_session_is_counted_on_to_its_stop(power_w: float | None) -> None:
    energy = SessionEnergy.started(0, NOON)
    for minute, register in ((0, 0), (20, 4000), (40, 8000), (41, 0), (50, 2000), (60, 4000)):
        energy = energy if power_w is None else energy.with_power(power_w, at(minute))
        energy = energy.with_register(register, at(minute))
    assert figure(energy.stopped(4000, at(61))) == (12_000, True)


@pytest.mark.parametrize(
    ('registers', 'stop', 'expected'),
    [
        ((0, 150, 0, 25, 75), 75, 225),
        ((0, 900, 0, 300), 300, 1200),
        ((0, 40, 80, 0, 20), 25, 105),
        ((0, 500, 0, 200, 0, 100), 100, 800),
    ],
)
def test_the_first_part_of_a_small_session_outlives_a_restart(
    registers: tuple[float, ...], stop: float, expected: float
) -> None:
    energy = SessionEnergy.started(0, NOON)
    for minute, register in enumerate(registers):
        energy = energy.with_register(register, at(minute))
    assert figure(energy.stopped(stop, at(len(registers)))) == (expected, True)


@pytest.mark.parametrize('start', [0, 2000, L])
def test_a_register_that_runs_backwards_a_little_has_not_restarted(start: float) -> None:
    energy = SessionEnergy.started(start, NOON)
    for minute, register in enumerate((0, 300, 280, 285)):
        energy = energy.with_register(start + register, at(minute))
    assert figure(energy.stopped(start + 290, at(4))) == (290, False)


def test_a_register_that_is_its_old_self_again_has_not_restarted() -> None:
    energy = SessionEnergy.started(0, NOON)
    for minute, register in ((20, 4000), (25, 0), (30, 6000)):
        energy = energy.with_register(register, at(minute))
    assert figure(energy.stopped(8000, at(60))) == (8000, False)


@pytest.mark.parametrize(
    ('start', 'stop', 'expected'),
    [(L, L, 0), (L, L + 1, 1), (L, L + 30, 30), (0, 0, 0), (0, 30, 30), (7, 8, 1)],
)
@pytest.mark.parametrize('power_w', [None, 0, 5, 1400, 22_000])
def test_a_tiny_session_is_no_alarm(start: float, stop: float, expected: float, power_w: float | None) -> None:
    energy = SessionEnergy.started(start, NOON).with_register(start, NOON)
    if power_w is not None:
        energy = energy.with_power(power_w, at(0.1)).with_power(0, at(0.2))
    energy = energy.with_register(stop, at(10))
    assert figure(energy) == (expected, False)
    assert figure(energy.stopped(stop, at(10))) == (expected, False)


@pytest.mark.parametrize(('start', 'expected'), [(L, 0), (12_000, 0), (1, 0), (3, 2)])
def test_a_meter_that_runs_a_little_backwards_gives_no_negative_energy(start: float, expected: float) -> None:
    energy = SessionEnergy.started(start, NOON)
    assert figure(energy.with_register(start - 1, at(60))) == (expected, True)
    assert figure(energy.stopped(start - 1, at(60))) == (expected, True)


def test_a_meter_that_counts_whole_kilowatt_hours_is_believed() -> None:
    energy = SessionEnergy.started(7000, NOON)
    for minute in range(61):
        energy = energy.with_power(8000, at(minute)).with_register(7000 + 1000 * (minute * 8000 // 60_000), at(minute))
    assert figure(energy) == (8000, False)


def test_a_night_offline_may_end_in_one_big_step() -> None:
    energy = SessionEnergy.started(L, NOON).with_power(11_000, at(1)).with_register(L + 100, at(1))
    energy = energy.with_power(11_000, at(2)).with_power(11_000, at(600)).with_register(L + 90_000, at(600))
    assert figure(energy) == (90_000, False)
    assert figure(energy.stopped(L + 90_000, at(601))) == (90_000, False)


@pytest.mark.parametrize('year', [2030, 2036])
def test_power_known_for_a_moment_does_not_call_a_figure_too_large(year: int) -> None:
    energy = SessionEnergy.started(L, NOON.replace(year=year)).with_power(9000, at(1)).with_power(9000, at(2))
    assert figure(energy.with_power(0, at(600)).stopped(L + 90_000, at(600))) == (90_000, False)


def test_power_known_throughout_calls_a_jump_of_the_last_register_too_large() -> None:
    assert figure(Session(L, L, L + 500, L + 50_000, power_w=500).run()) == (500, True)


def test_a_car_that_stays_for_days_takes_its_battery_and_a_daily_loss() -> None:
    energy = SessionEnergy.started(L, NOON)
    assert figure(energy.stopped(L + 450_000, at(3 * 24 * 60))) == (450_000, False)
    assert figure(energy.stopped(L + 600_000, at(3 * 24 * 60))) == (None, False)


def test_samples_beyond_a_stop_that_restarted_at_0_are_not_taken_for_a_lifetime() -> None:
    energy = SessionEnergy.started(0, NOON).with_register(20_000, at(60))
    assert figure(energy.stopped(20, at(60))) == (20, False)


def test_a_stop_rounded_to_whole_kilowatt_hours_is_believed() -> None:
    energy = SessionEnergy.started(7000, NOON).with_register(7900, at(59))
    assert figure(energy.stopped(7000, at(60))) == (0, False)


def test_a_stop_a_little_behind_the_last_sample_takes_nothing_away() -> None:
    energy = SessionEnergy.started(None, NOON).with_register(L, NOON).with_register(L + 100, at(1))
    assert figure(energy.stopped(L + 95, at(2))) == (100, True)


def test_a_gap_in_the_power_is_filled_for_a_quarter_of_an_hour_at_most() -> None:
    energy = SessionEnergy.started(None, NOON).with_power(8000, NOON).with_power(8000, at(600))
    assert figure(energy) == (2000, True)


def test_between_two_readings_the_lower_power_flowed() -> None:
    energy = SessionEnergy.started(None, NOON).with_power(4000, NOON).with_power(8000, at(15)).with_power(0, at(30))
    assert figure(energy) == (1000, True)


@pytest.mark.parametrize('year', [1970, 2019, 2036])
def test_a_clock_that_was_wrong_at_the_start_leaves_the_registers_to_be_believed(year: int) -> None:
    energy = SessionEnergy.started(L, NOON.replace(year=year))
    assert figure(energy.stopped(L + 8000, at(60))) == (8000, False)
    energy = energy.with_register(L + 4000, at(30)).with_power(8000, at(31))
    assert figure(energy) == (4000, False)
    assert figure(energy.stopped(L + 8000, at(60))) == (8000, False)
    assert figure(energy.stopped(L + 8e6, at(60))) == (4000, True)


@pytest.mark.parametrize('year', [1970, 2036])
def test_a_clock_that_was_set_in_the_session_leaves_the_registers_to_be_believed(year: int) -> None:
    energy = SessionEnergy.started(L, NOON).with_register(L + 1000, at(10))
    energy = energy.with_register(L + 2000, NOON.replace(year=year)).with_register(L + 8e6, NOON.replace(year=year))
    energy = energy.with_register(L + 3000, at(30))
    assert figure(energy) == (3000, False)
    for stopped_at in (at(60), NOON.replace(year=year)):
        assert figure(energy.stopped(L + 8000, stopped_at)) == (8000, False)


@pytest.mark.parametrize('minutes', [-60, 0, 5])
def test_a_stop_stamped_too_early_is_believed(minutes: float) -> None:
    energy = Session(L, L, L + 8000, power_w=None)
    running = SessionEnergy.started(L, NOON).with_register(L + 7900, at(59))
    assert energy.run().energy_wh == 8000
    assert figure(running.stopped(L + 8000, at(minutes))) == (8000, False)


def test_a_late_reading_changes_nothing() -> None:
    energy = SessionEnergy.started(L, NOON).with_power(8000, at(30)).with_register(L + 4000, at(30))
    assert energy.with_register(L + 3000, at(20)) == energy
    assert energy.with_register(L + 5000, at(20)) == energy
    assert energy.with_power(20_000, at(20)) == energy
    assert energy.with_register(L - 90_000, at(-3000)) == energy


def test_the_same_once_more_changes_nothing() -> None:
    energy = SessionEnergy.started(L, NOON).with_power(8000, at(30)).with_register(L + 4000, at(30))
    assert energy.with_register(L + 4000, at(30)).with_power(8000, at(30)) == energy
    stopped = energy.stopped(L + 8000, at(60))
    assert stopped.stopped(L + 8000, at(60)) == stopped


@pytest.mark.parametrize('value', [math.nan, math.inf, -math.inf, -1, 10**400, -(10**400)])
def test_what_is_no_reading_is_ignored(value: float) -> None:
    energy = SessionEnergy.started(L, NOON).with_register(L + 100, at(1))
    assert energy.with_register(value, at(2)) == energy
    assert energy.with_power(value, at(2)) == energy
    assert figure(energy.stopped(value, at(2))) == (100, True)
    assert SessionEnergy.started(value, NOON).meter_start_wh is None


def test_a_running_session_shows_its_energy_and_never_less_than_before() -> None:
    energy, shown = SessionEnergy.started(L, NOON), []
    for minute, register in ((0, L), (5, L + 600), (10, L + 595), (15, L + 200), (20, L + 2400), (25, L + 9e6)):
        energy = energy.with_register(register, at(minute))
        shown.append(figure(energy))
    assert shown == [(0, False), (600, False), (600, False), (600, True), (2400, False), (2400, True)]


def test_a_dead_register_yields_to_the_power_while_running() -> None:
    energy, shown = SessionEnergy.started(0, NOON), []
    for minute in STEPS:
        energy = energy.with_power(6000, at(minute)).with_register(0, at(minute))
        shown.append(figure(energy))
    assert [wh for wh, _ in shown] == pytest.approx([100 * minute for minute in STEPS])
    assert [estimated for _, estimated in shown] == [False] + [True] * 12


def test_a_register_that_comes_to_life_is_waited_for() -> None:
    energy = SessionEnergy.started(0, NOON)
    for minute in STEPS:
        energy = energy.with_power(6000, at(minute)).with_register(0, at(minute))
    energy = energy.with_register(1500, at(61))
    assert (round(energy.energy_wh or 0), energy.estimated) == (6000, True)
    assert figure(energy.with_register(6100, at(70))) == (6100, False)


# ---- whatever a charger sends

WILD = st.one_of(st.floats(), st.integers(), st.sampled_from([10**400, -(10**400), math.nan, 8e6, 8000, L]))
NEAR = st.floats(0, 300_000).map(lambda wh: LIFETIME + wh)
VALUES = st.one_of(WILD, NEAR, st.floats(0, 60_000))
KINDS = st.sampled_from(['with_register', 'with_power', 'stopped'])
IN_TEN_DAYS = st.floats(1, 864_000).map(lambda seconds: NOON + timedelta(seconds=seconds))
IN_AN_HOUR = st.floats(-3600, 3600).map(lambda seconds: NOON + timedelta(seconds=seconds))
WRONG_CLOCK = st.sampled_from([1, 1970, 2000, 2036, 9999]).map(lambda year: NOON.replace(year=year))
STARTS = st.one_of(st.none(), VALUES)


def send(energy: SessionEnergy, kind: str, value: float, when: datetime) -> SessionEnergy:
    if kind == 'with_register':
        return energy.with_register(value, when)
    return energy.with_power(value, when) if kind == 'with_power' else energy.stopped(value, when)


@given(STARTS, st.lists(st.tuples(KINDS, VALUES, IN_TEN_DAYS), max_size=30))
def test_no_session_charges_more_than_its_time_allows(
    start: float | None, sent: list[tuple[str, float, datetime]]
) -> None:
    energy, longest = SessionEnergy.started(start, NOON), timedelta(0)
    for kind, value, when in sent:
        longest = max(longest, when - NOON)
        before, energy = energy, send(energy, kind, value, when)
        if energy.energy_wh is not None:
            assert 0 <= energy.energy_wh <= 55_200 * (longest / timedelta(hours=1)) + 10_000
        if kind != 'stopped' and before.energy_wh is not None:
            assert energy.energy_wh is not None
            assert energy.energy_wh >= before.energy_wh


@given(STARTS, st.lists(st.tuples(KINDS, VALUES, st.one_of(IN_AN_HOUR, WRONG_CLOCK)), max_size=30))
def test_no_session_charges_more_than_a_battery_holds_where_the_clock_is_wrong(
    start: float | None, sent: list[tuple[str, float, datetime]]
) -> None:
    energy = SessionEnergy.started(start, NOON)
    for kind, value, when in sent:
        energy = send(energy, kind, value, when)
        assert energy.energy_wh is None or 0 <= energy.energy_wh <= 200_000


@given(STARTS, st.lists(st.tuples(KINDS, VALUES, st.one_of(IN_TEN_DAYS, WRONG_CLOCK)), max_size=30))
def test_a_figure_that_is_not_estimated_is_a_register_minus_meter_start(
    start: float | None, sent: list[tuple[str, float, datetime]]
) -> None:
    energy, registers = SessionEnergy.started(start, NOON), []
    for kind, value, when in sent:
        energy = send(energy, kind, value, when)
        if kind != 'with_power':
            registers.append(value)
        if energy.energy_wh is not None and not energy.estimated:
            assert energy.meter_start_wh is not None
            assert energy.energy_wh in [r - energy.meter_start_wh for r in registers if abs(r) < 1e15]


@given(st.floats(0, 1e9), st.lists(st.floats(0, 900), min_size=1, max_size=30), st.floats(0, 22_000))
def test_an_honest_meter_is_never_doubted(start: float, steps_s: list[float], power_w: float) -> None:
    energy, when, charged_wh = SessionEnergy.started(start, NOON).with_power(power_w, NOON), NOON, 0.0
    for seconds in steps_s:
        when += timedelta(seconds=seconds)
        charged_wh += power_w * seconds / 3600
        energy = energy.with_register(start + charged_wh, when).with_power(power_w, when)
        assert figure(energy) == (start + charged_wh - start, False)
    assert figure(energy.stopped(start + charged_wh, when)) == (start + charged_wh - start, False)


def test_all_that_is_remembered_fits_into_columns() -> None:
    for field in dataclasses.fields(SessionEnergy):
        assert isinstance(getattr(Session(L, L, L + 8000).run(), field.name), int | float | datetime)
