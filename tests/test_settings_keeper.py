"""Settings that change while a car charges: each is seen at the charger, or where else it counts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from cpo.charge_point import ChargePoint
from cpo.controllers import FreeCharging, FuseKeeper, PeakKeeper, SolarController
from cpo.errors import InvalidLimit
from cpo.settings import Settings
from cpo.state import FUSE, MAXIMUM, PEAK, THE_MAXIMUM, Limit, Mode
from simulator import Persona
from tests.simulated.event_loop import run_simulated
from tests.simulated.house import SimulatedHouse, car_for

pytestmark = pytest.mark.turns(1)

Story = Callable[[SimulatedHouse], Awaitable[None]]


def with_nothing_given(settings: Settings, *parts: Any) -> ChargePoint:
    """A ChargePoint whose settings can all change in the page."""
    return ChargePoint(Settings(), *parts)


def play(story: Story, persona: str | Persona | None = None) -> None:
    async def whole() -> None:
        async with SimulatedHouse(persona, make_charge_point=with_nothing_given) as house:
            house.charger.plug_in(1, car_for(house.persona))
            await house.settle(10)
            await story(house)

    run_simulated(whole())


async def change(house: SimulatedHouse, **members: Any) -> None:
    await house.charge_point.settings_keeper.change(members, 'Anna')


def limit_of(house: SimulatedHouse) -> Limit | None:
    return house.charge_point.state.connector(1).limit


# ---- the maximum


@pytest.mark.parametrize('persona', [None, 'go-e', 'alfen', 'heidelberg', 'ignores-limits'])
def test_a_lower_maximum_holds_at_once_for_what_charges(persona: str | None) -> None:
    async def story(house: SimulatedHouse) -> None:
        await house.wish(1, 16)
        await house.settle(60)
        assert house.car_current_a > 10
        await change(house, max_current=10)
        within_s = 5 if persona is None else 90
        assert await house.seconds_until(lambda: house.car_current_a <= 10, within_s, for_s=60) is not None
        with pytest.raises(InvalidLimit):
            await house.charge_point.set_charging_limit(1, 12)

    play(story, persona)


def test_what_was_wished_comes_back_with_the_maximum_and_nothing_above_it() -> None:
    async def story(house: SimulatedHouse) -> None:
        await house.wish(1, 16)
        await house.settle(20)
        await change(house, max_current=10)
        await house.settle(10)
        held = limit_of(house)
        assert held is not None
        assert (held.limit_a, held.held_by, held.as_wished.limit_a) == (10, MAXIMUM, 16)
        assert 'The settings allow no more than 10 A.' in house.home
        assert house.home.startswith('Held back by the maximum.')
        await change(house, max_current=32)
        assert await house.seconds_until(lambda: house.car_current_a > 15, 30) is not None
        await house.settle(30)
        assert house.car_current_a <= 16

    play(story)


def test_a_maximum_below_what_a_car_needs_pauses_it() -> None:
    async def story(house: SimulatedHouse) -> None:
        await house.wish(1, 16)
        await house.settle(20)
        await change(house, max_current=5)
        assert await house.seconds_until(lambda: house.car_current_a == 0, 5, for_s=60) is not None
        assert house.home == ('Paused for the maximum. The settings allow no more than 5 A. Goes on when it is raised.')
        await change(house, max_current=None)
        assert await house.seconds_until(lambda: house.car_current_a > 15, 120) is not None

    play(story)


def test_a_session_that_a_card_started_obeys_a_lower_maximum() -> None:
    async def story(house: SimulatedHouse) -> None:
        house.charger.tap('Tag1', 1)
        await house.settle(40)
        limit = limit_of(house)
        assert limit is not None
        assert (limit.limit_a, limit.by) == (16, THE_MAXIMUM)
        await change(house, max_current=8)
        assert await house.seconds_until(lambda: house.car_current_a <= 8, 5, for_s=60) is not None

    play(story)


def test_a_lower_maximum_holds_after_a_time_without_contact() -> None:
    async def story(house: SimulatedHouse) -> None:
        await house.wish(1, 16)
        await house.settle(20)
        house.cut_link()
        await house.settle(5)
        await change(house, max_current=10)
        house.mend_link()
        assert await house.seconds_until(lambda: house.car_current_a <= 10, 60, for_s=60) is not None

    play(story)


# ---- the guards of the house


def test_a_fuse_is_guarded_from_the_moment_it_is_set_until_it_is_not() -> None:
    async def story(house: SimulatedHouse) -> None:
        FuseKeeper(house.charge_point, house.charge_point.now)
        await house.wish(1, 16)
        await house.settle(20)
        assert FUSE not in house.charge_point.state.ceilings
        await change(house, fuse=25)
        assert await house.seconds_until(lambda: house.car_current_a <= 6, 5, for_s=20) is not None
        assert house.charge_point.settings.fail_safe == 120
        await change(house, fuse_floor=0)
        assert await house.seconds_until(lambda: house.car_current_a == 0, 5, for_s=20) is not None
        await change(house, fuse=None)
        assert FUSE not in house.charge_point.state.ceilings
        assert await house.seconds_until(lambda: house.car_current_a > 15, 120) is not None

    play(story)


def test_the_peak_of_the_month_is_guarded_likewise() -> None:
    async def story(house: SimulatedHouse) -> None:
        PeakKeeper(house.charge_point, house.charge_point.now)
        await house.wish(1, 16)
        await house.settle(20)
        await change(house, peak_w=2500)
        assert await house.seconds_until(lambda: house.car_current_a <= 6, 5, for_s=20) is not None
        await change(house, fallback_current=0)
        assert await house.seconds_until(lambda: house.car_current_a == 0, 10, for_s=20) is not None
        await change(house, peak_w=None)
        assert PEAK not in house.charge_point.state.ceilings
        assert await house.seconds_until(lambda: house.car_current_a > 15, 120) is not None

    play(story)


# ---- charging


def test_a_pause_at_0_a_in_place_of_an_end() -> None:
    async def story(house: SimulatedHouse) -> None:
        await change(house, pause_at_zero=True)
        await house.wish(1, 16)
        await house.settle(20)
        await house.wish(1, 0)
        await house.settle(20)
        assert house.car_current_a == 0
        assert house.charge_point.state.connector(1).transaction_id is not None

    play(story)


def test_free_charging_starts_the_car_that_waits_and_ends_with_the_setting() -> None:
    async def story(house: SimulatedHouse) -> None:
        house.charger.unplug(1)
        await house.settle(10)
        FreeCharging(house.charge_point)
        house.charger.plug_in(1, car_for(house.persona))
        await house.settle(10)
        assert house.charge_point.state.connector(1).transaction_id is None
        await change(house, free_charging=True)
        assert await house.seconds_until(lambda: house.car_current_a > 15, 30) is not None
        await change(house, free_charging=False)
        house.charger.unplug(1)
        await house.settle(10)
        house.charger.plug_in(1, car_for(house.persona))
        await house.settle(60)
        assert house.car_current_a == 0

    play(story)


def test_the_next_start_is_with_the_tag_and_the_fallback_of_now() -> None:
    async def story(house: SimulatedHouse) -> None:
        await change(house, remote_start_tag='Family', fallback_current=8, fail_safe=300)
        await house.wish(1, 16)
        await house.settle(20)
        (start,) = (call for call in house.messages_sent if call.action == 'RemoteStartTransaction')
        assert start.payload['idTag'] == 'Family'
        periods = start.payload['chargingProfile']['chargingSchedule']['chargingSchedulePeriod']
        assert [period['limit'] for period in periods] == [16, 8]
        assert periods[1]['startPeriod'] == 360  # a start may take a minute

    play(story)


def test_a_sooner_fail_safe_is_sent_at_once() -> None:
    async def story(house: SimulatedHouse) -> None:
        await house.wish(1, 16)
        await house.settle(20)
        await change(house, fail_safe=60)
        await house.settle(10)
        profile = next(c for c in reversed(house.messages_sent) if c.action == 'SetChargingProfile')
        periods = profile.payload['csChargingProfiles']['chargingSchedule']['chargingSchedulePeriod']
        assert [period['limit'] for period in periods] == [16, 6]
        assert periods[1]['startPeriod'] < 180
        sent = len(house.messages_sent)
        await house.settle(20)
        assert len([c for c in house.messages_sent[sent:] if c.action == 'SetChargingProfile']) <= 1
        house.cut_link()
        assert await house.seconds_until(lambda: house.car_current_a <= 6, 180) is not None

    play(story)


def test_another_fallback_current_is_sent_at_once_and_only_once() -> None:
    async def story(house: SimulatedHouse) -> None:
        await house.wish(1, 16)
        await house.settle(20)
        sent = len(house.messages_sent)
        await change(house, fallback_current=0)
        await house.settle(30)
        (profile,) = (call for call in house.messages_sent[sent:] if call.action == 'SetChargingProfile')
        periods = profile.payload['csChargingProfiles']['chargingSchedule']['chargingSchedulePeriod']
        assert [period['limit'] for period in periods] == [16, 0]
        house.cut_link()
        assert await house.seconds_until(lambda: house.car_current_a == 0, 3600) is not None

    play(story)


def test_the_sun_is_decided_by_the_settings_of_now() -> None:
    async def story(house: SimulatedHouse) -> None:
        SolarController(house.charge_point, house.charge_point.now)
        house.charge_point.set_mode(1, Mode.SOLAR)
        house.charge_point.record_reading(grid_w=-4000)
        assert await house.seconds_until(lambda: house.car_current_a > 6, 120) is not None
        assert await house.seconds_until(lambda: house.car_current_a == 0, 600) is not None  # the meter is silent
        await change(house, meter_fallback=8)
        assert await house.seconds_until(lambda: 7.5 < house.car_current_a <= 8, 120, for_s=60) is not None
        await change(house, max_current=7)
        assert await house.seconds_until(lambda: 6.5 < house.car_current_a <= 7, 5, for_s=60) is not None

    play(story)
