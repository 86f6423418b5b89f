"""`python -m simulator`: runs one simulated charger, or replays a recording, until Ctrl-C; see options.py."""

import argparse
import asyncio
import logging
import signal
import sys
from contextlib import suppress

from websockets.exceptions import InvalidHandshake, InvalidURI

from simulator.car import Car
from simulator.charger import Charger
from simulator.options import read_options
from simulator.progress import Screen
from simulator.recording import RecordingError, read_recording
from simulator.replay import Replay
from simulator.uplink import Identity


async def simulate(options: argparse.Namespace, screen: Screen, stop: asyncio.Event) -> None:
    """Run a simulated charger until `stop` is set, its script ends or it ends by itself.

    Raises the first error of these.
    """
    async with make_charger(options, screen) as charger:
        background = [
            asyncio.create_task(play(charger, options, stop)),
            asyncio.create_task(screen.follow(charger)),
        ]
        ending = [asyncio.create_task(stop.wait()), asyncio.create_task(charger.wait_until_ended())]
        background[0].add_done_callback(lambda playing: stop.set() if failed(playing) else None)
        await asyncio.wait(ending, return_when=asyncio.FIRST_COMPLETED)
        for task in (*background, *ending):
            task.cancel()
        outcomes = await asyncio.gather(*background, *ending, return_exceptions=True)
        unplug_all(charger)
    screen.show(charger)
    for outcome in outcomes:
        if isinstance(outcome, Exception):
            raise outcome


def failed(task: asyncio.Task[None]) -> bool:
    return not task.cancelled() and task.exception() is not None


def make_charger(options: argparse.Namespace, screen: Screen) -> Charger:
    persona = options.persona
    serial_number = options.url.rpartition('/')[2][:25]
    identity = Identity(serial_number=serial_number)
    if persona:
        identity = Identity(persona.vendor, persona.model, persona.firmware, serial_number)
    return Charger(
        options.url,
        persona=persona,
        connectors=options.connectors,
        phases=options.phases,
        max_current_a=options.max_current,
        meter_interval_s=options.meter_interval,
        speed=options.speed,
        clock_drift_s=options.clock_drift,
        retries_with_same_id=None if options.retry_ids is None else options.retry_ids == 'same',
        seed=options.seed,
        record=options.record,
        boot_timeout_s=None,
        identity=identity,
        on_event=screen.say,
    )


async def play(charger: Charger, options: argparse.Namespace, stop: asyncio.Event) -> None:
    def read_car(text: str) -> Car:
        return Car.read(text or options.car)

    if options.script:
        if await options.script.play(charger, read_car, options.seed):
            stop.set()
        return
    await charger.wait_until_online()
    await charger.clock.sleep(options.plug_after)
    charger.plug_in(1, read_car(''))
    if options.tap:
        charger.tap(options.tag, 1)


def unplug_all(charger: Charger) -> None:
    """Unplug every car, which ends its transaction.

    The StopTransactions are sent at the end of the `async with` block of the charger, if the central system is
    connected.
    """
    for connector in charger.station.connectors.values():
        if connector.car:
            charger.unplug(connector.connector_id)


async def replay(options: argparse.Namespace, screen: Screen, stop: asyncio.Event) -> None:
    lines = read_recording(options.replay)
    playing = asyncio.create_task(Replay(lines, options.url, options.speed, screen.say).run())
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait([playing, stopping], return_when=asyncio.FIRST_COMPLETED)
    for task in (playing, stopping):
        task.cancel()
    with suppress(asyncio.CancelledError):
        await playing


async def main() -> None:
    options = read_options()
    logging.basicConfig(level=logging.DEBUG if options.verbose else logging.WARNING, format='%(message)s')
    for noisy in ('websockets', 'asyncio'):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows: KeyboardInterrupt ends it instead
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    screen = Screen(sys.stdout)
    try:
        await (replay if options.replay else simulate)(options, screen, stop)
    finally:
        screen.close()


if __name__ == '__main__':
    try:
        with suppress(KeyboardInterrupt):
            asyncio.run(main())
    except (ValueError, OSError, RecordingError, InvalidURI, InvalidHandshake) as error:
        sys.exit(str(error))
