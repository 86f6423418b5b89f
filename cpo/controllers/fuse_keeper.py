"""Keeps the ceiling of the main fuse: feeds the rule (`fuse_guard`) with readings, and records what it leaves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cpo.amperes import NOMINAL_VOLTAGE_V
from cpo.charge_point import ChargePoint
from cpo.clock import utc_now
from cpo.controllers.car_current import CarWatch
from cpo.controllers.fuse_guard import CarCurrent, FuseRules, FuseState, HouseCurrent, step
from cpo.state import FUSE, THE_GUARD, Arrival, Ceiling, CeilingSet, ChargePointState, Currents, Load, SolarReading

FRESH_FOR = timedelta(seconds=120)
"""A reading of the house that is older guards no fuse, however rarely others come."""


class FuseKeeper:
    """Sets the ceiling `fuse` by the readings of the house, where the settings have a fuse."""

    def __init__(self, charge_point: ChargePoint, now: Callable[[], datetime] = utc_now) -> None:
        """Follows the ChargePoint for its whole life; the floor holds from the beginning."""
        settings = charge_point.settings
        self._charge_point, self._now = charge_point, now
        self._cars: dict[int, CarWatch] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._due: datetime | None = None
        self._is_setting = False
        if settings.fuse is None:
            return
        floor_a = min(settings.fuse_floor, settings.fallback_current, settings.fuse)
        self._fuse_a = settings.fuse
        self._rules = FuseRules(settings.fuse, floor_a, excess_s=settings.fuse_excess)
        self._state = FuseState(floor_a)
        charge_point.subscribe(self._decide)
        self._decide()

    def _decide(self) -> None:
        """Decide after a change, or when a reading has become stale; cheap, as it is called for every message."""
        if self._is_setting:
            return
        state, now = self._charge_point.state, self._now()
        max_a = self._charge_point.settings.max_current
        for connector in state.charging_connectors:
            watch = self._cars.get(connector.connector_id, CarWatch())
            self._cars[connector.connector_id] = watch.observed(connector, max_a, now)
        read = fresh_reading(state.solar, now)
        car = CarCurrent() if read is None else self._car(state, read.at)
        house = None if read is None else read.current(car)
        most_a = min(self._fuse_a, max_a * len(state.charging_connectors))
        rules = replace(self._rules, most_a=most_a)
        self._state = step(self._state, house, car, now, rules)
        self._set(state, house, now)
        self._wake_at(None if read is None else read.fresh_until, now)

    def _car(self, state: ChargePointState, at: datetime) -> CarCurrent:
        """What the cars at all connectors drew together at the time `at`."""
        max_a = self._charge_point.settings.max_current
        each = [self._cars[c.connector_id].drawn(c, max_a, at) for c in state.charging_connectors]
        least_a, most_a = sum(car.least_a for car in each), sum(car.most_a for car in each)
        return CarCurrent(least_a, most_a, any(car.follows_less for car in each))

    def _set(self, state: ChargePointState, house: HouseCurrent | None, now: datetime) -> None:
        """Record the ceiling where it is another, or where people read other figures of a house that holds the car."""
        old, limit_a = state.ceilings.get(FUSE), self._state.ceiling_a
        load = None if house is None else Load(round(house.a), self._fuse_a, house.phase)
        holds = limit_a < self._charge_point.settings.max_current
        if old is not None and old.limit_a == limit_a and (old.load == load or (old.load is not None and not holds)):
            return
        self._is_setting = True
        try:
            self._charge_point.record(CeilingSet(Ceiling(FUSE, limit_a, None, THE_GUARD, now, load=load)))
        finally:
            self._is_setting = False

    def _wake_at(self, fresh_until: datetime | None, now: datetime) -> None:
        """Decide again when the reading is stale."""
        if fresh_until == self._due:
            return
        if self._timer is not None:
            self._timer.cancel()
        delay_s = None if fresh_until is None else (fresh_until - now).total_seconds()
        self._timer = None if delay_s is None else asyncio.get_running_loop().call_later(delay_s, self._decide)
        self._due = fresh_until


@dataclass(frozen=True, slots=True)
class GridReading:
    """A fresh reading where the house meets the grid: the currents by phase in A, or the power in W."""

    currents_a: Currents | None
    power_w: float
    at: datetime
    fresh_until: datetime

    def current(self, car: CarCurrent) -> HouseCurrent:
        """The current of the house with the car, in the phase with most of it.

        Where only the power is known, all that the house takes without the car may be on one phase.
        """
        if self.currents_a is not None:
            most_a = max(self.currents_a)
            return HouseCurrent(most_a, self.at, f'L{self.currents_a.index(most_a) + 1}')
        rest_a = max(0.0, self.power_w / NOMINAL_VOLTAGE_V - car.least_a)
        return HouseCurrent(rest_a + car.least_a, self.at)


def fresh_reading(solar: SolarReading, now: datetime) -> GridReading | None:
    """The newest reading of the grid, None where it is stale; one that a person simulates guards nothing."""
    currents, power = solar.arrival('grid_a'), solar.arrival('grid_w')
    if currents is not None and solar.grid_a is not None and now < _fresh_until(currents):
        return GridReading(solar.grid_a, 0.0, currents.at, _fresh_until(currents))
    if power is not None and solar.grid_w is not None and now < _fresh_until(power):
        return GridReading(None, solar.grid_w, power.at, _fresh_until(power))
    return None


def _fresh_until(arrival: Arrival) -> datetime:
    return min(arrival.fresh_until, arrival.at + FRESH_FOR)
