"""Keeps the goals of the connectors: persists them, counts what they got, plans for those with a departure."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from cpo.charge_point import ChargePoint
from cpo.controllers.goal_aim import Planned, aim_of, idle_of, is_idle
from cpo.controllers.goal_inputs import inputs_of, unit_of
from cpo.controllers.goal_ledger import next_quarter
from cpo.controllers.goal_progress import progress_of, stops_at
from cpo.controllers.goal_shelf import GoalShelf
from cpo.controllers.goal_spent import is_spent, with_reached
from cpo.controllers.goal_stay import counted, result_of
from cpo.controllers.goal_times import ends_at, followed, is_over, new_book, next_period, tonight_instead
from cpo.controllers.goal_values import NOTHING, Aim, GoalBook, GoalResult, Idle, Progress
from cpo.controllers.plan import at_once, step
from cpo.controllers.plan_parts import parts_of
from cpo.controllers.plan_room import is_outdated, room_of
from cpo.controllers.plan_values import PlanInputs, PlanState, PlanStep
from cpo.controllers.planning import Planning
from cpo.frozen import replace
from cpo.state import Connector, SessionGoal

logger = logging.getLogger(__name__)

DAY = timedelta(days=1)
SETTLES = timedelta(minutes=2)
"""So long after a start the readings of the house may still be to come."""


class GoalView(NamedTuple):
    """A goal as people may read it: `planned` is the newest plan, None where there is none."""

    book: GoalBook
    progress: Progress
    aim: Aim
    planned: Planned | None
    unit: float
    idle: Idle | None


class GoalKeeper:
    """Follows the connectors that have a goal; the solar controller asks for the `aim` and follows it.

    Plans are made in a thread, whenever something changed that they are made of, and each quarter of an hour.
    """

    def __init__(
        self,
        charge_point: ChargePoint,
        planning: Planning,
        shelf: GoalShelf,
        now: Callable[[], datetime],
        make_plan: Callable[[PlanState, PlanInputs, datetime], PlanStep] = step,
    ) -> None:
        """Follows the ChargePoint for its whole life, with the goals of the journal; `make_plan` runs in a thread."""
        self._make_plan = make_plan
        self._charge_point, self.planning, self._shelf, self._now = charge_point, planning, shelf, now
        self._planned: dict[int, Planned] = {}
        self._aims: dict[int, Aim] = {}
        self._made_of: dict[int, object] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._results: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._pushes = 0
        self._settled_at = now() + SETTLES
        self._listeners: list[Callable[[], None]] = []
        charge_point.subscribe(self._on_change)
        planning.pushed.subscribe(self._on_push)
        self._on_change()

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after every change of a goal, its progress by the quarter, or its plan."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    # ---- what people set

    async def put(self, connector_id: int, goal: SessionGoal, tonight: bool = False) -> None:
        """Set the goal of a connector; `tonight`: in place of a repeating one, until its departure only.

        Raises JournalError where it cannot be persisted; then nothing has changed.
        """
        old, now, zone = self._shelf.book(connector_id), self._now(), self.planning.prices.zone
        connector, state = self._charge_point.state.connector(connector_id), self._charge_point.state
        if tonight and old is not None and old.until is not None:
            new = tonight_instead(old, goal, now, zone)
        else:
            new = new_book(connector, state, goal, now, zone)
        await self._replace(connector_id, new)

    async def clear(self, connector_id: int, tonight: bool = False) -> None:
        """Remove the goal of a connector, or with `tonight` skip one that repeats once. Raises JournalError."""
        if tonight:
            await self.put(connector_id, NOTHING, tonight=True)
        else:
            await self._replace(connector_id, None)

    async def _replace(self, connector_id: int, book: GoalBook | None) -> None:
        await self._shelf.replace(connector_id, book)
        self._on_replaced(connector_id)

    def take_from_card(self, connector_id: int, goal: SessionGoal | None) -> None:
        """Follow the goal of the card that began a session, None where that has none; one of the connector stays."""
        old = self._shelf.book(connector_id)
        if (old is None and goal is None) or (old is not None and not old.is_of_card):
            return
        state, zone = self._charge_point.state, self.planning.prices.zone
        book = None if goal is None else new_book(state.connector(connector_id), state, goal, self._now(), zone)
        self._shelf.keep(connector_id, book and replace(book, is_of_card=True))
        self._on_replaced(connector_id)

    def _on_replaced(self, connector_id: int) -> None:
        for known in (self._planned, self._made_of, self._aims):
            known.pop(connector_id, None)
        self._on_change()
        self._notify()

    # ---- what others ask

    def view(self, connector_id: int) -> GoalView | None:
        """The goal of a connector with its plan, None where it has none."""
        book = self._shelf.book(connector_id)
        if book is None:
            return None
        planned, unit = self._planned.get(connector_id), unit_of(self._charge_point.settings)
        idle = idle_of(book, self._connector(book), self.planning.prices.zone)
        return GoalView(book, self._progress(book), self.aim(connector_id), planned, unit, idle)

    def result(self, connector_id: int) -> GoalResult | None:
        """How the newest plan of a connector went."""
        return self._shelf.results.get(connector_id)

    @property
    def session_results(self) -> Mapping[int, GoalResult]:
        """How the plan of a session went, by the session's number; a new mapping after each change."""
        return self._shelf.by_session

    def aim(self, connector_id: int) -> Aim:
        """Who decides about a connector."""
        return self._aims.get(connector_id, Aim.MODE)

    def planned(self, connector_id: int) -> Planned | None:
        """The newest plan of a connector, None before the first one."""
        return self._planned.get(connector_id)

    def plans_for(self, connector_id: int) -> bool:
        """True where a goal with a departure says when this connector starts, also before its car is plugged in."""
        book = self._shelf.book(connector_id)
        if book is None or book.in_force.ready_by is None:
            return False
        return not is_idle(book, self._connector(book), self.planning.prices.zone)

    def local_time(self, at: datetime) -> str:
        """A time by the local clock, as `07:00`; with its weekday where that is not within a day."""
        local = at.astimezone(self.planning.prices.zone)
        return f'{local:%H:%M}' if at - self._now() < DAY else f'{local:%a %H:%M}'

    # ---- what happens

    def _on_push(self) -> None:
        self._pushes += 1
        self._on_change()

    def _on_change(self) -> None:
        due = [self._follow(connector_id) for connector_id in self._shelf.connectors]
        self._wake_at(min((at for at in due if at is not None), default=None))

    def _follow(self, connector_id: int) -> datetime | None:
        """Follow what happened at a connector; returns when to look again though nothing happens."""
        old, now, zone = self._shelf.book(connector_id), self._now(), self.planning.prices.zone
        assert old is not None
        connector, state = self._connector(old), self._charge_point.state
        book = followed(old, connector, now)
        progress = self._progress(book)
        book = with_reached(book, progress, now)
        over = is_over(book, now) or is_spent(book, connector, state, progress)
        book = counted(book, self._charge_point, self.planning, now, is_over=over)
        new: GoalBook | None = book
        if over:
            self._end(book, now)
            new = next_period(book, connector, state, now, zone)
        if new != old:
            self._shelf.keep(connector_id, new)
        if over:
            self._planned.pop(connector_id, None)
        if new is None:
            self._aims.pop(connector_id, None)
            self._notify()
            return None
        progress = self._progress(new)
        if self._aim_at(new, progress) or new != old:
            self._notify()
        if self._wants_plan(new) and not self._is_made(new, now):
            self._plan_soon(connector_id)
        quarter = next_quarter(now)
        return min(quarter, ends_at(new) or quarter, stops_at(new.in_force, progress, now) or quarter)

    def _aim_at(self, book: GoalBook, progress: Progress) -> bool:
        """Find out who decides; True where that is somebody else than before."""
        now, before = self._now(), self.aim(book.connector_id)
        planned, solar = self._planned.get(book.connector_id), self._charge_point.state.solar.fresh(now)
        aim = aim_of(book, self._connector(book), progress, planned, solar, now, self.planning.prices.zone)
        self._aims[book.connector_id] = aim
        return aim is not before

    def _end(self, book: GoalBook, now: datetime) -> None:
        if book.in_force.ready_by is None or not book.memory.past:
            return
        task = asyncio.get_running_loop().create_task(self._add_result(book, now))
        self._results.add(task)
        task.add_done_callback(self._results.discard)

    async def _add_result(self, book: GoalBook, now: datetime) -> None:
        charge_point, planning = self._charge_point, self.planning
        self._shelf.add_result(await result_of(book, self._progress(book), charge_point, planning, now))
        self._notify()

    # ---- the plan

    def _wants_plan(self, book: GoalBook) -> bool:
        is_away = book.plugged_at is None or book.in_force.ready_by is None
        return not is_away and not is_idle(book, self._connector(book), self.planning.prices.zone)

    def _parts(self, book: GoalBook, now: datetime) -> object:
        has_settled = now >= self._settled_at
        return parts_of(book, self._progress(book), self._charge_point, self._pushes, has_settled, now)

    def _is_made(self, book: GoalBook, now: datetime) -> bool:
        """True where the newest plan is made of what is known now, and the guards still leave what it counts on."""
        if self._made_of.get(book.connector_id) != self._parts(book, now):
            return False
        planned, charge_point = self._planned.get(book.connector_id), self._charge_point
        if planned is None or planned.room is None:
            return True
        room = room_of(self._connector(book), charge_point.state, charge_point.settings, now)
        return not is_outdated(planned.step, planned.room, room)

    def _plan_soon(self, connector_id: int) -> None:
        if connector_id not in self._tasks:
            task = asyncio.get_running_loop().create_task(self._plan(connector_id))
            self._tasks[connector_id] = task
            task.add_done_callback(lambda _: self._tasks.pop(connector_id, None))

    async def _plan(self, connector_id: int) -> None:
        """Plan until the plan is made of what is known now."""
        while (book := self._shelf.book(connector_id)) is not None and self._wants_plan(book):
            now = self._now()
            if self._is_made(book, now):
                return
            progress, charge_point = self._progress(book), self._charge_point
            inputs = inputs_of(book, progress, charge_point, self.planning, now, now >= self._settled_at)
            room = room_of(self._connector(book), charge_point.state, charge_point.settings, now)
            self._made_of[connector_id] = self._parts(book, now)
            try:
                done = await asyncio.to_thread(self._make_plan, book.memory.plan, inputs, now)
            except Exception:
                logger.exception('No plan could be made; it charges at the maximum')
                done = at_once(book.memory.plan, inputs)
            newest = self._shelf.book(connector_id)
            if newest is not None and newest.set_at == book.set_at:
                need_kwh, charged_kwh = inputs.goal.need_kwh, progress.energy_kwh
                planned = Planned(done, need_kwh, inputs.rules, progress.cost, charged_kwh, room)
                self._planned[connector_id] = planned
                newest = self._with_plan(newest, planned)
                self._shelf.keep(connector_id, newest)
                self._aim_at(newest, self._progress(newest))
                self._notify()

    def _with_plan(self, book: GoalBook, planned: Planned) -> GoalBook:
        memory = replace(book.memory, plan=planned.step.state)
        if memory.predicted_cost is None:
            cost = planned.paid + planned.step.plan.cost * unit_of(self._charge_point.settings)
            memory = replace(memory, predicted_cost=round(cost, 4))
        return replace(book, memory=memory)

    # ---- helpers

    def _connector(self, book: GoalBook) -> Connector:
        return self._charge_point.state.connector(book.connector_id)

    def _progress(self, book: GoalBook) -> Progress:
        now = self._now()
        begin = book.memory.quarter_at or now
        return progress_of(book, self._connector(book), self._charge_point.state, now, self.planning.prices.at(begin))

    def _wake_at(self, at: datetime | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        delay_s = None if at is None else max(0.0, (at - self._now()).total_seconds())
        self._timer = None if delay_s is None else asyncio.get_running_loop().call_later(delay_s, self._on_change)

    def _notify(self) -> None:
        for listener in tuple(self._listeners):
            listener()
