"""The harness itself: program and charger talk in memory, every frame is recorded, faults happen as ordered."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

import pytest

from cpo.errors import CallErrorReceived, CallTimeout, ConnectionClosed
from cpo.ocpp import Request
from simulator import Car
from tests.simulated.event_loop import run_simulated
from tests.simulated.house import SimulatedHouse
from tests.simulated.witness import What

Scene = Callable[[SimulatedHouse], Awaitable[None]]

TRIGGER = Request('TriggerMessage', {'requestedMessage': 'Heartbeat'})


def play(scene: Scene, **options: object) -> SimulatedHouse:
    """Play a scene in a new house; returns the house after its end."""

    async def work() -> SimulatedHouse:
        async with SimulatedHouse(**{'startup_requests': False, **options}) as house:  # type: ignore[arg-type]  # few
            await scene(house)
        return house

    return run_simulated(work())


async def charge_for_an_hour(house: SimulatedHouse) -> None:
    house.charger.plug_in(1, Car(max_current_a=32))
    await house.settle(20)
    await house.wish(1, 10)
    await house.settle(1800)
    await house.wish(1, 16)
    await house.settle(1800)


def test_an_hour_of_charging_takes_a_moment() -> None:
    began = time.process_time()
    house = play(charge_for_an_hour)
    assert time.process_time() - began < 30  # CPU, a hundredth of the hour at most
    assert house.car_current_a == pytest.approx(15.9)
    assert house.max_seen_a == pytest.approx(15.9)
    assert len(house.recorder.samples) == pytest.approx(3620, abs=2)
    assert [(call.action, call.status) for call in house.messages_sent[:3]] == [
        ('RemoteStartTransaction', 'Accepted'),
        ('GetCompositeSchedule', 'Accepted'),
        ('SetChargingProfile', 'Accepted'),
    ]
    assert house.outstanding_max == 1
    assert len(house.forms_tried) == 2
    assert house.charge_point.state.transactions[0].energy_wh == pytest.approx(2970, rel=0.02)


def test_the_same_scene_always_goes_the_same_way() -> None:
    first, second = play(charge_for_an_hour), play(charge_for_an_hour)
    assert first.charger_events == second.charger_events
    assert first.recorder.samples == second.recorder.samples
    assert [call.at_s for call in first.messages_sent] == [call.at_s for call in second.messages_sent]


def test_a_message_and_its_answer_take_the_latency_each() -> None:
    async def scene(house: SimulatedHouse) -> None:
        await house.settle(10)
        began_s = house.time_s
        await house.charge_point.send(TRIGGER)
        assert house.time_s - began_s == pytest.approx(0.6)

    play(scene, latency_s=0.3)


@pytest.mark.parametrize('what', [What.LOST, What.UNANSWERED, What.LATE])
def test_a_call_without_answer_times_out_and_the_next_one_does_not(what: What) -> None:
    async def scene(house: SimulatedHouse) -> None:
        await house.settle(10)
        house.next_call(what, 'TriggerMessage', delay_s=40)
        began_s = house.time_s
        with pytest.raises(CallTimeout):
            await house.charge_point.send(TRIGGER)
        assert house.time_s - began_s == pytest.approx(30)
        await house.charge_point.send(TRIGGER)
        await house.settle(20)

    house = play(scene)
    assert [call.status for call in house.messages_sent] == [None, 'Accepted']
    arrived = sum('TriggerMessage' in line for line in house.charger_events)
    assert arrived == (1 if what is What.LOST else 2)


def test_a_call_is_refused_without_the_charger_seeing_it() -> None:
    async def scene(house: SimulatedHouse) -> None:
        await house.settle(10)
        house.next_call(What.REFUSED, status='NotImplemented')
        house.next_call(What.FAILS)
        sent = await house.charge_point.send(TRIGGER)
        assert sent.response == {'status': 'NotImplemented'}
        with pytest.raises(CallErrorReceived):
            await house.charge_point.send(TRIGGER)

    house = play(scene)
    assert [call.status for call in house.messages_sent] == ['NotImplemented', 'CallError InternalError']
    assert not any('TriggerMessage' in line for line in house.charger_events)


def test_a_cut_link_is_noticed_by_both_and_stays_cut_until_it_is_mended() -> None:
    async def scene(house: SimulatedHouse) -> None:
        await house.settle(10)
        house.next_call(What.UNANSWERED)
        sending = house.charge_point.send(TRIGGER)
        house.in_background(_cut_soon(house))
        with pytest.raises(ConnectionClosed):
            await sending
        await house.settle(120)
        assert not house.charge_point.state.connected
        assert not house.charger.station.online
        house.mend_link()
        assert await house.seconds_until(lambda: house.charge_point.state.connected, 90) is not None

    play(scene)


async def _cut_soon(house: SimulatedHouse) -> None:
    await house.settle(1)
    house.cut_link()


def test_a_charger_without_power_ends_its_transaction_and_boots_again() -> None:
    async def scene(house: SimulatedHouse) -> None:
        await charge_for_an_hour(house)
        await house.reboot(30)
        await house.settle(60)
        assert house.charge_point.state.connected
        assert house.charge_point.state.transactions[0].stop_reason == 'PowerLoss'

    play(scene)


def test_a_frame_the_schemas_refuse_is_found() -> None:
    async def scene(house: SimulatedHouse) -> None:
        await house.settle(10)
        await house.charge_point.send(Request('TriggerMessage', {'requestedMessage': 'Nonsense'}))

    with pytest.raises(AssertionError, match='Nonsense'):
        play(scene)


def test_what_a_car_draws_above_the_maximum_is_seen() -> None:
    async def scene(house: SimulatedHouse) -> None:
        house.charger.plug_in(1, Car(max_current_a=32))
        await house.settle(5)
        await house.wish(1, 10)
        await house.settle(30)
        house.charger.station.profiles.clear()
        await house.settle(30)

    assert play(scene).max_seen_a == pytest.approx(31.9)


def test_of_a_car_that_charges_already_counts_what_it_draws_once_it_was_tamed() -> None:
    async def scene(house: SimulatedHouse) -> None:
        house.charger.plug_in(1, Car(max_current_a=32))
        house.charger.tap('Tag1', 1)
        await house.settle(30)
        assert house.car_current_a == pytest.approx(31.9)
        assert house.max_seen_a == 0
        await house.wish(1, 10)
        await house.settle(30)

    assert play(scene).max_seen_a == pytest.approx(9.9)


def test_a_refused_wish_is_explained_in_a_sentence() -> None:
    async def scene(house: SimulatedHouse) -> None:
        house.charger.plug_in(1, Car())
        await house.settle(20)
        too_much = await house.wish(1, 17)
        assert too_much.error == 'InvalidLimit'
        assert '16 A' in too_much.sentence
        assert house.sentence.startswith(too_much.sentence)
        assert 'ready to start' in house.sentence  # the page

    play(scene)
