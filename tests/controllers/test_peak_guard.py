"""The month's quarter-hour peak: the rule as a table, and a house that keeps below it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cpo.controllers import PeakKeeper
from cpo.controllers.peak_guard import HousePower, PeakState, predicted_w, quarter_of, step
from cpo.state import PEAK, REST, MonthPeak, PeakMeasured, SolarRead, month_of
from tests.examples import JUDGED
from tests.journal.quiet_house import QuietHouse
from tests.simulated.event_loop import run_simulated
from tests.simulated.house import SimulatedHouse, car_for

NOON = datetime(2026, 6, 14, 12, tzinfo=UTC)
TARGET_W = 2500.0
ROUNDS = 20 if JUDGED else 7


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def power(grid_w: float, car_w: float, minutes: float) -> HousePower:
    return HousePower(grid_w, car_w, at(minutes))


@pytest.mark.parametrize(
    ('minutes', 'energy_wh', 'grid_w', 'car_w', 'left_w'),
    [
        (0, 0, 500, 0, 2000),  # the house takes 500 W of 2500
        (0, 0, 4000, 3500, 2000),
        (0, 0, 2600, 0, 0),  # the house alone takes more
        (0, 0, -1000, 0, 3500),  # the sun gives 1000 W
        (10, 200, 500, 0, 4600),  # 425 Wh are left for 5 minutes
        (10, 600, 500, 0, 0),  # it is used up
        (14.5, 600, 500, 0, 1000),  # 25 Wh for the last half minute, spread over a whole one
    ],
)
def test_the_car_may_have_what_this_quarter_has_left(
    minutes: float, energy_wh: float, grid_w: float, car_w: float, left_w: float
) -> None:
    state = PeakState(NOON, at(minutes), energy_wh * 3600)
    new, over = step(state, power(grid_w, car_w, minutes), at(minutes), TARGET_W)
    assert (new.ceiling_w, over) == (left_w, None)


def test_a_quarter_that_is_over_is_told_with_its_mean_and_the_next_begins_with_nothing() -> None:
    state = None
    told = []
    for second in range(0, 31 * 60, 10):
        minutes = second / 60
        state, over = step(state, power(1200 if minutes < 15 else 3000, 0, minutes), at(minutes), TARGET_W)
        told += [] if over is None else [(over.began_at, round(over.mean_w))]
    assert told == [(at(0), 1200), (at(15), 3000)]
    assert state is not None
    assert state.began_at == at(30)


def test_a_quarter_that_nobody_saw_begin_or_that_has_gaps_is_not_told() -> None:
    state, _ = step(None, power(9000, 0, 5), at(5), TARGET_W)
    state, over = step(state, power(9000, 0, 15), at(15), TARGET_W)
    assert over is None
    state, _ = step(state, None, at(17), TARGET_W)
    state, over = step(state, power(500, 0, 30), at(30), TARGET_W)
    assert over is None
    assert state.energy_ws == 0


def test_without_a_reading_it_knows_nothing_and_counts_the_target() -> None:
    state, _ = step(PeakState(NOON, NOON), None, at(10), TARGET_W)
    assert (state.ceiling_w, state.energy_ws) == (None, TARGET_W * 600)
    state, _ = step(state, power(500, 0, 10), at(10), TARGET_W)
    assert state.ceiling_w == 2000
    assert round(predicted_w(state)) == round((TARGET_W * 600 + 500 * 300) / 900)


def test_small_raises_wait() -> None:
    state, _ = step(PeakState(NOON, NOON), power(1000, 0, 0), NOON, TARGET_W)
    assert state.ceiling_w == 1500
    state, _ = step(state, power(100, 0, 0.5), at(0.5), TARGET_W)
    assert state.ceiling_w == 1500  # half a minute after the last change
    state, _ = step(state, power(1000, 0, 1.5), at(1.5), TARGET_W)
    assert state.ceiling_w == 1500  # less than 300 W
    state, _ = step(state, power(100, 0, 2), at(2), TARGET_W)
    assert (state.ceiling_w or 0) > 2300


def test_quarters_are_those_of_the_clock() -> None:
    assert quarter_of(datetime(2026, 6, 14, 12, 44, 59, tzinfo=UTC)) == datetime(2026, 6, 14, 12, 30, tzinfo=UTC)


def keeping(house: SimulatedHouse, base_w: list[float], imported_ws: dict[datetime, float]) -> None:
    """A meter that tells the power each 5 s; what is imported is added up by quarter."""
    PeakKeeper(house.charge_point, house.charge_point.now)

    async def measure() -> None:
        while True:
            now, grid_w = house.charge_point.now(), base_w[0] + house.car_current_a * 230
            imported_ws[quarter_of(now)] = imported_ws.get(quarter_of(now), 0.0) + max(0.0, grid_w) * 5
            house.charge_point.record(SolarRead(now, grid_w=grid_w, by=REST))
            await asyncio.sleep(5)

    house.in_background(measure())


def test_a_house_keeps_below_the_peak_and_a_higher_one_of_the_month_counts() -> None:
    async def begin() -> None:
        async with SimulatedHouse(peak_w=TARGET_W, meter_interval_s=5) as house:
            base_w, imported_ws = [300.0], dict[datetime, float]()
            keeping(house, base_w, imported_ws)
            house.charger.plug_in(1, car_for(house.persona))
            await house.settle(10)
            await house.wish(1, 16)
            for _ in range(ROUNDS):
                for base_w[0] in (300.0, 900.0, 200.0):
                    await house.settle(137)
            means = [ws / 900 for ws in list(imported_ws.values())[:-1]]
            assert max(means) <= TARGET_W + 30
            assert means[-1] > 0.8 * TARGET_W
            assert house.charge_point.state.peak is None
            writes = [call for call in house.messages_sent if call.action == 'SetChargingProfile']
            assert len(writes) < ROUNDS * 3 * 4
            base_w[0] = 3200.0
            await house.settle(2000)
            assert house.car_current_a == 0
            assert "Paused for the month's peak" in house.home
            peak = house.charge_point.state.peak
            assert peak is not None
            assert 3100 < peak.mean_w <= 3200
            base_w[0] = 1200.0
            assert await house.seconds_until(lambda: house.car_current_a > 6, 1000) is not None

    run_simulated(begin())


def test_without_a_meter_the_floor_holds() -> None:
    async def begin() -> None:
        async with SimulatedHouse(peak_w=TARGET_W) as house:
            PeakKeeper(house.charge_point, house.charge_point.now)
            house.charger.plug_in(1, car_for(house.persona))
            await house.settle(10)
            await house.wish(1, 16)
            await house.settle(60)
            assert 5.5 < house.car_current_a <= 6
            assert house.charge_point.state.ceilings[PEAK].limit_a == 6

    run_simulated(begin())


async def test_the_peak_of_the_month_is_there_after_a_restart(tmp_path: Path) -> None:
    async with QuietHouse(tmp_path) as house:
        house.charge_point.record(PeakMeasured('2026-05', 4000.0), PeakMeasured('2026-06', 3100.5))
    async with QuietHouse(tmp_path) as house:
        assert house.charge_point.state.peak == MonthPeak('2026-06', 3100.5)


def test_a_month_is_that_of_the_time_zone_here() -> None:
    assert month_of(NOON) == '2026-06'
