"""Brings the charger to the wish for each connector, and keeps it there."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from cpo.errors import CpoError
from cpo.limits.charger import Charger
from cpo.limits.connector_loop import ConnectorReconciler
from cpo.limits.requests import LimitRequests
from cpo.limits.step import LimitOutcome
from cpo.state import Limit, Source, SourceKind

logger = logging.getLogger(__name__)


class LimitReconciler:
    """One wanted limit per connector: the newest wish wins, and is never forgotten while it holds.

    A wish holds until its transaction ends, until the charger refuses it, or until somebody steers past it with a
    command of his own. A connector nobody has wished anything for is never touched.
    """

    def __init__(
        self,
        charger: Charger,
        now: Callable[[], datetime],
        remote_start_wait_s: float = 60.0,
        caller_wait_s: float = 5.0,
    ) -> None:
        """`caller_wait_s` is how long the caller of a wish waits while a transaction begins or ends."""
        self._charger = charger
        self._requests = LimitRequests(charger, now)
        self._now = now
        self._waits = (remote_start_wait_s, caller_wait_s)
        self._connectors: dict[int, ConnectorReconciler] = {}
        self._leaving = False

    async def reach(self, connector_id: int, wish: Limit) -> LimitOutcome:
        """Bring the connector to a wish that was recorded, and wait for the charger's answer.

        Raises NotConnected, Rejected, CallErrorReceived, CallTimeout or ConnectionClosed.
        """
        return await self._of(connector_id).reach(wish)

    def look(self) -> None:
        """Look what there is to do; call it after every change."""
        if self._leaving:
            return
        for connector in self._charger.state.charging_connectors:
            if connector.wish_holds or connector.default_profile or connector.connector_id in self._connectors:
                self._of(connector.connector_id).look(connector)

    async def leave(self) -> None:
        """Leave every connector in a defined state before the program ends; nothing is done about wishes after it."""
        self._leaving = True
        for reconciler in self._connectors.values():
            reconciler.rest()
        for connector in self._charger.state.charging_connectors:
            if connector.wish_holds and connector.transaction_id is not None:
                try:
                    await self._requests.leave(connector.connector_id, Source(SourceKind.PROGRAM_END))
                except CpoError as error:
                    logger.info('The limit stays as it is: %s', error)

    def _of(self, connector_id: int) -> ConnectorReconciler:
        found = self._connectors.get(connector_id)
        if found is None:
            found = ConnectorReconciler(self._charger, self._requests, connector_id, self._now, *self._waits)
            self._connectors[connector_id] = found
        return found
