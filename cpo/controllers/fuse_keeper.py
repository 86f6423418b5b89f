"""Keeps the ceiling of the main fuse: feeds the rule (`fuse_guard`) with readings, and records what it leaves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from cpo.charge_point import ChargePoint
from cpo.clock import utc_now
from cpo.controllers.car_current import Cars
from cpo.controllers.fuse_guard import CarCurrent, FuseRules, FuseState, HouseCurrent, step
from cpo.controllers.grid_reading import GridReading, fresh_readings
from cpo.settings import Settings
from cpo.state import FUSE, THE_GUARD, Ceiling, CeilingLifted, CeilingSet, ChargePointState, Entry, Load


class FuseKeeper:
    """Sets the ceiling `fuse` by the readings of the house, where the settings have a fuse."""

    def __init__(self, charge_point: ChargePoint, now: Callable[[], datetime] = utc_now) -> None:
        """Follows the ChargePoint for its whole life; the floor holds from the beginning."""
        self._charge_point, self._now = charge_point, now
        self._cars = Cars()
        self._timer: asyncio.TimerHandle | None = None
        self._due: datetime | None = None
        self._is_setting = False
        self._settings: Settings | None = None
        self._rules: FuseRules | None = None
        self._state = FuseState(0)
        charge_point.subscribe(self._decide)
        self._decide()

    def _decide(self) -> None:
        """Decide after a change, or when a reading has become stale; cheap, as it is called for every message."""
        if self._is_setting:
            return
        if (settings := self._charge_point.settings) is not self._settings:
            self._settings = settings
            self._set_up(rules_of(settings))
        if self._rules is None:
            return
        state, now = self._charge_point.state, self._now()
        self._cars.observe(state, settings.max_current, now)
        readings = fresh_readings(state.solar, now)
        house, car = self._fullest(readings, state)
        most_a = min(self._rules.fuse_a, settings.max_current * len(state.charging_connectors))
        self._state = step(self._state, house, car, now, replace(self._rules, most_a=most_a))
        self._set(state, house, self._rules.fuse_a, now)
        self._wake_at(min((read.fresh_until for read in readings), default=None), now)

    def _set_up(self, rules: FuseRules | None) -> None:
        """Begin with other rules, at their floor; without a fuse its ceiling goes."""
        if rules == self._rules:
            return
        self._rules, self._state = rules, FuseState(0 if rules is None else rules.floor_a)
        if rules is None:
            self._wake_at(None, self._now())
            self._record(CeilingLifted(FUSE, self._now()))

    def _fullest(self, readings: list[GridReading], state: ChargePointState) -> tuple[HouseCurrent | None, CarCurrent]:
        """The house by the reading with most current, as one of two meters may be stuck, and what the car drew then."""
        max_a = self._charge_point.settings.max_current
        cars = [self._cars.drawn(state, max_a, read.at) for read in readings]
        houses = [(read.current(car), car) for read, car in zip(readings, cars, strict=True)]
        return max(houses, key=lambda each: (each[0].a, each[0].at), default=(None, CarCurrent()))

    def _set(self, state: ChargePointState, house: HouseCurrent | None, fuse_a: float, now: datetime) -> None:
        """Record the ceiling where it is another, or where people read other figures of a house that holds the car."""
        old, limit_a = state.ceilings.get(FUSE), self._state.ceiling_a
        load = None if house is None else Load(round(house.a), fuse_a, house.phase)
        holds = limit_a < self._charge_point.settings.max_current
        if old is not None and old.limit_a == limit_a and (old.load == load or (old.load is not None and not holds)):
            return
        self._record(CeilingSet(Ceiling(FUSE, limit_a, None, THE_GUARD, now, load=load)))

    def _record(self, entry: Entry) -> None:
        self._is_setting = True
        try:
            self._charge_point.record(entry)
        finally:
            self._is_setting = False

    def _wake_at(self, fresh_until: datetime | None, now: datetime) -> None:
        """Decide again when a reading is stale."""
        if fresh_until == self._due:
            return
        if self._timer is not None:
            self._timer.cancel()
        delay_s = None if fresh_until is None else (fresh_until - now).total_seconds()
        self._timer = None if delay_s is None else asyncio.get_running_loop().call_later(delay_s, self._on_time)
        self._due = fresh_until

    def _on_time(self) -> None:
        self._due = None
        self._decide()


def rules_of(settings: Settings) -> FuseRules | None:
    """What the settings say of the fuse, None without one."""
    if settings.fuse is None:
        return None
    floor_a = min(settings.fuse_floor, settings.fallback_current, settings.fuse)
    return FuseRules(settings.fuse, floor_a, excess_s=settings.fuse_excess)
