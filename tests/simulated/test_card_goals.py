"""Goals of cards in simulated time: they hold for the sessions begun with the card, and for nobody else's."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from pathlib import Path

import pytest

from cpo.state import REST, IdTag, IdTagChanged, SessionGoal, cards
from tests.simulated.event_loop import run_simulated
from tests.simulated.planned_house import PlannedHouse

STOP = SessionGoal(energy_kwh=0.5)
READY = SessionGoal(energy_kwh=0.8, ready_by=time(23))
OF_CONNECTOR = SessionGoal(energy_kwh=7)


def put(house: PlannedHouse, goal: SessionGoal | None, id_tag: str = 'Tag1', hours: str | None = None) -> None:
    card = replace(IdTag(id_tag), goal=goal, hours=None if hours is None else cards.Hours.parse(hours))
    house.house.charge_point.record(IdTagChanged(card))


async def tap(house: PlannedHouse, minute: float, id_tag: str = 'Tag1') -> None:
    house.house.charger.tap(id_tag, 1)
    await house.until(minute)


def in_force(house: PlannedHouse) -> SessionGoal | None:
    view = house.goals.view(1)
    return None if view is None else view.book.in_force


@pytest.mark.parametrize(
    ('of_connector', 'of_card', 'holds'),
    [
        pytest.param(None, STOP, STOP, id='that of the card'),
        pytest.param(OF_CONNECTOR, STOP, OF_CONNECTOR, id='that of the connector wins'),
        pytest.param(OF_CONNECTOR, None, OF_CONNECTOR, id='the card has none'),
        pytest.param(None, None, None, id='nobody has one'),
    ],
)
def test_whose_goal_holds(of_connector: SessionGoal | None, of_card: SessionGoal | None, holds: object) -> None:
    async def stay() -> None:
        async with PlannedHouse() as house:
            if of_connector is not None:
                await house.goals.put(1, of_connector)
            put(house, of_card)
            house.plug_in()
            await tap(house, 1)
            assert in_force(house) == holds

    run_simulated(stay())


def test_charging_stops_where_the_card_says_and_the_next_car_has_no_goal() -> None:
    async def stay() -> None:
        async with PlannedHouse() as house:
            put(house, STOP)
            house.plug_in()
            await tap(house, 15)
            assert house.charged_kwh == pytest.approx(0.5, abs=0.12)
            assert house.house.car_current_a == 0
            house.house.charger.unplug(1)
            await house.until(27)
            assert house.goals.view(1) is None

    run_simulated(stay())


def test_the_plan_of_a_card_is_followed_after_a_restart_and_ends_when_the_car_leaves(tmp_path: Path) -> None:
    async def stay() -> None:
        async with PlannedHouse(folder=tmp_path) as house:
            await house.push([0.35, 0.35, 0.05, 0.05])
            put(house, READY)
            house.plug_in()
            await tap(house, 2)
            assert (house.aim, house.house.car_current_a) == ('plan', 0)
            await house.restart()
            await house.until(4)
            assert (house.aim, house.house.car_current_a, in_force(house)) == ('plan', 0, READY)
            house.house.charger.unplug(1)
            await house.until(16)
            assert house.goals.view(1) is None

    run_simulated(stay())


def test_another_card_has_its_own_goal_and_one_that_was_removed_stays_away() -> None:
    async def stay() -> None:
        async with PlannedHouse() as house:
            put(house, STOP)
            put(house, None, 'Tag2')
            house.plug_in()
            await tap(house, 1)
            await tap(house, 2)
            await tap(house, 3, 'Tag2')
            assert len(house.house.charge_point.state.transactions) == 2
            assert in_force(house) is None
            await tap(house, 4, 'Tag2')
            await tap(house, 5)
            assert in_force(house) == STOP
            await house.goals.clear(1)
            await house.house.wish(1, 8, REST)
            await house.until(7)
            assert in_force(house) is None

    run_simulated(stay())


def test_a_goal_ends_with_the_hours_of_its_card() -> None:
    async def stay() -> None:
        async with PlannedHouse() as house:
            put(house, STOP)
            house.plug_in()
            await tap(house, 1)
            over = f'{house.now.astimezone():%H}'
            put(house, STOP, hours=f'{(int(over) + 2) % 24:02}:00-{(int(over) + 3) % 24:02}:00')
            await house.until(2)
            assert in_force(house) is None

    run_simulated(stay())
