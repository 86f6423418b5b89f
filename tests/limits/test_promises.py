"""What a wish does and does not do over the hours, in simulated time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cpo.controllers import SolarController
from cpo.errors import CallTimeout
from cpo.limits import read_back_sentence
from cpo.state import THE_MAXIMUM, THE_SUN, Mode, Verdict
from simulator import Persona
from simulator.profile_pattern import ProfilePattern
from tests.examples import quiet_s
from tests.simulated.event_loop import run_simulated, simulated_loop
from tests.simulated.house import SimulatedHouse, car_for
from tests.simulated.witness import What

Story = Callable[[SimulatedHouse], Awaitable[None]]


def play(story: Story, persona: str | Persona | None = None, **settings: Any) -> None:
    """A car is plugged in, then the story begins."""

    async def begin() -> None:
        async with SimulatedHouse(persona, **settings) as house:
            house.charger.plug_in(1, car_for(house.persona))
            await house.settle(10)
            await story(house)

    run_simulated(begin())


def limits_sent(house: SimulatedHouse) -> list[str]:
    """The messages that steer charging."""
    steering = ('RemoteStartTransaction', 'RemoteStopTransaction', 'SetChargingProfile', 'ClearChargingProfile')
    return [call.action for call in house.messages_sent if call.action in steering]


def test_a_connector_nobody_wished_anything_for_is_never_touched_where_the_owner_says_so() -> None:
    async def story(house: SimulatedHouse) -> None:
        house.charger.tap('Tag1', 1)
        await house.settle(quiet_s(3600))
        house.cut_link()
        await house.settle(60)
        house.mend_link()
        await house.settle(600)
        assert house.charge_point.state.connector(1).transaction_id is not None
        assert limits_sent(house) == []

    play(story, startup_requests=False)


def test_a_limit_holds_for_hours_and_falls_back_when_the_link_is_gone() -> None:
    async def story(house: SimulatedHouse) -> None:
        await house.wish(1, 14)
        await house.settle(quiet_s(2 * 3600))
        assert 13.5 < house.car_current_a <= 14
        assert len(limits_sent(house)) < 18  # it is written again every ten minutes
        house.cut_link()
        await house.settle(1300)
        assert 5.5 < house.car_current_a <= 6
        house.mend_link()
        await house.settle(60)
        assert 13.5 < house.car_current_a <= 14

    play(story)


def test_without_the_fail_safe_nothing_is_written_again() -> None:
    async def story(house: SimulatedHouse) -> None:
        await house.wish(1, 14)
        await house.settle(quiet_s(3600))
        assert limits_sent(house) == ['RemoteStartTransaction']

    play(story, fail_safe=0)


def test_the_end_of_the_program_leaves_the_fallback_current() -> None:
    async def story(house: SimulatedHouse) -> None:
        await house.wish(1, 14)
        await house.settle(20)
        await house.charge_point.leave()
        await house.settle(60)
        assert 5.5 < house.car_current_a <= 6

    play(story)


def test_0_pauses_where_the_settings_say_so_and_the_session_continues() -> None:
    async def story(house: SimulatedHouse) -> None:
        await house.wish(1, 10)
        await house.settle(20)
        transaction_id = house.charge_point.state.connector(1).transaction_id
        await house.wish(1, 0)
        await house.settle(20)
        assert house.car_current_a == 0
        await house.wish(1, 10)
        await house.settle(20)
        assert house.car_current_a > 9
        assert house.charge_point.state.connector(1).transaction_id == transaction_id
        assert 'RemoteStopTransaction' not in limits_sent(house)

    play(story, pause_at_zero=True)


def test_a_command_of_somebodys_own_ends_the_wish() -> None:
    async def story(house: SimulatedHouse) -> None:
        await house.wish(1, 10)
        await house.settle(20)
        schedule = {'chargingRateUnit': 'A', 'chargingSchedulePeriod': [{'startPeriod': 0, 'limit': 8}]}
        profile = {'chargingProfileId': 7, 'stackLevel': 0, 'chargingProfilePurpose': 'TxProfile'}
        profile |= {'chargingProfileKind': 'Relative', 'chargingSchedule': schedule}
        await house.charge_point.command('SetChargingProfile', {'connectorId': 1, 'csChargingProfiles': profile})
        begun = len(limits_sent(house))
        await house.settle(1800)
        assert house.charge_point.state.connector(1).wish is None
        assert len(limits_sent(house)) == begun

    play(story)


def test_what_draws_more_than_the_maximum_after_a_command_of_somebodys_own_gets_it() -> None:
    """Here as the limit in the command took the place of this program's, and ended after a minute."""

    async def story(house: SimulatedHouse) -> None:
        for wished_a in (12, 10):
            await house.wish(1, wished_a)
            await house.settle(20)
        ours = next(call.payload for call in reversed(house.messages_sent) if call.action == 'SetChargingProfile')
        profile = ours['csChargingProfiles']
        schedule = {'chargingRateUnit': 'A', 'duration': 60, 'chargingSchedulePeriod': [{'startPeriod': 0, 'limit': 8}]}
        profile = {**profile, 'chargingProfileKind': 'Relative', 'chargingSchedule': schedule}
        await house.charge_point.command('SetChargingProfile', {'connectorId': 1, 'csChargingProfiles': profile})
        await house.settle(30)
        assert 7 < house.car_current_a <= 8
        assert await house.seconds_until(lambda: house.car_current_a > 17, 60) is not None
        assert await house.seconds_until(lambda: house.car_current_a <= 16, 30) is not None

    play(story, Persona(phases=1), max_current=16, fail_safe=0)


