"""What goes out is the lowest of the wish and every ceiling: for every person, every mode, every session."""

from __future__ import annotations

import tomllib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import simulator
from cpo.chargers import ChargerQuirks
from cpo.errors import InvalidLimit
from cpo.limits import ceilings_a, lowered, read_back_sentence
from cpo.limits.ceilings import held
from cpo.settings import Settings
from cpo.state import (
    CURRENT,
    REST,
    THE_MAXIMUM,
    THE_SUN,
    YOU,
    Ceiling,
    CeilingExpired,
    ChargePointState,
    Connector,
    Limit,
    Meter,
    MeterSample,
    Mode,
    Source,
)
from simulator import Persona
from tests.examples import quiet_s
from tests.simulated.event_loop import run_simulated
from tests.simulated.house import SimulatedHouse, car_for
from tests.simulated.witness import What

PERSONAS = tuple(tomllib.loads((Path(simulator.__file__).parent / 'personas.toml').read_text()))
NOW = datetime(2026, 6, 14, 12, tzinfo=UTC)
Story = Callable[[SimulatedHouse], Awaitable[None]]


def ceiling(limit_a: float | None = None, name: str = 'oven', **members: Any) -> Ceiling:
    return Ceiling(name, limit_a, members.pop('limit_w', None), REST, members.pop('set_at', NOW), **members)


@pytest.mark.parametrize(
    ('wish_a', 'ceiling_a', 'least_a', 'goes_out_a'),
    [
        (16, None, 6, 16),
        (16, 16, 6, 16),
        (16, 20, 6, 16),
        (16, 9.96, 6, 9.9),
        (16, 6, 6, 6),
        (16, 5.9, 6, 0),
        (16, 0, 6, 0),
        (10, 12, 6, 10),
        (4, 5, 6, 4),  # what a person wished below 6 A is sent as it is
        (5, 4, 6, 0),
        (16, 7.5, 8, 0),  # this make charges with 8 A at least
        (7, 7.5, 8, 0),  # it would be written as 8 A
        (7, 8, 8, 7),
        (0, 0, 6, 0),
    ],
)
def test_the_lowest_goes_out_or_a_pause(
    wish_a: float, ceiling_a: float | None, least_a: float, goes_out_a: float
) -> None:
    wish = Limit(wish_a, YOU, NOW)
    limit = held(wish, None if ceiling_a is None else (ceiling_a, 'oven'), least_a)
    assert limit.limit_a == goes_out_a
    assert limit.as_wished == wish
    assert limit.held_by == (None if goes_out_a == wish_a else 'oven')


@pytest.mark.parametrize(('ceiling_a', 'goes_out_a'), [(7.5, 0), (8, 8)])
def test_a_ceiling_that_leaves_less_than_this_car_charges_with_pauses_it(ceiling_a: float, goes_out_a: float) -> None:
    assert held(Limit(16, YOU, NOW), (ceiling_a, 'oven'), 6, 8).limit_a == goes_out_a
    assert held(Limit(7, YOU, NOW), (7.5, 'oven'), 6, 8).limit_a == 7  # what a person wished goes out as it is


@pytest.mark.parametrize(
    ('wish_a', 'max_a', 'ceiling_a', 'goes_out_a', 'held_by'),
    [
        (16, 16, None, 16, None),
        (16, 10, None, 10, 'maximum'),
        (16, 9.96, None, 9.9, 'maximum'),
        (16, 5, None, 0, 'maximum'),
        (8, 10, None, 8, None),
        (16, 10, 12, 10, 'maximum'),
        (16, 10, 10, 10, 'oven'),
        (16, 10, 7, 7, 'oven'),
    ],
)
def test_a_maximum_that_is_lowered_holds_for_each_connector(
    wish_a: float, max_a: float, ceiling_a: float | None, goes_out_a: float, held_by: str | None
) -> None:
    first, second = (Connector(i, last_wish=Limit(wish_a, YOU, NOW), wish_holds=True) for i in (1, 2))
    ceilings = {} if ceiling_a is None else {'oven': ceiling(2 * ceiling_a)}
    state = ChargePointState(connectors={1: first, 2: second}, ceilings=ceilings)
    for connector in (first, second):
        wish = lowered(connector, state, Settings(max_current=max_a), ChargerQuirks()).wish
        assert wish is not None
        assert (wish.limit_a, wish.held_by, wish.as_wished.limit_a) == (goes_out_a, held_by, wish_a)


