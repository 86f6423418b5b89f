"""The entry about the availability of connectors (see `cpo.state.entries`)."""

from __future__ import annotations

from dataclasses import dataclass

from cpo.frozen import replace
from cpo.state.availability import Availability
from cpo.state.entries import with_connector
from cpo.state.state import ChargePointState


@dataclass(frozen=True, slots=True)
class AvailabilityAccepted:
    """The charger was asked to put a connector (0: all of them) into or out of service, and accepted that.

    A connector that it never reported is not made by this: some chargers accept any number.
    """

    connector_id: int
    availability: Availability

    def apply(self, state: ChargePointState) -> ChargePointState:
        known = {0, *(c.connector_id for c in state.charging_connectors)}
        for connector_id in known & {self.connector_id} if self.connector_id else known:
            state = with_connector(state, replace(state.connector(connector_id), availability=self.availability))
        return state