@pytest.mark.parametrize('answer', [None, What.UNANSWERED])
def test_where_somebody_clears_every_limit_the_maximum_holds_at_once(answer: What | None) -> None:
    """Also where the answer is lost: the charger may have cleared them."""

    async def story(house: SimulatedHouse) -> None:
        await house.wish(1, 10)
        await house.settle(20)
        if answer is not None:
            house.next_call(answer, 'ClearChargingProfile')
        with nullcontext() if answer is None else pytest.raises(CallTimeout):
            await house.charge_point.command('ClearChargingProfile', {})
        await house.settle(20)
        limit = house.charge_point.state.connector(1).limit
        assert limit is not None
        assert (limit.limit_a, limit.by) == (16, THE_MAXIMUM)
        assert 15 < house.car_current_a <= 16

    play(story, max_current=16)


def test_a_lower_limit_that_is_left_in_the_charger_is_not_raised_to_the_maximum() -> None:
    """Somebody clears this program's limit; that of another system is still there."""

    async def story(house: SimulatedHouse) -> None:
        schedule = {'chargingRateUnit': 'A', 'chargingSchedulePeriod': [{'startPeriod': 0, 'limit': 8}]}
        profile = {'chargingProfileId': 7, 'stackLevel': 0, 'chargingProfilePurpose': 'ChargePointMaxProfile'}
        profile |= {'chargingProfileKind': 'Relative', 'chargingSchedule': schedule}
        await house.charge_point.command('SetChargingProfile', {'connectorId': 0, 'csChargingProfiles': profile})
        await house.wish(1, 7)
        await house.settle(60)
        await house.charge_point.command('ClearChargingProfile', {'chargingProfilePurpose': 'TxProfile'})
        await house.settle(60)
        assert house.charge_point.state.connector(1).wish is None
        assert limits_sent(house)[-1] == 'ClearChargingProfile'
        assert 7 < house.car_current_a <= 8

    play(story)


def test_what_was_learned_saves_messages_the_next_time_until_it_is_forgotten() -> None:
    async def session(house: SimulatedHouse) -> int:
        begun = len(limits_sent(house))
        await house.wish(1, 10)
        await house.settle(20)
        await house.wish(1, 12)
        await house.settle(20)
        assert house.car_current_a > 11
        sent = len(limits_sent(house)) - begun
        await house.wish(1, 0)
        await house.settle(30)
        return sent

    async def story(house: SimulatedHouse) -> None:
        first, second = await session(house), await session(house)
        assert second < first
        house.charge_point.forget_learned()
        assert await session(house) > second

    play(story, replace(Persona.load('watts-only'), watts_over='number phases'))


