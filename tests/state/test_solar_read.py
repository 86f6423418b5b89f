"""The newest readings of the house, each with its own age."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cpo.frozen import replace
from cpo.state import HOME_ASSISTANT, REST, YOU, Arrival, ChargePointState, SolarRead, SolarReading

NOON = datetime(2026, 6, 14, 12, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def after(*entries: SolarRead) -> SolarReading:
    state = ChargePointState()
    for entry in entries:
        state = entry.apply(state)
    return state.solar


def test_each_reading_becomes_stale_by_itself() -> None:
    solar = after(
        SolarRead(NOON, pv_w=3200, grid_a=(1, 2, 3), by=REST),
        *(SolarRead(at(2 * i), grid_w=-100.0 * i, by=HOME_ASSISTANT) for i in range(1, 20)),
    )
    assert solar.fresh(at(29)) == solar
    fresh = solar.fresh(at(30))
    assert (fresh.pv_w, fresh.grid_a, fresh.grid_w) == (None, None, -1900)
    assert solar.arrivals == {
        'pv_w': Arrival(NOON, by=REST),
        'grid_a': Arrival(NOON, by=REST),
        'grid_w': Arrival(at(38), (2.0,) * 5, HOME_ASSISTANT),
    }


def test_a_reading_is_as_old_as_its_measurement() -> None:
    solar = after(SolarRead(NOON, grid_w=400, by=REST, measured_at=at(-31)))
    assert (solar.grid_w, solar.fresh(NOON).grid_w, solar.at) == (400, None, at(-31))


def test_neither_a_late_reading_nor_a_long_silence_keeps_later_readings_fresh_for_long() -> None:
    for first in (
        SolarRead(NOON, grid_w=-4000, by=REST, measured_at=at(-4439)),
        SolarRead(at(-301), grid_w=0, by=REST),
    ):
        solar = after(first, SolarRead(NOON, grid_w=-4000, by=REST))
        assert (solar.fresh(at(29)).grid_w, solar.fresh(at(30)).grid_w) == (-4000, None)
    late = SolarRead(at(-8), grid_w=-4000, by=REST, measured_at=at(-200))
    solar = after(late, SolarRead(at(-4), grid_w=-4000, by=REST), SolarRead(NOON, grid_w=-4000, by=REST))
    assert solar.fresh(at(30)).grid_w is None


def test_a_second_meter_counts_once_the_first_one_that_began_late_is_silent() -> None:
    first = (
        SolarRead(NOON, grid_w=-4000, by=HOME_ASSISTANT, measured_at=at(-4439)),
        SolarRead(at(1), grid_w=-4000, by=HOME_ASSISTANT),
    )
    assert after(*first, SolarRead(at(32), grid_w=3000, by=REST)).grid_w == 3000


def test_a_measurement_that_comes_late_does_not_replace_a_newer_one() -> None:
    newer, late = SolarRead(NOON, grid_w=400, by=REST), SolarRead(at(1), grid_w=9000, by=REST, measured_at=at(-5))
    assert after(newer, late) == after(newer)


def test_the_newest_reading_of_the_grid_is_known_of_each_source() -> None:
    two = (
        SolarRead(NOON, grid_a=(0, 0, 0), by=REST),
        SolarRead(at(1), grid_a=(9, 8, 7), by=HOME_ASSISTANT, measured_at=at(-5)),
    )
    solar = after(*two)
    assert (solar.grid_a, {by: sent.value for (_, by), sent in solar.sent.items()}) == (
        (0, 0, 0),
        {REST: (0, 0, 0), HOME_ASSISTANT: (9, 8, 7)},
    )
    assert after(*two, SolarRead(at(2), by=REST, forgotten=frozenset({'grid_a'}))).sent == {}
    assert after(*two, SolarRead(at(2), by=YOU, grid_a=(1, 1, 1))).sent == {}
    assert [by for _, by in after(*two, SolarRead(at(29), by=REST, grid_a=(1, 1, 1))).sent] == [REST]


def test_of_two_meters_one_counts_until_it_is_silent() -> None:
    two = [SolarRead(at(s), grid_w=400 + s, by=REST) for s in (0, 10, 20)]
    two += [SolarRead(at(s), grid_w=-900 - s, by=HOME_ASSISTANT) for s in (1, 11, 21, 31, 41, 51)]
    alternating = sorted(two, key=lambda read: read.at)
    solar = after(*alternating[:6])
    assert (solar.grid_w, solar.source('grid_w'), solar.spare_sources(at(22))) == (
        420,
        REST,
        [('grid_w', HOME_ASSISTANT)],
    )
    solar = after(*alternating)
    assert (solar.grid_w, solar.source('grid_w'), solar.spare_sources(at(52))) == (-951, HOME_ASSISTANT, [])
    returned = after(*alternating, SolarRead(at(52), grid_w=452, by=REST))
    assert (returned.grid_w, returned.spare_sources(at(53))) == (-951, [('grid_w', REST)])


def test_of_two_inverters_and_batteries_one_counts_too() -> None:
    solar = after(
        SolarRead(NOON, pv_w=3200, battery_w=-500, battery_soc=64, by=REST),
        SolarRead(at(1), pv_w=1100, battery_w=200, battery_soc=10, by=HOME_ASSISTANT),
    )
    assert (solar.pv_w, solar.battery_w, solar.battery_soc) == (3200, -500, 64)
    spare = [(name, HOME_ASSISTANT) for name in ('pv_w', 'battery_w', 'battery_soc')]
    assert solar.spare_sources(at(2)) == spare
    simulated = SolarRead(at(2), pv_w=900, by=YOU).apply(replace(ChargePointState(), solar=solar)).solar
    assert (simulated.pv_w, simulated.spare_sources(at(2))) == (900, spare[1:])


def test_a_clock_that_is_ahead_makes_no_reading_of_the_future() -> None:
    solar = after(SolarRead(NOON, grid_w=400, by=REST, measured_at=at(3600)), SolarRead(at(1), grid_w=500, by=REST))
    assert (solar.grid_w, solar.arrivals['grid_w'].at) == (500, at(1))


def test_a_simulated_sun_stays_beside_a_meter_that_does_not() -> None:
    solar = after(SolarRead(NOON, pv_w=3200, by=YOU), SolarRead(at(1), grid_w=400, by=REST)).fresh(at(86_400))
    assert (solar.pv_w, solar.grid_w) == (3200, None)
    assert (solar.source('pv_w'), solar.source('grid_w')) == (YOU, None)


def test_a_forgotten_reading_is_unknown() -> None:
    forgotten = SolarRead(at(1), by=REST, forgotten=frozenset({'battery_w', 'battery_soc'}))
    solar = after(SolarRead(NOON, battery_w=400, battery_soc=64, pv_w=1, by=REST), forgotten)
    assert solar == after(SolarRead(NOON, pv_w=1, by=REST))
