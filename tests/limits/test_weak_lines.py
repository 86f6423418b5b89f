"""A decrease goes out at once: after drops of the line, after a reconnect, and where a card began the session."""

from __future__ import annotations

from functools import partial

import pytest

from cpo.state import REST, Ceiling
from simulator import Persona
from tests.limits.test_promises import limits_sent, play
from tests.simulated.house import SimulatedHouse
from tests.simulated.witness import form_of

SOON_S = 4.0


async def put(house: SimulatedHouse, limit_a: float) -> None:
    await house.charge_point.ceilings.put(Ceiling('oven', limit_a, None, REST, house.charge_point.now()))


async def drop(house: SimulatedHouse, seconds: float = 3) -> None:
    house.cut_link()
    await house.settle(seconds)
    house.mend_link()


async def drop_twice(house: SimulatedHouse) -> None:
    """Two drops within a minute after a limit."""
    for limit_a in (13, 14):
        await house.wish(1, limit_a)
        await house.settle(12)
    for _ in range(2):
        await drop(house)
        await house.wish(1, 14)
        await house.settle(12)
    assert house.charge_point.state.known.hang_ups.is_last_try


def is_at_most(house: SimulatedHouse, limit_a: float) -> bool:
    return house.car_current_a <= limit_a


def forms(house: SimulatedHouse) -> set[str | None]:
    return {form_of(call) for call in house.messages_sent if call.action == 'SetChargingProfile'}


@pytest.mark.parametrize('limit_a', [8.0, 0.0])
def test_a_ceiling_holds_at_once_after_two_drops_and_in_the_form_that_worked(limit_a: float) -> None:
    async def story(house: SimulatedHouse) -> None:
        await drop_twice(house)
        assert house.car_current_a > 13
        await put(house, limit_a)
        assert await house.seconds_until(lambda: house.car_current_a <= limit_a, SOON_S) is not None
        assert len(forms(house)) == 1

    play(story)


def test_a_lower_limit_of_a_person_goes_out_at_once_after_two_drops() -> None:
    async def story(house: SimulatedHouse) -> None:
        await drop_twice(house)
        await house.wish(1, 7)
        assert await house.seconds_until(lambda: house.car_current_a <= 7, SOON_S) is not None

    play(story)


def test_drops_under_a_ceiling_never_end_all_limits() -> None:
    async def story(house: SimulatedHouse) -> None:
        await drop_twice(house)
        for limit_a in (8, 9, 7, 8, 7):
            await put(house, limit_a)
            assert await house.seconds_until(partial(is_at_most, house, limit_a), 12) is not None
            await drop(house)
            await house.settle(8)
        assert not house.charge_point.state.known.hang_ups.is_hopeless
        assert len(forms(house)) == 1

    play(story)


@pytest.mark.parametrize('ceiling_a', [8.0, None])
def test_a_session_that_a_card_began_is_limited_as_soon_as_the_charger_told_what_it_offers(
    ceiling_a: float | None,
) -> None:
    async def story(house: SimulatedHouse) -> None:
        if ceiling_a is not None:
            await put(house, ceiling_a)
        house.charger.tap('Tag1', 1)
        assert await house.seconds_until(lambda: 'SetChargingProfile' in limits_sent(house), 1) is not None
        assert ('GetCompositeSchedule' in {call.action for call in house.messages_sent}) is (ceiling_a is None)

    play(story)


def test_a_ceiling_is_written_at_once_after_a_power_cut() -> None:
    async def story(house: SimulatedHouse) -> None:
        await house.wish(1, 14)
        await house.settle(20)
        await put(house, 8)
        await house.settle(120)
        begun = len(limits_sent(house))
        await house.reboot()
        assert await house.seconds_until(lambda: house.charge_point.state.connected, 60) is not None
        assert await house.seconds_until(lambda: len(limits_sent(house)) > begun, 3) is not None

    play(story, Persona(power_loss='resume'))