def test_a_charger_that_does_not_obey_gets_other_forms_then_there_is_an_alarm() -> None:
    async def story(house: SimulatedHouse) -> None:
        await house.wish(1, 8)
        await house.settle(60)
        found = house.charge_point.state.connector(1).read_back
        assert found is not None
        assert found.verdict is Verdict.IGNORES
        await house.settle(600)
        found = house.charge_point.state.connector(1).read_back
        assert found is not None
        assert found.verdict is Verdict.ALARM
        assert len(house.forms_tried) > 3

    play(story, 'heidelberg')


def test_what_the_charger_held_back_for_a_while_comes_back_and_is_renewed() -> None:
    async def story(house: SimulatedHouse) -> None:
        await house.wish(1, 12)
        await house.settle(3600)
        assert house.charge_point.state.connector(1).read_back is not None
        assert house.car_current_a > 9.5  # it knows 10 and 13 A, and never falls back

    play(story, 'necharge')


def test_what_the_sun_left_in_force_stays_when_solar_is_switched_off() -> None:
    async def story(house: SimulatedHouse) -> None:
        house.charge_point.set_mode(1, Mode.SOLAR)
        await house.wish(1, 14, by=THE_SUN)
        await house.settle(60)
        house.charge_point.set_mode(1, Mode.MANUAL)
        await house.settle(3600)
        assert 13.5 < house.car_current_a <= 14

    play(story)


def test_a_start_that_the_charger_never_answered_is_nobodys_hours_later() -> None:
    async def story(house: SimulatedHouse) -> None:
        house.charger.unplug(1)
        house.next_call(What.LOST, 'RemoteStartTransaction')
        await house.wish(1, 10)
        await house.wish(1, 0)
        await house.settle(quiet_s(2 * 3600))
        before = limits_sent(house)
        house.charger.plug_in(1, car_for(house.persona))
        await house.settle(3)
        house.charger.tap('Tag1', 1)
        await house.settle(300)
        assert limits_sent(house) == before
        assert house.charge_point.state.connector(1).transaction_id is not None

    play(story, startup_requests=False)


def test_a_command_of_ones_own_is_not_overruled_by_a_start_that_waits() -> None:
    async def story(house: SimulatedHouse) -> None:
        house.charger.unplug(1)
        await house.settle(5)
        await house.wish(1, 10)
        await house.charge_point.command('ClearChargingProfile', {})
        house.charger.plug_in(1, car_for(house.persona))
        await house.settle(600)
        assert limits_sent(house) == ['RemoteStartTransaction', 'ClearChargingProfile']
        assert house.charge_point.state.connector(1).wish is None

    play(story)


def test_a_limit_that_is_not_answered_is_sent_again_and_not_given_up() -> None:
    async def story(house: SimulatedHouse) -> None:
        await house.wish(1, 16)
        await house.settle(30)
        for _ in range(5):
            house.next_call(What.LOST, 'SetChargingProfile')
        await house.wish(1, 6)
        await house.settle(400)
        found = house.charge_point.state.connector(1).read_back
        assert found is not None
        assert 'every 5 minutes' in read_back_sentence(found)
        await house.settle(700)
        assert 5.5 < house.car_current_a <= 6

    play(story)


def test_a_start_with_a_profile_that_fails_is_made_without() -> None:
    async def story(house: SimulatedHouse) -> None:
        house.next_call(What.FAILS, 'RemoteStartTransaction')
        await house.wish(1, 10)
        await house.settle(30)
        assert limits_sent(house) == ['RemoteStartTransaction', 'SetChargingProfile', 'RemoteStartTransaction']
        assert 9.5 < house.car_current_a <= 10

    play(story)


def test_a_deleted_tag_starts_nothing_and_is_named() -> None:
    async def story(house: SimulatedHouse) -> None:
        await house.charge_point.id_tags.delete('Tag1')
        wished = await house.wish(1, 10)
        assert wished.error == 'Rejected'
        assert 'Tag1' in wished.sentence
        assert limits_sent(house) == []

    play(story)


