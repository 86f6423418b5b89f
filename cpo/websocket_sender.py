"""Calls to the charger over one connection: one outstanding at a time (OCPP-J 1.6 §4.1.1)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from itertools import count
from time import perf_counter
from typing import Any, NamedTuple
from uuid import uuid4

from cpo.errors import CallErrorReceived, CallTimeout, ConnectionClosed
from cpo.masking import masked, masked_json
from cpo.ocpp import Call, CallError, CallResult, Direction, LoggedMessage, MessageId, MessageLog, UnreadableAnswer

logger = logging.getLogger(__name__)

MAX_GATE_WAIT_S = 5.0
MAX_STOP_WAIT_S = 2.0
MAX_STATUS_LENGTH = 100


class Reply(NamedTuple):
    """The payload of a CallResult and the number of its message in the log."""

    payload: Any
    number: int


class Turn(NamedTuple):
    """The time in which one caller sends its Calls; to be used with `async with`.

    It is no asynchronous generator, as each of those is registered with the event loop.
    """

    begin: Callable[[], Awaitable[None]]
    end: Callable[[], None]

    async def __aenter__(self) -> None:
        """Wait for the turn."""
        await self.begin()

    async def __aexit__(self, *_: object) -> None:
        """Let the next caller begin."""
        self.end()


class WebSocketSender:
    """Sends Calls over one connection, one at a time, and matches the answers to them by message id.

    Callers are served in the order of their requests. No Call is sent before `open_gate()`, or before a caller has
    waited 5 s for it: some chargers reboot when they get a Call before their BootNotification was answered. Every wait
    ends: with the answer, after `call_timeout_s()`, sooner where a stop waits, or at once when the connection closes.
    """

    def __init__(
        self,
        send_text: Callable[[str], Awaitable[None]],
        messages: MessageLog,
        call_timeout_s: Callable[[], float],
        now: Callable[[], datetime],
        changed: Callable[[], None] = lambda: None,
        finished: Callable[[LoggedMessage], None] = lambda message: None,
    ) -> None:
        """`send_text` sends one frame to the charger; `changed` is called when `messages` has changed.

        `finished` is called with every logged Call once it is answered or has failed.
        """
        self._send_text = send_text
        self._messages = messages
        self._call_timeout_s = call_timeout_s
        self._now = now
        self._changed = changed
        self._finished = finished
        self._ids, self._numbers = uuid4().hex[:16], count(1)
        self._gate = asyncio.Event()
        self._lock = asyncio.Lock()
        self.turn = Turn(self._begin_turn, self._lock.release)
        """A context manager for several Calls in a row: it waits until no other Call is outstanding.

        Inside it, only `exchange` sends. Raises ConnectionClosed.
        """
        self._unanswered = 0
        self._answered = asyncio.Event()
        self._answered.set()
        self._closed = False
        self._outstanding: tuple[MessageId, asyncio.Future[tuple[CallResult | CallError, str]]] | None = None

    def open_gate(self) -> None:
        """Allow Calls from now on, as the charger has identified itself."""
        self._gate.set()

    async def wait_for_gate(self, timeout_s: float) -> bool:
        """Wait until Calls are allowed; returns False when they are not within `timeout_s`."""
        if self._gate.is_set():
            return True
        try:
            async with asyncio.timeout(timeout_s):
                await self._gate.wait()
        except TimeoutError:
            return False
        return True

    async def _begin_turn(self) -> None:
        if not self._gate.is_set():
            await self.wait_for_gate(MAX_GATE_WAIT_S)
        await self._lock.acquire()
        try:
            if self._unanswered:
                await self._answered.wait()
            self._check_open()
        except BaseException:
            self._lock.release()
            raise

    def hold(self) -> None:
        """Delay Calls until `release` is called: an answer of ours waits for the journal's commit.

        A Call may need the transactionId in that answer.
        """
        self._unanswered += 1
        self._answered.clear()

    def release(self) -> None:
        """Undo one `hold`, as its answer has been sent; Calls go out when no `hold` is left."""
        self._unanswered -= 1
        if not self._unanswered:
            self._answered.set()

    async def call(self, action: str, payload: dict[str, Any]) -> Reply:
        """Send one Call once no other is outstanding and wait for its answer; raises as `exchange` does."""
        async with self.turn:
            return await self.exchange(action, payload)

    async def exchange(self, action: str, payload: dict[str, Any]) -> Reply:
        """Send one Call now and wait for its answer; to be used inside `turn` only.

        Raises CallErrorReceived, CallTimeout or ConnectionClosed; after the last two the charger may have acted on it.
        """
        self._check_open()
        call = Call(f'{self._ids}-{next(self._numbers)}', action, payload)  # unlike those of any other connection
        answer: asyncio.Future[tuple[CallResult | CallError, str]] = asyncio.get_running_loop().create_future()
        answer.add_done_callback(lambda done: done.cancelled() or done.exception())  # its caller may have failed before
        self._outstanding = (call.message_id, answer)
        frame = call.to_json_array()
        started, timeout_s = perf_counter(), self._call_timeout_s()
        try:
            async with asyncio.timeout(timeout_s):
                try:
                    await self._send_text(frame)
                finally:
                    number = self._log_call(call, frame)  # no Call waits for that
                received, text = await answer
        except (TimeoutError, CallTimeout) as error:
            waited_s = error.timeout_s if isinstance(error, CallTimeout) else timeout_s
            self._log_answer(number, None, None, 'no answer', failed=True)
            logger.warning('%s got no answer within %g s', action, waited_s)
            raise CallTimeout(waited_s) from None
        except ConnectionClosed:
            self._log_answer(number, None, None, 'connection closed', failed=True)
            raise
        finally:
            self._outstanding = None
        return self._received(number, received, text, (perf_counter() - started) * 1000)

    def _log_call(self, call: Call, frame: str) -> int:
        logger.debug('to the charger: %s', frame)
        message_id, to_charger = str(call.message_id), Direction.TO_CHARGER
        number = self._messages.add(self._now(), to_charger, frame, action=call.action, message_id=message_id)
        self._changed()
        return number

    def resolve(self, answer: CallResult | CallError, text: str) -> bool:
        """Pass an answer and its frame to the outstanding Call; False when it belongs to none, as after a timeout."""
        if self._outstanding is None or self._outstanding[1].done() or self._outstanding[0] != answer.message_id:
            return False
        self._outstanding[1].set_result((answer, text))
        return True

    def overtake(self) -> None:
        """Let the outstanding Call time out 2 s from now, as a stop waits for its end."""
        if self._outstanding is not None:
            asyncio.get_running_loop().call_later(MAX_STOP_WAIT_S, _give_up, self._outstanding[1])

    def close(self) -> None:
        """Fail the outstanding Call and all later ones with ConnectionClosed, as the connection has ended."""
        self._closed = True
        self._gate.set()
        self._answered.set()
        if self._outstanding is not None and not self._outstanding[1].done():
            self._outstanding[1].set_exception(ConnectionClosed(was_sent=True))

    def _check_open(self) -> None:
        if self._closed:
            raise ConnectionClosed(was_sent=False)

    def _received(self, number: int, answer: CallResult | CallError, text: str, latency_ms: float) -> Reply:
        if isinstance(answer, CallError):
            self._log_answer(number, text, latency_ms, answer.status, failed=True)
            if isinstance(answer, UnreadableAnswer):
                self._messages.add_violations(number, (answer.description,))
            secrets = self._messages.secrets_of(number)
            raise CallErrorReceived(
                masked(answer.code, secrets), masked(answer.description, secrets), masked_json(answer.details, secrets)
            )
        status = answer.payload.get('status') if isinstance(answer.payload, dict) else None
        self._log_answer(number, text, latency_ms, status[:MAX_STATUS_LENGTH] if isinstance(status, str) else None)
        if answer.violations:
            self._messages.add_violations(number, answer.violations)
        return Reply(answer.payload, number)

    def _log_answer(
        self, number: int, text: str | None, latency_ms: float | None, status: str | None, failed: bool = False
    ) -> None:
        message = self._messages.answered(number, text, latency_ms, status, failed)
        if message is not None:
            self._finished(message)
        self._changed()


def _give_up(answer: asyncio.Future[Any]) -> None:
    if not answer.done():
        answer.set_exception(CallTimeout(MAX_STOP_WAIT_S))
