"""The newest reading where the house meets the grid, while it is fresh (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cpo.amperes import NOMINAL_VOLTAGE_V
from cpo.controllers.fuse_guard import CarCurrent, HouseCurrent
from cpo.state import Arrival, Currents, SolarReading

FRESH_FOR = timedelta(seconds=120)
"""A reading of the house that is older guards nothing, however rarely others come."""


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
    """The newest reading of the grid, by phase if there is one; None where it is stale.

    One that a person simulates guards nothing.
    """
    arrival = solar.arrival('grid_a')
    if arrival is not None and solar.grid_a is not None and now < _fresh_until(arrival):
        return GridReading(solar.grid_a, 0.0, arrival.at, _fresh_until(arrival))
    return fresh_power(solar, now)


def fresh_power(solar: SolarReading, now: datetime) -> GridReading | None:
    """The newest reading of the power from the grid, None where it is stale or simulated."""
    arrival = solar.arrival('grid_w')
    if arrival is None or solar.grid_w is None or now >= _fresh_until(arrival):
        return None
    return GridReading(None, solar.grid_w, arrival.at, _fresh_until(arrival))


def _fresh_until(arrival: Arrival) -> datetime:
    return min(arrival.fresh_until, arrival.at + FRESH_FOR)
