"""Which charger is connected: one at a time, the newest connection wins, and every attempt is recorded."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Protocol

from cpo.access import Passwords
from cpo.connection.adoption import Adoption, ChargerChange
from cpo.connection.connection import Close, Connection, Ping, unanswered
from cpo.connection.credentials import Credentials, security_of
from cpo.connection.line_holder import LineHolder
from cpo.connection.start_up import StartUp
from cpo.connection.waiting_room import WaitingRoom
from cpo.harm_watch import HarmWatch
from cpo.journal import Journal
from cpo.masking import masked
from cpo.ocpp import Dialect
from cpo.sentences import attempt_sentence, demo_unwanted
from cpo.settings import DEMO_CHARGE_BOX_ID, Settings
from cpo.state import (
    AttemptVerdict,
    ChargePointState,
    Connected,
    ConnectionAttempt,
    ConnectionAttempted,
    Disconnected,
    Entry,
    KnownCharger,
)
from cpo.websocket_sender import WebSocketSender

logger = logging.getLogger(__name__)

PONG_WITHIN_S = 5.0
POLICY_VIOLATION = 1008
Refused = tuple[AttemptVerdict, str]
"""Why a charger may not connect: the verdict with what it is about (see AttemptVerdict)."""


class ConnectionsOwner(Protocol):
    """The part of ChargePoint that Connections uses."""

    harm: HarmWatch
    journal: Journal

    @property
    def settings(self) -> Settings:
        """The program's settings."""
        ...

    @property
    def state(self) -> ChargePointState:
        """The newest state."""
        ...

    def new_sender(self, send_text: Callable[[str], Awaitable[None]]) -> WebSocketSender:
        """A sender for a new connection, whose Calls are logged and recorded."""
        ...

    def record(self, *entries: Entry) -> None:
        """Apply entries to the state, queue them to the journal and notify the listeners."""
        ...

    @property
    def known_charger(self) -> str | None:
        """The charge box id of the last real charger, None before one was ever connected."""
        ...

    def begin_demo(self) -> None:
        """From now on, as the demo charger connects, only entries that outlast it are written to the journal."""
        ...

    def end_demo(self) -> None:
        """Restore the state from before the demo charger connected, if it did."""
        ...

    async def flushed(self) -> None:
        """Wait until all recorded entries are on the disk. Raises JournalError."""
        ...


