"""The demo charger that a newcomer can start from the dashboard: one connector, and a car plugged in after the boot."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

import simulator  # whose parts are imported when they are used: nobody may want a demo

logger = logging.getLogger(__name__)

PLUG_IN_AFTER_S = 1.5
GOODBYE_S = 0.5


async def run_demo(url: str) -> None:
    """Run the demo charger until the central system closes the connection or the task is cancelled.

    `url` ends with the charge box id. When cancelled, the charger unplugs its car and waits up to half a second for the
    messages about it to be answered. Raises ConnectionError when it cannot connect.
    """
    identity = simulator.Identity(vendor='Home CPO', model='Demo charger')
    async with simulator.Charger(
        url, reconnect=False, meter_interval_s=2, max_current_a=16, identity=identity, boot_timeout_s=None
    ) as charger:
        try:
            with suppress(ConnectionError):  # of the waiting; leaving the charger raises its own
                await charger.wait_until_online()
                await charger.clock.sleep(PLUG_IN_AFTER_S)
                charger.plug_in(1, simulator.Car(soc=40))
            await charger.wait_until_ended()
        except asyncio.CancelledError:
            await _leave(charger)
            raise


async def _leave(charger: simulator.Charger) -> None:
    with suppress(ValueError, ConnectionError, TimeoutError):
        charger.unplug(1)
        await asyncio.wait_for(charger.wait_until_answered(), GOODBYE_S)


class Demo:
    """The demo charger as a background task, started on request and stopped when a real charger connects."""

    def __init__(self, url: str) -> None:
        """`url` ends with the charge box id."""
        self._url = url
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start the demo charger in the background, unless it is running."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Unplug the demo charger's car, disconnect it, and wait for its end."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _run(self) -> None:
        try:
            await run_demo(self._url)
        except ConnectionError as error:
            logger.warning('The demo charger could not connect: %s', error)
