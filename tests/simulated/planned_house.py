"""A house with goals and prices around the real controllers and the real simulated charger, in simulated time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from decimal import Decimal
from types import TracebackType
from typing import Any, Self
from zoneinfo import ZoneInfo

from cpo.controllers import (
    CardGoals,
    FreeCharging,
    FuseKeeper,
    GoalKeeper,
    GoalShelf,
    GoalView,
    Planning,
    SolarController,
    goal_sentence,
)
from cpo.controllers.plan import step
from cpo.dashboard.words.plain import plain_words
from cpo.journal import GoalTables
from cpo.prices import PushedList, Slot
from cpo.state import Limit, SessionGoal
from simulator import Car
from tests.simulated.event_loop import BEGINNING, simulated_loop
from tests.simulated.house import SimulatedHouse
from tests.simulated.sunny_house import METER

BERLIN = ZoneInfo('Europe/Berlin')
MINUTE = timedelta(minutes=1)


class PlannedHouse:
    """`async with PlannedHouse() as house: await house.push([0.3, 0.1, …])`: prices by the quarter from now on."""

    def __init__(
        self, car: Car | None = None, persona: str | None = None, make_plan: Any = step, **settings: Any
    ) -> None:
        """The car is plugged in by `plug_in`; by default it has one phase, 32 A and room for everything."""
        self.car = car or Car(max_current_a=32, battery_kwh=400, soc=10, phases=1)
        self.house = SimulatedHouse(persona, meter_interval_s=60, **settings)
        self._make_plan = make_plan
        self._asked: list[float] = []

    async def __aenter__(self) -> Self:
        await self.house.__aenter__()
        self.begin()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.house.__aexit__(kind, error, traceback)

    def begin(self) -> None:
        """Begin to plan, as after a start of the program."""
        charge_point, journal, now = self.house.charge_point, self.house.journal, simulated_loop().now
        FuseKeeper(charge_point, now)
        self.planning = Planning.of(charge_point, journal, now, BERLIN)
        self.goals = GoalKeeper(charge_point, self.planning, GoalShelf(GoalTables(journal)), now, self._make_plan)
        self.controller = SolarController(charge_point, now, goals=self.goals)
        CardGoals(charge_point, self.goals, now)
        FreeCharging(charge_point, self.goals.plans_for)
        charge_point.subscribe(self._observe)

    @property
    def now(self) -> datetime:
        return simulated_loop().now()

    @property
    def minute(self) -> float:
        """Minutes since the beginning."""
        return (self.now - BEGINNING) / MINUTE

    async def push(self, prices: Sequence[float], begin: float = 0, name: PushedList = PushedList.IMPORT) -> None:
        """Push values of a quarter of an hour each, from so many minutes after the beginning on."""
        starts = [BEGINNING + (begin + 15 * n) * MINUTE for n in range(len(prices))]
        slots = [Slot(at, at + 15 * MINUTE, Decimal(str(p)), 'test') for at, p in zip(starts, prices, strict=True)]
        await self.planning.pushed.push({name: slots})

    async def want(self, ready_min: float | None = None, tonight: bool = False, **goal: Any) -> None:
        """Set a goal; ready so many minutes after the beginning."""
        ready = None if ready_min is None else (BEGINNING + ready_min * MINUTE).astimezone(BERLIN)
        by = None if ready is None else time(ready.hour, ready.minute)
        await self.goals.put(1, SessionGoal(ready_by=by, **goal), tonight)

    def plug_in(self) -> None:
        self.house.charger.plug_in(1, self.car)

    async def until(self, minute: float) -> None:
        """Let time pass until so many minutes after the beginning."""
        await self.house.settle((minute - self.minute) * 60)

    async def measure(self, until: float, house_w: float = 500) -> None:
        """Read the meter of the house every 10 s until so many minutes after the beginning."""
        while self.minute < until:
            self.house.charge_point.record_reading(grid_w=house_w + self.house.car_current_a * 230, by=METER)
            await asyncio.sleep(10)

    async def restart(self) -> None:
        """End the program and start it again with its journal."""
        await self.house.restart_program()
        self.begin()

    @property
    def view(self) -> GoalView:
        found = self.goals.view(1)
        assert found is not None
        return found

    @property
    def aim(self) -> str:
        return self.goals.aim(1)

    @property
    def sentence(self) -> str:
        """The goal in words, with times by the clock of Berlin."""
        return goal_sentence(*self.view, 'EUR', self.goals.local_time)

    @property
    def headline(self) -> str:
        """The headline of Home."""
        return plain_words(self.house.charge_point, self.controller, 1)[0]

    @property
    def charged_kwh(self) -> float:
        """The energy of all sessions."""
        return sum(each.energy_wh or 0.0 for each in self.house.charge_point.state.transactions) / 1000

    @property
    def limit(self) -> Limit | None:
        return self.house.charge_point.state.connector(1).limit

    @property
    def asked_a(self) -> list[float]:
        """The limits in force one after the other, without repeats."""
        return self._asked

    def _observe(self) -> None:
        limit = self.limit
        if limit is not None and self._asked[-1:] != [limit.limit_a]:
            self._asked.append(limit.limit_a)