class Connections:
    """The charger's connections from handshake to end; `current` is the newest, None while no charger is connected.

    `dialect` is that of the newest connection, also after it ended; before the first, the preferred one.
    """

    def __init__(
        self,
        charger: ConnectionsOwner,
        start_up: StartUp,
        dialects: Sequence[Dialect],
        now: Callable[[], datetime],
        passwords: Passwords,
        new_token: Callable[[], str] = secrets.token_urlsafe,
    ) -> None:
        """`dialects` are those a charger may speak, the preferred one first; `passwords` hashes those of chargers."""
        self._charger = charger
        self._dialects = {dialect.subprotocol: dialect for dialect in dialects}
        self.dialect = dialects[0]
        self._start_up = start_up
        self._now = now
        self.current: Connection | None = None
        self._demo_token = new_token()
        self._holder = LineHolder()
        self.adoption = Adoption(charger, now, passwords)
        self.credentials = Credentials(charger, passwords)
        self.waiting_room = WaitingRoom(lambda: charger.settings, self._dialects)

    @property
    def subprotocols(self) -> tuple[str, ...]:
        """The websocket subprotocols a charger may choose from, the preferred one first."""
        return tuple(self._dialects)

    @property
    def demo_query(self) -> str:
        """The query of the demo charger's URL: only this process knows it, so whoever has it comes from inside."""
        return f'?demo-key={self._demo_token}'

    def identity(self, name: str, query: str) -> str:
        """The charge box id of a charger with this name and query in its URL."""
        is_demo = secrets.compare_digest(f'?{query}'.encode(), self.demo_query.encode())
        return DEMO_CHARGE_BOX_ID if is_demo else name.strip('/')

    def refusal(self, charge_box_id: str) -> Refused | None:
        """Why a charger with this id may not connect now, None where it may."""
        if charge_box_id == DEMO_CHARGE_BOX_ID and (known := self._known_before_demo) is not None:
            return AttemptVerdict.DEMO_UNWANTED, known
        wanted = self._charger.settings.charge_box_id
        if wanted is not None and charge_box_id not in (wanted, DEMO_CHARGE_BOX_ID):
            return AttemptVerdict.UNKNOWN_NAME, wanted
        if charge_box_id != DEMO_CHARGE_BOX_ID and not self.adoption.lets_in(charge_box_id):
            return AttemptVerdict.NOT_ADOPTED, ''
        current = self.current
        if current is None or current.charge_box_id in (charge_box_id, DEMO_CHARGE_BOX_ID):
            return None
        return AttemptVerdict.NO_ROOM, current.charge_box_id

    async def change_known(self, charge_box_id: str, change: ChargerChange) -> KnownCharger:
        """Change what is known of a charger.

        The connection of one that is no longer let in, or has to prove in another way who it is, is closed. Raises
        InvalidCharger and JournalError; then nothing has changed.
        """
        old, known = self.adoption.known(charge_box_id), await self.adoption.change(charge_box_id, change)
        if known.adopted:
            await self.waiting_room.let_in(charge_box_id)
        is_connected = self.current is not None and self.current.charge_box_id == charge_box_id
        if is_connected and (not known.adopted or security_of(old) != security_of(known)):
            await self.close(POLICY_VIOLATION, 'no longer let in like this')
        return known

    async def refusal_of_rival(self, charge_box_id: str, address: str, ping: Ping) -> Refused | None:
        """Why an accepted websocket may not take the place of the current one, else None.

        Where two addresses take the name from each other, 3 times in 60 s, both are pinged: if both answer within 5 s,
        there are two devices, and the older one stays connected.
        """
        older = self.current
        if older is None or not self._holder.may_be_disputed(charge_box_id, address, self._now()):
            return None
        answers = await asyncio.gather(older.ping(PONG_WITHIN_S), ping(PONG_WITHIN_S))
        if older is self.current and all(answers):
            self._holder = self._holder.disputed()
            return AttemptVerdict.TWO_DEVICES, older.address
        return self.refusal(charge_box_id)

    def invite_demo(self, start: Callable[[], None]) -> None:
        """Call `start`, which starts the demo charger, or log why it may not connect."""
        if (reason := self.demo_refusal) is None:
            start()
        else:
            logger.warning(reason)

    @property
    def demo_refusal(self) -> str | None:
        """A sentence on why the demo charger may not connect, None where it may."""
        known = self._known_before_demo
        return None if known is None else demo_unwanted(known)

    @property
    def _known_before_demo(self) -> str | None:
        """The id of a real charger that was ever connected, as the demo charger never stands in its place; else None.

        With `--demo` and `--memory` together, the demo charger may always connect.
        """
        settings = self._charger.settings
        return None if settings.demo and settings.memory else self._charger.known_charger

    def connect(
        self,
        charge_box_id: str,
        address: str,
        send_text: Callable[[str], Awaitable[None]],
        close: Close,
        subprotocol: str | None = None,
        ping: Ping = unanswered,
    ) -> Connection:
        """Register an accepted connection.

        An older one is closed, and only its Calls can change the state from then on.

        `subprotocol` is the one negotiated; None is taken for the preferred one.
        """
        self.dialect = self._dialects[subprotocol or self.subprotocols[0]]
        sender = self._charger.new_sender(send_text)
        connection = Connection(charge_box_id, address, send_text, close, sender, self.dialect, ping)
        self._holder = self._holder.followed(charge_box_id, address, self._now())
        if self.current is not None:
            self._end_older(self.current, charge_box_id, address)
        if charge_box_id != self._charger.state.charge_box_id:
            self._charger.harm.forgive()
        if charge_box_id == DEMO_CHARGE_BOX_ID:
            self._charger.begin_demo()
        else:
            self._charger.end_demo()
            self.adoption.let_in(charge_box_id, address)
        self.current = connection
        self._charger.harm.on_connect()
        self._charger.record(Connected(self._now(), charge_box_id, address))
        may_ask = self._charger.settings.startup_requests
        connection.in_background(self._start_up.run(connection, may_ask))
        return connection

    def _end_older(self, old: Connection, charge_box_id: str, address: str) -> None:
        """Close the connection that a newer one takes the place of."""
        old.sender.close()
        reason = 'a newer connection took over' if old.charge_box_id == charge_box_id else 'a real charger is here'
        old.in_background(old.close(1000, reason))
        self.current = None
        if old.address == address:
            self._charger.harm.on_disconnect(self._charger.state.last_message_at)
        else:  # another device takes its place
            self._charger.harm.forgive()

    def disconnect(self, connection: Connection) -> None:
        """Record the end of a connection; only that of the newest one changes the state."""
        connection.sender.close()
        for task in tuple(connection.tasks):
            task.cancel()
        if connection is self.current:
            self.current = None
            self._charger.harm.on_disconnect()
            self._charger.record(Disconnected(self._now()))
            self._charger.end_demo()

    async def close(self, code: int, reason: str) -> None:
        """Close the connection of the charger, if one is connected, with this code and reason (RFC 6455 §7.4)."""
        if self.current is not None:
            self._charger.harm.forgive()
            await self.current.close(code, reason)

    def record_attempt(
        self, address: str, path: str, verdict: AttemptVerdict, fact: str = '', charge_box_id: str = ''
    ) -> str:
        """Record an attempt to connect, with the `fact` that belongs to the verdict (see ConnectionAttempt).

        `path` and `fact` are recorded without secrets. Returns the sentence on how it ended.
        """
        attempt = ConnectionAttempt(self._now(), address, masked(path), verdict, charge_box_id, masked(fact))
        self._charger.record(ConnectionAttempted(attempt))
        return attempt_sentence(attempt)

    def is_superseded(self, connection: Connection) -> bool:
        """True for a connection of another charger than the current one: a demo charger that was replaced."""
        return self.current is not None and self.current.charge_box_id != connection.charge_box_id
