"""`LimitedCharger`: the part of ChargePoint that the package `limits` uses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from cpo.chargers import ChargerQuirks
from cpo.harm_watch import HarmWatch
from cpo.ocpp import Answer, Dialect, Request
from cpo.settings import Settings
from cpo.state import ChargePointState, Entry
from cpo.websocket_sender import Reply, WebSocketSender


class LimitedCharger(Protocol):
    """The charger whose limits are set: its state, its connection, and what is known of its make."""

    harm: HarmWatch

    @property
    def settings(self) -> Settings:
        """The program's settings."""
        ...

    @property
    def state(self) -> ChargePointState:
        """The state of the charger as it is now, frozen; to be read again after a change."""
        ...

    @property
    def sender(self) -> WebSocketSender | None:
        """The sender of the charger's connection, None while no charger is connected."""
        ...

    @property
    def dialect(self) -> Dialect:
        """The OCPP version of the newest connection."""
        ...

    @property
    def quirks(self) -> ChargerQuirks:
        """The known peculiarities of the charger's make."""
        ...

    def tag_for_remote_start(self) -> str:
        """The idTag for RemoteStartTransaction, which is among those that may charge."""
        ...

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after every change; the returned function unsubscribes it."""
        ...

    def record(self, *entries: Entry) -> None:
        """Apply entries to the state, queue them to the journal and notify the listeners."""
        ...

    async def flushed(self) -> None:
        """Wait until all recorded entries are on the disk. Raises JournalError."""
        ...

    def take_in(self, *entries: Entry) -> None:
        """Apply entries to the state and queue them to the journal; the caller has the listeners notified."""
        ...

    def read_answer(self, request: Request, reply: Reply) -> Answer:
        """The meaning of the charger's answer to a request of ours; the caller records the entries in it."""
        ...
