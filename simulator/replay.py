"""Replays a recording: sends the recorded charger's Calls in the same order with the same spacing.

A Call waits for the answer to the one before, and a recorded transactionId is replaced by the one the server assigns
now. A Call of the server gets the recorded charger's answers to that Action, in order; the last of them is repeated.
Timestamps in the payloads stay as recorded.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from simulator.connection import CALL, CALL_ERROR, CALL_RESULT, pending_answer
from simulator.recording import Line

ANSWER_TIMEOUT_S = 30.0  # real seconds


class Replay:
    """Plays `lines` against the server at `url`, `speed` times as fast; `on_event` gets a line of text per event.

    `run` raises OSError or InvalidHandshake when it cannot connect, ConnectionError when the server hangs up.
    """

    def __init__(self, lines: Iterable[Line], url: str, speed: float, on_event: Callable[[str], None]) -> None:
        self._lines = list(lines)
        self._url = url
        self._speed = speed
        self._on_event = on_event
        self._answers = _answers(self._lines)
        self._transaction_ids = _transaction_ids(self._lines)
        self._new_ids: dict[int, int] = {}
        self._waiting: dict[str, asyncio.Future[list[Any]]] = {}

    async def run(self) -> None:
        socket: ClientConnection | None = None
        reading: asyncio.Task[None] | None = None
        loop = asyncio.get_running_loop()
        begin_s = loop.time()
        try:
            for line in self._lines:
                due_s = begin_s + (line.at - self._lines[0].at).total_seconds() / self._speed
                await asyncio.sleep(max(0.0, due_s - loop.time()))
                if line.event == 'connected' or (socket is None and _is_sent(line)):
                    await _close(socket, reading)
                    socket = await connect(self._url, subprotocols=[Subprotocol('ocpp1.6')], proxy=None)
                    reading = asyncio.create_task(self._read(socket))
                    self._on_event(f'connected to {self._url}')
                if line.event == 'closed':
                    await _close(socket, reading)
                    socket = None
                elif socket and _is_sent(line):
                    await self._send(socket, line.message)
        except ConnectionClosed as closed:
            raise ConnectionError(f'the server ended the connection: {closed}') from closed
        finally:
            await _close(socket, reading)

    async def _send(self, socket: ClientConnection, message: Any) -> None:
        """Send one frame; for a Call, return once it is answered or has timed out."""
        if not _is_call(message):
            await socket.send(message if isinstance(message, str) else orjson.dumps(message).decode())
            return
        message_id, action, payload = str(message[1]), message[2], message[3]
        future = self._waiting[message_id] = pending_answer()
        self._on_event(f'> {action}')
        try:
            await socket.send(orjson.dumps([CALL, message[1], action, self._with_new_id(payload)]).decode())
            async with asyncio.timeout(ANSWER_TIMEOUT_S):
                answer = await future
        except TimeoutError:
            self._on_event(f'{action} was not answered')
        else:
            self._learn(message_id, answer)
        finally:
            del self._waiting[message_id]

    def _learn(self, message_id: str, answer: list[Any]) -> None:
        recorded = self._transaction_ids.get(message_id)
        if answer[0] == CALL_ERROR:
            self._on_event(f'refused: {answer[2:4]}')
        elif recorded is not None and (new := _transaction_id(answer[2])) is not None:
            self._new_ids[recorded] = new

    def _with_new_id(self, payload: Any) -> Any:
        recorded = _transaction_id(payload)
        return payload | {'transactionId': self._new_ids[recorded]} if recorded in self._new_ids else payload

    async def _read(self, socket: ClientConnection) -> None:
        """Read until the connection ends; pending Calls then fail with ConnectionError."""
        with suppress(ConnectionClosed):
            async for frame in socket:
                await self._receive(socket, frame)
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(ConnectionError('the server ended the connection'))

    async def _receive(self, socket: ClientConnection, frame: str | bytes) -> None:
        try:
            message = orjson.loads(frame)
        except orjson.JSONDecodeError:
            message = None
        if _is_answer(message):
            if (future := self._waiting.get(str(message[1]))) and not future.done():
                future.set_result(message)
        elif _is_call(message):
            self._on_event(f'< {message[2]}')
            await socket.send(orjson.dumps(self._answer(message[1], str(message[2]))).decode())
        else:
            self._on_event(f'not an OCPP-J message, ignored: {frame!r:.200}')

    def _answer(self, message_id: str, action: str) -> list[Any]:
        recorded = self._answers.get(action)
        if not recorded:
            return [CALL_ERROR, message_id, 'NotImplemented', f'no answer to {action} was recorded', {}]
        kind, _, *rest = recorded.popleft() if len(recorded) > 1 else recorded[0]
        return [kind, message_id, *rest]


async def _close(socket: ClientConnection | None, reading: asyncio.Task[None] | None) -> None:
    if socket:
        await socket.close()
    if reading:
        await asyncio.wait([reading])


def _is_call(message: Any) -> bool:
    return isinstance(message, list) and len(message) == 4 and message[0] == CALL


def _is_answer(message: Any) -> bool:
    return isinstance(message, list) and len(message) >= 3 and message[0] in (CALL_RESULT, CALL_ERROR)


def _is_sent(line: Line) -> bool:
    """True for what the charger sent on its own account; its answers are sent when the server calls."""
    return line.sender == 'charger' and not _is_answer(line.message)


def _answers(lines: Iterable[Line]) -> dict[str, deque[list[Any]]]:
    """The recorded charger's CallResults and CallErrors by Action, in order."""
    actions: dict[str, str] = {}
    answers: dict[str, deque[list[Any]]] = defaultdict(deque)
    for line in lines:
        if line.sender == 'server' and _is_call(line.message):
            actions[str(line.message[1])] = str(line.message[2])
        elif line.sender == 'charger' and _is_answer(line.message) and str(line.message[1]) in actions:
            answers[actions.pop(str(line.message[1]))].append(line.message)
    return answers


def _transaction_ids(lines: Iterable[Line]) -> dict[str, int]:
    """The recorded transactionId by the message id of its StartTransaction."""
    started: set[str] = set()
    ids: dict[str, int] = {}
    for line in lines:
        if line.sender == 'charger' and _is_call(line.message) and line.message[2] == 'StartTransaction':
            started.add(str(line.message[1]))
        elif line.sender == 'server' and _is_answer(line.message) and str(line.message[1]) in started:
            transaction_id = _transaction_id(line.message[2])
            if transaction_id is not None:
                ids[str(line.message[1])] = transaction_id
    return ids


def _transaction_id(payload: Any) -> int | None:
    transaction_id = payload.get('transactionId') if isinstance(payload, dict) else None
    return transaction_id if isinstance(transaction_id, int) else None
