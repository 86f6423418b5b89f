"""A central system built with the PyPI package `ocpp`, whose JSON schemas judge every message of the simulator."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import orjson
from ocpp.routing import on
from ocpp.v16 import ChargePoint, call, call_result
from ocpp.v16.datatypes import IdTagInfo
from ocpp.v16.enums import AuthorizationStatus, GenericStatus, RegistrationStatus
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

Payload = dict[str, Any]

CALL, CALL_ERROR = 2, 4


class RecordedSocket:
    """The connection the package `ocpp` uses; records every frame of both sides at the central system."""

    def __init__(self, socket: ServerConnection, central_system: 'CentralSystem') -> None:
        self.socket = socket
        self._central_system = central_system

    async def recv(self) -> str | bytes:
        while True:
            frame = await self.socket.recv()
            message = orjson.loads(frame)
            self._central_system.record(message, received=True)
            if not self._central_system.ignores(message):
                return frame

    async def send(self, frame: str) -> None:
        self._central_system.record(orjson.loads(frame), received=False)
        with suppress(ConnectionClosed):  # frames sent before the charger hung up are still to be read
            await self.socket.send(frame)


class CentralSystem(ChargePoint):  # type: ignore[misc]  # the package has no types
    """A central system for one charger, over all its connections.

    `calls` are (Action, payload) in the order received; `refused` are the CallErrors either side sent.
    """

    def __init__(self, first_transaction_id: int = 100) -> None:
        super().__init__('SIM1', None)
        self._first_transaction_id = first_transaction_id
        self.calls: list[tuple[str, Payload]] = []
        self.refused: list[list[Any]] = []
        self.registrations: list[str] = []  # statuses for the next BootNotifications; after them Accepted
        self.ignored: list[str] = []  # Actions whose next Call gets no answer; an Action listed twice, its next two
        self.tag_status = AuthorizationStatus.accepted
        self.connections = 0
        self.url = ''
        self._ids: list[tuple[str, str]] = []
        self._news = asyncio.Condition()
        self._server: Server | None = None
        self._port = 0

    # The network

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        await self.listen()
        try:
            yield
        finally:
            await self.stop_listening()

    async def listen(self) -> None:
        self._server = await serve(self._serve, '127.0.0.1', self._port, subprotocols=[Subprotocol('ocpp1.6')])
        self._port = next(iter(self._server.sockets)).getsockname()[1]
        self.url = f'ws://127.0.0.1:{self._port}/ocpp/SIM1'

    async def stop_listening(self) -> None:
        if self._server:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    async def hang_up(self) -> None:
        await self._connection.socket.close()

    async def send_text(self, text: str | bytes) -> None:
        """Send a frame as it is, without the package's checks."""
        await self._connection.socket.send(text)

    async def _serve(self, socket: ServerConnection) -> None:
        assert socket.subprotocol == 'ocpp1.6'
        self._connection = RecordedSocket(socket, self)
        self.connections += 1
        with suppress(ConnectionClosed):
            await self.start()

    # Recorded frames

    def record(self, message: list[Any], received: bool) -> None:
        if message[0] == CALL_ERROR:
            self.refused.append(message)
        elif message[0] == CALL and received:
            self.calls.append((message[2], message[3]))
            self._ids.append((message[2], message[1]))
        asyncio.get_running_loop().create_task(self._notify())

    def ignores(self, message: list[Any]) -> bool:
        if message[0] != CALL or message[2] not in self.ignored:
            return False
        self.ignored.remove(message[2])
        return True

    def message_ids(self, action: str) -> list[str]:
        return [message_id for name, message_id in self._ids if name == action]

    def seen(self, action: str, **members: Any) -> list[Payload]:
        """The payloads of the received Calls with this Action and these members, oldest first."""
        return [p for name, p in self.calls if name == action and members.items() <= p.items()]

    async def wait_for(self, action: str, count: int = 1, **members: Any) -> Payload:
        """The payload of the `count`th Call with this Action and these members; TimeoutError after 10 s."""
        async with asyncio.timeout(10), self._news:
            await self._news.wait_for(lambda: len(self.seen(action, **members)) >= count)
        return self.seen(action, **members)[count - 1]

    async def wait_for_reading(self, measurand: str, low: float, high: float) -> Payload:
        """The payload of the next MeterValues whose reading is between `low` and `high`; TimeoutError after 10 s."""
        begin = len(self.calls)

        def found() -> Payload | None:
            for action, payload in self.calls[begin:]:
                if action == 'MeterValues' and low <= reading(payload, measurand) <= high:
                    return payload
            return None

        async with asyncio.timeout(10), self._news:
            await self._news.wait_for(found)
        payload = found()
        assert payload
        return payload

    async def ask(self, request: object) -> Any:
        """Send a Call and return its answer, validated by the schema; a CallError is raised."""
        return await self.call(request, suppress=False)

    async def _notify(self) -> None:
        async with self._news:
            self._news.notify_all()

    # Answers

    @on('BootNotification')  # type: ignore[untyped-decorator]  # the package has no types
    def on_boot_notification(self, **_: Any) -> call_result.BootNotification:
        status = self.registrations.pop(0) if self.registrations else RegistrationStatus.accepted
        return call_result.BootNotification(_time(), 30, status)

    @on('Heartbeat')  # type: ignore[untyped-decorator]  # the package has no types
    def on_heartbeat(self) -> call_result.Heartbeat:
        return call_result.Heartbeat(_time())

    @on('StatusNotification')  # type: ignore[untyped-decorator]  # the package has no types
    def on_status_notification(self, **_: Any) -> call_result.StatusNotification:
        return call_result.StatusNotification()

    @on('MeterValues')  # type: ignore[untyped-decorator]  # the package has no types
    def on_meter_values(self, **_: Any) -> call_result.MeterValues:
        return call_result.MeterValues()

    @on('Authorize')  # type: ignore[untyped-decorator]  # the package has no types
    def on_authorize(self, **_: Any) -> call_result.Authorize:
        return call_result.Authorize(IdTagInfo(status=self.tag_status))

    @on('StartTransaction')  # type: ignore[untyped-decorator]  # the package has no types
    def on_start_transaction(self, **_: Any) -> call_result.StartTransaction:
        transaction_id = self._first_transaction_id + len(self.seen('StartTransaction'))
        return call_result.StartTransaction(transaction_id, IdTagInfo(status=self.tag_status))

    @on('StopTransaction')  # type: ignore[untyped-decorator]  # the package has no types
    def on_stop_transaction(self, **_: Any) -> call_result.StopTransaction:
        return call_result.StopTransaction()

    @on('DiagnosticsStatusNotification')  # type: ignore[untyped-decorator]  # the package has no types
    def on_diagnostics_status_notification(self, **_: Any) -> call_result.DiagnosticsStatusNotification:
        return call_result.DiagnosticsStatusNotification()

    @on('FirmwareStatusNotification')  # type: ignore[untyped-decorator]  # the package has no types
    def on_firmware_status_notification(self, **_: Any) -> call_result.FirmwareStatusNotification:
        return call_result.FirmwareStatusNotification()

    @on('SignedFirmwareStatusNotification')  # type: ignore[untyped-decorator]  # the package has no types
    def on_signed_firmware_status_notification(self, **_: Any) -> call_result.SignedFirmwareStatusNotification:
        return call_result.SignedFirmwareStatusNotification()

    @on('LogStatusNotification')  # type: ignore[untyped-decorator]  # the package has no types
    def on_log_status_notification(self, **_: Any) -> call_result.LogStatusNotification:
        return call_result.LogStatusNotification()

    @on('SecurityEventNotification')  # type: ignore[untyped-decorator]  # the package has no types
    def on_security_event_notification(self, **_: Any) -> call_result.SecurityEventNotification:
        return call_result.SecurityEventNotification()

    @on('SignCertificate')  # type: ignore[untyped-decorator]  # the package has no types
    def on_sign_certificate(self, **_: Any) -> call_result.SignCertificate:
        return call_result.SignCertificate(GenericStatus.accepted)


