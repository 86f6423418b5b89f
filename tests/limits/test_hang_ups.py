"""What a charger hangs up on is not sent for ever: once may be chance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cpo.chargers.hang_ups import MAX_TIMES
from cpo.limits import read_back_sentence
from cpo.state import REST, Ceiling, Finding, Verdict
from simulator import Persona
from tests.examples import quiet_s
from tests.limits.test_promises import limits_sent, play
from tests.simulated.event_loop import simulated_loop
from tests.simulated.house import SimulatedHouse, car_for
from tests.simulated.witness import form_of

ENERGY = 'Energy.Active.Import.Register'
SHOWS_NO_OFFER = replace(Persona(), measurands=(ENERGY, 'Current.Import'))


def actions(house: SimulatedHouse, action: str) -> int:
    return sum(call.action == action for call in house.messages_sent)


def is_profile(action: str, _payload: Any) -> bool:
    return action == 'SetChargingProfile'


def is_absolute(action: str, payload: Any) -> bool:
    return is_profile(action, payload) and payload['csChargingProfiles']['chargingProfileKind'] == 'Absolute'


def is_action(wanted: str) -> Callable[[str, Any], bool]:
    return lambda action, payload: action == wanted


async def charge(house: SimulatedHouse) -> None:
    house.charger.tap('Tag1', 1)
    await house.settle(20)


# ---- in simulated time


def test_the_next_form_is_tried_where_the_charger_hangs_up_on_one() -> None:
    async def story(house: SimulatedHouse) -> None:
        house.hang_up_on(is_absolute)
        await charge(house)
        await house.wish(1, 10)
        await house.settle(900)
        assert 9.5 < house.car_current_a <= 10
        cuts = sum(is_absolute(call.action, call.payload) for call in house.messages_sent)
        assert cuts == 2

    play(story)


def test_a_connection_that_was_lost_by_chance_costs_no_form() -> None:
    async def story(house: SimulatedHouse) -> None:
        house.hang_up_on(is_profile)
        await charge(house)
        await house.wish(1, 10)
        house.hang_up_on(lambda action, payload: False)
        await house.settle(120)
        assert 9.5 < house.car_current_a <= 10
        assert len({form_of(call) for call in house.messages_sent if is_profile(call.action, None)}) == 1

    play(story, startup_requests=False)


def test_a_charger_that_hangs_up_on_every_form_is_left_in_peace_and_the_person_learns_it() -> None:
    async def story(house: SimulatedHouse) -> None:
        house.hang_up_on(is_profile)
        await charge(house)
        await house.wish(1, 10)
        await house.settle(1800)
        sent = actions(house, 'SetChargingProfile')
        assert sent == MAX_TIMES
        found = house.charge_point.state.connector(1).read_back
        assert found is not None
        assert (found.verdict, found.finding) == (Verdict.ALARM, Finding.HANGS_UP)
        assert 'hangs up' in read_back_sentence(found)
        house.cut_link()
        await house.settle(60)
        house.mend_link()
        await house.settle(quiet_s(3600))
        assert actions(house, 'SetChargingProfile') == sent
        assert house.newest is not None
        await house.wish(1, 8)
        assert 'hangs up' in str(house.sentence)
        assert actions(house, 'SetChargingProfile') == sent
        await house.wish(1, 0)
        await house.settle(5)
        assert limits_sent(house)[-1] == 'RemoteStopTransaction'
        assert house.car_current_a == 0

    play(story, max_current=32, startup_requests=False)


def test_home_says_that_a_limit_waits_and_why_until_the_charger_hangs_up_for_good() -> None:
    async def story(house: SimulatedHouse) -> None:
        house.hang_up_on(is_profile)
        await charge(house)
        house.wish_soon(1, 8)
        said = list[str]()
        for _ in range(1200):
            await house.settle(0.5)
            if house.charge_point.state.connected:
                said.append(house.home)
        assert not any('Set a limit' in sentence for sentence in said)
        assert any('limit waits' in s and 'the charger has just connected' in s for s in said)
        held = [s for s in said if 'limit waits' in s and 'the charger hung up on it twice' in s]
        assert 100 <= len(held) <= 124
        assert 'The charger hangs up on limits' in said[-1]

    play(story, max_current=32, startup_requests=False)


def test_one_that_hangs_up_on_every_form_is_ended_where_it_draws_too_much() -> None:
    async def story(house: SimulatedHouse) -> None:
        house.hang_up_on(is_profile)
        await charge(house)
        await house.wish(1, 10)
        await house.settle(1800)
        assert house.car_current_a == 0
        assert limits_sent(house)[-1] == 'RemoteStopTransaction'

    play(story, max_current=16)


@pytest.mark.parametrize('ceiling_a', [8.0, 3.0])
@pytest.mark.parametrize('measurands', [(ENERGY, 'Current.Import'), (ENERGY,)])
@pytest.mark.parametrize('is_card', [False, True])
def test_one_that_hangs_up_on_every_form_is_ended_where_a_ceiling_has_to_hold(
    ceiling_a: float, measurands: tuple[str, ...], is_card: bool
) -> None:
    async def story(house: SimulatedHouse) -> None:
        house.hang_up_on(is_profile)
        await charge(house)
        await house.wish(1, 10)
        await house.settle(600)
        if is_card:
            house.charger.unplug(1)
            await house.settle(10)
            house.charger.plug_in(1, car_for(house.persona))
            await charge(house)
        assert house.car_current_a > 30
        await house.charge_point.ceilings.put(Ceiling('oven', ceiling_a, None, REST, simulated_loop().now()))
        await house.settle(30)
        assert house.car_current_a == 0
        assert limits_sent(house)[-1] == 'RemoteStopTransaction'
        assert actions(house, 'SetChargingProfile') == MAX_TIMES
        if ceiling_a >= 6:
            found = house.charge_point.state.connector(1).read_back
            assert found is not None
            is_measured = len(measurands) > 1
            assert found.finding is (Finding.ABOVE_MAXIMUM if is_measured else Finding.UNMEASURED)
            assert ('measures no current' in read_back_sentence(found)) is not is_measured
            assert '8 A, the most that the ceiling "oven" leaves' in read_back_sentence(found)
            assert 'Ended, charger does not obey' in house.home

    play(story, replace(Persona(), measurands=measurands), max_current=32)


def test_a_start_is_made_without_a_profile_where_the_charger_hangs_up_on_one_inside() -> None:
    async def story(house: SimulatedHouse) -> None:
        house.hang_up_on(lambda action, payload: action == 'RemoteStartTransaction' and 'chargingProfile' in payload)
        await house.wish(1, 10)
        await house.settle(280)
        assert 9.5 < house.car_current_a <= 10
        inside = [call for call in house.messages_sent if 'chargingProfile' in call.payload]
        assert len(inside) == 3

    play(story)


@pytest.mark.parametrize('question', ['GetCompositeSchedule', 'TriggerMessage'])
def test_a_question_the_charger_hangs_up_on_is_not_asked_again(question: str) -> None:
    async def story(house: SimulatedHouse) -> None:
        await house.wish(1, 10)
        await house.settle(2)
        house.hang_up_on(is_action(question))
        before = actions(house, question)
        await house.settle(quiet_s(7200))
        assert 0 < actions(house, question) - before <= 3
        assert 9.5 < house.car_current_a <= 10

    play(story, 'sync-ev' if question == 'TriggerMessage' else SHOWS_NO_OFFER, startup_requests=False)


def test_a_default_profile_the_charger_hangs_up_on_is_not_cleared_again_and_again() -> None:
    async def story(house: SimulatedHouse) -> None:
        await house.wish(1, 8)
        await house.settle(40)
        assert house.charge_point.state.connector(1).default_profile
        house.hang_up_on(is_action('ClearChargingProfile'))
        await house.wish(1, 0)
        await house.settle(quiet_s(3600))
        assert actions(house, 'ClearChargingProfile') == 3

    play(story, 'go-e', phases=3)


def test_a_charger_that_hangs_up_on_a_stop_is_paused() -> None:
    async def story(house: SimulatedHouse) -> None:
        await house.wish(1, 10)
        await house.settle(30)
        house.hang_up_on(is_action('RemoteStopTransaction'))
        await house.wish(1, 0)
        await house.settle(600)
        assert actions(house, 'RemoteStopTransaction') == 3
        assert house.car_current_a == 0

    play(story)


# ---- a limit that is answered first


def hangs_up_after(house: SimulatedHouse, seconds: float) -> None:
    """From now on the charger hangs up so long after each profile it has answered."""

    def matches(action: str, _payload: Any) -> bool:
        if action == 'SetChargingProfile':
            house.in_background(cut_after(house, seconds))
        return False

    house.hang_up_on(matches)


async def cut_after(house: SimulatedHouse, seconds: float) -> None:
    await house.settle(seconds)
    house.cut_link()
    await house.settle(1)
    house.mend_link()


@pytest.mark.parametrize('persona', [None, 'go-e', 'abb-terra', 'easee'])
def test_limits_that_are_answered_and_followed_by_a_hang_up_are_sent_three_times(persona: str | None) -> None:
    async def story(house: SimulatedHouse) -> None:
        await charge(house)
        hangs_up_after(house, 20)
        house.wish_soon(1, 8)
        await house.settle(1800)
        assert actions(house, 'SetChargingProfile') == MAX_TIMES
        found = house.charge_point.state.connector(1).read_back
        assert found is not None
        assert (found.verdict, found.finding) == (Verdict.ALARM, Finding.HANGS_UP)
        assert 'hangs up' in house.sentence
        await house.wish(1, 0)
        await house.settle(30)
        assert 'RemoteStopTransaction' in limits_sent(house)[-2:]  # a default profile is cleared after it
        assert house.car_current_a == 0

    play(story, persona, startup_requests=False, phases=3)


def test_so_it_stays_after_a_restart_of_the_program(tmp_path: Path) -> None:
    async def story(house: SimulatedHouse) -> None:
        await charge(house)
        hangs_up_after(house, 20)
        await house.wish(1, 8)
        await house.settle(600)
        assert actions(house, 'SetChargingProfile') == MAX_TIMES
        await house.restart_program()
        await house.settle(600)
        assert actions(house, 'SetChargingProfile') == MAX_TIMES
        assert 'hangs up' in house.sentence

    play(story, startup_requests=False, folder=tmp_path)


def test_a_line_that_is_lost_again_and_again_is_not_the_fault_of_a_limit() -> None:
    async def story(house: SimulatedHouse) -> None:
        await charge(house)
        await house.wish(1, 8)
        await house.settle(90)
        for _ in range(12):
            await cut_after(house, 20)
        await house.settle(90)
        assert 7.5 < house.car_current_a <= 8
        assert not house.charge_point.state.known.hang_ups.is_hopeless

    play(story, startup_requests=False)


def test_forgetting_lets_limits_be_sent_again() -> None:
    async def story(house: SimulatedHouse) -> None:
        await charge(house)
        hangs_up_after(house, 20)
        await house.wish(1, 8)
        await house.settle(600)
        house.hang_up_on(lambda action, payload: False)
        house.charge_point.forget_learned()
        await house.wish(1, 9)
        await house.settle(90)
        assert 8.5 < house.car_current_a <= 9

    play(story, startup_requests=False)
