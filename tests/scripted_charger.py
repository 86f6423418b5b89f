"""A charger that does what a test says, frame by frame, over a real websocket; the schemas judge all it receives."""

from __future__ import annotations

import asyncio
import json
from decimal import Decimal
from functools import cache
from importlib.resources import files
from itertools import count
from types import TracebackType
from typing import Any, Self

from jsonschema import Draft4Validator
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

CALL, CALL_RESULT, CALL_ERROR = 2, 3, 4
TIMESTAMP = '2026-06-14T12:00:00Z'


@cache
def schema(name: str) -> Draft4Validator:
    """The JSON schema of a request (`Heartbeat`) or a response (`HeartbeatResponse`) of the PyPI package `ocpp`."""
    text = files('ocpp').joinpath('v16', 'schemas', f'{name}.json').read_text(encoding='utf-8-sig')
    return Draft4Validator(json.loads(text, parse_float=Decimal))


class ScriptedCharger:
    """`async with ScriptedCharger(url) as charger: await charger.boot()`."""

    def __init__(self, url: str, subprotocols: tuple[str, ...] = ('ocpp1.6',), **options: Any) -> None:
        """`url` ends with the charge box id; `options` are those of websockets, as `ssl`."""
        self._options = options
        self._url = url
        self._subprotocols = [Subprotocol(name) for name in subprotocols] or None
        self._ids = count(1)
        self._actions: dict[str, str] = {}
        self.websocket: ClientConnection

    async def __aenter__(self) -> Self:
        """Connect."""
        self.websocket = await connect(self._url, subprotocols=self._subprotocols, compression=None, **self._options)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Hang up."""
        await self.websocket.close()

    async def send(self, frame: str | bytes | list[Any]) -> None:
        """Send a frame; a list as JSON."""
        await self.websocket.send(json.dumps(frame) if isinstance(frame, list) else frame)

    async def receive(self, timeout_s: float = 10) -> Any:
        """The next frame of the server, judged by the schemas."""
        async with asyncio.timeout(timeout_s):
            text = await self.websocket.recv()
        members = json.loads(text, parse_float=Decimal)
        if members[0] == CALL:
            schema(members[2]).validate(members[3])
        elif members[0] == CALL_RESULT and members[1] in self._actions:
            schema(f'{self._actions[members[1]]}Response').validate(members[2])
        return members

    async def call(self, action: str, payload: Any, message_id: str | None = None) -> Any:
        """Send a Call and return the payload of its CallResult (or the whole CallError)."""
        message_id = message_id or f'c{next(self._ids)}'
        self._actions[message_id] = action
        await self.send([CALL, message_id, action, payload])
        answer = await self.receive()
        assert answer[:2] in ([CALL_RESULT, message_id], [CALL_ERROR, message_id]), answer
        return answer[2] if answer[0] == CALL_RESULT else answer

    async def receive_call(self, action: str, timeout_s: float = 10) -> tuple[str, Any]:
        """The next frame, which must be this Call: its id and payload."""
        frame = await self.receive(timeout_s)
        assert frame[0] == CALL, frame
        assert frame[2] == action, frame
        return frame[1], frame[3]

    async def answer(self, message_id: str, payload: Any) -> None:
        """Answer a Call of the server."""
        await self.send([CALL_RESULT, message_id, payload])

    async def expect(self, action: str, status: str = 'Accepted') -> Any:
        """Receive this Call, answer it with a status, return its payload."""
        message_id, payload = await self.receive_call(action)
        await self.answer(message_id, {'status': status})
        return payload

    async def boot(self) -> None:
        """BootNotification and a StatusNotification of connectors 0 and 1."""
        await self.call('BootNotification', {'chargePointVendor': 'Test', 'chargePointModel': 'Scripted'})
        for connector_id in (0, 1):
            await self.status(connector_id, 'Available')

    async def status(
        self, connector_id: int, status: str, error_code: str = 'NoError', timestamp: str = TIMESTAMP
    ) -> None:
        """StatusNotification."""
        payload = {'connectorId': connector_id, 'status': status, 'errorCode': error_code, 'timestamp': timestamp}
        assert await self.call('StatusNotification', payload) == {}

    async def start(self, id_tag: str = 'Tag1', meter_start: int = 1000, connector_id: int = 1) -> int:
        """StartTransaction; the transaction's id."""
        payload = {'connectorId': connector_id, 'idTag': id_tag, 'meterStart': meter_start, 'timestamp': TIMESTAMP}
        transaction_id = (await self.call('StartTransaction', payload))['transactionId']
        assert isinstance(transaction_id, int)
        return transaction_id

    async def stop(self, transaction_id: int, meter_stop: int = 2000) -> Any:
        """StopTransaction."""
        payload = {'transactionId': transaction_id, 'meterStop': meter_stop, 'timestamp': TIMESTAMP}
        return await self.call('StopTransaction', payload)

    async def meter(self, transaction_id: int | None = None, connector_id: int = 1, **values: Any) -> None:
        """MeterValues; `values` are `energy`, `power`, `current`, `voltage`, …, of this moment."""
        named = {
            'energy': ('Energy.Active.Import.Register', 'Wh'),
            'power': ('Power.Active.Import', 'W'),
            'current': ('Current.Import', 'A'),
            'voltage': ('Voltage', 'V'),
        }
        samples = [{'value': str(v), 'measurand': named[k][0], 'unit': named[k][1]} for k, v in values.items()]
        payload: dict[str, Any] = {
            'connectorId': connector_id,
            'meterValue': [{'timestamp': TIMESTAMP, 'sampledValue': samples}],
        }
        if transaction_id is not None:
            payload['transactionId'] = transaction_id
        assert await self.call('MeterValues', payload) == {}
