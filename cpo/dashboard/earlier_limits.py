"""With how much a paused session goes on: what it charged with before."""

from __future__ import annotations

from cpo.state import THE_SUN, ChargePointState


class EarlierLimits:
    """The last limit above 0 of the transaction that runs on a connector, in A; those of the sun do not count."""

    def __init__(self) -> None:
        """None yet."""
        self._limits_a: dict[int, float] = {}

    def look(self, state: ChargePointState) -> None:
        """Call it after every change; what was known is forgotten with the transaction."""
        for connector in state.outlets:
            limit = connector.limit
            if connector.transaction_id is None:
                self._limits_a.pop(connector.connector_id, None)
            elif limit is not None and limit.limit_a and limit.by != THE_SUN:
                self._limits_a[connector.connector_id] = limit.limit_a

    def of(self, connector_id: int) -> float | None:
        """None where none is known: the program may have started during the pause."""
        return self._limits_a.get(connector_id)