def test_what_a_charger_does_not_take_out_limits_nobody_later() -> None:
    async def story(house: SimulatedHouse) -> None:
        await house.wish(1, 8)
        await house.settle(40)
        await house.wish(1, 0)
        await house.settle(60)
        house.charger.unplug(1)
        await house.settle(60)
        house.charger.plug_in(1, car_for(house.persona))
        await house.settle(3)
        house.charger.tap('Tag1', 1)
        await house.settle(1800)
        assert 15.5 < house.car_current_a <= 16

    play(story, 'go-e', phases=3, max_current=16)


def test_the_fallback_is_what_this_make_can_charge_with() -> None:
    async def story(house: SimulatedHouse) -> None:
        await house.wish(1, 12)
        await house.settle(60)
        await house.charge_point.leave()
        await house.settle(60)
        assert 6.5 < house.car_current_a <= 7

    play(story, 'grizzl-e', id_tags=('Tag1', 'uc_default_auth'))


def test_a_program_that_ends_while_a_stop_is_awaited_waits_no_longer_than_another(tmp_path: Path) -> None:
    answers = {'RemoteStopTransaction': 'Accepted'}

    async def story(house: SimulatedHouse) -> None:
        await house.wish(1, 14)
        await house.settle(60)
        await house.wish(1, 0)
        await house.settle(2)
        await house.restart_program()
        assert house.charge_point.state.connector(1).stopping is not None
        await house.wish(1, 8)
        await house.settle(200)
        assert 7.5 < house.car_current_a <= 8

    play(story, replace(Persona(), answers=answers), folder=tmp_path)


def test_the_sun_says_nothing_more_once_a_person_has_taken_over() -> None:
    """Not even where its last command is not answered."""
    answers: dict[str, str] = {}

    async def story(house: SimulatedHouse) -> None:
        SolarController(house.charge_point, simulated_loop().now)
        house.charge_point.set_mode(1, Mode.SOLAR)
        house.charge_point.record_reading(pv_w=3000)
        await house.settle(60)
        answers['SetChargingProfile'] = 'silence'
        house.charge_point.record_reading(pv_w=1600)
        await house.settle(20)
        answers.clear()
        before = len(limits_sent(house))
        await house.wish(1, 10)
        await house.settle(15)  # the sun's command has to end first
        assert 9.5 < house.car_current_a <= 10
        await house.settle(300)
        assert len(limits_sent(house)) == before + 1

    play(story, replace(Persona(), answers=answers))


def test_a_session_that_somebody_ends_takes_its_wish_with_it_although_the_line_stalled() -> None:
    async def story(house: SimulatedHouse) -> None:
        await house.wish(1, 10)
        await house.settle(95)
        with house.stalled_line():
            await house.settle(12)
            house.charger.tap('Tag1', 1)
            await house.settle(0.5)
        await house.settle(300)
        assert limits_sent(house) == ['RemoteStartTransaction']
        assert house.car_current_a == 0

    play(story, replace(Persona(), clock_drift_s=-7200, ignores_time=True))


def test_a_person_gets_less_at_once_although_the_charger_tells_of_the_past() -> None:
    async def story(house: SimulatedHouse) -> None:
        house.charger.tap('Tag1', 1)
        await house.settle(30)
        house.cut_link()
        await house.settle(3600)
        house.mend_link()
        assert await house.seconds_until(lambda: house.charge_point.state.connected, 120) is not None
        await house.settle(5)
        assert house.charger.waiting_messages > 100
        await house.wish(1, 6)
        await house.settle(5)
        assert 5.5 < house.car_current_a <= 6

    play(story)


def test_a_wish_made_while_the_charger_tells_of_an_ended_session_is_for_the_next_one() -> None:
    async def story(house: SimulatedHouse) -> None:
        await house.wish(1, 6)
        await house.settle(5)
        house.cut_link()
        await house.settle(3600)
        await house.reboot(20)
        house.mend_link()
        assert await house.seconds_until(lambda: house.charge_point.state.connected, 120) is not None
        await house.settle(2)
        assert house.charger.waiting_messages > 100
        await house.wish(1, 10)
        await house.settle(180)
        assert len(house.charge_point.state.transactions) == 2
        assert 9.5 < house.car_current_a <= 10

    play(story)


