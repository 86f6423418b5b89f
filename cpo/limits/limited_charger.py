"""What this package needs of the ChargePoint."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from cpo.chargers import ChargerQuirks
from cpo.ocpp import Answer, Dialect, Request
from cpo.settings import Settings
from cpo.state import ChargePointState, Entry
from cpo.websocket_sender import Reply, WebSocketSender


class LimitedCharger(Protocol):
    """The charger whose limits are set: its state, its connection, and what is known of its make."""

    @property
    def settings(self) -> Settings:
        """The owner's choices."""
        ...

    @property
    def state(self) -> ChargePointState:
        """What is known now."""
        ...

    @property
    def sender(self) -> WebSocketSender | None:
        """The connection's sender, None without a charger."""
        ...

    @property
    def dialect(self) -> Dialect:
        """The OCPP version of the newest connection."""
        ...

    @property
    def quirks(self) -> ChargerQuirks:
        """What is known of the make of the charger."""
        ...

    def tag_for_remote_start(self) -> str:
        """The idTag of remote starts, which may charge."""
        ...

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after every change; the result unsubscribes it."""
        ...

    def record(self, *entries: Entry) -> None:
        """Take facts into the state and the journal, and notify the listeners."""
        ...

    def read_answer(self, request: Request, reply: Reply) -> Answer:
        """Read the charger's answer; its entries are still to be recorded."""
        ...
