"""The frames of the charger: each is parsed, handled, recorded and answered."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
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
MOST_AT_ONCE = 64  # frames that are answered while nothing else has its turn
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
        self._answered_at_once: list[_Answered] = []

    def answer_at_once(self, connection: Connection, text: str) -> str | None:
        """The answer to one of the frames that a charger sends all the time; None where it has to go by `take`.

        That is so too before `take` is done with another frame, and in a flood that is slowed. Whoever has sent the
        answer calls `record_answered`.
        """
        if connection.is_busy or connection.rest_s or self._charger.connections.is_superseded(connection):
            return None
        answer = self._answer_to_repeated(connection, text)
        connection.frames += answer is not None
        return answer

    def record_answered(self) -> None:
        """Record and log what was answered at once, and notify the listeners."""
        answered, self._answered_at_once = self._answered_at_once, []
        self._recorded(answered)

    async def take(self, connection: Connection, text: str, violations: tuple[str, ...] = ()) -> None:
        """Handle one frame of the charger and send the answer.

        An answer that promises to persist something, as a transaction's start, is sent after the journal's commit.
        `violations` are those of the frame itself.
        """
        if self._charger.connections.is_superseded(connection):
            return
        connection.is_busy = True
        try:
            if (answer := self._answer_to_repeated(connection, text, violations)) is None:
                await self._take(connection, text, violations)
            else:
                await connection.send_text(answer)
        finally:
            connection.is_busy = False
            self.record_answered()

    def _answer_to_repeated(self, connection: Connection, text: str, violations: tuple[str, ...] = ()) -> str | None:
        if len(text) > LARGE_FRAME or len(self._answered_at_once) >= MOST_AT_ONCE:
            return None
        started, at = perf_counter(), self._now()
        handled = _handle_repeated(connection.dialect, text, self._charger.live.before_waiting, at)
        if handled is None:
            return None
        logger.debug('from the charger: %s', text)
        answer = handled.answer.to_json_array()
        latency_ms = (perf_counter() - started) * 1000
        self._answered_at_once.append(_Answered(connection, handled, answer, text, at, latency_ms, violations))
        return answer

    async def _take(self, connection: Connection, text: str, violations: tuple[str, ...]) -> None:
        logger.debug('from the charger: %s', text)
        started, at = perf_counter(), self._now()
        is_large = len(text) > LARGE_FRAME
        if is_large:  # parsed in a thread, so that others are served meanwhile
            large = connection.dialect.large_actions
            message = await asyncio.to_thread(OcppJsonMessage.from_json_array, text, large)
            at = self._now()
        else:
            message = OcppJsonMessage.from_json_array(text)
        if isinstance(message, Call):
            handled = await self._handled(connection.dialect, message, at, is_large)
            await self._answer(connection, handled, text, at, started, violations + message.violations)
        elif isinstance(message, Malformed):
            await self._take_malformed(connection, message, text, violations)
        elif isinstance(message, (CallResult, CallError)):
            if connection.sender.resolve(message, text):
                self._answered()
            else:
                self.log(text, violations=(*violations, 'This answers no request of ours, or it came too late.'))

    async def _take_malformed(
        self, connection: Connection, message: Malformed, text: str, violations: tuple[str, ...]
    ) -> None:
        """A Call is answered; what begins as the answer to our Call is one that cannot be read."""
        code = connection.dialect.error_code(Problem.MALFORMED)
        if message.is_answer:
            spoilt = UnreadableAnswer(message.message_id, code, f'The answer cannot be read. {message.reason}')
            if connection.sender.resolve(spoilt, text):
                self._answered()
                return
        refusal = CallError(message.message_id, code, message.reason).to_json_array() if message.is_call else None
        self.log(text, answer=refusal, violations=(*violations, message.reason))
        if refusal is not None:
            await connection.send_text(refusal)

    def _answered(self) -> None:
        self._charger.harm.on_answer()
        self._charger.heard(self._now())

    def log(self, text: str, at: datetime | None = None, **members: Any) -> int:
        """Add a frame that arrived `at`, or now, to the message log; returns its number there."""
        at = at or self._now()
        number = self._charger.messages.add(at, Direction.FROM_CHARGER, text, **members)
        self._charger.heard(at)
        return number

    async def _answer(
        self,
        connection: Connection,
        handled: Handled,
        text: str,
        at: datetime,
        started: float,
        violations: tuple[str, ...],
    ) -> None:
        """Answer a Call, and record and log it; `started` is when its handling began, by `perf_counter`.

        What promises to persist something is answered after the journal's commit, all else first of all.
        """
        answer = handled.answer.to_json_array()
        latency_ms = (perf_counter() - started) * 1000
        answered = _Answered(connection, handled, answer, text, at, latency_ms, violations)
        if handled.durable:
            number = self._record(answered)
            connection.sender.hold()
            connection.in_background(self._answer_when_flushed(answered, number))
            self._charger.heard(at)
        else:
            try:
                await connection.send_text(answer)
            finally:
                self._recorded((answered,))

    def _recorded(self, answered: Sequence[_Answered]) -> None:
        """Record and log what is answered, and notify the listeners."""
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

    async def _handled(self, dialect: Dialect, call: Call, at: datetime, is_large: bool) -> Handled:
        """The dialect's answer to a Call; a large Call is parsed in a thread, so that the event loop stays free."""
        context = self._charger.context(at, call.action in dialect.live_actions)
        if not is_large:
            return _handle(dialect, call, context)
        handled = await asyncio.to_thread(_handle, dialect, call, context)
        newer = self._charger.context(context.now)
        if newer.next_number != context.next_number:  # another connection's call took the number
            handled = _handle(dialect, call, newer)
        return handled

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
