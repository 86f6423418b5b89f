"""What is done about chargers that give the car more than they may, in simulated time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cpo.chargers import Numbers
from cpo.limits import read_back_sentence
from cpo.rest_api.state_document import state_document
from cpo.state import THE_SUN, Mode, Verdict
from simulator import Persona
from simulator.profile_pattern import ProfilePattern
from tests.examples import quiet_s
from tests.limits.test_promises import limits_sent, play
from tests.simulated.house import SimulatedHouse, car_for
from tests.simulated.witness import What, form_of

MAX_A = 16
REFUSES_ALL = replace(Persona.load('schneider-locked'), max_current_a=32)
IGNORES_ALL = replace(Persona.load('heidelberg'), max_current_a=32)
OBEYS_BUT_TELLS_POWER = replace(
    Persona(), phases=3, measurands=('Energy.Active.Import.Register', 'Power.Active.Import')
)
TELLS_ENERGY = replace(IGNORES_ALL, measurands=('Energy.Active.Import.Register',))


def seconds_above_maximum(house: SimulatedHouse) -> int:
    return sum(sample.current_a > MAX_A + 0.05 for sample in house.recorder.samples)


def shown_limit_a(house: SimulatedHouse) -> float | None:
    """The member `limit` of connector 1 in REST."""
    limit_a: float | None = state_document(house.charge_point.state, house.charge_point.now())['connectors']['1'][
        'limit'
    ]
    return limit_a


def stops(house: SimulatedHouse) -> list[str | None]:
    return [call.status for call in house.messages_sent if call.action == 'RemoteStopTransaction']


@pytest.mark.parametrize('persona', [REFUSES_ALL, IGNORES_ALL], ids=['refuses', 'ignores'])
def test_a_session_above_the_maximum_is_ended_and_not_begun_again(persona: Persona) -> None:
    async def story(house: SimulatedHouse) -> None:
        await house.wish(1, 10)
        await house.settle(200)
        assert (house.car_current_a, stops(house)) == (0, ['Accepted'])
        house.cut_link()
        await house.settle(30)
        house.mend_link()
        await house.settle(quiet_s(3600))
        connector = house.charge_point.state.connector(1)
        assert (house.car_current_a, connector.transaction_id, connector.wish) == (0, None, None)
        assert seconds_above_maximum(house) < 90
        assert connector.alarm is not None
        assert 'charging was ended' in read_back_sentence(connector.alarm)

    play(story, persona, max_current=MAX_A)


@pytest.mark.parametrize('fault', [What.LOST, What.REFUSED, What.FAILS])
def test_a_stop_is_sent_until_it_ends(fault: What) -> None:
    async def story(house: SimulatedHouse) -> None:
        for _ in range(3):
            house.next_call(fault, 'RemoteStopTransaction')
        await house.wish(1, 10)
        await house.settle(600)
        assert len(stops(house)) == 4
        assert house.car_current_a == 0

    play(story, IGNORES_ALL, max_current=MAX_A)


def test_one_that_never_ends_is_to_be_switched_off() -> None:
    async def story(house: SimulatedHouse) -> None:
        await house.wish(1, 10)
        await house.settle(1800)
        assert len(stops(house)) > 40
        alarm = house.charge_point.state.connector(1).alarm
        assert alarm is not None
        assert 'switch it off' in read_back_sentence(alarm)

    play(story, replace(IGNORES_ALL, answers={'RemoteStopTransaction': 'Rejected'}), max_current=MAX_A)


def test_what_a_charger_only_says_of_itself_raises_the_alarm_and_ends_nothing() -> None:
    """It offers 32 A, it says; some always say so."""

    async def story(house: SimulatedHouse) -> None:
        await house.wish(1, 10)
        await house.settle(900)
        assert house.charge_point.state.connector(1).alarm is not None
        assert stops(house) == []

    play(story, TELLS_ENERGY, max_current=MAX_A)


def test_a_limit_that_changes_all_the_time_hides_nothing() -> None:
    async def story(house: SimulatedHouse) -> None:
        house.charge_point.set_mode(1, Mode.SOLAR)
        for second in range(0, 600, 15):
            await house.wish(1, 10 - second / 15 % 4, by=THE_SUN)
            await house.settle(15)
        connector = house.charge_point.state.connector(1)
        assert connector.alarm is not None

    play(story, 'heidelberg')


def test_power_alone_is_no_proof_of_disobedience() -> None:
    """6.9 kW may be 10 A on three phases, even where one is configured."""

    async def story(house: SimulatedHouse) -> None:
        await house.wish(1, 10)
        await house.settle(1800)
        found = house.charge_point.state.connector(1).read_back
        assert found is not None
        assert found.verdict is Verdict.UNCLEAR
        assert 'CPO_PHASES' in read_back_sentence(found)
        assert 9.5 < house.car_current_a <= 10
        assert not stops(house)

    play(story, OBEYS_BUT_TELLS_POWER, phases=1)


def test_a_wish_made_again_and_again_teaches_nothing_wrong() -> None:
    async def story(house: SimulatedHouse) -> None:
        for number in range(12):
            await house.wish(1, 8 + number % 2)
            await house.settle(150)
        assert house.charge_point.state.known.refused == ()

    play(story, 'heidelberg', phases=3)


@pytest.mark.parametrize('clock_drift_s', [-7200, -600, 600, 7200])
def test_a_wrong_clock_makes_no_limit_late(clock_drift_s: float) -> None:
    async def story(house: SimulatedHouse) -> None:
        await house.wish(1, 10)
        await house.settle(900)
        assert seconds_above_maximum(house) == 0
        assert 9.5 < house.car_current_a <= 10

    play(story, replace(Persona(), clock_drift_s=clock_drift_s, ignores_time=True), max_current=MAX_A)


def test_two_connectors_keep_their_own_limits() -> None:
    async def story(house: SimulatedHouse) -> None:
        house.charger.plug_in(2, car_for(house.persona))
        house.charger.tap('Tag1', 1)
        house.charger.tap('Tag2', 2)
        await house.settle(20)
        await house.wish(1, 8)
        await house.settle(20)
        await house.wish(2, 10)
        await house.settle(120)
        currents = [connector.current_a for number, connector in house.charger.station.connectors.items() if number]
        assert [round(current_a) for current_a in currents] == [8, 10]
        assert limits_sent(house) == ['SetChargingProfile'] * 2

    play(story, replace(Persona(), connectors=2), id_tags=('Tag1', 'Tag2'), startup_requests=False)


def test_one_that_is_deaf_to_limits_is_ended_while_it_draws_too_much() -> None:
    async def story(house: SimulatedHouse) -> None:
        house.charger.tap('Tag1', 1)
        await house.settle(30)
        await house.wish(1, 10)
        await house.settle(600)
        assert stops(house) == ['Accepted']
        assert house.car_current_a == 0

    play(story, replace(Persona(), answers={'SetChargingProfile': 'silence'}), max_current=MAX_A)


@pytest.mark.parametrize('fault', [What.LOST, What.REFUSED])
def test_a_stop_that_fails_above_the_maximum_is_sent_again(fault: What) -> None:
    async def story(house: SimulatedHouse) -> None:
        house.charger.tap('Tag1', 1)
        await house.settle(30)
        house.next_call(fault, 'RemoteStopTransaction')
        await house.wish(1, 0)
        await house.settle(300)
        assert house.car_current_a == 0

    play(story, REFUSES_ALL, max_current=MAX_A)


def test_a_form_that_helps_is_found_in_the_next_session_if_the_first_one_had_to_end() -> None:
    only_default = replace(
        Persona(), max_current_a=32, ignored_profiles=(ProfilePattern.read({'purpose': 'TxProfile'}),)
    )

    async def story(house: SimulatedHouse) -> None:
        await house.wish(1, 12)
        await house.settle(300)
        assert stops(house) == ['Accepted']
        house.charger.unplug(1)
        await house.settle(20)
        house.charger.plug_in(1, car_for(house.persona))
        await house.settle(20)
        await house.wish(1, 12)
        await house.settle(300)
        assert 11.5 < house.car_current_a <= 12

    play(story, only_default, max_current=MAX_A)


def test_a_renewal_that_is_refused_makes_no_storm() -> None:
    answers: dict[str, str] = {}

    async def story(house: SimulatedHouse) -> None:
        await house.wish(1, 14)
        await house.settle(200)
        answers['SetChargingProfile'] = 'Rejected'
        before = len(limits_sent(house))
        await house.settle(3600)
        assert len(limits_sent(house)) - before < 100
        found = house.charge_point.state.connector(1).read_back
        assert found is not None
        assert 'every 5 minutes' in read_back_sentence(found)

    play(story, replace(Persona(), answers=answers))


def test_a_charger_that_refuses_all_and_comes_again_all_the_time_is_not_asked_everything_each_time() -> None:
    async def story(house: SimulatedHouse) -> None:
        house.charger.tap('Tag1', 1)
        await house.settle(20)
        await house.wish(1, 10)
        before = len(limits_sent(house))
        for _ in range(20):
            house.cut_link()
            await house.settle(5)
            house.mend_link()
            await house.settle(60)
        assert len(limits_sent(house)) - before <= 20 * 3

    play(story, 'schneider-locked', phases=3)


def test_a_pause_that_is_refused_and_a_stop_that_is_not_followed_wedge_nothing() -> None:
    answers = {'RemoteStopTransaction': 'Accepted', 'SetChargingProfile': 'Rejected'}

    async def story(house: SimulatedHouse) -> None:
        house.charger.tap('Tag1', 1)
        await house.settle(20)
        await house.wish(1, 0)
        await house.settle(120)
        assert len(stops(house)) > 1
        answers.clear()
        await house.wish(1, 8)
        await house.settle(120)
        assert 7.5 < house.car_current_a <= 8

    play(story, replace(Persona(), answers=answers), pause_at_zero=True)


@pytest.mark.parametrize('refusal', ['Rejected', 'CallError InternalError', 'CallError PropertyConstraintViolation'])
@pytest.mark.parametrize('stack_level', ['0', '8'])
def test_three_different_forms_show_that_a_charger_takes_no_limit(refusal: str, stack_level: str) -> None:
    persona = replace(Persona(), keys={'ChargeProfileMaxStackLevel': stack_level})
    answers = {'SetChargingProfile': refusal}

    async def story(house: SimulatedHouse) -> None:
        house.charger.tap('Tag1', 1)
        await house.settle(20)
        await house.wish(1, 10)
        await house.settle(300)
        tried = [form_of(call) for call in house.messages_sent if call.action == 'SetChargingProfile']
        assert len(tried) == len(set(tried)) == 3
        assert 'refus' in house.sentence or 'error' in house.sentence
        for limit_a in (9, 8):  # nothing has changed
            await house.wish(1, limit_a)
        assert limits_sent(house).count('SetChargingProfile') <= 5
        house.charger.tap('Tag1', 1)
        await house.settle(20)
        house.charger.tap('Tag1', 1)
        await house.settle(20)
        answers.clear()
        await house.wish(1, 10)
        await house.settle(30)
        assert 9.5 < house.car_current_a <= 10

    play(story, replace(persona, answers=answers), startup_requests=False)


def test_a_limit_lost_with_the_connection_is_written_again_and_no_form_is_blamed() -> None:
    """go-e 56.2 forgets its profiles when the websocket ends (goecharger/go-eCharger-API-v2#217)."""

    async def story(house: SimulatedHouse) -> None:
        house.charger.tap('Tag1', 1)
        await house.settle(20)
        await house.wish(1, 8)
        await house.settle(60)
        known = house.charge_point.state.known
        for _ in range(4):
            house.cut_link()
            house.charger.station.profiles.clear()
            await house.settle(5)
            house.mend_link()
            await house.seconds_until(lambda: house.charge_point.state.connected, 60)
            connector = house.charge_point.state.connector(1)
            assert connector.read_back is None
            await house.settle(1)
            assert house.charge_point.state.connector(1).limit == connector.wish  # without the 5 s after a boot
            await house.settle(14)
            assert 7.5 < house.car_current_a <= 8
        now_known = house.charge_point.state.known
        assert now_known.hang_ups.in_a_row == 0
        assert replace(now_known, hang_ups=known.hang_ups) == known

    play(story)


WHOLE = replace(Persona(), ignores_fractions=True)


def test_a_limit_with_a_fraction_that_is_not_followed_becomes_a_whole_number() -> None:
    """Wallbox Pulsar Pro (evcc-io/evcc#22087): 8.8 A is accepted and becomes the maximum."""

    async def story(house: SimulatedHouse) -> None:
        house.charger.tap('Tag1', 1)
        await house.settle(20)
        await house.wish(1, 8.8)
        await house.settle(100)
        assert 7.5 < house.car_current_a <= 8
        known = house.charge_point.state.known
        assert (known.numbers, known.refused) == (Numbers.WHOLE, ())
        sent = limits_sent(house).count('SetChargingProfile')
        for limit_a in (9.4, 8.7, 6.9):
            await house.wish(1, limit_a)
            await house.settle(150)
            assert int(limit_a) - 0.5 < house.car_current_a <= int(limit_a)
        assert limits_sent(house).count('SetChargingProfile') == sent + 3
        assert house.charge_point.state.connector(1).alarm is None
        assert house.charge_point.state.known == known

    play(story, WHOLE, fail_safe=0)


@pytest.mark.parametrize(('limit_a', 'obeyed_a'), [(9, 8), (12, 10), (14.9, 13)])
@pytest.mark.parametrize('what', ['rejected_profiles', 'ignored_profiles'])
def test_a_number_between_the_steps_of_a_make_becomes_the_step_below(
    limit_a: float, obeyed_a: float, what: str
) -> None:
    async def story(house: SimulatedHouse) -> None:
        house.charger.tap('Tag1', 1)
        await house.settle(20)
        await house.wish(1, 16)
        await house.settle(20)
        form = house.charge_point.state.known.form
        await house.wish(1, limit_a)
        await house.settle(200)
        assert obeyed_a - 0.5 < house.car_current_a <= obeyed_a
        known = house.charge_point.state.known
        assert (known.form, known.numbers, known.refused) == (form, Numbers.STEPS, ())

    odd = ProfilePattern(but_for=(6, 8, 10, 13, 16))
    boxes = {
        'rejected_profiles': replace(Persona(), max_current_a=16, rejected_profiles=(odd,)),
        'ignored_profiles': replace(Persona(), max_current_a=16, ignored_profiles=(odd,)),
    }
    play(story, boxes[what], fail_safe=0)


@pytest.mark.parametrize(('limit_a', 'obeyed_a', 'messages'), [(9.4, 8, 3), (9, 8, 2), (8, 8, 1), (6.5, 6, 2)])
def test_a_box_of_an_unknown_make_gets_the_step_below_at_once(limit_a: float, obeyed_a: float, messages: int) -> None:
    async def story(house: SimulatedHouse) -> None:
        house.charger.tap('Tag1', 1)
        await house.settle(20)
        await house.wish(1, limit_a)
        await house.settle(30)
        assert limits_sent(house).count('SetChargingProfile') == messages
        assert obeyed_a - 0.5 < house.car_current_a <= obeyed_a
        assert shown_limit_a(house) == obeyed_a
        await house.wish(1, 15.9)
        await house.settle(30)
        assert shown_limit_a(house) == 13
        assert house.charge_point.state.known.numbers is Numbers.STEPS
        sent = limits_sent(house).count('SetChargingProfile')
        await house.wish(1, 12.9)  # what was learned is used
        await house.settle(30)
        assert limits_sent(house).count('SetChargingProfile') == sent + 1
        assert shown_limit_a(house) == 10
        assert '; 10.0\xa0A were sent.' in house.sentence

    odd = ProfilePattern(but_for=(6, 8, 10, 13, 16))
    play(story, replace(Persona(), max_current_a=16, rejected_profiles=(odd,)), fail_safe=0)


@pytest.mark.parametrize('ends', ['from here', 'with the card', 'unplugged'])
def test_a_session_that_a_person_ended_leaves_no_alarm(ends: str) -> None:
    async def story(house: SimulatedHouse) -> None:
        house.charger.tap('Tag1', 1)
        await house.settle(20)
        await house.wish(1, 10)
        await house.settle(900)
        assert house.charge_point.state.connector(1).alarm is not None
        if ends == 'from here':
            await house.wish(1, 0)
        elif ends == 'with the card':
            house.charger.tap('Tag1', 1)
        else:
            house.charger.unplug(1)
        await house.settle(30)
        connector = house.charge_point.state.connector(1)
        assert (connector.transaction_id, connector.read_back) == (None, None)

    play(story, 'heidelberg', max_current=16)


@pytest.mark.parametrize('how', ['stopped from here', 'stopped with its card', 'unplugged'])
def test_a_session_that_a_person_ended_is_not_said_to_be_disobeyed(how: str) -> None:
    async def story(house: SimulatedHouse) -> None:
        house.charger.tap('Tag1', 1)
        await house.settle(20)
        await house.wish(1, 8)
        await house.settle(700)
        assert 'does not obey' in house.sentence
        if how == 'unplugged':
            house.charger.unplug(1)
        elif how == 'stopped with its card':
            house.charger.tap('Tag1', 1)
        else:
            await house.wish(1, 0)
        await house.settle(60)
        assert house.charge_point.state.connector(1).transaction_id is None
        assert 'obey' not in house.sentence

    play(story, 'ignores-limits', max_current=32)