def seen_on(phases: int) -> Connector:
    samples = tuple(MeterSample(CURRENT, f'L{i}', 8.0) for i in range(1, phases + 1))
    nothing = tuple(MeterSample(CURRENT, f'L{i}', 0.0) for i in range(phases + 1, 4))
    return Connector(1, meter=Meter().updated(NOW, samples + nothing))


@pytest.mark.parametrize(
    ('given', 'connector', 'settings', 'amperes'),
    [
        (ceiling(8), Connector(1), Settings(), 8),
        (ceiling(limit_w=6900), Connector(1), Settings(), 10),  # any number of phases is possible
        (ceiling(limit_w=6900), Connector(1), Settings(phases=1), 30),
        (ceiling(limit_w=6900), seen_on(1), Settings(phases=3), 30),
        (ceiling(limit_w=6900), seen_on(3), Settings(phases=1), 10),
        (ceiling(limit_w=2300, phase='L2'), seen_on(3), Settings(), 10),
    ],
)
def test_watts_are_for_the_phases_seen_or_for_three(
    given: Ceiling, connector: Connector, settings: Settings, amperes: float
) -> None:
    assert ceilings_a(connector, {'oven': given}, settings) == [(amperes, 'oven')]


def test_the_lowest_of_several_counts_and_connectors_that_charge_share_it() -> None:
    first = Connector(1, last_wish=Limit(16, YOU, NOW), wish_holds=True)
    ceilings = {'a': ceiling(20, 'a'), 'b': ceiling(13, 'b')}
    state = ChargePointState(connectors={1: first, 2: Connector(2)}, ceilings=ceilings)
    alone = lowered(first, state, Settings(), ChargerQuirks()).wish
    assert alone is not None
    assert (alone.limit_a, alone.held_by) == (13, 'b')
    both = replace(state, connectors={1: first, 2: Connector(2, transaction_id='7')})
    shared = lowered(first, both, Settings(), ChargerQuirks()).wish
    assert shared is not None
    assert shared.limit_a == 6.5


@pytest.mark.parametrize(
    ('limit_a', 'shares'), [(30, [10, 10, 10]), (17, [8.5, 8.5, 0]), (11, [11, 0, 0]), (5, [5, 0, 0]), (0, [0, 0, 0])]
)
def test_as_many_connectors_share_it_as_can_charge(limit_a: float, shares: list[float]) -> None:
    connectors = {i: Connector(i, transaction_id=str(i)) for i in (1, 2, 3)}
    state = ChargePointState(connectors=connectors, ceilings={'oven': ceiling(limit_a)})
    found = [ceilings_a(each, state.ceilings, Settings(), state)[0][0] for each in connectors.values()]
    assert found == shares


def play(story: Story, persona: str | Persona | None = None, **settings: Any) -> None:
    """A car is plugged in, then the story begins."""

    async def begin() -> None:
        async with SimulatedHouse(persona, **settings) as house:
            house.charger.plug_in(1, car_for(house.persona))
            await house.settle(10)
            await story(house)

    run_simulated(begin())


async def put(house: SimulatedHouse, limit_a: float, **members: Any) -> None:
    await house.charge_point.ceilings.put(ceiling(limit_a, set_at=house.charge_point.now(), **members))


def sent(house: SimulatedHouse) -> list[str]:
    steering = ('RemoteStartTransaction', 'RemoteStopTransaction', 'SetChargingProfile', 'ClearChargingProfile')
    return [call.action for call in house.messages_sent if call.action in steering]


def connector(house: SimulatedHouse) -> Connector:
    return house.charge_point.state.connector(1)


