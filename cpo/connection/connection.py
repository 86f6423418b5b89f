"""One charger's websocket, from handshake to end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from cpo.ocpp import Dialect, MessageId
from cpo.websocket_sender import WebSocketSender

logger = logging.getLogger(__name__)

Ping = Callable[[float], Awaitable[bool]]
"""Pings the charger's websocket; True if it answers within so many seconds (RFC 6455 §5.5.2)."""


Close = Callable[[int, str], Awaitable[None]]
"""Closes a websocket with this code and reason (RFC 6455 §7.4)."""


async def unanswered(within_s: float) -> bool:
    """The Ping of a websocket that cannot be pinged."""
    return False


@dataclass(eq=False)
class Connection:
    """The websocket connection of one charger, accepted by the endpoint.

    `dialect` is that of the negotiated subprotocol. `dialled` is the URL that the charger asked for. `frames` counts
    those of the charger; `is_busy` while one of them is handled. `rest_s` is for how long its reader rests after each
    turn of it; more than 0 slows a flood. `recent_ids` are those of the charger's last Calls, the oldest first.
    """

    charge_box_id: str
    address: str
    send_text: Callable[[str], Awaitable[None]]
    close: Close
    sender: WebSocketSender
    dialect: Dialect
    ping: Ping = unanswered
    dialled: str = ''
    frames: int = 0
    is_busy: bool = False
    rest_s: float = 0
    recent_ids: dict[MessageId, None] = field(default_factory=dict)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def in_background(self, work: Awaitable[None]) -> None:
        """Run an awaitable as a task, which is cancelled when the connection ends."""
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self._is_done)

    def _is_done(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error('Work for %s failed', self.charge_box_id, exc_info=error)
