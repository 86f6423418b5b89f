"""The charger, as one object: it owns the state, takes the charger's Calls in and sends limits out."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

from cpo.charge_limit import LimitOutcome, checked_limit
from cpo.connection import Connection
from cpo.entries import (
    Connected,
    ConnectionAttempted,
    Disconnected,
    Entry,
    Heard,
    LimitWished,
    ModeChosen,
    SolarRead,
)
from cpo.errors import InvalidConnector, NotConnected, UnknownConnector
from cpo.message_log import Direction, MessageLog
from cpo.ocpp.dialect import Answer, Context, Dialect, Handled, Request
from cpo.ocpp.messages import Call, CallError, CallResult, Malformed, OcppJsonMessage, violations_of_id
from cpo.settings import DEMO_CHARGE_BOX_ID, Settings
from cpo.start_up import start_up
from cpo.state import THE_SUN, ChargePointState, ConnectionAttempt, Limit, Mode
from cpo.transaction_entries import TransactionStarted
from cpo.wanted_limit import WantedLimit
from cpo.websocket_sender import Reply, WebSocketSender

logger = logging.getLogger(__name__)


def utc_now() -> datetime:
    """The time, aware and in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class SentCommand:
    """A request as it was sent, and the payload of the charger's answer."""

    action: str
    request: dict[str, Any]
    response: Any


