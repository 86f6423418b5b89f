"""What a charger hangs up on is not sent for ever: once may be chance, twice is its answer."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from cpo.chargers import ChargerKind, ChargerKnowledge, HangUps, ProfileForm, Question
from cpo.chargers.hang_ups import MAX_PROFILES
from cpo.journal.knowledge import knowledge_write, restored_knowledge
from cpo.journal.schema import prepare
from cpo.limits import read_back_sentence
from cpo.state import Finding, Verdict
from simulator import Persona
from tests.limits.test_promises import limits_sent, play
from tests.simulated.house import SimulatedHouse
from tests.simulated.witness import form_of

FORMS = [ProfileForm(stack_level=level) for level in range(9)]
SHOWS_NO_OFFER = replace(Persona(), measurands=('Energy.Active.Import.Register', 'Current.Import'))


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


# ---- the memory


def test_a_subject_is_sent_again_until_the_second_hang_up_in_a_row() -> None:
    once = HangUps().after_hang_up(Question.SCHEDULE)
    assert once.never == ()
    assert once.after_answer(Question.SCHEDULE) == HangUps()
    assert once.after_hang_up(Question.SCHEDULE).never == (Question.SCHEDULE,)
    assert once.after_hang_up(Question.METER_VALUES).never == ()


def test_after_three_profiles_in_a_row_no_other_is_tried() -> None:
    hang_ups = HangUps()
    for form in (FORMS[0], FORMS[0], FORMS[1]):
        assert not hang_ups.is_hopeless
        hang_ups = hang_ups.after_hang_up(form)
    assert hang_ups.is_hopeless
    assert hang_ups.never == (FORMS[0], FORMS[1])


def test_an_answer_to_another_form_shows_that_the_charger_bears_profiles() -> None:
    hang_ups = HangUps().after_hang_up(FORMS[0]).after_hang_up(FORMS[0]).after_answer(FORMS[1])
    assert hang_ups.never == (FORMS[0],)
    assert not hang_ups.after_hang_up(FORMS[2]).after_hang_up(FORMS[3]).is_hopeless


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
        assert sent == MAX_PROFILES
        found = house.charge_point.state.connector(1).read_back
        assert found is not None
        assert (found.verdict, found.finding) == (Verdict.ALARM, Finding.HANGS_UP)
        assert 'hangs up' in read_back_sentence(found)
        house.cut_link()
        await house.settle(60)
        house.mend_link()
        await house.settle(3600)
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


def test_one_that_hangs_up_on_every_form_is_ended_where_it_draws_too_much() -> None:
    async def story(house: SimulatedHouse) -> None:
        house.hang_up_on(is_profile)
        await charge(house)
        await house.wish(1, 10)
        await house.settle(1800)
        assert house.car_current_a == 0
        assert limits_sent(house)[-1] == 'RemoteStopTransaction'

    play(story, max_current=16)


def test_a_start_is_made_without_a_profile_where_the_charger_hangs_up_on_one_inside() -> None:
    async def story(house: SimulatedHouse) -> None:
        house.hang_up_on(lambda action, payload: action == 'RemoteStartTransaction' and 'chargingProfile' in payload)
        await house.wish(1, 10)
        await house.settle(280)
        assert 9.5 < house.car_current_a <= 10
        inside = [call for call in house.messages_sent if 'chargingProfile' in call.payload]
        assert len(inside) == 2

    play(story)


@pytest.mark.parametrize('question', ['GetCompositeSchedule', 'TriggerMessage'])
def test_a_question_the_charger_hangs_up_on_is_not_asked_again(question: str) -> None:
    async def story(house: SimulatedHouse) -> None:
        await house.wish(1, 10)
        await house.settle(2)
        house.hang_up_on(is_action(question))
        before = actions(house, question)
        await house.settle(7200)
        assert 0 < actions(house, question) - before <= 2
        assert 9.5 < house.car_current_a <= 10

    play(story, 'sync-ev' if question == 'TriggerMessage' else SHOWS_NO_OFFER, startup_requests=False)


def test_a_default_profile_the_charger_hangs_up_on_is_not_cleared_again_and_again() -> None:
    async def story(house: SimulatedHouse) -> None:
        await house.wish(1, 8)
        await house.settle(40)
        assert house.charge_point.state.connector(1).default_profile
        house.hang_up_on(is_action('ClearChargingProfile'))
        await house.wish(1, 0)
        await house.settle(3600)
        assert actions(house, 'ClearChargingProfile') == 2

    play(story, 'go-e', phases=3)


def test_a_charger_that_hangs_up_on_a_stop_is_paused() -> None:
    async def story(house: SimulatedHouse) -> None:
        await house.wish(1, 10)
        await house.settle(30)
        house.hang_up_on(is_action('RemoteStopTransaction'))
        await house.wish(1, 0)
        await house.settle(600)
        assert actions(house, 'RemoteStopTransaction') == 2
        assert house.car_current_a == 0

    play(story)


def test_what_a_make_hangs_up_on_is_kept_over_a_restart_of_the_program() -> None:
    hang_ups = HangUps().after_hang_up(FORMS[0]).after_hang_up(FORMS[0]).after_hang_up(Question.SCHEDULE)
    kind = ChargerKind('Stegen Electronics', 'SmartEVSE', 'v3.6.9')
    write = knowledge_write(kind, ChargerKnowledge(hang_ups=hang_ups))
    connection = sqlite3.connect(':memory:')
    connection.row_factory = sqlite3.Row
    prepare(None, connection)
    connection.execute(write.sql, write.parameters)
    assert restored_knowledge(connection)[kind].hang_ups == hang_ups