@pytest.mark.parametrize('by', [YOU, REST, THE_SUN, Source(REST.kind, 'Home Assistant')])
def test_every_wish_obeys_and_comes_back_by_itself(by: Source) -> None:
    async def story(house: SimulatedHouse) -> None:
        if by == THE_SUN:
            house.charge_point.set_mode(1, Mode.SOLAR)
        await house.wish(1, 14, by)
        await house.settle(20)
        assert house.car_current_a > 13
        await put(house, 8)
        assert await house.seconds_until(lambda: house.car_current_a <= 8, 10) is not None
        limit = connector(house).limit
        assert limit is not None
        assert (limit.limit_a, limit.by, limit.held_by, limit.wished_a) == (8, by, 'oven', 14)
        wish = connector(house).wish
        assert wish is not None
        assert wish.limit_a == 14
        await house.charge_point.ceilings.lift('oven')
        assert await house.seconds_until(lambda: house.car_current_a > 13, 30) is not None

    play(story)


def test_a_wish_below_a_ceiling_is_lowered_and_the_answer_says_so() -> None:
    async def story(house: SimulatedHouse) -> None:
        await put(house, 9)
        wished = await house.wish(1, 12)
        assert (wished.applied_a, wished.sentence) == (
            9,
            'The ceiling "oven" leaves 9 A; 12 A are kept and come back by themselves.',
        )
        await house.settle(20)
        assert 8.5 < house.car_current_a <= 9
        assert (await house.wish(1, 13)).applied_a == 9
        assert (await house.wish(1, 7)).sentence == 'Accepted.'

    play(story)


def test_below_6_a_it_pauses_and_the_session_goes_on() -> None:
    async def story(house: SimulatedHouse) -> None:
        await house.wish(1, 10)
        await house.settle(20)
        transaction_id = connector(house).transaction_id
        await put(house, 5.9)
        assert await house.seconds_until(lambda: house.car_current_a == 0, 10) is not None
        await house.settle(quiet_s(7200))
        assert 'RemoteStopTransaction' not in sent(house)
        await house.charge_point.ceilings.lift('oven')
        assert await house.seconds_until(lambda: house.car_current_a > 9, 30) is not None
        assert connector(house).transaction_id == transaction_id

    play(story)


@pytest.mark.parametrize('persona', ['en-plus', 'go-e', 'huawei'])
def test_a_charger_that_cannot_pause_ends_the_session_and_starts_again(persona: str) -> None:
    async def story(house: SimulatedHouse) -> None:
        await house.wish(1, 10)
        await house.settle(20)
        await put(house, 3)
        assert await house.seconds_until(lambda: house.car_current_a == 0, 20) is not None
        assert 'RemoteStopTransaction' in sent(house)
        await house.settle(1000)
        await house.charge_point.ceilings.lift('oven')
        assert await house.seconds_until(lambda: house.car_current_a > 9, 60) is not None

    play(story, persona)


def test_a_start_waits_until_a_ceiling_leaves_enough() -> None:
    async def story(house: SimulatedHouse) -> None:
        await put(house, 0)
        wished = await house.wish(1, 10)
        assert wished.applied_a == 0
        assert 'leaves too little to charge' in wished.sentence
        await house.settle(quiet_s(3 * 3600))
        assert sent(house) == []
        await house.charge_point.ceilings.lift('oven')
        assert await house.seconds_until(lambda: house.car_current_a > 9, 30) is not None

    play(story)


def test_a_start_that_a_ceiling_holds_back_is_forgotten_where_no_car_is_plugged_in() -> None:
    async def story(house: SimulatedHouse) -> None:
        house.charger.unplug(1)
        await put(house, 0)
        await house.wish(1, 10)
        await house.settle(400)
        assert connector(house).wish is None

    play(story)


def test_a_remote_start_carries_the_lowered_limit() -> None:
    async def story(house: SimulatedHouse) -> None:
        await put(house, 7)
        await house.wish(1, 16)
        start = next(call for call in house.messages_sent if call.action == 'RemoteStartTransaction')
        periods = start.payload['chargingProfile']['chargingSchedule']['chargingSchedulePeriod']
        assert periods[0]['limit'] == 7
        await house.settle(60)
        assert house.max_seen_a <= 7

    play(story)