@pytest.mark.parametrize('obeys', [True, False], ids=['obeys', 'ignores'])
def test_a_limit_inside_a_start_is_shown_once_it_is_obeyed(obeys: bool) -> None:
    persona = Persona() if obeys else replace(Persona.load('heidelberg'), max_current_a=16)

    async def story(house: SimulatedHouse) -> None:
        await house.wish(1, 10)
        connector = house.charge_point.state.connector(1)
        assert connector.limit_in_start
        assert connector.limit_shown is None
        await house.settle(25)
        connector = house.charge_point.state.connector(1)
        assert connector.limit_shown is not None
        assert connector.limit_in_start is obeys  # else it was sent as a profile, and accepted
        await house.wish(1, 0)
        connector = house.charge_point.state.connector(1)
        assert connector.limit_shown is not None
        assert connector.limit_shown.limit_a == 0  # no start brings it

    play(story, persona)


SILENT_ABOUT_LIMITS = replace(Persona(), answers={'GetCompositeSchedule': 'CallError NotSupported'})
UNMEASURED = replace(SILENT_ABOUT_LIMITS, measurands=('Temperature',))


def test_a_limit_inside_a_start_that_nothing_shows_is_sent_alone_after_a_minute() -> None:
    async def story(house: SimulatedHouse) -> None:
        await house.wish(1, 10)
        await house.settle(55)
        assert limits_sent(house) == ['RemoteStartTransaction']
        assert house.charge_point.state.connector(1).limit_shown is None
        await house.settle(10)
        assert set(limits_sent(house)[1:]) == {'SetChargingProfile'}
        shown = house.charge_point.state.connector(1).limit_shown
        assert shown is not None
        assert shown.limit_a == 10

    play(story, UNMEASURED, fail_safe=0)


def test_a_charger_that_takes_a_limit_in_its_start_alone_is_asked_once_and_people_read_so() -> None:
    persona = replace(UNMEASURED, rejected_profiles=(ProfilePattern(in_remote_start=False),))

    async def story(house: SimulatedHouse) -> None:
        await house.wish(1, 10)
        await house.settle(65)
        sent = len(limits_sent(house))
        await house.settle(1800)
        assert len(limits_sent(house)) == sent
        connector = house.charge_point.state.connector(1)
        assert connector.limit_shown is None
        assert connector.transaction_id is not None
        assert connector.read_back is not None
        assert connector.read_back.verdict is Verdict.UNCLEAR
        assert 'refused' in house.sentence
        assert 'Nothing shows whether it keeps to the limit of its start.' in house.sentence
        assert 'This charger measures nothing, so nothing shows what it gives.' in house.sentence
        assert 'It stays at' not in house.sentence

    play(story, persona, fail_safe=0)


def test_a_car_that_draws_nothing_shows_nothing_about_its_limit() -> None:
    async def story(house: SimulatedHouse) -> None:
        car = house.charger.station.connectors[1].car
        assert car is not None
        car.soc = 100
        await house.wish(1, 10)
        await house.settle(40)
        connector = house.charge_point.state.connector(1)
        assert connector.meter.current_a == 0
        assert (connector.read_back, connector.limit_shown) == (None, None)

    play(story, replace(SILENT_ABOUT_LIMITS, measurands=('Current.Import',)), fail_safe=0)


def test_the_maximum_does_not_raise_a_limit_that_another_system_left() -> None:
    async def story(house: SimulatedHouse) -> None:
        house.charger.tap('Tag1', 1)
        await house.settle(300)
        assert 6.5 < house.car_current_a <= 7
        assert limits_sent(house) == []
        await house.wish(1, 6)
        await house.settle(60)
        assert 5.5 < house.car_current_a <= 6

    play(story, 'hoarder')
