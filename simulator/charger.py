"""A charger: a Station connected to its central system over a websocket."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self
from urllib.parse import quote

from simulator.car import Car
from simulator.clock import Clock
from simulator.configuration import Configuration
from simulator.connection import ConnectionLostError
from simulator.connector import Connector
from simulator.outbox import Outbox
from simulator.station import Station
from simulator.uplink import Identity, Uplink
from simulator.waiting import Waiting

TICK_S = 1.0

logger = logging.getLogger(__name__)


class Charger:
    """`async with Charger(url)` runs it in the background; `await charger.run()` in the foreground.

    url                 with the charge box id at its end, or without when `charge_box_id` is given
    max_current_a       per phase, of the hardware; every connector has `phases` phases
    reconnect           False: the charger ends when the central system closes the connection
    speed               simulated seconds per real second; every `…_s` but `call_timeout_s` is simulated
    on_event            is called with one readable line for everything that happens; default: the log, at INFO
    """

    def __init__(
        self,
        url: str,
        charge_box_id: str = '',
        *,
        connectors: int = 1,
        phases: int = 1,
        max_current_a: float = 32,
        meter_interval_s: int = 60,
        heartbeat_interval_s: int = 60,
        call_timeout_s: float = 30,
        reconnect: bool = True,
        speed: float = 1,
        identity: Identity | None = None,
        on_event: Callable[[str], None] = logger.info,
    ) -> None:
        self.url = f'{url.rstrip("/")}/{quote(charge_box_id, safe="")}' if charge_box_id else url
        self.clock = Clock(speed)
        self._waiting = Waiting()
        self._running: asyncio.Task[None] | None = None
        self.configuration = Configuration(connectors, meter_interval_s, heartbeat_interval_s)
        self._outbox = Outbox(self.configuration, self.clock, self._waiting)
        self.station = Station(
            {n: Connector(n, phases, max_current_a) for n in range(connectors + 1)},
            self.configuration,
            self._outbox.put,
            on_event,
            self._waiting.wake,
        )
        self._uplink = Uplink(
            self.url, identity or Identity(), self.station, self._outbox, self.clock, reconnect, call_timeout_s
        )

    # What people do: each raises ValueError for what cannot be done

    def plug_in(self, connector_id: int, car: Car) -> None:
        self.station.plug_in(connector_id, car, self.clock.now())

    def unplug(self, connector_id: int) -> None:
        """Ends a running transaction with reason EVDisconnected."""
        self.station.unplug(connector_id, self.clock.now())

    def tap(self, id_tag: str, connector_id: int) -> None:
        """Hold a card to the reader: it starts a transaction after Authorize, or stops the one it has started."""
        self.station.tap(id_tag, connector_id, self.clock.now())

    def fault(self, connector_id: int, error_code: str) -> None:
        """A ChargePointErrorCode ends a running transaction; NoError clears the fault."""
        self.station.fault(connector_id, error_code, self.clock.now())

    # What tests wait for: each raises ConnectionError when the charger ends before

    async def wait_for(self, connector_id: int, status: str) -> None:
        """Until the connector has this ChargePointStatus, told to the central system or not."""
        connector = self.station.connectors[connector_id]
        await self._waiting.until(lambda: connector.status == status)

    async def wait_until_online(self) -> None:
        """Until connected and accepted by BootNotification.conf."""
        await self._waiting.until(lambda: self.station.online)

    async def wait_until_told(self) -> None:
        """Until the central system has answered everything there was to tell."""
        await self._outbox.wait_until_empty()

    async def wait_until_ended(self) -> None:
        """With `async with` and `reconnect=False`: until the central system has closed the connection."""
        if self._running:
            await asyncio.wait([self._running])

    # Life

    async def __aenter__(self) -> Self:
        self._running = asyncio.create_task(self.run())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._running:
            self._running.cancel()
            with suppress(asyncio.CancelledError):
                await self._running

    async def run(self) -> None:
        """Ends by cancellation; with `reconnect=False` also when the connection ends.

        Raises ConnectionError when with `reconnect=False` no connection comes about.
        """
        ticking = asyncio.create_task(self._tick())
        connecting = asyncio.create_task(self._uplink.run())
        try:
            await asyncio.wait([ticking, connecting], return_when=asyncio.FIRST_COMPLETED)
        finally:
            ticking.cancel()
            connecting.cancel()
            outcomes = await asyncio.gather(ticking, connecting, return_exceptions=True)
            self._waiting.end(ConnectionLostError('the charger has ended'))
        for outcome in outcomes:
            if isinstance(outcome, Exception):
                raise outcome

    async def _tick(self) -> None:
        while True:
            self.station.tick(self.clock.now())
            await self.clock.sleep(TICK_S)
