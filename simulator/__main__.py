"""`python -m simulator`: a charger that boots, gets a car plugged in and does what the central system says."""

import argparse
import asyncio
import logging
import signal
import sys
from contextlib import suppress
from datetime import datetime

from simulator.car import Car
from simulator.charger import Charger
from simulator.uplink import Identity

GOODBYE_S = 5.0


def read_options(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog='python -m simulator', description=__doc__)
    add = parser.add_argument
    add('--url', default='ws://localhost:8080/ocpp', help='of the central system, without the charge box id')
    add('--id', default='SIM1', help='charge box id')
    add('--connectors', type=int, default=1)
    add('--phases', type=int, choices=(1, 3), default=1)
    add('--max-current', type=float, default=32, help='of the charger, in A per phase')
    add('--meter-interval', type=int, default=10, help='seconds between MeterValues')
    add('--plug-after', type=float, default=3, help='seconds from the boot until a car is plugged in')
    add('--soc', type=float, default=40, help="the car's state of charge, in percent")
    add('--battery', type=float, default=60, help="the car's battery, in kWh")
    add('--tag', default='Tag1', help='idTag of the card that --tap uses')
    add('--tap', action='store_true', help='hold the card to the reader once the car is plugged in')
    add('--speed', type=float, default=1, help='simulated seconds per second')
    add('--verbose', action='store_true', help='show every OCPP-J message')
    return parser.parse_args(arguments)


def say(line: str) -> None:
    print(f'{datetime.now():%H:%M:%S}  {line}', flush=True)


async def simulate(options: argparse.Namespace, stop: asyncio.Event) -> None:
    async with Charger(
        options.url,
        options.id,
        connectors=options.connectors,
        phases=options.phases,
        max_current_a=options.max_current,
        meter_interval_s=options.meter_interval,
        speed=options.speed,
        identity=Identity(serial_number=options.id[:25]),
        on_event=say,
    ) as charger:
        playing = asyncio.create_task(play(charger, options))
        ended = asyncio.create_task(charger.wait_until_ended())
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait([ended, stopping], return_when=asyncio.FIRST_COMPLETED)
        for task in (playing, ended, stopping):
            task.cancel()
        await asyncio.gather(playing, ended, stopping, return_exceptions=True)
        await say_goodbye(charger)


async def play(charger: Charger, options: argparse.Namespace) -> None:
    await charger.wait_until_online()
    await charger.clock.sleep(options.plug_after)
    charger.plug_in(1, Car(battery_kwh=options.battery, soc=options.soc, phases=options.phases))
    if options.tap:
        charger.tap(options.tag, 1)


async def say_goodbye(charger: Charger) -> None:
    with suppress(ValueError):  # no car is plugged in
        charger.unplug(1)
    if charger.station.online:
        with suppress(ConnectionError, TimeoutError):
            await asyncio.wait_for(charger.wait_until_told(), GOODBYE_S)


async def main() -> None:
    options = read_options()
    logging.basicConfig(level=logging.DEBUG if options.verbose else logging.WARNING, format='%(message)s')
    logging.getLogger('websockets').setLevel(logging.WARNING)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows: KeyboardInterrupt ends it instead
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await simulate(options, stop)


if __name__ == '__main__':
    try:
        with suppress(KeyboardInterrupt):
            asyncio.run(main())
    except ValueError as error:
        sys.exit(str(error))
