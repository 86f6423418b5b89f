"""A charger that keeps its own books, and behaves with a bad connection as real ones do (OCPP 1.6 §3.7, §4.7-4.10).

It charges whether or not the server is there, keeps messages about transactions in a queue, sends the oldest one again
with the same content until a CallResult comes, loses its connection and the answer with it, and comes back without a
BootNotification.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage
from websockets.typing import Subprotocol

from tests.journal.charger_books import ConfirmedValue, Message, Outlet, Session, rfc3339

CALL, CALL_RESULT = 2, 3
MORNING = datetime(2025, 6, 1, 4, 30, tzinfo=UTC)
"""The day lies in the past: no server's clock is behind it."""
TICK = timedelta(seconds=30)
TICK_S = 0.02
"""A day passes in one minute."""
PATIENCE_S = 10.0
BAD_LUCK = 0.05
"""How many answers are lost with the connection."""
PHASES = 3
VOLTS = 230


class BookkeepingCharger:
    """`live` lets its day pass, `talk` tells one server of it until the connection ends."""

    def __init__(self, random: Random) -> None:
        """All it does by chance is drawn from `random`; what comes while it is `deaf` is lost."""
        self.sessions: list[Session] = []
        self.sent_again = 0
        self.call_errors = 0
        self.deaf = False
        self.sent: Callable[[str], None] = lambda action: None
        self._random = random
        self._now = MORNING
        self._outlets = [Outlet(1, 'Tag1', 1_234_567.4, 1), Outlet(2, 'Tag2', 41.9, 5)]
        self._queue: deque[Message] = deque()
        self._statuses: dict[int, dict[str, Any]] = {}
        self._something_to_say = asyncio.Event()
        self._queue_is_empty = asyncio.Event()
        self._ids = count(1)
        self._introduced = False

    # ---- its day

    async def live(self) -> None:
        """Charge one car after the other; its clock runs faster than ours."""
        while True:
            await asyncio.sleep(TICK_S)
            self._now += TICK + timedelta(milliseconds=self._random.randrange(1000))
            for outlet in self._outlets:
                self._tick(outlet)

    async def finish(self) -> None:
        """End what runs and wait until the server knows everything."""
        for outlet in self._outlets:
            if outlet.session is not None:
                self._end(outlet, outlet.session)
        await self._queue_is_empty.wait()

    def _tick(self, outlet: Outlet) -> None:
        outlet.ticks_left -= 1
        if outlet.session is None:
            if outlet.ticks_left <= 0:
                self._begin(outlet)
            return
        outlet.register_wh += outlet.power_w * (TICK / timedelta(hours=1))
        if outlet.ticks_left <= 0:
            self._end(outlet, outlet.session)
        else:
            self._measure(outlet, outlet.session)

    def _begin(self, outlet: Outlet) -> None:
        session = Session(outlet.connector_id, outlet.id_tag, int(outlet.register_wh), self._now)
        outlet.session, outlet.ticks_left = session, self._random.randrange(3, 25)
        outlet.power_w = self._random.choice((0, 1400, 3700, 11000, 22000))
        self.sessions.append(session)
        content = {
            'connectorId': outlet.connector_id,
            'idTag': outlet.id_tag,
            'meterStart': session.meter_start_wh,
            'timestamp': rfc3339(self._now),
        }

        def confirmed(answer: dict[str, Any]) -> None:
            session.transaction_id = answer['transactionId']

        self._send_in_order(Message('StartTransaction', session, content, confirmed))
        self._tell_status(outlet.connector_id, 'Charging')

    def _measure(self, outlet: Outlet, session: Session) -> None:
        at, energy_wh = self._now, int(outlet.register_wh)
        session.measured_wh = energy_wh - session.meter_start_wh
        content = {'connectorId': outlet.connector_id, 'meterValue': [self._meter_value(outlet)]}

        def confirmed(answer: dict[str, Any]) -> None:
            value = ConfirmedValue(at, energy_wh - session.meter_start_wh, asyncio.get_running_loop().time())
            session.confirmed_values.append(value)

        self._send_in_order(Message('MeterValues', session, content, confirmed))

    def _end(self, outlet: Outlet, session: Session) -> None:
        outlet.session, outlet.ticks_left = None, self._random.randrange(1, 12)
        session.meter_stop_wh, session.stop = int(outlet.register_wh), self._now
        session.measured_wh = session.energy_wh
        session.reason = self._random.choice(('EVDisconnected', 'Local', 'PowerLoss'))
        content: dict[str, Any] = {
            'meterStop': session.meter_stop_wh,
            'timestamp': rfc3339(session.stop),
            'reason': session.reason,
        }
        if self._random.random() < 0.5:
            content |= {'idTag': outlet.id_tag, 'transactionData': [self._meter_value(outlet)]}

        def confirmed(answer: dict[str, Any]) -> None:
            session.stop_confirmed = True

        self._send_in_order(Message('StopTransaction', session, content, confirmed))
        self._tell_status(outlet.connector_id, 'Available')

    def _meter_value(self, outlet: Outlet) -> dict[str, Any]:
        samples = [('Energy.Active.Import.Register', '', 'Wh', str(int(outlet.register_wh)))]
        samples.append(('Power.Active.Import', '', 'W', str(outlet.power_w)))
        amps = f'{outlet.power_w / PHASES / VOLTS:.2f}'
        samples += [('Current.Import', f'L{phase + 1}', 'A', amps) for phase in range(PHASES)]
        values = [
            {'measurand': measurand, 'unit': unit, 'value': value} | ({'phase': phase} if phase else {})
            for measurand, phase, unit, value in samples
        ]
        return {'timestamp': rfc3339(self._now), 'sampledValue': values}

    def _send_in_order(self, message: Message) -> None:
        self._queue.append(message)
        self._queue_is_empty.clear()
        self._something_to_say.set()

    def _tell_status(self, connector_id: int, status: str) -> None:
        """Only the newest one stays, and it overtakes the queue."""
        content = {'connectorId': connector_id, 'status': status, 'errorCode': 'NoError'}
        self._statuses[connector_id] = content | {'timestamp': rfc3339(self._now)}
        self._something_to_say.set()

    # ---- its connection

    async def talk(self, url: str) -> None:
        """Tell a server what it does not know, over one connection after the other, until there is no server."""
        protocols = [Subprotocol('ocpp1.6')]
        while True:
            try:
                async with connect(url, subprotocols=protocols, compression=None, proxy=None) as websocket:
                    await _Talk(self, websocket, self._random).go_on()
            except ConnectionClosed:
                continue  # the server was killed
            except (InvalidHandshake, InvalidMessage, OSError):
                return

    async def next_call(self) -> tuple[str, str, dict[str, Any], Callable[[Any], None]]:
        """Message id, Action, content of what has to be said next, and what to do with the answer (None: CallError)."""
        while not (self._statuses or self._queue):
            self._something_to_say.clear()
            await self._something_to_say.wait()
        if not self._introduced:
            self._introduced = True
            about_itself = {'chargePointVendor': 'Test', 'chargePointModel': 'Bookkeeper'}
            return self._new_id(), 'BootNotification', about_itself, lambda answer: None
        if self._statuses:
            status = self._statuses.pop(next(iter(self._statuses)))
            return self._new_id(), 'StatusNotification', status, lambda answer: None
        return self._oldest()

    def _oldest(self) -> tuple[str, str, dict[str, Any], Callable[[Any], None]]:
        """The oldest message of the queue; some chargers give it a new id when they send it again, some do not."""
        message = self._queue[0]
        if message.message_id is not None:
            self.sent_again += 1
        if message.message_id is None or self._random.random() < 0.5:
            message.message_id = self._new_id()
        content = dict(message.payload)
        if message.action != 'StartTransaction':
            content['transactionId'] = message.session.transaction_id

        def answered(answer: dict[str, Any] | None) -> None:
            if answer is None:
                self.call_errors += 1
                return
            self._queue.popleft()
            message.confirmed(answer)
            if not self._queue:
                self._queue_is_empty.set()

        return message.message_id, message.action, content, answered

    def _new_id(self) -> str:
        return f'm{next(self._ids)}'


