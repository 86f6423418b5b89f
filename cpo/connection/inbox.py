"""The frames of the charger: each is parsed, handled, recorded and answered."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from time import perf_counter
from typing import Any, NamedTuple, Protocol

from cpo.connection.connection import Connection
from cpo.connection.connections import Connections
from cpo.errors import ConnectionClosed, JournalError
from cpo.harm_watch import HarmWatch
from cpo.live_state import LiveState
from cpo.ocpp import (
    Call,
    CallError,
    CallResult,
    Context,
    Dialect,
    Direction,
    Handled,
    Malformed,
    MessageId,
    MessageLog,
    OcppJsonMessage,
    Problem,
    UnreadableAnswer,
    violations_of_id,
)
from cpo.state import ChargePointState, Entry, TransactionStopped

logger = logging.getLogger(__name__)

FLUSH_WITHIN_S = 9.0
LARGE_FRAME = 16 * 1024  # one with thousands of deviations takes seconds to read; page and REST are served meanwhile
MAX_TURN_S = 0.005
"""So long the frames of a charger are handled in a row; then others have their turn."""
MAX_RECENT = 100
MAX_RECOGNIZED = 200  # characters of a message id that tell it from others
NOT_PERSISTED = 'This could not be kept. Please send it again.'


class InboxOwner(Protocol):
    """The part of ChargePoint that Inbox uses."""

    messages: MessageLog
    harm: HarmWatch
    connections: Connections
    live: LiveState

    def take_in(self, *entries: Entry) -> None:
        """Apply entries to the state and queue them to the journal."""
        ...

    def heard(self, at: datetime) -> None:
        """Record that the charger sent something, and notify the listeners."""
        ...

    def context(self, now: datetime, is_live: bool = False) -> Context:
        """What the handler of a Call that arrived at `now` needs besides it; `is_live`: it has live values at most."""
        ...

    async def flushed(self) -> None:
        """Wait until all recorded entries are on the disk. Raises JournalError."""
        ...


class _Answered(NamedTuple):
    """A Call that was handled, with its answer, which took `latency_ms`; `at` is when it arrived."""

    connection: Connection
    handled: Handled
    answer: str
    text: str
    at: datetime
    latency_ms: float
    violations: tuple[str, ...]


class Inbox:
    """Handles frames one after the other; never raises because of what they contain."""

    def __init__(self, charger: InboxOwner, now: Callable[[], datetime]) -> None:
        self._charger = charger
        self._now = now
        self._answered: list[_Answered] = []
        self._turn_began: float | None = None

    def answer_at_once(self, connection: Connection, text: str) -> str | None:
        """What to send for a frame that arrives now, '' for nothing; None where the frame has to go by `take`.

        So do long frames, all behind one that `take` has not done with, and those of a flood. Whoever has sent what is
        to be sent calls `end_turn`, so that no other work stands between frames and their answers.
        """
        began, started = self._turn_began, perf_counter()
        is_patient = began is None or started - began < MAX_TURN_S
        may_be_taken = is_patient and not connection.is_busy and not connection.rest_s
        if not may_be_taken or len(text) > LARGE_FRAME or self._charger.connections.is_superseded(connection):
            return None
        self._turn_began = began or started
        connection.frames += 1
        return self._taken(connection, text, ())

    def end_turn(self) -> None:
        """Record and log what was answered at once, and notify the listeners."""
        self._turn_began = None
        self._record_answered()

    async def take(self, connection: Connection, text: str, violations: tuple[str, ...] = ()) -> None:
        """Handle one frame of the charger and send the answer.

        An answer that promises to persist something, as a transaction's start, is sent after the journal's commit.
        `violations` are those of the frame itself.
        """
        if self._charger.connections.is_superseded(connection):
            return
        connection.is_busy = True
        try:
            if len(text) > LARGE_FRAME:
                answer = await self._taken_in_thread(connection, text, violations)
            else:
                answer = self._taken(connection, text, violations)
            if answer:
                self._record_unless_live(connection.dialect)  # a charger that does not read keeps its answer waiting
                await connection.send_text(answer)
        finally:
            connection.is_busy = False
            self._record_answered()

    def _taken(self, connection: Connection, text: str, violations: tuple[str, ...]) -> str:
        """Handle a frame; returns what to send, '' for nothing. A Call that is answered is recorded afterwards."""
        logger.debug('from the charger: %s', text)
        started, at, dialect = perf_counter(), self._now(), connection.dialect
        self._record_unless_live(dialect)
        handled = _handle_repeated(dialect, text, self._charger.live.before_waiting, at)
        if handled is None:
            self._record_answered()
            message = OcppJsonMessage.from_json_array(text)
            if not isinstance(message, Call):
                return self._taken_answer(connection, message, text, violations)
            violations += message.violations
            handled = _handle(dialect, message, self._charger.context(at, message.action in dialect.live_actions))
        return self._answer(connection, handled, text, at, started, violations)

    async def _taken_in_thread(self, connection: Connection, text: str, violations: tuple[str, ...]) -> str:
        """Handle a long frame as `_taken` does, but in a thread, so that others are served meanwhile."""
        logger.debug('from the charger: %s', text)
        started, dialect = perf_counter(), connection.dialect
        message = await asyncio.to_thread(OcppJsonMessage.from_json_array, text, dialect.large_actions)
        if not isinstance(message, Call):
            return self._taken_answer(connection, message, text, violations)
        at = self._now()
        context = self._charger.context(at, message.action in dialect.live_actions)
        handled = await asyncio.to_thread(_handle, dialect, message, context)
        newer = self._charger.context(at)
        if newer.next_number != context.next_number:  # another connection's call took the number
            handled = _handle(dialect, message, newer)
        return self._answer(connection, handled, text, at, started, violations + message.violations)

    def _taken_answer(
        self, connection: Connection, message: OcppJsonMessage | Malformed, text: str, violations: tuple[str, ...]
    ) -> str:
        """Handle what is no Call, or none that can be read; what begins as an answer is one that cannot be read."""
        if isinstance(message, (CallResult, CallError)):
            if not self._resolved(connection, message, text):
                self.log(text, violations=(*violations, 'This answers no request of ours, or it came too late.'))
            return ''
        assert isinstance(message, Malformed)
        code, message_id = connection.dialect.error_code(Problem.MALFORMED), message.message_id
        spoilt = UnreadableAnswer(message_id, code, f'The answer cannot be read. {message.reason}')
        if message.is_answer and self._resolved(connection, spoilt, text):
            return ''
        refusal = CallError(message_id, code, message.reason).to_json_array() if message.is_call else None
        self.log(text, answer=refusal, violations=(*violations, message.reason))
        return refusal or ''

    def _resolved(self, connection: Connection, answer: CallResult | CallError, text: str) -> bool:
        """Pass an answer to our Call on; False where it belongs to none."""
        if not connection.sender.resolve(answer, text):
            return False
        self._charger.harm.on_answer()
        self._charger.heard(self._now())
        return True

    def log(self, text: str, at: datetime | None = None, **members: Any) -> int:
        """Add a frame that arrived `at`, or now, to the message log; returns its number there."""
        at = at or self._now()
        number = self._charger.messages.add(at, Direction.FROM_CHARGER, text, **members)
        self._charger.heard(at)
        return number

    def _answer(
        self,
        connection: Connection,
        handled: Handled,
        text: str,
        at: datetime,
        started: float,
        violations: tuple[str, ...],
    ) -> str:
        """The answer to a Call, to be sent now; '' where it is sent after the journal's commit, as it promises that.

        `started` is when its handling began, by `perf_counter`.
        """
        answer = handled.answer.to_json_array()
        latency_ms = (perf_counter() - started) * 1000
        answered = _Answered(connection, handled, answer, text, at, latency_ms, violations)
        if not handled.durable:
            self._answered.append(answered)
            return answer
        number = self._record(answered)
        connection.sender.hold()
        connection.in_background(self._answer_when_flushed(answered, number))
        self._charger.heard(at)
        return ''

    def _record_unless_live(self, dialect: Dialect) -> None:
        if self._answered and self._answered[-1].handled.action not in dialect.live_actions:
            self._record_answered()

    def _record_answered(self) -> None:
        answered, self._answered = self._answered, []
        for each in answered:
            self._record(each)
            if each.handled.introduces or each.handled.continues:
                each.connection.sender.open_gate()
            self._charger.heard(each.at)

    def _record(self, answered: _Answered) -> int:
        """Record what a Call brought, and log it with its answer; returns its number in the log."""
        handled, message_id = answered.handled, answered.handled.answer.message_id
        self._charger.harm.on_call(answered.at)
        violations = answered.violations + _violations_of_id(message_id, answered.connection.recent_ids)
        if handled.entries:
            self._charger.take_in(*handled.entries)
            if any(isinstance(entry, TransactionStopped) for entry in handled.entries):
                self._charger.harm.on_session_end()
        return self._charger.messages.add(
            answered.at,
            Direction.FROM_CHARGER,
            answered.text,
            action=handled.action,
            message_id=str(message_id),
            answer=answered.answer,
            latency_ms=answered.latency_ms,
            status=handled.status,
            failed=isinstance(handled.answer, CallError),
            violations=violations + handled.violations,
        )

    async def _answer_when_flushed(self, answered: _Answered, number: int) -> None:
        """Answer after the commit, else with a CallError: then the charger sends it again (OCPP 1.6 §3.7.1)."""
        connection, answer = answered.connection, answered.answer
        try:
            async with asyncio.timeout(FLUSH_WITHIN_S):
                await self._charger.flushed()
        except (JournalError, TimeoutError):
            error = CallError(
                answered.handled.answer.message_id, connection.dialect.error_code(Problem.OWN_FAULT), NOT_PERSISTED
            )
            answer = error.to_json_array()
            self._charger.messages.answered(number, answer, None, error.status, failed=True)
        with suppress(ConnectionClosed):
            await connection.send_text(answer)
        connection.sender.release()


def _violations_of_id(message_id: MessageId, recent: dict[MessageId, None]) -> tuple[str, ...]:
    """What is wrong with the id of a Call, which is added to the recent ones."""
    recognized = message_id[:MAX_RECOGNIZED] if isinstance(message_id, str) else message_id
    if recognized in recent:
        return (*violations_of_id(message_id), 'The message id was used before.')
    recent[recognized] = None
    if len(recent) > MAX_RECENT:
        del recent[next(iter(recent))]
    return violations_of_id(message_id)


def _handle_repeated(dialect: Dialect, text: str, state: ChargePointState, at: datetime) -> Handled | None:
    try:
        return dialect.handle_repeated(text, state, at)
    except Exception:
        logger.exception('A repeated frame could not be handled')
        return None


def _handle(dialect: Dialect, call: Call, context: Context) -> Handled:
    try:
        return dialect.handle(call, context)
    except Exception:
        logger.exception('%s could not be handled', call.action)
        error = CallError(call.message_id, dialect.error_code(Problem.OWN_FAULT), 'The server failed.')
        return Handled(error, call.action, status=error.status)