def test_a_session_that_a_card_started_obeys_and_gets_the_maximum_back() -> None:
    async def story(house: SimulatedHouse) -> None:
        house.charger.tap('Tag1', 1)
        await house.settle(30)
        await put(house, 8)
        assert await house.seconds_until(lambda: house.car_current_a <= 8, 10) is not None
        limit = connector(house).limit
        assert limit is not None
        assert (limit.by, limit.held_by) == (THE_MAXIMUM, 'oven')
        await house.charge_point.ceilings.lift('oven')
        assert await house.seconds_until(lambda: house.car_current_a > 15, 30) is not None

    play(story)


def test_a_session_that_was_steered_by_commands_obeys_a_ceiling() -> None:
    async def story(house: SimulatedHouse) -> None:
        await house.wish(1, 10)
        await house.settle(20)
        await house.charge_point.command('ClearChargingProfile', {})
        await house.settle(20)
        assert house.car_current_a > 10
        await put(house, 8)
        assert await house.seconds_until(lambda: house.car_current_a <= 8, 10) is not None

    play(story)


def test_a_lower_profile_of_a_person_stays_under_a_ceiling_until_more_flows() -> None:
    async def story(house: SimulatedHouse) -> None:
        await house.wish(1, 12)
        await house.settle(20)
        await put(house, 10)
        await house.settle(25)
        schedule = {'chargingRateUnit': 'A', 'chargingSchedulePeriod': [{'startPeriod': 0, 'limit': 7}]}
        profile = {'chargingProfileId': 1, 'stackLevel': 8, 'chargingProfilePurpose': 'TxProfile'}
        profile |= {'chargingProfileKind': 'Relative', 'chargingSchedule': schedule}
        profile |= {'transactionId': int(connector(house).transaction_id or 0)}
        await house.charge_point.command('SetChargingProfile', {'connectorId': 1, 'csChargingProfiles': profile})
        begun = len(sent(house))
        await house.settle(120)
        assert 6 < house.car_current_a <= 7
        await put(house, 8)
        await house.settle(30)
        await house.charge_point.ceilings.lift('oven')
        await house.settle(60)
        assert 6 < house.car_current_a <= 7
        assert len(sent(house)) == begun
        await put(house, 6)
        assert await house.seconds_until(lambda: house.car_current_a <= 6, 15) is not None

    play(story)


def test_nothing_is_sent_for_a_ceiling_where_the_owner_wants_nothing_sent_until_somebody_wishes() -> None:
    async def story(house: SimulatedHouse) -> None:
        house.charger.tap('Tag1', 1)
        await house.settle(30)
        await put(house, 8)
        await house.settle(60)
        assert sent(house) == []
        await house.wish(1, 12)
        await house.settle(20)
        assert 7.5 < house.car_current_a <= 8

    play(story, startup_requests=False)


def test_the_sun_below_a_ceiling_causes_no_message() -> None:
    async def story(house: SimulatedHouse) -> None:
        house.charge_point.set_mode(1, Mode.SOLAR)
        await put(house, 8)
        await house.wish(1, 10, THE_SUN)
        await house.settle(60)
        begun = len(sent(house))
        for limit_a in (10.2, 11, 12, 9, 8.5):
            await house.wish(1, limit_a, THE_SUN)
            await house.settle(20)
        assert len(sent(house)) == begun
        await house.wish(1, 7, THE_SUN)
        await house.settle(20)
        assert house.car_current_a <= 7

    play(story)


def test_its_time_runs_out_also_where_nothing_else_happens() -> None:
    async def story(house: SimulatedHouse) -> None:
        await house.wish(1, 12)
        await house.settle(20)
        await put(house, 8, for_s=120)
        await house.settle(110)
        assert house.car_current_a <= 8
        await put(house, 8, for_s=120)  # the watchdog's next word
        await house.settle(110)
        assert house.car_current_a <= 8
        assert await house.seconds_until(lambda: house.car_current_a > 11, 40) is not None
        assert house.charge_point.state.ceilings == {}

    play(story)