class ChargePoint:
    """The one charger of the house: its state, its connection, its commands.

    `state` is replaced on every change; listeners are called after it, in the event loop, without arguments. All
    methods belong to the event loop's thread.
    """

    def __init__(self, settings: Settings, dialect: Dialect, now: Callable[[], datetime] = utc_now) -> None:
        """Start without a charger."""
        self.settings = settings
        self.demo_is_invited = False
        self.messages = MessageLog()
        self._dialect = dialect
        self._now = now
        self._state = ChargePointState(phases=settings.phases)
        self._listeners: list[Callable[[], None]] = []
        self._connection: Connection | None = None
        self._wanted_limit = WantedLimit(self, dialect, settings.tag_for_remote_start)
        # without a memory of the ids given before a restart, the clock keeps them from being given twice
        self._next_id = int(now().timestamp()) - 1_600_000_000

    @property
    def state(self) -> ChargePointState:
        """What is known now."""
        return self._state

    @property
    def sender(self) -> WebSocketSender | None:
        """The sender of the charger's connection, None without one."""
        return None if self._connection is None else self._connection.sender

    @property
    def subprotocol(self) -> str:
        """The websocket subprotocol a charger has to speak."""
        return self._dialect.subprotocol

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after every change of the state or the messages; the result unsubscribes it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def record(self, *entries: Entry) -> None:
        """Take facts into the state, in order, and tell the listeners once."""
        for entry in entries:
            self._state = entry.apply(self._state)
        self._tell()

    def _tell(self) -> None:
        for listener in tuple(self._listeners):
            try:
                listener()
            except Exception:
                logger.exception('A listener failed')

    # ---- connections

    def refusal(self, charge_box_id: str) -> str | None:
        """Why a charger with this id is not let in now, None where it is."""
        wanted = self.settings.charge_box_id
        invited = charge_box_id == DEMO_CHARGE_BOX_ID and self.demo_is_invited
        if wanted is not None and charge_box_id != wanted and not invited:
            return f'It calls itself {charge_box_id}; this program only knows {wanted}. Change the name in the charger.'
        current = self._connection
        if current is None or current.charge_box_id in (charge_box_id, DEMO_CHARGE_BOX_ID):
            return None
        return f'It calls itself {charge_box_id}, but {current.charge_box_id} is connected; there is room for one.'

    def connect(
        self,
        charge_box_id: str,
        address: str,
        send_text: Callable[[str], Awaitable[None]],
        close: Callable[[int, str], Awaitable[None]],
    ) -> Connection:
        """Take a charger's connection; an older one is closed and can no longer change anything but by its Calls."""
        sender = WebSocketSender(send_text, self.messages, self.settings.call_timeout, self._now, self._tell)
        connection = Connection(charge_box_id, address, send_text, close, sender)
        if (old := self._connection) is not None:
            old.sender.close()
            reason = 'a newer connection took over' if old.charge_box_id == charge_box_id else 'a real charger is here'
            old.in_background(old.close(1000, reason))
        self._connection = connection
        self.record(Connected(self._now(), charge_box_id, address, charge_box_id == DEMO_CHARGE_BOX_ID))
        self._wanted_limit.may_be_settled()
        connection.in_background(start_up(self, self._dialect, sender, self.settings.startup_requests))
        return connection

    def disconnect(self, connection: Connection) -> None:
        """A connection ended; only the newest one's end changes the state."""
        connection.sender.close()
        for task in tuple(connection.tasks):
            task.cancel()
        if connection is self._connection:
            self._connection = None
            self.record(Disconnected(self._now()))
            self._wanted_limit.may_be_settled()

    async def close_connection(self, code: int, reason: str) -> None:
        """Say goodbye to the charger, if there is one."""
        if self._connection is not None:
            await self._connection.close(code, reason)

    def record_attempt(self, address: str, path: str, verdict: str, detail: str, accepted: bool = False) -> None:
        """Keep an attempt to connect, with its verdict in words."""
        attempt = ConnectionAttempt(self._now(), address, path, verdict, detail, accepted)
        self.record(ConnectionAttempted(attempt))

    # ---- the charger's messages

    async def handle_ocpp_message(self, connection: Connection, text: str) -> None:
        """Take one frame of the charger in and send what has to be answered; never raises for what the frame says."""
        current = self._connection
        if current is not None and current.charge_box_id != connection.charge_box_id:
            return  # the last words of a demo charger that gave way
        logger.debug('from the charger: %s', text)
        message = OcppJsonMessage.from_json_array(text)
        if isinstance(message, Call):
            handled, answer = self._handle_call(connection, message, text)
            await connection.send_text(answer)
            if handled.introduces:
                connection.sender.open_gate()
            self._wanted_limit.may_be_settled()
        elif isinstance(message, Malformed):
            refusal = None if message.answer is None else message.answer.to_json_array()
            self._take_in(text, answer=refusal, violations=(message.reason,))
            if refusal is not None:
                await connection.send_text(refusal)
        elif isinstance(message, (CallResult, CallError)):
            if connection.sender.resolve(message, text):
                self._heard()
            else:
                self._take_in(text, violations=('This answers no request of ours, or it came too late.',))

    def record_violation(self, frame: str, violation: str) -> None:
        """Keep something in the message log that was no text frame."""
        self._take_in(frame, violations=(violation,))

    def _handle_call(self, connection: Connection, call: Call, text: str) -> tuple[Handled, str]:
        now, started = self._now(), perf_counter()
        violations = violations_of_id(call.message_id)
        if call.message_id in connection.recent_ids:
            violations += ('The message id was used before.',)
        connection.recent_ids.append(call.message_id)
        try:
            handled = self._dialect.handle(call, self._context(now))
        except Exception:
            logger.exception('%s could not be handled', call.action)
            handled = Handled(CallError(call.message_id, 'InternalError', 'The server failed.'), call.action)
        for entry in handled.entries:
            self._state = entry.apply(self._state)
            if isinstance(entry, TransactionStarted):
                self._skip_used_ids()
        answer = handled.answer.to_json_array()
        self._take_in(
            text,
            action=handled.action,
            message_id=str(call.message_id),
            answer=answer,
            latency_ms=(perf_counter() - started) * 1000,
            status=_status(handled.answer),
            violations=violations + handled.violations,
        )
        return handled, answer

    def _take_in(self, text: str, **members: Any) -> None:
        self.messages.add(self._now(), Direction.FROM_CHARGER, text, **members)
        self._heard()

    def _heard(self) -> None:
        """A second is exact enough for the time of the last message, and cheap when thousands come."""
        now, last = self._now(), self._state.last_message_at
        if last is None or not 0 <= (now - last).total_seconds() < 1:
            self._state = Heard(now).apply(self._state)
        self._tell()

    def _skip_used_ids(self) -> None:
        while self._state.transaction(self._next_id) is not None:
            self._next_id += 1

    def _context(self, now: datetime) -> Context:
        settings = self.settings
        return Context(
            self._state,
            now,
            settings.heartbeat_interval,
            settings.id_tags,
            settings.tag_for_remote_start,
            self._next_id,
        )

    # ---- commands

    async def set_charging_limit(self, connector_id: int, limit_a: float, by: str = 'you') -> LimitOutcome:
        """Bring a connector to a limit in A: above 0 starts or changes, 0 ends the transaction.

        The limit is rounded down to 0.1 A. Unless the sun asks, the connector's mode becomes manual. Raises
        InvalidConnector, InvalidLimit, NotConnected, UnknownConnector (in this order), Rejected, CallErrorReceived,
        CallTimeout or ConnectionClosed.
        """
        if connector_id < 1:
            raise InvalidConnector('A limit is for a connector: 1, 2, …')
        limit_a = checked_limit(limit_a, self.settings.max_current)
        self._check_connector(connector_id)
        wish = Limit(limit_a, by, self._now())
        if by != THE_SUN:
            self.set_mode(connector_id, Mode.MANUAL)
        self.record(LimitWished(connector_id, wish))
        return await self._wanted_limit.reach(connector_id, wish)

    async def command(self, action: str, payload: dict[str, Any]) -> SentCommand:
        """Send any request of the central system; the members go out in the order given.

        Raises UnknownAction, InvalidPayload, InvalidLimit (nothing was sent), NotConnected, CallErrorReceived,
        CallTimeout or ConnectionClosed.
        """
        request = self._dialect.with_reservation_id(Request(action, payload), self._next_id)
        self._dialect.check_request(request, self.settings.max_current, self.settings.phases)
        if request.payload is not payload:
            self._next_id += 1
        return await self.send(request)

    async def send(self, request: Request) -> SentCommand:
        """Send a request of our own; raises as `command` does."""
        if (sender := self.sender) is None:
            raise NotConnected('No charger is connected. Nothing is kept for later.')
        reply = await sender.call(request.action, request.payload)
        self.record(*self.read_answer(request, reply).entries)
        return SentCommand(request.action, request.payload, reply.payload)

    def read_answer(self, request: Request, reply: Reply) -> Answer:
        """Read the charger's answer to a request of ours; its entries are still to be recorded."""
        answer = self._dialect.read_answer(request, reply.payload, self._now())
        if answer.violations:
            self.messages.add_violations(reply.number, answer.violations)
        return answer

    def set_mode(self, connector_id: int, mode: Mode) -> None:
        """Choose who sets the limit of a connector."""
        if self._state.connector(connector_id).mode is not mode:
            self.record(ModeChosen(connector_id, mode))

    def record_reading(self, pv_w: float | None = None, grid_w: float | None = None, by: str = 'REST') -> None:
        """Take in a power reading in W (grid: import positive); what is None stays as it was."""
        self.record(SolarRead(self._now(), pv_w, grid_w, by))

    def _check_connector(self, connector_id: int) -> None:
        if self._connection is None:
            raise NotConnected('No charger is connected. Nothing is kept for later.')
        if connector_id != 1 and connector_id not in self._state.connectors:
            raise UnknownConnector(f'The charger never reported a connector {connector_id}.')


def _status(answer: CallResult | CallError) -> str | None:
    """What the answer says in one or two words, for the message log."""
    if isinstance(answer, CallError):
        return f'CallError {answer.code}'
    status = answer.payload.get('status') or (answer.payload.get('idTagInfo') or {}).get('status')
    return None if status is None else str(status)
