"""What a car draws now: as its charger measured it, and as it has to follow the limit (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cpo.amperes import MAX_PHASES, NOMINAL_VOLTAGE_V
from cpo.controllers.fuse_guard import CarCurrent
from cpo.state import CURRENT, POWER, STILL, ChargePointState, Connector

FOLLOWS_WITHIN = timedelta(seconds=10)
"""So long after another limit was accepted the car may draw what it did before."""
SAYS_SOMETHING_FOR_S = 120.0
"""A measurement that is older says nothing about now."""


@dataclass(frozen=True, slots=True)
class CarWatch:
    """The limit in force of one connector in A (None: not limited), and the older ones it may still draw.

    Each of `recent` has such a limit, and until when that is so. `changed_at`, `raised_at` and `lowered_at` are when
    the limit last changed, when it last went up, and when it last went down.
    """

    limit_a: float | None = None
    recent: tuple[tuple[float, datetime], ...] = ()
    changed_at: datetime | None = None
    raised_at: datetime | None = None
    lowered_at: datetime | None = None

    def observed(self, connector: Connector, max_a: float, now: datetime) -> CarWatch:
        """The watch after the connector may have changed; `max_a` is the most it is offered without a limit."""
        limit_a = None if connector.limit is None else connector.limit.in_force_a
        if limit_a == self.limit_a:
            return self
        older_a, newer_a = (max_a if a is None else a for a in (self.limit_a, limit_a))
        recent = (*(each for each in self.recent if each[1] > now), (older_a, now + FOLLOWS_WITHIN))
        raised_at = now if newer_a > older_a else self.raised_at
        return CarWatch(limit_a, recent, now, raised_at, now if newer_a < older_a else self.lowered_at)

    def drawn(self, connector: Connector, max_a: float, at: datetime) -> CarCurrent:
        """What the car draws at the time `at`."""
        if connector.transaction_id is None and connector.activity in STILL:
            return CarCurrent()
        limit_a = max_a if self.limit_a is None else self.limit_a
        older_a = max((a for a, until in self.recent if at < until), default=limit_a)
        top_a, measured = max(limit_a, older_a), _measured(connector, at)
        if measured is None:
            return CarCurrent(0.0, top_a, raised_at=self.raised_at)
        least_a, most_a, measured_at = measured
        if self.changed_at is None or measured_at >= self.changed_at + FOLLOWS_WITHIN:
            return CarCurrent(least_a, most_a, raised_at=self.raised_at)
        is_raised = self.raised_at is not None and measured_at < self.raised_at + FOLLOWS_WITHIN
        most_a = top_a if is_raised else min(most_a, top_a)
        lowered_at = self.lowered_at if older_a > limit_a else None
        return CarCurrent(min(least_a, limit_a), most_a, min(least_a, top_a), lowered_at, self.raised_at)


class Cars:
    """The cars at all connectors together."""

    def __init__(self) -> None:
        self._watches: dict[int, CarWatch] = {}

    def observe(self, state: ChargePointState, max_a: float, now: datetime) -> None:
        """Note the limits in force after the state may have changed; `max_a` is the most each has without a limit."""
        for connector in state.charging_connectors:
            watch = self._watches.get(connector.connector_id, CarWatch())
            self._watches[connector.connector_id] = watch.observed(connector, max_a, now)

    def drawn(self, state: ChargePointState, max_a: float, at: datetime) -> CarCurrent:
        """What all of them drew at the time `at`."""
        each = [self._watches[c.connector_id].drawn(c, max_a, at) for c in state.charging_connectors]
        return CarCurrent(
            sum(car.least_a for car in each),
            sum(car.most_a for car in each),
            sum(car.least_a if car.lowered_at is None else car.before_a for car in each),
            max((car.lowered_at for car in each if car.lowered_at is not None), default=None),
            max((car.raised_at for car in each if car.raised_at is not None), default=None),
        )


def _measured(connector: Connector, at: datetime) -> tuple[float, float, datetime] | None:
    """The current at least and at most by the newest measurement, and when it arrived; None without one."""
    meter = connector.meter
    arrival = meter.arrival(CURRENT, POWER)
    if arrival is None or arrival.is_stale(at) or arrival.age_s(at) > SAYS_SOMETHING_FOR_S:
        return None
    if meter.current_a is not None:
        flowing = [a for phase, a in meter.per_phase(CURRENT).items() if phase and a > 1]
        return max(0.0, min(flowing, default=meter.current_a)), max(0.0, meter.current_a), arrival.at
    if meter.power_w is None:
        return None
    one_phase_a = max(0.0, meter.power_w) / NOMINAL_VOLTAGE_V
    return one_phase_a / (meter.phases_seen or MAX_PHASES), one_phase_a / (meter.phases_seen or 1), arrival.at
