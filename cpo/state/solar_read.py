"""The entry about readings of the house's meters (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cpo.frozen import replace
from cpo.state.arrival import FRESH_FOR_S, Arrival
from cpo.state.history import with_history
from cpo.state.solar_reading import READINGS, Currents, ReadingName, Sent, SolarReading
from cpo.state.source import YOU, Source
from cpo.state.state import ChargePointState

LONGEST_GAP_S = 300.0
"""A longer one between two readings of the house is a silence."""


@dataclass(frozen=True, slots=True)
class SolarRead:
    """Readings of the house arrived, with the meanings and units of `SolarReading`; one it does not contain is None.

    They arrived at `at` and were measured at `measured_at`, the arrival where that is None. The readings in `forgotten`
    are unknown from now on.
    """

    at: datetime
    pv_w: float | None = None
    grid_w: float | None = None
    by: Source | None = None
    battery_w: float | None = None
    battery_soc: float | None = None
    grid_a: Currents | None = None
    measured_at: datetime | None = None
    forgotten: frozenset[ReadingName] = frozenset()

    @property
    def _at(self) -> datetime:
        """When they were measured; a clock that is ahead makes no reading of the future."""
        return self.at if self.measured_at is None else min(self.measured_at, self.at)

    def apply(self, state: ChargePointState) -> ChargePointState:
        """The state with these readings; one it does not contain, or of which a newer one is known, stays as it was.

        A reading counts only from one source: from another one it is only kept in `sent`, until that source is silent.
        What a person simulates counts at once.
        """
        state, old = with_history(state, self.at), state.solar
        values, sent = self._values(old), self._sent(old)
        if not values and not self.forgotten and sent == old.sent:
            return state
        arrivals = {name: a for name, a in old.arrivals.items() if name not in (values.keys() | self.forgotten)}
        if self.by != YOU:
            arrivals |= {name: self._arrival(self._before(name, old)) for name in values}
        newest = {'at': max(self._at, old.at or self._at), 'by': self.by} if values else {}
        members: dict[Any, Any] = {
            **dict.fromkeys(self.forgotten),
            **values,
            **newest,
            'arrivals': arrivals,
            'sent': sent,
        }
        return replace(state, solar=replace(old, **members, grid_since=self._grid_since(values, old)))

    def _values(self, old: SolarReading) -> dict[ReadingName, float | Currents]:
        """The readings that replace older ones, by name."""
        found = ((name, getattr(self, name)) for name in READINGS)
        return {name: value for name, value in found if value is not None and self._counts(name, old)}

    def _counts(self, name: ReadingName, old: SolarReading) -> bool:
        arrival = old.arrival(name)
        if self.by != YOU and arrival is not None and self._before(name, old) is None:
            return arrival.is_stale(self.at)
        return self._is_newer(arrival)

    def _before(self, name: ReadingName, old: SolarReading) -> Arrival | None:
        """The arrival of the reading before; None where that was from another source."""
        arrival = old.arrival(name)
        return arrival if arrival is not None and arrival.by == self.by else None

    def _sent(self, old: SolarReading) -> dict[tuple[ReadingName, Source | None], Sent]:
        """The newest readings of each source, without stale ones; none of a kind that is simulated."""
        read = {name: value for name in READINGS if (value := getattr(self, name)) is not None}
        gone = self.forgotten | (read.keys() if self.by == YOU else set())
        sent = {key: s for key, s in old.sent.items() if key[0] not in gone and not s.arrival.is_stale(self.at)}
        for name in (name for name in read if name not in gone):
            before = sent.get((name, self.by))
            if before is None or self._is_newer(before.arrival):
                sent[name, self.by] = Sent(read[name], self._arrival(None if before is None else before.arrival))
        return sent

    def _grid_since(self, values: Mapping[ReadingName, object], old: SolarReading) -> datetime | None:
        if 'grid_w' in self.forgotten:
            return None
        return self.at if old.grid_since is None and 'grid_w' in values else old.grid_since

    def _is_newer(self, old: Arrival | None) -> bool:
        return old is None or self._at >= old.at

    def _arrival(self, old: Arrival | None) -> Arrival:
        """The arrival record; neither a reading that was measured long ago nor a long silence is a rhythm."""
        is_late = (self.at - self._at).total_seconds() > FRESH_FOR_S
        if is_late or (old is not None and (self._at - old.at).total_seconds() > LONGEST_GAP_S):
            return Arrival.first(self._at, self.by)
        return Arrival(self._at, by=self.by) if old is None else old.followed(self._at, self.by)