def test_a_raw_command_above_a_ceiling_is_refused_like_one_above_the_maximum() -> None:
    async def story(house: SimulatedHouse) -> None:
        await put(house, 8)
        schedule = {'chargingRateUnit': 'A', 'chargingSchedulePeriod': [{'startPeriod': 0, 'limit': 10}]}
        profile = {
            'chargingProfileId': 7,
            'stackLevel': 0,
            'chargingProfilePurpose': 'TxDefaultProfile',
            'chargingProfileKind': 'Relative',
            'chargingSchedule': schedule,
        }
        request = {'connectorId': 1, 'csChargingProfiles': profile}
        with pytest.raises(InvalidLimit, match='the ceiling "oven"'):
            await house.charge_point.command('SetChargingProfile', request)
        schedule['chargingSchedulePeriod'] = [{'startPeriod': 0, 'limit': 8}]
        assert (await house.charge_point.command('SetChargingProfile', request)).accepted

    play(story)


def test_a_ceiling_holds_after_a_restart_before_anything_is_sent(tmp_path: Path) -> None:
    async def begin() -> None:
        async with SimulatedHouse(folder=tmp_path) as house:
            house.charger.plug_in(1, car_for(house.persona))
            await house.settle(10)
            await house.wish(1, 14)
            await house.settle(20)
            await put(house, 8, until=house.charge_point.now() + timedelta(hours=1))
            await put(house, 7, name='short', for_s=3)
            await house.settle(2)
            begun = len(house.messages_sent)
            await house.restart_program()
            assert set(house.charge_point.state.ceilings) == {'oven'}
            await house.settle(60)
            later = [call.payload for call in house.messages_sent[begun:] if call.action == 'SetChargingProfile']
            periods = [p['csChargingProfiles']['chargingSchedule']['chargingSchedulePeriod'] for p in later]
            assert {period[0]['limit'] for period in periods} == {8}
            assert len(periods) <= 2  # at once, and where its boot says that it may have lost it
            assert 7.5 < house.car_current_a <= 8
            assert await house.seconds_until(lambda: house.car_current_a > 13, 3700) is not None

    run_simulated(begin())


def test_a_charger_that_refuses_is_tried_again_and_ended_where_it_gives_more() -> None:
    async def story(house: SimulatedHouse) -> None:
        await house.wish(1, 14)
        await house.settle(20)
        for _ in range(40):
            house.next_call(What.REFUSED, 'SetChargingProfile')
        begun = len(sent(house))
        await put(house, 8)
        assert await house.seconds_until(lambda: house.car_current_a == 0, 400) is not None
        assert len(sent(house)) - begun < 40
        assert 'RemoteStopTransaction' in sent(house)
        await house.settle(20)
        found = connector(house).read_back
        assert found is not None
        assert 'more than 8 A, the most that the ceiling "oven" leaves' in read_back_sentence(found)

    play(story)


def test_a_charger_that_ignores_a_ceiling_is_ended_soon() -> None:
    async def story(house: SimulatedHouse) -> None:
        house.charger.tap('Tag1', 1)
        await house.settle(30)
        await put(house, 6.1)
        assert await house.seconds_until(lambda: house.car_current_a == 0, 130) is not None

    play(story, 'heidelberg')


def test_an_entry_of_a_ceiling_that_is_gone_changes_nothing() -> None:
    assert CeilingExpired('oven', NOW).apply(ChargePointState()) == ChargePointState()


@pytest.mark.parametrize('persona', PERSONAS)
def test_every_charger_obeys_or_is_ended(persona: str) -> None:
    async def story(house: SimulatedHouse) -> None:
        await house.wish(1, 14)
        await house.settle(90)
        for limit_a in (8, 3):
            await put(house, limit_a)
            await house.settle(90)
            assert house.car_current_a <= limit_a
        await house.settle(120)
        assert house.car_current_a <= 3

    play(story, persona)
