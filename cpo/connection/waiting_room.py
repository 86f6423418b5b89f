"""The chargers that nobody has adopted and that were let in to wait."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping

from cpo.connection.connection import Close
from cpo.connection.waiting_charger import WaitingCharger
from cpo.ocpp import Dialect, Problem, Registration
from cpo.settings import Settings

MAX_WAITING = 16
NOT_LET_IN = 'The owner has not let this charger in yet. Please send it again later.'
GOING_AWAY = 1001


class WaitingRoom:
    """Knows the chargers that wait, 16 at most, and closes the websocket of one that is adopted, so that it returns."""

    def __init__(self, settings: Callable[[], Settings], dialects: Mapping[str, Dialect]) -> None:
        """`settings` returns those in force.

        `dialects` are those a charger may speak, by their subprotocols, the preferred one first.
        """
        self._settings = settings
        self._dialects = dialects
        self._waiting: dict[Close, str] = {}

    @property
    def is_open(self) -> bool:
        """Whether another charger may wait; without that, it is refused."""
        return self._settings().unadopted != 'refuse' and len(self._waiting) < MAX_WAITING

    @contextlib.contextmanager
    def seat(self, charge_box_id: str, subprotocol: str | None, close: Close) -> Iterator[WaitingCharger]:
        """The answers for a charger while it waits; it asks again at each interval of its Heartbeats."""
        dialect = self._dialects[subprotocol or next(iter(self._dialects))]
        settings = self._settings()
        registration, interval_s = Registration(settings.unadopted), settings.heartbeat_interval
        self._waiting[close] = charge_box_id
        try:
            yield WaitingCharger(dialect, registration, Problem.NOT_LET_IN, NOT_LET_IN, interval_s)
        finally:
            del self._waiting[close]

    async def let_in(self, charge_box_id: str) -> None:
        """Close the websockets of this charger."""
        for close in [close for close, waiting in self._waiting.items() if waiting == charge_box_id]:
            await close(GOING_AWAY, 'let in from now on')