class _Talk:
    """One connection: one Call of its own at a time, every Call of the server answered."""

    def __init__(self, charger: BookkeepingCharger, websocket: ClientConnection, random: Random) -> None:
        self._charger = charger
        self._websocket = websocket
        self._random = random
        self._answer: asyncio.Future[list[Any]] | None = None

    async def go_on(self) -> None:
        """Until the connection ends."""
        both = {asyncio.create_task(self._speak()), asyncio.create_task(self._listen())}
        ended, _ = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        for task in both - ended:
            task.cancel()
        await asyncio.gather(*both - ended, return_exceptions=True)
        await asyncio.gather(*ended)

    async def _speak(self) -> None:
        while True:
            message_id, action, content, answered = await self._charger.next_call()
            self._answer = asyncio.get_running_loop().create_future()
            await self._websocket.send(json.dumps([CALL, message_id, action, content]))
            self._charger.sent(action)
            try:
                async with asyncio.timeout(PATIENCE_S):
                    answer = await self._answer
            except TimeoutError:
                raise AssertionError(f'no answer to {action} {content}') from None
            assert answer[1] == message_id, answer
            if self._random.random() < BAD_LUCK:
                self._websocket.transport.abort()
                return
            answered(answer[2] if answer[0] == CALL_RESULT else None)

    async def _listen(self) -> None:
        async for text in self._websocket:
            await self._take(json.loads(text))

    async def _take(self, frame: list[Any]) -> None:
        """A charger of few talents: what the server asks is not supported."""
        if frame[0] == CALL:
            await self._websocket.send(json.dumps([4, frame[1], 'NotSupported', '', {}]))
        elif self._answer is not None and not self._answer.done() and not self._charger.deaf:
            self._answer.set_result(frame)