def reading(payload: Payload, measurand: str, phase: str | None = None) -> float:
    """The value of the first sample of this measurand (and phase) in a MeterValues payload."""
    for sample in payload['meterValue'][0]['sampledValue']:
        if sample['measurand'] == measurand and phase in (None, sample.get('phase')):
            return float(sample['value'])
    raise AssertionError(f'no {measurand} in {payload}')


def charging_profile(limit: float, purpose: str = 'TxProfile', unit: str = 'A', **members: Any) -> Payload:
    """A charging profile with one constant limit, in the snake_case that the package `ocpp` takes."""
    return {
        'charging_profile_id': 1,
        'stack_level': 0,
        'charging_profile_purpose': purpose,
        'charging_profile_kind': 'Relative',
        'charging_schedule': {
            'charging_rate_unit': unit,
            'charging_schedule_period': [{'start_period': 0, 'limit': limit}],
        },
        **members,
    }


def remote_start(limit: float | None = None, connector_id: int | None = 1) -> object:
    profile = None if limit is None else charging_profile(limit)
    return call.RemoteStartTransaction(id_tag='Tag1', connector_id=connector_id, charging_profile=profile)


def set_limit(limit: float, connector_id: int = 1, **members: Any) -> object:
    return call.SetChargingProfile(connector_id, charging_profile(limit, **members))


def _time() -> str:
    return datetime.now(UTC).isoformat().replace('+00:00', 'Z')
