"""The limits that running transactions had before a pause, so that Start can restore them."""

from __future__ import annotations

from cpo.state import THE_SUN, ChargePointState


class EarlierLimits:
    """Remembers per connector the last limit above 0 A of its running transaction, except limits set by the sun."""

    def __init__(self) -> None:
        self._limits_a: dict[int, float] = {}

    def observe(self, state: ChargePointState) -> None:
        """Update from `state`, after every change; a connector without a transaction has no remembered limit."""
        for connector in state.charging_connectors:
            limit = connector.limit
            if connector.transaction_id is None:
                self._limits_a.pop(connector.connector_id, None)
            elif limit is not None and limit.limit_a and limit.by != THE_SUN:
                self._limits_a[connector.connector_id] = limit.limit_a

    def of(self, connector_id: int) -> float | None:
        """The remembered limit in A, None if there is none, as after a restart of the program in a pause."""
        return self._limits_a.get(connector_id)
