"""The simulated charger's connection to the central system over time: connect, boot, reconnect, reset."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass
from random import Random

from websockets.asyncio.client import connect
from websockets.exceptions import InvalidHandshake, InvalidURI
from websockets.typing import Subprotocol

from simulator.address import shown_url
from simulator.clock import Clock
from simulator.connection import Connection, ConnectionLostError, OcppError, Payload, Reply, Socket
from simulator.operations import answer
from simulator.outbox import Message, Outbox
from simulator.recording import Recorder
from simulator.station import Station

REBOOT_S = 2.0
FIRST_RECONNECT_S, MAX_RECONNECT_S = 1.0, 60.0
RECONNECT_JITTER = 0.25  # spreads the reconnects of a site's chargers
FLUSH_S = 5.0  # real seconds for the queued messages before a soft reset

Connect = Callable[[str], AbstractAsyncContextManager[Socket]]


def websocket(url: str) -> AbstractAsyncContextManager[Socket]:
    return connect(url, subprotocols=[Subprotocol('ocpp1.6')], compression=None, proxy=None, close_timeout=1)


@dataclass(frozen=True, slots=True)
class Identity:
    """The charger's identity in BootNotification (OCPP 1.6 §6.3); empty members are left out."""

    vendor: str = 'Home CPO'
    model: str = 'Simulator'
    firmware_version: str = '1.0'
    serial_number: str = ''

    def payload(self) -> Payload:
        members = {
            'chargePointVendor': self.vendor,
            'chargePointModel': self.model,
            'firmwareVersion': self.firmware_version,
            'chargePointSerialNumber': self.serial_number,
        }
        return {name: value for name, value in members.items() if value}


