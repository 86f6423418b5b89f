"""The receipt of a ceiling: when it was received, when the charger was sent it, when it was measured (pure).

The grid operator may ask for that of each of its signals. A receipt is complete once every connector is measured at or
below the ceiling; what has not happened by then, or by the next signal, stays unknown in it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cpo.limits.ceilings import ceilings_a
from cpo.limits.read_back import TOLERANCE_A, Readings
from cpo.settings import Settings
from cpo.state import CURRENT, POWER, Ceiling, CeilingReceipt, ChargePointState, Connector

MEASURED_WITHIN = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class OpenReceipt:
    """A ceiling that was received, and what followed until now; None: not yet.

    `sent_at` is when the charger accepted the last limit that the ceiling lowered. `current_a` is what was measured.
    """

    ceiling: Ceiling
    received_at: datetime
    sent_at: datetime | None = None
    measured_at: datetime | None = None
    current_a: float | None = None

    @property
    def due(self) -> datetime:
        """Until when a measurement is awaited."""
        return self.received_at + MEASURED_WITHIN

    def observed(
        self, before: ChargePointState, state: ChargePointState, settings: Settings, now: datetime
    ) -> OpenReceipt:
        """The receipt after the state has changed."""
        sent_at = self.sent_at
        for connector in state.charging_connectors:
            limit = connector.limit
            if limit is not before.connector(connector.connector_id).limit and limit is not None:
                sent_at = now if limit.held_by == self.ceiling.name else sent_at
        receipt = replace(self, sent_at=sent_at)
        currents = [receipt._measured(c, state, settings, now) for c in state.charging_connectors]
        known = [current_a for current_a in currents if current_a is not None]
        if len(known) < len(currents):
            return receipt
        return replace(receipt, measured_at=now, current_a=round(sum(known), 1))

    def _measured(
        self, connector: Connector, state: ChargePointState, settings: Settings, now: datetime
    ) -> float | None:
        """The current at this connector, where it was measured after the signal, and is what the ceiling leaves."""
        if connector.transaction_id is None:
            return 0.0
        measured = connector.meter.arrival(CURRENT, POWER)
        current_a = Readings.of(connector, settings.phases).drawn_a
        since = max(self.received_at, self.sent_at or self.received_at)
        if measured is None or measured.at < since or current_a is None:
            return None
        ((left_a, _),) = ceilings_a(connector, {self.ceiling.name: self.ceiling}, settings, state)
        return current_a if current_a <= left_a + TOLERANCE_A else None

    def closed(self) -> CeilingReceipt:
        """The entry with what is known."""
        name, times = self.ceiling.name, (self.received_at, self.sent_at, self.measured_at)
        return CeilingReceipt(name, self.ceiling.limit_a, self.ceiling.limit_w, *times, self.current_a)
