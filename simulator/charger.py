"""A simulated charge point: a Station connected to its central system over a websocket."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Self
from urllib.parse import quote
from uuid import UUID

from simulator.address import check_url, shown_url
from simulator.car import Car
from simulator.clock import Clock
from simulator.configuration import Configuration
from simulator.connection import ConnectionLostError
from simulator.connector import Connector
from simulator.outbox import Outbox
from simulator.persona import Persona
from simulator.reader import Reader
from simulator.recording import Recorder
from simulator.station import Station
from simulator.uplink import Connect, Identity, Uplink, websocket
from simulator.waiting import Waiting

TICK_S = 1.0
LEAVE_S = 3.0  # real seconds for the messages that are still unanswered

logger = logging.getLogger(__name__)


class Charger:
    """A simulated charge point: `async with Charger(url)` runs it in the background, `charger.run()` in the foreground.

    The block begins once BootNotification is accepted, and raises TimeoutError or ConnectionError when it is not. At
    the end of the block an online charger waits up to three seconds for answers to its messages; a cancelled block
    ends at once. Both ways raise RecordingError when `record` cannot be written, ValueError for an unusable argument.

    url                 ends with the charge box id, unless `charge_box_id` is given
    persona             a make's peculiarities, e.g. Persona.load('go-e'); its hardware is the default of connectors,
                        phases and max_current_a (per phase)
    reconnect           False: the charger ends when the central system closes the connection
    speed               simulated seconds per real second; every `…_s` but a timeout is in simulated seconds
    clock_drift_s       error of the charger's clock until the central system sends the time; default: the persona's
    retries_with_same_id  whether an unanswered message is repeated with the same id; default: the persona's
    boot_timeout_s      limit for entering the block, in real seconds; None: enter at once, call wait_until_online()
    seed                makes message ids and the pauses before a reconnect repeatable
    record              file that every frame is written to, see recording.py
    on_event            called with one readable line for everything that happens; default: the log, at INFO
    wall_clock          returns the present time (aware); default: the computer's clock
    connect             opens a connection to the URL; default: a websocket
    """

    def __init__(
        self,
        url: str,
        charge_box_id: str = '',
        *,
        persona: Persona | None = None,
        connectors: int | None = None,
        phases: int | None = None,
        max_current_a: float | None = None,
        meter_interval_s: int = 60,
        heartbeat_interval_s: int = 60,
        call_timeout_s: float = 30,
        boot_timeout_s: float | None = 10,
        reconnect: bool = True,
        speed: float = 1,
        clock_drift_s: float | None = None,
        retries_with_same_id: bool | None = None,
        seed: int | None = None,
        record: Path | None = None,
        identity: Identity | None = None,
        on_event: Callable[[str], None] = logger.info,
        wall_clock: Callable[[], datetime] | None = None,
        connect: Connect = websocket,
    ) -> None:
        self.url = check_url(f'{url.rstrip("/")}/{quote(charge_box_id, safe="")}' if charge_box_id else url)
        self.persona = persona = persona or Persona()
        ids = Random(seed)  # of their own: how often it has to connect is not the charger's choice
        connectors = connectors or persona.connectors
        same_id = persona.retries_with_same_id if retries_with_same_id is None else retries_with_same_id
        self._on_event, self._last_event = on_event, 'none'
        self._boot_timeout_s = boot_timeout_s
        self._running: asyncio.Task[None] | None = None
        self._waiting = Waiting()
        self._recorder = Recorder(record)
        self.clock = Clock(speed, persona.clock_drift_s if clock_drift_s is None else clock_drift_s, wall_clock)
        self.configuration = Configuration(connectors, meter_interval_s, heartbeat_interval_s, persona)
        self._outbox = Outbox(self.configuration, self.clock, self._waiting, lambda: _uuid(ids), same_id)
        self.station = self._new_station(connectors, phases or persona.phases, max_current_a or persona.max_current_a)
        self._reader = Reader(self.station)
        self._uplink = Uplink(
            self.url,
            identity or Identity(persona.vendor, persona.model, persona.firmware),
            self.station,
            self._outbox,
            self.clock,
            reconnect,
            call_timeout_s,
            self._recorder,
            Random(seed),
            connect,
        )

    def _new_station(self, connectors: int, phases: int, max_current_a: float) -> Station:
        needs_unplug = self.persona.needs_unplug
        return Station(
            {n: Connector(n, phases, max_current_a, needs_unplug) for n in range(connectors + 1)},
            self.configuration,
            self._outbox.put,
            self._log_event,
            self._waiting.wake,
            self.clock,
            self.persona,
        )

    # Actions of people; each raises ValueError when it is impossible in the present state

    def plug_in(self, connector_id: int, car: Car) -> None:
        self.station.plug_in(connector_id, car, self.clock.now())

    def unplug(self, connector_id: int) -> None:
        """Unplug the connector's car; a running transaction ends with reason EVDisconnected."""
        self.station.unplug(connector_id, self.clock.now())

    def tap(self, id_tag: str, connector_id: int) -> None:
        """Hold a card to the reader: start a transaction after Authorize, or stop the one this idTag has started."""
        self._reader.tap(id_tag, connector_id, self.clock.now())

    def fault(self, connector_id: int, error_code: str) -> None:
        """Set the connector's ChargePointErrorCode, which ends a running transaction; NoError clears the fault."""
        self.station.fault(connector_id, error_code, self.clock.now())

    def go_offline(self) -> None:
        """Cut the network without a close frame; charging continues, transaction messages wait until `go_online`."""
        self.station.log_event('offline')
        self._uplink.cut_network()

    def go_online(self) -> None:
        self.station.log_event('the network is back')
        self._uplink.restore_network()

    def cut_power(self) -> None:
        """Cut the power: no close frame, no current, the clock loses its time; `restore_power` boots the charger."""
        if self.station.power_cut_at:
            raise ValueError('there is no power already')
        self.station.cut_power(self.clock.now())
        self._uplink.cut_network()
        self._uplink.forget_boot()

    def restore_power(self) -> None:
        if not self.station.power_cut_at:
            raise ValueError('there is power already')
        self.station.restore_power(self.clock.now())
        self.clock.lose_time()
        self._uplink.restore_network()

    @property
    def waiting_messages(self) -> int:
        """The number of messages in the outbox that the central system has not answered yet."""
        return len(self._outbox)

    # Waits for tests: each raises TimeoutError after `timeout_s` real seconds, ConnectionError when the charger ends

    async def wait_for(self, connector_id: int, status: str, timeout_s: float | None = 60) -> None:
        """Wait until the connector has this ChargePointStatus, whether or not it has been reported yet."""
        connector = self.station.connector(connector_id)

        def missing() -> str:
            offline = '' if self.station.online else ', offline,'
            return f'connector {connector_id} is {connector.status} and not {status}{offline}'

        await self._within(timeout_s, self._waiting.until(lambda: connector.status == status), missing)

    async def wait_until_online(self, timeout_s: float | None = None) -> None:
        """Wait until the charger is connected and its BootNotification is accepted."""
        online = self._waiting.until(lambda: self.station.online)
        await self._within(timeout_s, online, lambda: f'the charger is not online at {shown_url(self.url)}')

    async def wait_until_answered(self, timeout_s: float | None = None) -> None:
        """Wait until the central system has answered every message in the outbox."""
        emptied = self._outbox.wait_until_empty()
        await self._within(timeout_s, emptied, lambda: f'{self.waiting_messages} messages have no answer')

    async def wait_until_ended(self) -> None:
        """Inside `async with` and with `reconnect=False`: wait until the central system has closed the connection."""
        if self._running:
            await asyncio.wait([self._running])

    async def _within(self, timeout_s: float | None, waiting: Awaitable[None], missing: Callable[[], str]) -> None:
        try:
            async with asyncio.timeout(timeout_s):
                await waiting
        except TimeoutError:
            text = f'{missing()} after {timeout_s:g} s; last event: {self._last_event}'
            raise TimeoutError(text) from None

    def _log_event(self, line: str) -> None:
        self._last_event = line
        self._on_event(line)

    # Running

    async def __aenter__(self) -> Self:
        self._running = asyncio.create_task(self.run())
        if self._boot_timeout_s is not None:
            try:
                await self.wait_until_online(self._boot_timeout_s)
            except BaseException:
                await self._end()  # raises why it ended by itself, which says more
                raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self.station.online and (error is None or isinstance(error, Exception)):
                with suppress(ConnectionError, TimeoutError):
                    await self.wait_until_answered(LEAVE_S)
        finally:
            await self._end()

    async def _end(self) -> None:
        if self._running:
            self._running.cancel()
            with suppress(asyncio.CancelledError):
                await self._running

    async def run(self) -> None:
        """Run until cancelled, or with `reconnect=False` until the connection ends.

        Raises ConnectionError when the first connection fails with `reconnect=False`.
        """
        try:
            self._recorder.open()
            await self._live()
        finally:
            self._recorder.close()
            self._waiting.end(ConnectionLostError('the charger has ended'))

    async def _live(self) -> None:
        ticking = asyncio.create_task(self._tick())
        connecting = asyncio.create_task(self._uplink.run())
        try:
            await asyncio.wait([ticking, connecting], return_when=asyncio.FIRST_COMPLETED)
        finally:
            ticking.cancel()
            connecting.cancel()
            outcomes = await asyncio.gather(ticking, connecting, return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, Exception):
                raise outcome

    async def _tick(self) -> None:
        while True:
            self.station.tick(self.clock.now())
            await self.clock.sleep(TICK_S)


def _uuid(random: Random) -> str:
    return str(UUID(int=random.getrandbits(128), version=4))
