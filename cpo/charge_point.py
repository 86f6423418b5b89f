"""The charger, as one object: it owns the state, handles the charger's Calls and sends limits."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from cpo.access import Passwords
from cpo.chargers import ChargerKind, ChargerKnowledge, ChargerQuirks, quirks_for
from cpo.clock import utc_now
from cpo.connection import Connection, Connections, Inbox, StartUp
from cpo.errors import InvalidConnector, InvalidLimit, NotConnected, UnknownConnector
from cpo.harm_watch import HarmWatch
from cpo.journal import IdTags, Journal
from cpo.limits import CeilingKeeper, LimitOutcome, LimitReconciler, check_past, new_wish, send_past
from cpo.live_state import LiveState
from cpo.ocpp import Answer, Context, Dialect, LoggedMessage, MessageLog, Request, SentCommand
from cpo.settings import Settings
from cpo.settings_keeper import SettingsKeeper
from cpo.state import (
    REST,
    YOU,
    ChargePointState,
    ClockSet,
    CommandSent,
    Entry,
    Event,
    Heard,
    IdTag,
    IdTagChanged,
    Learned,
    LimitWished,
    Mode,
    ModeChosen,
    SolarRead,
    Source,
    may_wish,
    overridden_mode,
)
from cpo.websocket_sender import Reply, WebSocketSender

HEARD_EVERY = timedelta(seconds=1)


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
        passwords: Passwords | None = None,
    ) -> None:
        """Restores the state from the journal; no charger is connected yet.

        `dialects`: OCPP versions a charger may speak, the preferred one first; `quirks_for`: what is known of a make.
        """
        self.journal = journal
        self.messages = MessageLog()
        self.now = now
        self.settings_keeper = SettingsKeeper(settings, journal.page_settings, self, now)
        self.live = LiveState(journal, self.settings.phases, now)
        self.id_tags = IdTags(self)
        self.harm = HarmWatch(self, now)
        self.inbox = Inbox(self, now)
        self._quirks_for = quirks_for
        self.ceilings = CeilingKeeper(self, now)
        self._limits = LimitReconciler(self, now)
        start_up = StartUp(self, now, quirks_of=quirks_for)
        self.connections = Connections(self, start_up, dialects, now, passwords or Passwords())
        self.id_tags.add_those_of(self.settings, journal.known_id_tags())

    @property
    def settings(self) -> Settings:
        """The settings in force, frozen; read them again after a change."""
        return self.settings_keeper.newest

    @property
    def state(self) -> ChargePointState:
        """The newest state, frozen; read it again after a change."""
        return self.live.newest

    @property
    def events(self) -> tuple[Event, ...]:
        """The newest events since the start of the program, oldest first, the demo charger's too."""
        return tuple(self.live.events)

    @property
    def known_charger(self) -> str | None:
        """The charge box id of the last real charger, None before one was ever connected."""
        return self.live.known_charger

    def begin_demo(self) -> None:
        """From now on, as the demo charger connects, only entries that outlast it are written to the journal."""
        self.live.begin_demo()

    def end_demo(self) -> None:
        """Restore the state from before the demo charger connected, if it did."""
        self.live.end_demo()

    @property
    def sender(self) -> WebSocketSender | None:
        """The sender of the charger's connection, None while no charger is connected."""
        return None if (current := self.connections.current) is None else current.sender

    @property
    def dialect(self) -> Dialect:
        """The dialect (OCPP version) of the newest connection, also after its end; at first, the preferred version."""
        return self.connections.dialect

    @property
    def quirks(self) -> ChargerQuirks:
        """The known peculiarities of the charger's make."""
        return self._quirks_for(self.live.before_waiting.charger_kind)

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after changes of the state or the message log; the returned function unsubscribes it.

        It is called at once, but five times a second at most for meter values and Heartbeats.
        """
        return self.live.subscribe(listener)

    def record(self, *entries: Entry) -> None:
        """Apply entries to the state and queue them to the journal, in order, then notify the listeners once."""
        self.live.take_in(*entries)
        self.live.notify()

    def new_sender(self, send_text: Callable[[str], Awaitable[None]]) -> WebSocketSender:
        """A sender for a new connection, whose Calls are logged and recorded."""
        timeout_s = lambda: self.settings.call_timeout  # noqa: E731
        return WebSocketSender(
            send_text, self.messages, timeout_s, self.now, self.live.notify_next, self._command_finished
        )

    async def leave(self) -> None:
        """Lower the limits in force to the fallback current, where the settings have one, before the program ends."""
        await self._limits.leave()

    # ---- the charger's messages

    async def handle_ocpp_message(self, connection: Connection, text: str, violations: tuple[str, ...] = ()) -> None:
        """Handle one frame of the charger and send its answer. Never raises because of what the frame contains.

        `violations` are sentences about the frame itself.
        """
        await self.inbox.take(connection, text, violations)

    def record_violation(self, frame: str, violation: str) -> None:
        """Add a frame that is no OCPP-J text to the message log, with what is wrong with it."""
        self.inbox.log(frame, violations=(violation,))

    def take_in(self, *entries: Entry) -> None:
        """Apply entries to the state and queue them to the journal; the caller notifies the listeners later."""
        self.live.take_in(*entries)

    def heard(self, at: datetime) -> None:
        """Record that the charger sent something, at most once in a second, and notify the listeners."""
        last = self.live.before_waiting.last_message_at
        if last is None or not last <= at < last + HEARD_EVERY:
            self.take_in(Heard(at))
        self.live.notify_soon()

    async def flushed(self) -> None:
        """Wait until all recorded entries are on the disk. Raises JournalError when they cannot be written."""
        self.live.fold()
        self.live.record_events()
        await self.journal.flushed()

    def context(self, now: datetime, is_live: bool = False) -> Context:
        """What the handler of a Call that arrived at `now` needs besides the Call: state, settings, the next number.

        `is_live`: it brings live values at most, so no newer values and no tag of remote starts are needed.
        """
        state, tag = (self.live.before_waiting, '') if is_live else (self.state, self._remote_start_tag())
        settings, number = self.settings, self.live.next_number
        free, signs = settings.free_charging, bool(settings.tls_port)
        return Context(state, now, settings.heartbeat_interval, tag, number, free, signs_certificates=signs)

    # ---- commands

    def tag_for_remote_start(self) -> str:
        """The idTag of remote starts: that of the settings, else the one this make accepts; now it may charge."""
        tag = self._remote_start_tag()
        if tag.casefold() not in self.state.id_tags and tag not in self.settings.id_tags:
            self.record(IdTagChanged(IdTag(tag)))
        return tag

    def _remote_start_tag(self) -> str:
        of_make = self.quirks.remote_start_tag(self.live.before_waiting.configuration)
        return self.settings.remote_start_tag or of_make[: self.dialect.max_id_tag_length] or self.settings.id_tags[0]

    async def set_charging_limit(
        self, connector_id: int, limit_a: float, by: Source = YOU, phases: int | None = None
    ) -> LimitOutcome:
        """Bring a connector to a limit in A, for `by`: above 0 starts or changes, 0 ends or pauses the transaction.

        The limit is rounded down to 0.1 A, and for 1 or 3 `phases` (None: all); unless the solar controller asks, it
        overrides the mode. Raises InvalidConnector, InvalidLimit, NotConnected, UnknownConnector (in this order),
        Rejected, CallErrorReceived, CallTimeout or ConnectionClosed.
        """
        if connector_id < 1:
            raise InvalidConnector('A limit is for a connector: 1, 2, …')
        wish = new_wish(self, limit_a, by, self.now(), phases)
        self._check_connector(connector_id)
        if not may_wish(by, (connector := self.state.connector(connector_id)).mode):
            raise InvalidLimit('The mode of this connector is another one now.')
        self.take_in(*overridden_mode(connector, wish, self.settings.manual_lasts), LimitWished(connector_id, wish))
        try:
            outcome = self._limits.reach(connector_id, wish)
        finally:
            self.live.notify_next()
        return await outcome

    def forget_learned(self) -> None:
        """Forget what was learned about this make of charger; it is learned again."""
        self.record(Learned(self.state.charger_kind, ChargerKnowledge()))

    async def command(self, action: str, payload: dict[str, Any]) -> SentCommand:
        """Send any request of the central system; its members are sent in the order given.

        Raises UnknownAction, InvalidPayload, InvalidLimit, JournalError (nothing was sent), and as `send` does.
        """
        known = (r.reservation_id for r in self.state.reservations)
        reservation_id = max((i for i in known if i < 2**31 - 1), default=0) + 1
        request = self.dialect.with_reservation_id(Request(action, payload), reservation_id)
        check_past(self, request, self.now())
        return await self.connections.credentials.send(self.connections.current, request, self._command)

    async def restart(self) -> SentCommand:
        """Restart the charger after it has ended its transactions in order; raises as `send` does."""
        return await self._command(self.dialect.restart())

    async def clear_all_profiles(self) -> SentCommand:
        """Remove every charging profile from the charger, also those of others; raises as `send` does."""
        return await self._command(self.dialect.clear_all_profiles())

    async def _command(self, request: Request) -> SentCommand:
        return await send_past(self, request, self.send)

    async def send(self, request: Request) -> SentCommand:
        """Send a request and record the answer.

        Raises NotConnected, CallErrorReceived, CallTimeout or ConnectionClosed.
        """
        if (sender := self.sender) is None:
            raise NotConnected
        reply = await sender.call(request.action, request.payload)
        answer = self.read_answer(request, reply)
        self.record(*answer.entries)
        return SentCommand(request.action, request.payload, reply.payload, answer.accepted)

    def read_answer(self, request: Request, reply: Reply) -> Answer:
        """The meaning of the charger's answer to a request of ours; the caller records the entries in it."""
        answer = self.dialect.read_answer(request, reply.payload, self.now())
        if answer.violations:
            self.messages.add_violations(reply.number, answer.violations)
        return answer

    def _command_finished(self, command: LoggedMessage) -> None:
        """Journal a Call to the charger, also one without an answer."""
        action = command.action or ''
        self.take_in(CommandSent(command.at, action, command.frame, command.status, command.answer))

    def set_clock(self, entry: ClockSet) -> None:
        """Correct the times recorded in this run, in the state and in the memory of the limits."""
        self._limits.move_times(entry.setting.move)
        self.record(entry)

    def set_mode(self, connector_id: int, mode: Mode) -> None:
        """Set who may set the limit of a connector, until it is set again."""
        if mode is not (connector := self.state.connector(connector_id)).mode or connector.mode_after:
            self.record(ModeChosen(connector_id, mode))

    def record_reading(self, pv_w: float | None = None, grid_w: float | None = None, by: Source = REST) -> None:
        """Record a power reading in W (grid import positive); None leaves the older value as it is."""
        self.record(SolarRead(self.now(), pv_w, grid_w, by))

    def _check_connector(self, connector_id: int) -> None:
        if self.connections.current is None:
            raise NotConnected
        if connector_id != 1 and connector_id not in self.state.connectors:
            raise UnknownConnector(f'The charger never reported a connector {connector_id}.')
