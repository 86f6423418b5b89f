"""OCPP-J framing over one websocket, from the charge point's side (OCPP-J 1.6 §4).

OcppError             a CallError, received or to be sent
ConnectionLostError   the websocket has ended; every pending Call fails with it at once
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol

import orjson
from websockets.exceptions import ConnectionClosed

Payload = dict[str, Any]

CALL, CALL_RESULT, CALL_ERROR = 2, 3, 4

logger = logging.getLogger(__name__)


class OcppError(Exception):
    """A CallError: `code` is from the table of OCPP-J 1.6 §4.2.3 when this side sends it, any text when received."""

    def __init__(self, code: str, description: str = '') -> None:
        super().__init__(f'{code}: {description}' if description else code)
        self.code = code
        self.description = description


class ConnectionLostError(ConnectionError):
    """The websocket to the central system has ended."""


class Transport(Protocol):
    def abort(self) -> None: ...

    def is_closing(self) -> bool: ...


class Socket(Protocol):
    """The part of a websocket of the package `websockets` that is used here, with its errors.

    Tests substitute it.
    """

    @property
    def transport(self) -> Transport: ...

    @property
    def close_code(self) -> int | None: ...

    @property
    def close_reason(self) -> str | None: ...

    def __aiter__(self) -> AsyncIterator[str | bytes]: ...

    async def send(self, message: str) -> None: ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a Call: the CallResult's payload, and a function `then`, which is called after it was sent."""

    payload: Payload | None  # None: no answer is sent
    then: Callable[[], None] | None = None


def pending_answer() -> asyncio.Future[Any]:
    """A future for the answer to a Call, whose exception may stay unretrieved.

    When a connection ends, the task that would await it may have failed in `send` already.
    """
    future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    future.add_done_callback(lambda done: None if done.cancelled() else done.exception())  # counts as seen
    return future


class Connection:
    """One websocket connection to the server: sends Calls one at a time and answers the server's Calls.

    Answers are matched to Calls by message id. `answer(action, payload)` returns the Reply to a Call of the server or
    raises OcppError. `call_timeout_s` is in real seconds. `on_frame(sender, text)` is called with every frame, where
    sender is 'charger' or 'server'.
    """

    def __init__(
        self,
        socket: Socket,
        answer: Callable[[str, Payload], Reply],
        call_timeout_s: float = 30,
        on_frame: Callable[[str, str | bytes], None] = lambda sender, text: None,
    ) -> None:
        self._socket = socket
        self._answer = answer
        self._on_frame = on_frame
        self._call_timeout_s = call_timeout_s
        self._turn = asyncio.Lock()
        self._waiting: dict[str, asyncio.Future[Payload]] = {}
        self._lost = False

    async def run(self) -> NoReturn:
        """Read until the websocket ends, then raise ConnectionLostError."""
        try:
            async for frame in self._socket:
                await self._receive(frame)
        except ConnectionClosed as closed:
            reason = str(closed)
        else:
            reason = f'closed with {self._socket.close_code} {self._socket.close_reason or ""}'.rstrip()
        finally:
            self._lost = True
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(ConnectionLostError(reason))
        raise ConnectionLostError(reason)

    async def call(self, message_id: str, action: str, payload: Payload) -> Payload:
        """Send a Call once no other is outstanding; returns the CallResult's payload.

        Raises OcppError for a CallError, TimeoutError without an answer, ConnectionLostError when the websocket ends.
        """
        async with self._turn:
            if self._lost:
                raise ConnectionLostError('the connection has ended')
            future: asyncio.Future[Payload] = pending_answer()
            self._waiting[message_id] = future
            try:
                await self._send([CALL, message_id, action, payload])
                async with asyncio.timeout(self._call_timeout_s):
                    return await future
            finally:
                del self._waiting[message_id]

    async def close(self) -> None:
        await self._socket.close()

    async def _send(self, message: list[object]) -> None:
        if self._socket.transport.is_closing():  # the network has been cut: the frame would be lost silently
            raise ConnectionLostError('the connection has ended')
        text = orjson.dumps(message).decode()
        logger.debug('> %s', text)
        self._on_frame('charger', text)
        try:
            await self._socket.send(text)
        except ConnectionClosed as closed:
            raise ConnectionLostError(str(closed)) from closed

    async def _receive(self, frame: str | bytes) -> None:
        """Process one frame; none ends the connection: one without a readable message id is logged and ignored."""
        logger.debug('< %r', frame)
        self._on_frame('server', frame)
        try:
            message = orjson.loads(frame) if isinstance(frame, str) else None
        except orjson.JSONDecodeError:
            message = None
        match message:
            case [2, str(message_id), str(action), *rest]:
                await self._receive_call(message_id, action, rest[0] if rest else None)
            case [3, str(message_id), dict(payload), *_]:
                self._resolve(message_id, payload)
                await asyncio.sleep(0)  # let the caller act on the answer before the next message is read
            case [3, str(message_id), *_]:
                self._resolve(message_id, OcppError('FormationViolation', 'a CallResult without a payload object'))
            case [4, str(message_id), *rest]:
                code, description, *_ = [*(str(item) for item in rest), '', '']
                self._resolve(message_id, OcppError(code or 'GenericError', description))
            case _:
                logger.warning('not an OCPP-J message, ignored: %.200r', frame)

    def _resolve(self, message_id: str, outcome: Payload | OcppError) -> None:
        future = self._waiting.get(message_id)
        if future is None or future.done():
            logger.warning('an answer nobody waits for: %s', message_id)
        elif isinstance(outcome, OcppError):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)

    async def _receive_call(self, message_id: str, action: str, payload: object) -> None:
        try:
            if not isinstance(payload, dict):
                raise OcppError('FormationViolation', 'the payload is not an object')
            reply = self._answer(action, payload)
        except OcppError as error:
            await self._send([CALL_ERROR, message_id, error.code, error.description[:255], {}])
        except Exception:
            logger.exception('%s could not be answered', action)
            await self._send([CALL_ERROR, message_id, 'InternalError', 'the simulated charger failed', {}])
        else:
            if reply.payload is not None:
                await self._send([CALL_RESULT, message_id, reply.payload])
            if reply.then:
                reply.then()
