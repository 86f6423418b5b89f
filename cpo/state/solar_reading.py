"""The newest readings of the house's meters: of the sun, the grid and the home battery (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple, get_args

from cpo.frozen import replace
from cpo.state.arrival import Arrival
from cpo.state.source import YOU, Source

ReadingName = Literal['pv_w', 'grid_w', 'battery_w', 'battery_soc', 'grid_a']
READINGS: tuple[ReadingName, ...] = get_args(ReadingName)
Currents = tuple[float, float, float]
"""The currents of L1, L2 and L3 in A."""
OF_THE_GRID: tuple[ReadingName, ...] = ('grid_w', 'grid_a')
"""The readings where the house meets the grid, which guard its fuse."""


class Sent(NamedTuple):
    """The newest reading of one kind from one source, and when and how often that source sends it."""

    value: float | Currents
    arrival: Arrival


@dataclass(frozen=True, slots=True)
class SolarReading:
    """The newest reading of each kind, None where it is unknown; its age is in `arrivals`.

    `pv_w` is the sun's production, `grid_w` the power from the grid (import positive) and `battery_w` that of the home
    battery (discharge positive), in W; `battery_soc` is how full the battery is, in %; `grid_a` are the currents of L1,
    L2 and L3 where the house meets the grid (import positive), in A. `at` and `by` say when the newest of them arrived
    and from whom. `arrivals` has that of each one: when, how often and from whom; what a person simulates on the page
    has none, as it never becomes stale. `grid_since` is when the first reading of the grid came, None before. `sent`
    has the newest readings of each source, as two meters may send the same reading: one of them counts, the other once
    that is silent. It is empty after a restart.
    """

    pv_w: float | None = None
    grid_w: float | None = None
    at: datetime | None = None
    by: Source | None = None
    battery_w: float | None = None
    battery_soc: float | None = None
    grid_a: Currents | None = None
    arrivals: Mapping[ReadingName, Arrival] = field(default_factory=dict)
    grid_since: datetime | None = None
    sent: Mapping[tuple[ReadingName, Source | None], Sent] = field(default_factory=dict, compare=False)

    def arrival(self, name: ReadingName) -> Arrival | None:
        """When and how often this reading arrives; None where it is unknown or simulated."""
        return self.arrivals.get(name)

    def source(self, name: ReadingName) -> Source | None:
        """Who sent this reading: a person simulates one without an arrival; None where it is unknown."""
        if getattr(self, name) is None:
            return None
        return YOU if (arrival := self.arrival(name)) is None else arrival.by

    def spare_sources(self, now: datetime) -> list[tuple[ReadingName, Source]]:
        """Who else sends a reading that counts from another source, and which, while both are fresh at `now`."""
        counts = {name: arrival.by for name, arrival in self.arrivals.items() if not arrival.is_stale(now)}
        return [
            (name, by)
            for (name, by), sent in self.sent.items()
            if name in counts and by is not None and by != counts[name] and not sent.arrival.is_stale(now)
        ]

    def house_w(self, car_w: float | None) -> float | None:
        """What the house takes besides a car that takes `car_w`, in W, by these readings, which are to be fresh.

        None where one of them is unknown; a house without a reading of a battery has none.
        """
        is_silent = self.battery_w is None and 'battery_w' in self.arrivals
        if self.pv_w is None or self.grid_w is None or car_w is None or is_silent:
            return None
        return max(0.0, self.pv_w + self.grid_w + (self.battery_w or 0.0) - car_w)

    def fresh(self, now: datetime) -> SolarReading:
        """This reading without the values that are stale at `now` (see `Arrival`); those are None."""
        stale: dict[str, Any] = {name: None for name, arrival in self.arrivals.items() if arrival.is_stale(now)}
        return replace(self, **stale) if stale else self
