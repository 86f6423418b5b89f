"""Brings each connector of the charger to its wish (the limit somebody wants), and holds it there."""

from __future__ import annotations

import logging
import operator
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from cpo.errors import ConnectionClosed, CpoError
from cpo.limits.cap import falls_back
from cpo.limits.connector_loop import ConnectorLoop
from cpo.limits.limited_charger import LimitedCharger
from cpo.limits.requests import LimitRequests
from cpo.limits.wish import LimitOutcome
from cpo.settings import Settings
from cpo.state import BootInformation, Ceiling, Connector, Limit, Source, SourceKind
from cpo.websocket_sender import WebSocketSender

logger = logging.getLogger(__name__)

Seen = tuple[Mapping[int, Connector], BootInformation | None, WebSocketSender | None, Mapping[str, Ceiling], Settings]


class LimitReconciler:
    """Holds each connector at its newest wish, the limit somebody wants.

    A wish holds until its transaction ends, until the charger refuses it, or until somebody overrides it with a
    command. A connector without a wish is left alone, but a session on it gets the configured maximum (see `cap`). What
    goes out for a wish is never more than the ceilings leave (see `ceilings`).
    """

    def __init__(self, charger: LimitedCharger, now: Callable[[], datetime]) -> None:
        """Follows the changes of the charger's state until `leave`."""
        self._charger = charger
        self._requests = LimitRequests(charger, now)
        self._now = now
        self._loops: dict[int, ConnectorLoop] = {}
        state = charger.state
        self._seen: Seen = (state.connectors, state.boot, None, state.ceilings, charger.settings)
        self._has_left = False
        self._unsubscribe = charger.subscribe(self._on_change)

    def reach(self, connector_id: int, wish: Limit) -> Awaitable[LimitOutcome]:
        """Begin to bring the connector to a wished limit that is in the state; the outcome is awaited.

        A stop waits no longer than 2 s behind another message. Raises NotConnected, Rejected, CallErrorReceived,
        CallTimeout or ConnectionClosed.
        """
        if self._has_left:
            raise ConnectionClosed(was_sent=False)
        if wish.limit_a == 0 and self._charger.sender is not None:
            self._charger.sender.overtake()
        return self._loop(connector_id).reach(wish)

    def _on_change(self) -> None:
        """Pass a change on to the loops of its connectors; cheap without one, as it is called for every message."""
        state, sender, settings = self._charger.state, self._charger.sender, self._charger.settings
        new, before = (state.connectors, state.boot, sender, state.ceilings, settings), self._seen
        if all(map(operator.is_, before, new)):
            return
        self._seen = new
        for connector in state.charging_connectors:
            is_unlimited = connector.transaction_id is not None and connector.limit is None
            is_ours = connector.wish_holds or connector.default_profile or connector.connector_id in self._loops
            if is_unlimited or is_ours:
                self._loop(connector.connector_id).on_change(settings is not before[-1])

    def move_times(self, move: Callable[[datetime], datetime]) -> None:
        """Correct the remembered times, as the program's time was set."""
        for loop in self._loops.values():
            loop.move_times(move)

    async def leave(self) -> None:
        """Lower the limits in force to the fallback current, before the program ends.

        From then on, a wished limit causes no request: whoever waits for one gets ConnectionClosed.
        """
        self._has_left = True
        self._unsubscribe()
        for loop in self._loops.values():
            loop.end()
        for connector in self._charger.state.charging_connectors:
            is_wished = connector.wish is not None and connector.transaction_id is not None
            if is_wished and falls_back(connector.wish, self._charger.settings):
                try:
                    await self._requests.leave(connector.connector_id, Source(SourceKind.PROGRAM_END))
                except CpoError as error:
                    logger.info('The limit stays as it is: %s', error)

    def _loop(self, connector_id: int) -> ConnectorLoop:
        found = self._loops.get(connector_id)
        if found is None:
            found = self._loops[connector_id] = ConnectorLoop(self._charger, self._requests, connector_id, self._now)
        return found
