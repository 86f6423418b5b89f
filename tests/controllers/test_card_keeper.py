"""What the household has set for a card, over hours, in simulated time that begins at 10:00."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from cpo.controllers import CardKeeper, FreeCharging, SolarController
from cpo.state import (
    GRID_OPERATOR,
    HOME_ASSISTANT,
    REST,
    THE_CARD,
    Ceiling,
    CeilingSet,
    Connector,
    IdTag,
    IdTagChanged,
    Mode,
    SolarRead,
    cards,
)
from tests.simulated.event_loop import run_simulated
from tests.simulated.house import SimulatedHouse, car_for
from tests.simulated.witness import What

Story = Callable[[SimulatedHouse], Awaitable[None]]


@pytest.fixture(autouse=True)
def in_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv('TZ', 'UTC')
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def play(story: Story, mode: Mode = Mode.MANUAL, **settings: Any) -> None:
    """A car is plugged in and the keeper is at work; then the story begins."""

    async def begin() -> None:
        async with SimulatedHouse(**settings) as house:
            now = house.charge_point.now
            CardKeeper(house.charge_point, now)
            SolarController(house.charge_point, now)
            house.charge_point.set_mode(1, mode)
            house.charger.plug_in(1, car_for(house.persona))
            await house.settle(20)
            await story(house)

    run_simulated(begin())


async def charge_with(house: SimulatedHouse, **members: Any) -> None:
    """Hold the card Tag1 to the charger, of which the household has said this."""
    put(house, **members)
    house.charger.tap('Tag1', 1)
    await house.settle(60)


def put(house: SimulatedHouse, **members: Any) -> None:
    house.charge_point.record(IdTagChanged(replace(IdTag('Tag1', person='Anna'), **members)))


def hours(text: str) -> cards.Hours:
    return cards.Hours.parse(text)


def about(limit_a: float) -> Any:
    """What a simulated car draws of a limit."""
    return pytest.approx(limit_a - 0.1, abs=0.11)


def connector(house: SimulatedHouse) -> Connector:
    return house.charge_point.state.connector(1)


async def shine(house: SimulatedHouse, pv_w: float) -> None:
    while True:
        house.charge_point.record(SolarRead(house.charge_point.now(), pv_w=pv_w, by=REST))
        await house.settle(10)


def runs(house: SimulatedHouse) -> bool:
    return connector(house).transaction_id is not None


@pytest.mark.parametrize(('limit_a', 'drawn_a'), [(10, 10), (32, 16)])
def test_a_session_begins_with_the_limit_of_its_card_and_never_above_the_maximum(
    limit_a: float, drawn_a: float
) -> None:
    async def story(house: SimulatedHouse) -> None:
        await charge_with(house, limit_a=limit_a)
        assert house.car_current_a == about(drawn_a)
        assert connector(house).wish is not None
        assert (connector(house).mode, connector(house).wish.by) == (Mode.MANUAL, THE_CARD)  # type: ignore[union-attr]
        assert connector(house).mode_after is Mode.SOLAR
        await house.wish(1, 8, HOME_ASSISTANT)
        await house.settle(60)
        assert house.car_current_a == about(8)

    play(story, Mode.SOLAR)


def test_a_ceiling_holds_for_the_limit_of_a_card() -> None:
    async def story(house: SimulatedHouse) -> None:
        now = house.charge_point.now()
        house.charge_point.record(CeilingSet(Ceiling(GRID_OPERATOR, 7, None, REST, now)))
        await charge_with(house, limit_a=12)
        assert house.car_current_a == about(7)
        assert house.max_seen_a <= 16.01

    play(story)


def test_the_sun_leads_the_session_of_a_card_that_wants_it_until_the_next_plug_in() -> None:
    async def story(house: SimulatedHouse) -> None:
        house.in_background(shine(house, 2310))
        await charge_with(house, mode=Mode.SOLAR)
        assert (connector(house).mode, connector(house).mode_after) == (Mode.SOLAR, Mode.MANUAL)
        assert house.car_current_a == pytest.approx(9.8, abs=0.2)
        house.charger.unplug(1)
        await house.settle(60)
        house.charger.plug_in(1, car_for(house.persona))
        await house.settle(20)
        assert connector(house).mode is Mode.MANUAL

    play(story)


def test_a_card_without_rules_changes_nothing() -> None:
    async def story(house: SimulatedHouse) -> None:
        await charge_with(house)
        assert runs(house)
        assert connector(house).mode is Mode.SOLAR
        assert house.car_current_a == about(16)

    play(story, Mode.SOLAR)


def test_a_session_ends_with_the_hours_of_its_card() -> None:
    async def story(house: SimulatedHouse) -> None:
        FreeCharging(house.charge_point)
        await charge_with(house, hours=hours('9:00-10:03'))
        assert runs(house)
        await house.settle(130)
        assert not runs(house)
        house.charger.tap('Tag1', 1)
        await house.settle(130)
        assert not runs(house)
        assert house.charge_point.state.refused_tag is not None
        assert house.charge_point.state.refused_tag.status == 'Blocked'
        put(house)
        house.charger.tap('Tag1', 1)
        await house.settle(60)
        assert runs(house)

    play(story)


def test_a_paused_session_goes_on_when_the_hours_begin_again() -> None:
    async def story(house: SimulatedHouse) -> None:
        await charge_with(house, hours=hours('10:06-10:03'), limit_a=10)
        await house.settle(130)
        assert runs(house)
        assert house.car_current_a == 0
        await house.settle(120)
        assert house.car_current_a == 0
        await house.settle(60)
        assert house.car_current_a == about(10)

    play(story, pause_at_zero=True)


@pytest.mark.parametrize(('mode', 'drawn_a'), [(None, 8), (Mode.FAST, 16)])
def test_what_somebody_asks_for_after_the_hours_wins(mode: Mode | None, drawn_a: float) -> None:
    async def story(house: SimulatedHouse) -> None:
        await charge_with(house, hours=hours('9:00-10:03'), mode=Mode.FAST)
        await house.settle(130)
        assert house.car_current_a == 0
        if mode is None:
            await house.wish(1, 8, HOME_ASSISTANT)
        else:
            house.charge_point.set_mode(1, mode)
        await house.settle(130)
        assert house.car_current_a == about(drawn_a)

    play(story, pause_at_zero=True)


def test_a_session_that_somebody_starts_is_not_asked_for_hours() -> None:
    async def story(house: SimulatedHouse) -> None:
        put(house, hours=hours('12-14'))
        await house.wish(1, 8)
        await house.settle(130)
        assert house.car_current_a == about(8)

    play(story)


def test_a_card_may_end_its_session_outside_its_hours() -> None:
    async def story(house: SimulatedHouse) -> None:
        await charge_with(house, hours=hours('9:00-10:02'))
        await house.settle(70)
        assert runs(house)
        house.charger.tap('Tag1', 1)
        await house.settle(60)
        assert not runs(house)

    play(story, pause_at_zero=True)


@pytest.mark.parametrize(
    ('after', 'mode', 'goes_on'),
    [
        (cards.AfterAllowance.SAY, Mode.MANUAL, True),
        (cards.AfterAllowance.REFUSE, Mode.MANUAL, True),
        (cards.AfterAllowance.SUN, Mode.SOLAR, False),
    ],
)
def test_what_follows_an_allowance_that_is_used_up(after: cards.AfterAllowance, mode: Mode, goes_on: bool) -> None:
    async def story(house: SimulatedHouse) -> None:
        house.in_background(shine(house, 100))
        await charge_with(house, allowance_kwh=0.15, after_allowance=after)
        assert house.car_current_a == about(16)
        await house.settle(180)
        assert connector(house).mode is mode
        assert (house.car_current_a > 0) is goes_on
        said = [event for event in house.charge_point.events if event.kind == 'allowance_used']
        assert [event.details for event in said] == [{'idTag': 'Tag1', 'person': 'Anna', 'allowance_kwh': 0.15}]
        house.charger.unplug(1)
        await house.settle(60)
        house.charger.plug_in(1, car_for(house.persona))
        house.charger.tap('Tag1', 1)
        await house.settle(60)
        assert (house.car_current_a > 0) is (after is cards.AfterAllowance.SAY)
        assert len([event for event in house.charge_point.events if event.kind == 'allowance_used']) == 1

    play(story)


def test_a_charger_that_refuses_the_end_is_paused() -> None:
    async def story(house: SimulatedHouse) -> None:
        await charge_with(house, hours=hours('9:00-10:02'))
        house.next_call(What.REFUSED, 'RemoteStopTransaction')
        await house.settle(60)
        assert runs(house)
        assert house.car_current_a == 0

    play(story)
