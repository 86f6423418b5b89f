"""The charger, as one object: it owns the state, takes the charger's Calls in and sends limits out."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from cpo.chargers import ChargerKind, ChargerKnowledge, ChargerQuirks, quirks_for
from cpo.connection import Connection, Connections, Inbox, StartUp
from cpo.errors import InvalidConnector, InvalidLimit, NotConnected, UnknownConnector
from cpo.journal import IdTags, Journal
from cpo.limits import LimitOutcome, LimitReconciler, checked_limit
from cpo.ocpp import Answer, Context, Dialect, LoggedMessage, MessageLog, Request, SentCommand
from cpo.settings import Settings
from cpo.state import (
    REST,
    THE_SUN,
    YOU,
    ChargePointState,
    CommandSent,
    Entry,
    Heard,
    IdTag,
    IdTagChanged,
    Learned,
    Limit,
    LimitWished,
    Mode,
    ModeChosen,
    OverriddenByCommand,
    SolarRead,
    Source,
    first_number,
    next_number,
    outlasts_demo,
)
from cpo.websocket_sender import Reply, WebSocketSender

logger = logging.getLogger(__name__)


def utc_now() -> datetime:
    """The time, aware and in UTC."""
    return datetime.now(UTC)


class ChargePoint:
    """The one charger of the house: its state, its connection, its commands.

    `state` is replaced on every change; listeners are called after it, in the event loop, without arguments. All
    methods belong to the event loop's thread.
    """

    def __init__(
        self,
        settings: Settings,
        dialects: Sequence[Dialect],
        journal: Journal,
        now: Callable[[], datetime] = utc_now,
        quirks_for: Callable[[ChargerKind], ChargerQuirks] = quirks_for,
    ) -> None:
        """Start with what the journal knows, without a charger.

        `dialects` are the OCPP versions a charger may speak, the preferred one first; `quirks_for` says what is known
        of its make.
        """
        self.settings = settings
        self.journal = journal
        self.messages = MessageLog()
        self._now = now
        self._state = journal.restored_state(settings.phases)
        self._without_demo: ChargePointState | None = None
        self._listeners: list[Callable[[], None]] = []
        self.id_tags = IdTags(self)
        self._inbox = Inbox(self, now)
        self._quirks_for = quirks_for
        self._limits = LimitReconciler(self, now)
        self._start_up = StartUp(self, now, quirks_of=quirks_for)
        self.connections = Connections(self, self._start_up, dialects, now)
        self._next_number = journal.next_number(first_number(now()))
        self._add_id_tags()
        journal.on_problem(self._tell)

    def _add_id_tags(self) -> None:
        """Add the id tags of the settings that were never known; a deleted one stays deleted."""
        settings, known = self.settings, self.journal.known_id_tags()
        tags = dict.fromkeys((*settings.id_tags, settings.remote_start_tag or settings.id_tags[0]))
        self.record(*(IdTagChanged(IdTag(tag)) for tag in tags if tag.casefold() not in known))

    @property
    def state(self) -> ChargePointState:
        """What is known now."""
        return self._state

    @property
    def known_charger(self) -> str | None:
        """The id of the last real charger, None before one was ever connected."""
        return (self._without_demo or self._state).charge_box_id

    def begin_demo(self) -> None:
        """The demo charger connects: from now on only what outlasts it is recorded."""
        self._without_demo = self._without_demo or self._state

    def end_demo(self) -> None:
        """The demo charger is gone: the state is as without it. Nothing changes where it was not connected."""
        if self._without_demo is not None:
            self._state, self._without_demo = self._without_demo, None
            self._tell()

    @property
    def sender(self) -> WebSocketSender | None:
        """The sender of the charger's connection, None without one."""
        current = self.connections.current
        return None if current is None else current.sender

    @property
    def dialect(self) -> Dialect:
        """The OCPP version of the newest connection, also after it ended; before the first, the preferred one."""
        return self.connections.dialect

    @property
    def quirks(self) -> ChargerQuirks:
        """What is known of the make of the charger."""
        return self._quirks_for(self._state.charger_kind)

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after every change of the state or the messages; the result unsubscribes it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def record(self, *entries: Entry) -> None:
        """Take facts into the state and the journal, in order, and tell the listeners once."""
        self.take_in(*entries)
        self._tell()

    def _tell(self) -> None:
        for listener in tuple(self._listeners):
            try:
                listener()
            except Exception:
                logger.exception('A listener failed')

    def new_sender(self, send_text: Callable[[str], Awaitable[None]]) -> WebSocketSender:
        """A sender for a new connection, whose Calls are logged and recorded."""
        timeout_s = self.settings.call_timeout
        return WebSocketSender(send_text, self.messages, timeout_s, self._now, self._tell, self._command_finished)

    async def leave(self) -> None:
        """Before the program ends: leave the charger in a defined state."""
        await self._limits.leave()

    # ---- the charger's messages

    async def handle_ocpp_message(self, connection: Connection, text: str) -> None:
        """Take one frame of the charger in and send what has to be answered; never raises for what the frame says."""
        if not self.connections.is_superseded(connection):
            await self._inbox.take(connection, text)

    def record_violation(self, frame: str, violation: str) -> None:
        """Keep something in the message log that was no text frame."""
        self._inbox.keep(frame, violations=(violation,))

    def take_in(self, *entries: Entry) -> None:
        """Take facts into the state and the journal; the listeners are told later."""
        for entry in entries:
            before, self._state = self._state, entry.apply(self._state)
            if self._without_demo is None:
                self.journal.record(entry, before, self._state)
            elif outlasts_demo(entry):
                before, self._without_demo = self._without_demo, entry.apply(self._without_demo)
                self.journal.record(entry, before, self._without_demo)
            self._next_number = next_number(self._next_number, self._state)

    def heard(self) -> None:
        """The charger said something. A second is exact enough for its time, and cheap when thousands come."""
        now, last = self._now(), self._state.last_message_at
        if last is None or not 0 <= (now - last).total_seconds() < 1:
            self.take_in(Heard(now))
        self._tell()

    async def kept(self) -> None:
        """Wait until all facts are on the disk. Raises JournalError when they cannot be written."""
        await self.journal.flushed()

    def context(self, now: datetime) -> Context:
        """What a handler may look at."""
        tag = self._remote_start_tag()
        free = self.settings.free_charging
        return Context(self._state, now, self.settings.heartbeat_interval, tag, self._next_number, free)

    # ---- commands

    def tag_for_remote_start(self) -> str:
        """The idTag of remote starts: as the settings say, else the one this make accepts; that one may then charge."""
        tag = self._remote_start_tag()
        if tag.casefold() not in self._state.id_tags and tag not in self.settings.id_tags:
            self.record(IdTagChanged(IdTag(tag)))
        return tag

    def _remote_start_tag(self) -> str:
        of_make = self.quirks.remote_start_tag(self._state.configuration)
        return self.settings.remote_start_tag or of_make[: self.dialect.max_id_tag_length] or self.settings.id_tags[0]

    async def set_charging_limit(self, connector_id: int, limit_a: float, by: Source = YOU) -> LimitOutcome:
        """Bring a connector to a limit in A: above 0 starts or changes, 0 ends the transaction.

        The limit is rounded down to 0.1 A. Unless the sun asks, the connector's mode becomes manual. Raises
        InvalidConnector, InvalidLimit, NotConnected, UnknownConnector (in this order), Rejected, CallErrorReceived,
        CallTimeout or ConnectionClosed.
        """
        if connector_id < 1:
            raise InvalidConnector('A limit is for a connector: 1, 2, …')
        limit_a = checked_limit(limit_a, self.settings.max_current)
        self._check_connector(connector_id)
        if by == THE_SUN and self._state.connector(connector_id).mode is not Mode.SOLAR:
            raise InvalidLimit('The sun does not set the limit of this connector.')
        wish = Limit(limit_a, by, self._now())
        if by != THE_SUN:
            self.set_mode(connector_id, Mode.MANUAL)
        self.record(LimitWished(connector_id, wish))
        return await self._limits.reach(connector_id, wish)

    def forget_learned(self) -> None:
        """Forget what was found out about this make of charger; it is found out anew."""
        self.record(Learned(self._state.charger_kind, ChargerKnowledge()))

    async def command(self, action: str, payload: dict[str, Any]) -> SentCommand:
        """Send any request of the central system; the members go out in the order given.

        Raises UnknownAction, InvalidPayload, InvalidLimit (nothing was sent), NotConnected, CallErrorReceived,
        CallTimeout or ConnectionClosed.
        """
        known = (r.reservation_id for r in self._state.reservations)
        reservation_id = max((i for i in known if i < 2**31 - 1), default=0) + 1
        request = self.dialect.with_reservation_id(Request(action, payload), reservation_id)
        self.dialect.check_request(request, self.settings.max_current, self.settings.phases)
        return await self._command(request)

    async def restart(self) -> SentCommand:
        """Restart the charger, its transactions ended in order; raises as `command` does."""
        return await self._command(self.dialect.restart())

    async def clear_all_profiles(self) -> SentCommand:
        """Remove every charging profile from the charger, also those of others; raises as `command` does."""
        return await self._command(self.dialect.clear_all_profiles())

    async def _command(self, request: Request) -> SentCommand:
        steered = self.dialect.steered_connector(request, self._state)
        if steered is not None and self.sender is not None:
            self.record(OverriddenByCommand(steered))
        self._start_up.commanded()
        return await self.send(request)

    async def send(self, request: Request) -> SentCommand:
        """Send a request of our own; raises as `command` does."""
        if (sender := self.sender) is None:
            raise NotConnected
        reply = await sender.call(request.action, request.payload)
        answer = self.read_answer(request, reply)
        self.record(*answer.entries)
        return SentCommand(request.action, request.payload, reply.payload, answer.accepted)

    def read_answer(self, request: Request, reply: Reply) -> Answer:
        """Read the charger's answer to a request of ours; its entries are still to be recorded."""
        answer = self.dialect.read_answer(request, reply.payload, self._now())
        if answer.violations:
            self.messages.add_violations(reply.number, answer.violations)
        return answer

    def _command_finished(self, command: LoggedMessage) -> None:
        """Every Call to the charger is kept, also one that was not answered."""
        action = command.action or ''
        self.take_in(CommandSent(command.at, action, command.frame, command.status, command.answer))

    def set_mode(self, connector_id: int, mode: Mode) -> None:
        """Choose who sets the limit of a connector."""
        if self._state.connector(connector_id).mode is not mode:
            self.record(ModeChosen(connector_id, mode))

    def record_reading(self, pv_w: float | None = None, grid_w: float | None = None, by: Source = REST) -> None:
        """Take in a power reading in W (grid: import positive); what is None stays as it was."""
        self.record(SolarRead(self._now(), pv_w, grid_w, by))

    def _check_connector(self, connector_id: int) -> None:
        if self.connections.current is None:
            raise NotConnected
        if connector_id != 1 and connector_id not in self._state.connectors:
            raise UnknownConnector(f'The charger never reported a connector {connector_id}.')
