"""The demo's solar rule: above 1500 W for 10 s raises, a fall lowers at once, below 1500 W is 0."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpo.controllers import SolarController
from cpo.controllers.solar_rule import Rules, step, without_reading
from cpo.state import YOU, Mode
from simulator import Car
from tests.conftest import House, MakeHouse
from tests.scripted_charger import ScriptedCharger
from tests.simulated.event_loop import run_simulated
from tests.simulated.house import SimulatedHouse

pytestmark = pytest.mark.turns(1)

RULES = Rules(max_current_a=16)
NOW = datetime(2026, 6, 14, 12, tzinfo=UTC)


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


@pytest.mark.parametrize(
    ('current_a', 'pv_w', 'held_s', 'limit_a'),
    [
        (0, 2400, None, 0),
        (0, 2400, 9.9, 0),
        (0, 2400, 10, 10.2),
        (0, 3300, 10, 14.0),
        (0, 9000, 10, 16),
        (0, 1500, 60, 0),
        (0, 1501, 9.9, 0),
        (0, 1501, 10, 6.4),
        (10.2, 2000, None, 8.5),
        (8.5, 2400, 5, 8.5),
        (8.5, 2400, 10, 10.2),
        (10.2, 2400, 60, 10.2),
        (16, 1500, None, 6.4),
        (16, 1499, None, 0),
        (8.5, 1400, None, 0),
        (16, 0, None, 0),
        (16, -20, None, 0),
    ],
)
def test_production_and_time_decide_the_limit(
    current_a: float, pv_w: float, held_s: float | None, limit_a: float
) -> None:
    since = None if held_s is None else NOW - seconds(held_s)
    decision, _ = step(RULES, current_a, pv_w, since, NOW)
    assert decision.limit_a == limit_a


def test_a_raise_says_what_comes_and_when() -> None:
    decision, since = step(RULES, 6.4, 2400, None, NOW)
    assert (decision.limit_a, decision.next_limit_a, decision.next_at) == (6.4, 10.2, NOW + seconds(10))
    assert since == NOW


def test_the_newest_production_counts_at_the_end_of_the_ten_seconds() -> None:
    _, since = step(RULES, 0, 2400, None, NOW)
    _, since = step(RULES, 0, 3300, since, NOW + seconds(6))
    decision, _ = step(RULES, 0, 2000, since, NOW + seconds(10))
    assert decision.limit_a == 8.5


def test_a_cloud_in_between_starts_the_ten_seconds_again() -> None:
    _, since = step(RULES, 6.4, 2400, None, NOW)
    _, since = step(RULES, 6.4, 1500, since, NOW + seconds(5))
    assert since is None
    _, since = step(RULES, 6.4, 2400, since, NOW + seconds(6))
    decision, _ = step(RULES, 6.4, 2400, since, NOW + seconds(15))
    assert decision.limit_a == 6.4


@given(current_a=st.floats(0, 16), pv_w=st.floats(-1e9, 1e9), maximum=st.floats(0.1, 80), held_s=st.floats(0, 1e6))
def test_the_limit_is_never_above_the_maximum(current_a: float, pv_w: float, maximum: float, held_s: float) -> None:
    current_a = min(current_a, maximum)
    decision, _ = step(Rules(maximum), current_a, pv_w, NOW - seconds(held_s), NOW)
    assert decision.limit_a is not None
    assert 0 <= decision.limit_a <= maximum


async def test_the_sun_starts_follows_and_ends_charging(make_house: MakeHouse) -> None:
    house = await make_house(solar_hold_s=0.2)
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        house.charge_point.set_mode(1, Mode.SOLAR)
        house.charge_point.record_reading(pv_w=2400)
        assert house.solar_controller.decision(1).next_limit_a == 10.2
        assert _limit((await charger.expect('RemoteStartTransaction'))['chargingProfile']) == 10.2
        transaction_id = await charger.start()
        house.charge_point.record_reading(pv_w=2000)
        assert _limit((await charger.expect('SetChargingProfile'))['csChargingProfiles']) == 8.5
        house.charge_point.record_reading(pv_w=9000)
        assert _limit((await charger.expect('SetChargingProfile'))['csChargingProfiles']) == 16
        house.charge_point.record_reading(pv_w=1400)
        assert await charger.expect('RemoteStopTransaction') == {'transactionId': transaction_id}
        await charger.stop(transaction_id)
        assert house.charge_point.state.connector(1).mode is Mode.SOLAR


async def test_a_session_started_by_a_card_is_not_stopped_by_the_sun(make_house: MakeHouse) -> None:
    house = await make_house(solar_hold_s=0)
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        house.charge_point.set_mode(1, Mode.SOLAR)
        transaction_id = await charger.start()
        for pv_w in (0, 3000, 0):
            house.charge_point.record_reading(pv_w=pv_w)
        # nothing was sent: the next frame is the answer to this Call
        await charger.meter(transaction_id, power=2000)
        assert 'the sun does not steer it' in house.solar_controller.decision(1).reason


async def test_a_reading_does_nothing_in_manual_mode(make_house: MakeHouse) -> None:
    house = await make_house(solar_hold_s=0)
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        house.charge_point.record_reading(pv_w=9000)
        await charger.call('Heartbeat', {})
        assert house.charge_point.state.connector(1).mode is Mode.MANUAL


async def test_without_a_car_the_sun_asks_once(make_house: MakeHouse) -> None:
    house = await make_house(solar_hold_s=0)
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        house.charge_point.set_mode(1, Mode.SOLAR)
        house.charge_point.record_reading(pv_w=3000)
        await charger.expect('RemoteStartTransaction', 'Rejected')
        for pv_w in (3100, 3200, 3300):
            house.charge_point.record_reading(pv_w=pv_w)
        await charger.call('Heartbeat', {})
        await charger.status(1, 'Preparing')
        request = await charger.expect('RemoteStartTransaction')
        assert _limit(request['chargingProfile']) == 14.0


async def test_a_session_that_somebody_ended_is_not_started_again_while_the_plug_is_in(make_house: MakeHouse) -> None:
    house = await make_house(solar_hold_s=0)
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        house.charge_point.set_mode(1, Mode.SOLAR)
        house.charge_point.record_reading(pv_w=3000)
        await charger.expect('RemoteStartTransaction')
        transaction_id = await charger.start()
        await charger.stop(transaction_id)
        await charger.status(1, 'Finishing')
        house.charge_point.record_reading(pv_w=4000)
        # nothing was sent: the next frame is the answer to this Call
        await charger.call('Heartbeat', {})
        await charger.status(1, 'Available')
        await charger.expect('RemoteStartTransaction')


async def test_what_the_sun_paused_it_starts_again(make_house: MakeHouse) -> None:
    house = await make_house(solar_hold_s=0)
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        house.charge_point.set_mode(1, Mode.SOLAR)
        house.charge_point.record_reading(pv_w=3000)
        await charger.expect('RemoteStartTransaction')
        transaction_id = await charger.start()
        house.charge_point.record_reading(pv_w=0)
        await charger.expect('RemoteStopTransaction')
        await charger.stop(transaction_id)
        await charger.status(1, 'Finishing')
        house.charge_point.record_reading(pv_w=3000)
        await charger.expect('RemoteStartTransaction')


async def test_a_manual_limit_ends_the_suns_say(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        house.charge_point.set_mode(1, Mode.SOLAR)
        outcome = await house.charge_point.set_charging_limit(1, 0)
        assert outcome.action is None
        assert house.charge_point.state.connector(1).mode is Mode.MANUAL


def test_without_a_reading_nothing_is_drawn_and_it_is_said() -> None:
    for current_a in (0.0, 10.2):
        decision = without_reading(current_a, NOW)
        assert decision.limit_a == 0
        assert 'No solar reading' in decision.reason


def test_a_sun_that_is_no_longer_read_ends_the_charging_it_led() -> None:
    async def scene(house: SimulatedHouse) -> None:
        charge_point = house.charge_point
        controller = SolarController(charge_point, charge_point.now)
        charge_point.set_mode(1, Mode.SOLAR)
        house.charger.plug_in(1, Car(max_current_a=32))
        for _ in range(9):
            charge_point.record_reading(pv_w=3000)
            await house.settle(10)
        assert house.car_current_a > 10
        await house.settle(15)
        assert house.car_current_a > 10
        await house.settle(15)
        assert house.car_current_a == 0
        assert 'No solar reading' in controller.decision(1).reason
        charge_point.record_reading(pv_w=3000)
        await house.settle(25)
        assert house.car_current_a > 10

    play(scene)


def test_a_simulated_sun_shines_on() -> None:
    async def scene(house: SimulatedHouse) -> None:
        SolarController(house.charge_point, house.charge_point.now)
        house.charge_point.set_mode(1, Mode.SOLAR)
        house.charger.plug_in(1, Car(max_current_a=32))
        house.charge_point.record_reading(pv_w=3000, by=YOU)
        await house.settle(600)
        assert house.car_current_a > 10

    play(scene)


def play(scene: Callable[[SimulatedHouse], Awaitable[None]]) -> None:
    async def work() -> None:
        async with SimulatedHouse(startup_requests=False) as house:
            await scene(house)

    run_simulated(work())


def _limit(profile: dict[str, object]) -> float:
    schedule = profile['chargingSchedule']
    assert isinstance(schedule, dict)
    return float(schedule['chargingSchedulePeriod'][0]['limit'])