class Uplink:
    """Owns the charger's connection: opens it, sends BootNotification until accepted, then the outbox's messages.

    A lost connection is opened again unless `reconnect` is False; `call_timeout_s` is in real seconds.
    """

    def __init__(
        self,
        url: str,
        identity: Identity,
        station: Station,
        outbox: Outbox,
        clock: Clock,
        reconnect: bool,
        call_timeout_s: float,
        recorder: Recorder,
        random: Random,
        connect: Connect = websocket,
    ) -> None:
        self._url = url
        self._identity = identity
        self._station = station
        self._outbox = outbox
        self._clock = clock
        self._reconnect = reconnect
        self._call_timeout_s = call_timeout_s
        self._recorder = recorder
        self._random = random
        self._connect_to = connect
        self._network = asyncio.Event()  # the cable is in and the charger has power
        self._network.set()
        self._socket: Socket | None = None
        self._accepted = False  # by BootNotification.conf, since the last start
        self._boot_now = asyncio.Event()
        self._reset = ''
        self._reset_wanted = asyncio.Event()
        station.security.name = identity.serial_number or station.security.name
        station.reset = self._reset_soon
        station.announce_boot = self._announce_boot
        station.hang_up = self._hang_up

    async def run(self) -> None:
        """Connect, and reconnect with growing pauses up to a minute; returns or raises as Charger.run does."""
        delay_s = FIRST_RECONNECT_S
        while True:
            await self._network.wait()
            try:
                await self._connect()
                delay_s = FIRST_RECONNECT_S
            except (OSError, InvalidHandshake) as error:
                if not self._reconnect:
                    raise ConnectionError(f'{shown_url(self._url)}: {error}') from error
                self._station.log_event(f'no connection to {shown_url(self._url)}: {error}')
                delay_s = min(2 * delay_s, MAX_RECONNECT_S)
            except InvalidURI as error:
                raise ValueError(f'{shown_url(self._url)} is no websocket URL') from error
            if self._reset:
                await self._reboot()
            elif not self._network.is_set():
                delay_s = FIRST_RECONNECT_S
            elif self._reconnect:
                delay_s = max(delay_s, self._station.persona.reconnects_after_s)
                await self._clock.sleep(delay_s * self._random.uniform(1, 1 + RECONNECT_JITTER))
            else:
                return

    async def _connect(self) -> None:
        """Open one connection and serve it until it ends."""
        async with self._connect_to(self._url) as socket:
            if not self._network.is_set():  # cut while connecting
                socket.transport.abort()
                return
            self._station.log_event(f'connected to {shown_url(self._url)}')
            self._recorder.event('connected')
            self._socket = socket
            try:
                await self._converse(socket)
            finally:
                self._station.online, self._socket = False, None
                self._recorder.event('closed')
                self._outbox.drop()

    async def _converse(self, socket: Socket) -> None:
        connection = Connection(socket, self._answer, self._call_timeout_s, self._recorder.frame)
        work = (connection.run(), self._serve(connection), self._close_for_reset(connection))
        tasks = [asyncio.create_task(each) for each in work]
        try:  # no TaskGroup: until Python 3.13 it loses a cancellation that comes with the end of the connection
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
        for task in done:
            error = task.exception()
            if isinstance(error, ConnectionLostError):
                self._station.log_event(f'connection lost: {error}')
            elif error is not None:
                raise error

    async def _serve(self, connection: Connection) -> None:
        while not self._accepted:
            await self._boot(connection)
        self._station.online = True
        self._station.update(self._clock.now())
        await self._outbox.run(connection)

    async def _boot(self, connection: Connection) -> None:
        """Send one BootNotification; unless accepted, wait for the response's interval or a TriggerMessage (§4.2)."""
        self._boot_now.clear()
        try:
            response = await connection.call(self._outbox.new_id(), 'BootNotification', self._identity.payload())
        except (OcppError, TimeoutError) as error:
            response = {'status': f'not answered: {error}'}
        self._booted(response)
        if not self._accepted:
            pause_s = _interval_s(response) or self._station.configuration.number('HeartbeatInterval') or 60
            with suppress(TimeoutError):
                await asyncio.wait_for(self._boot_now.wait(), pause_s / self._clock.speed)

    def _booted(self, response: Payload) -> None:
        if not self._network.is_set():  # the power was cut while the answer came
            return
        self._station.log_event(f'BootNotification: {response.get("status")}')
        self._station.set_clock(str(response.get('currentTime')))
        if response.get('status') == 'Accepted':
            self._accepted = True
            if interval_s := _interval_s(response):
                self._station.configuration.change('HeartbeatInterval', str(interval_s))

    def _announce_boot(self) -> None:
        """Send BootNotification for TriggerMessage: through the outbox, or at once while not accepted yet."""
        if self._accepted:
            message = Message('BootNotification', self._identity.payload, lambda response, _: self._booted(response))
            self._outbox.put(message)
        else:
            self._boot_now.set()

    def _answer(self, action: str, payload: Payload) -> Reply:
        if not self._accepted and self._station.persona.reboots_when_called_early:
            return Reply(None, lambda: self._reset_soon('Hard'))
        if not self._accepted and action == 'RemoteStartTransaction':  # §4.2: no transaction before it is accepted
            return Reply({'status': 'Rejected'})
        reply = answer(self._station, action, self._clock.localize(payload), self._clock.now())
        outcome = 'not answered' if reply.payload is None else reply.payload.get('status', 'answered')
        self._station.log_event(f'{action}: {outcome}')
        return reply

    # Network and power

    def cut_network(self) -> None:
        """Drop the connection without a close frame and refuse new ones until `restore_network`."""
        self._network.clear()
        self._station.online = False
        if self._socket:
            self._socket.transport.abort()

    def _hang_up(self) -> None:
        if self._socket:
            self._socket.transport.abort()

    def restore_network(self) -> None:
        self._network.set()

    def forget_boot(self) -> None:
        """Have the next connection begin with a BootNotification, as after a restart."""
        self._accepted = False

    # Reset

    def _reset_soon(self, kind: str) -> None:
        now = self._clock.now()
        for connector in self._station.connectors.values():
            self._station.stop(connector, f'{kind}Reset', now)
        self._reset = kind
        self._reset_wanted.set()

    async def _close_for_reset(self, connection: Connection) -> None:
        """Close the connection once a reset is requested: Soft after sending StopTransaction, Hard at once (§5.14)."""
        await self._reset_wanted.wait()
        if self._reset == 'Soft':
            with suppress(TimeoutError):
                await asyncio.wait_for(self._outbox.wait_until_empty(), FLUSH_S)
        await connection.close()

    async def _reboot(self) -> None:
        self._station.log_event(f'{self._reset} reset: the charger restarts')
        self._reset, self._accepted = '', False
        self._reset_wanted.clear()
        self._station.rebooted()
        await self._clock.sleep(REBOOT_S)


def _interval_s(response: Payload) -> int:
    interval = response.get('interval')
    return interval if isinstance(interval, int) and interval > 0 else 0
