"""The newest reading where the house meets the grid, while it is fresh (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cpo.amperes import NOMINAL_VOLTAGE_V
from cpo.controllers.fuse_guard import CarCurrent, HouseCurrent
from cpo.state import OF_THE_GRID, Arrival, Currents, SolarReading

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


def fresh_readings(solar: SolarReading, now: datetime) -> list[GridReading]:
    """The newest reading of the grid of each source, by phase if there is one; none where they are stale.

    One that a person simulates guards nothing.
    """
    of_the_grid = [(name, sent) for (name, _), sent in solar.sent.items() if name in OF_THE_GRID]
    fresh = [(name, sent) for name, sent in of_the_grid if now < _fresh_until(sent.arrival)]
    by_phase = [_reading(sent.value, sent.arrival) for name, sent in fresh if name == 'grid_a']
    return by_phase or [_reading(sent.value, sent.arrival) for _, sent in fresh]


def fresh_power(solar: SolarReading, now: datetime) -> GridReading | None:
    """The newest reading of the power from the grid, None where it is stale or simulated."""
    arrival = solar.arrival('grid_w')
    if arrival is None or solar.grid_w is None or now >= _fresh_until(arrival):
        return None
    return _reading(solar.grid_w, arrival)


def _reading(value: float | Currents, arrival: Arrival) -> GridReading:
    currents_a, power_w = (value, 0.0) if isinstance(value, tuple) else (None, value)
    return GridReading(currents_a, power_w, arrival.at, _fresh_until(arrival))


def _fresh_until(arrival: Arrival) -> datetime:
    return min(arrival.fresh_until, arrival.at + FRESH_FOR)
