"""Each signal of the grid operator gets a receipt: when it was received, sent and measured."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from cpo.rest_api.event_words import event_sentence
from cpo.state import REST, Ceiling, Event, EventKind
from tests.simulated.event_loop import run_simulated
from tests.simulated.house import SimulatedHouse, car_for
from tests.simulated.witness import What

pytestmark = pytest.mark.turns(1)

Story = Callable[[SimulatedHouse], Awaitable[None]]


def play(story: Story, **settings: Any) -> None:
    async def begin() -> None:
        async with SimulatedHouse(**settings) as house:
            house.charger.plug_in(1, car_for(house.persona))
            await house.settle(10)
            await story(house)

    run_simulated(begin())


async def signal(house: SimulatedHouse, limit_a: float, **members: Any) -> None:
    now = house.charge_point.now()
    ceiling = Ceiling('grid-operator', limit_a, None, REST, now, reason='§14a EnWG', **members)
    await house.charge_point.ceilings.put(ceiling)


def receipts(house: SimulatedHouse) -> list[Event]:
    return [event for event in house.charge_point.events if event.kind == EventKind.CEILING_RECEIPT]


def steps(event: Event) -> list[datetime]:
    """The times of the steps that are known."""
    texts = (event.details[step] for step in ('received', 'sent', 'measured'))
    return [datetime.fromisoformat(text) for text in texts if text is not None]


def test_a_signal_is_received_sent_and_measured() -> None:
    async def story(house: SimulatedHouse) -> None:
        await house.wish(1, 14)
        await house.settle(30)
        before = house.charge_point.now()
        await signal(house, 8)
        assert receipts(house) == []
        await house.settle(30)
        (receipt,) = receipts(house)
        received, sent, measured = steps(receipt)
        assert before - timedelta(milliseconds=1) <= received <= sent <= measured <= before + timedelta(seconds=25)
        assert sent - received < timedelta(seconds=1)
        assert receipt.details['limit_a'] == 8
        assert 7.5 < receipt.details['current_a'] <= 8
        words = event_sentence(receipt)
        assert words.startswith('The ceiling grid-operator of 8 A: received 10:00:')
        assert ', sent ' in words
        assert ', measured ' in words

    play(story)


def test_each_of_several_signals_gets_one_receipt() -> None:
    async def story(house: SimulatedHouse) -> None:
        await house.wish(1, 14)
        await house.settle(30)
        await signal(house, 6)
        now = house.charge_point.now()
        await house.charge_point.ceilings.put(Ceiling('landlord', 8, None, REST, now))
        await house.settle(30)
        assert sorted(event.details['ceiling'] for event in receipts(house)) == ['grid-operator', 'landlord']

    play(story)


def test_where_nothing_charges_nothing_is_sent_and_nothing_flows() -> None:
    async def story(house: SimulatedHouse) -> None:
        await signal(house, 8)
        await house.settle(1)
        (receipt,) = receipts(house)
        assert receipt.details['sent'] is None
        assert (len(steps(receipt)), receipt.details['current_a']) == (2, 0)

    play(story)


def test_a_car_that_draws_less_already_is_only_measured() -> None:
    async def story(house: SimulatedHouse) -> None:
        await house.wish(1, 7)
        await house.settle(30)
        await signal(house, 8)
        await house.settle(30)
        (receipt,) = receipts(house)
        assert receipt.details['sent'] is None
        assert len(steps(receipt)) == 2

    play(story)


def test_a_watchdog_gets_a_receipt_for_each_word() -> None:
    async def story(house: SimulatedHouse) -> None:
        await house.wish(1, 14)
        for _ in range(3):
            await signal(house, 8, for_s=120)
            await house.settle(60)
        assert len(receipts(house)) == 3
        await house.settle(90)
        kinds = [event.kind for event in house.charge_point.events if event.kind.startswith('ceiling')]
        assert kinds == [*['ceiling', 'ceiling_receipt'] * 3, 'ceiling_expired']

    play(story)


def test_what_never_happens_stays_unknown() -> None:
    async def story(house: SimulatedHouse) -> None:
        await house.wish(1, 14)
        await house.settle(30)
        house.cut_link()
        await signal(house, 8)
        await house.settle(400)
        (receipt,) = receipts(house)
        assert len(steps(receipt)) == 1
        await house.charge_point.ceilings.lift('grid-operator')
        assert len(receipts(house)) == 1

    play(story)


def test_the_next_signal_closes_the_receipt_of_the_last() -> None:
    async def story(house: SimulatedHouse) -> None:
        await house.wish(1, 14)
        await house.settle(30)
        house.next_call(What.LATE, 'SetChargingProfile', delay_s=10)
        await signal(house, 8)
        await house.settle(1)
        await signal(house, 7)
        assert [len(steps(receipt)) for receipt in receipts(house)] == [1]
        await house.settle(60)
        assert [len(steps(receipt)) for receipt in receipts(house)] == [1, 3]

    play(story)
