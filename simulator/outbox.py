"""The queue of messages to the central system, sent in order.

Messages about a transaction outlive a disconnect and are repeated when unanswered (OCPP 1.6 §3.7); all others are
dropped with the connection.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from simulator.clock import Clock
from simulator.configuration import Configuration
from simulator.connection import Connection, OcppError, Payload
from simulator.waiting import Waiting

MAX_METER_VALUES = 200  # queued at most, so that a day offline does not flood the central system afterwards

logger = logging.getLogger(__name__)


OnResponse = Callable[[Payload, datetime], None]


def ignore_response(_response: Payload, _now: datetime) -> None:
    pass


@dataclass(slots=True, eq=False)
class Message:
    """A queued Call. `payload` is called when it is sent, as its transactionId may be known only then; None: skip it.

    `on_response(payload, now)` gets the CallResult; `on_dropped` is called when the message is given up.
    """

    action: str
    payload: Callable[[], Payload | None]
    on_response: OnResponse = ignore_response
    on_dropped: Callable[[], None] = lambda: None
    for_transaction: bool = False
    attempts: int = 0
    message_id: str = ''  # of the latest attempt


class Outbox:
    """Sends messages one at a time; unanswered transaction messages are repeated as the configuration says.

    The keys are TransactionMessageAttempts and TransactionMessageRetryInterval. `new_id` makes message ids; with
    `same_id` a repetition has the id of the first attempt.
    """

    def __init__(
        self,
        configuration: Configuration,
        clock: Clock,
        waiting: Waiting,
        new_id: Callable[[], str],
        same_id: bool = False,
    ) -> None:
        self._configuration = configuration
        self._clock = clock
        self._waiting = waiting
        self.new_id = new_id
        self._same_id = same_id
        self._messages: list[Message] = []
        self._changed = asyncio.Event()
        self._retry_at_s = 0.0  # event loop time until which messages about transactions are paused

    def __len__(self) -> int:
        return len(self._messages)

    async def wait_until_empty(self) -> None:
        await self._waiting.until(lambda: not self._messages)

    def put(self, message: Message) -> None:
        if message.action == 'MeterValues' and len(self._messages) >= MAX_METER_VALUES:
            return
        self._messages.append(message)
        self._changed.set()

    async def run(self, connection: Connection) -> None:
        """Send until the connection is lost (ConnectionLostError) or the task is cancelled."""
        while True:
            message = self._next()
            if message:
                await self._send(connection, message)
            else:
                await self._wait()

    def drop(self) -> None:
        """Drop every message that is not about a transaction; to be called when the connection has ended."""
        dropped = [message for message in self._messages if not message.for_transaction]
        self._messages = [message for message in self._messages if message.for_transaction]
        for message in dropped:
            message.on_dropped()

    def _next(self) -> Message | None:
        paused = asyncio.get_running_loop().time() < self._retry_at_s
        return next((m for m in self._messages if not (paused and m.for_transaction)), None)

    async def _wait(self) -> None:
        self._changed.clear()
        pause_s = self._retry_at_s - asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(pause_s if pause_s > 0 and self._messages else None):
                await self._changed.wait()
        except TimeoutError:
            return

    async def _send(self, connection: Connection, message: Message) -> None:
        payload = message.payload()
        if payload is None:
            return self._remove(message)
        if not (self._same_id and message.message_id):
            message.message_id = self.new_id()
        try:
            response = await connection.call(message.message_id, message.action, payload)
        except (OcppError, TimeoutError) as error:
            logger.warning('%s was not answered: %s', message.action, error or 'timeout')
            self._failed(message)
        else:
            message.on_response(self._clock.localize(response), self._clock.now())
            self._remove(message)

    def _failed(self, message: Message) -> None:
        message.attempts += 1
        attempts = self._configuration.number('TransactionMessageAttempts')
        if message.for_transaction and message.attempts < attempts:
            pause_s = self._configuration.number('TransactionMessageRetryInterval') * message.attempts
            self._retry_at_s = asyncio.get_running_loop().time() + pause_s / self._clock.speed
        else:
            self._remove(message)
            message.on_dropped()

    def _remove(self, message: Message) -> None:
        self._messages.remove(message)
        self._waiting.wake()
