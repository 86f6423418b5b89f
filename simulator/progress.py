"""The simulator's output on a terminal: events, and one line with the charger's present state."""

import asyncio
import shutil
from collections.abc import Callable
from datetime import datetime
from typing import TextIO

from simulator.charger import Charger
from simulator.connector import Connector

REFRESH_S = 0.25
CLEAR_LINE = '\r\x1b[K'


def in_words(charger: Charger) -> str:
    """The charger's state in one line: `online  |  1: Charging 9.9 of 10.0 A, 1.23 kWh, car 41 %  |  2: Available`."""
    station = charger.station
    parts = ['no power' if station.power_cut_at else 'online' if station.online else 'offline']
    parts += [_connector_in_words(c) for c in station.connectors.values() if c.connector_id]
    if charger.waiting_messages:
        parts.append(f'{charger.waiting_messages} message{"s" * (charger.waiting_messages > 1)} wait')
    return '  |  '.join(parts)


def _connector_in_words(connector: Connector) -> str:
    words = f'{connector.connector_id}: {connector.status}'
    if connector.transaction:
        words += f' {connector.current_a:.1f} of {connector.offered_a:.1f} A, {connector.energy_wh / 1000:.2f} kWh'
    return f'{words}, car {connector.car.soc:.0f} %' if connector.car else words


class Screen:
    """Prints events and a line with the charger's state: rewritten in place on a terminal, elsewhere a line per change.

    Elsewhere a change of energy or of waiting messages alone prints nothing, so that a log stays short.
    """

    def __init__(self, out: TextIO, now: Callable[[], datetime] = datetime.now) -> None:
        self._out = out
        self._now = now
        self._in_place = out.isatty()
        self._shown = ''
        self._state: object = None

    def say(self, line: str) -> None:
        self._write(f'{self._now():%H:%M:%S}  {line}\n', self._shown)

    def show(self, charger: Charger) -> None:
        line = in_words(charger)
        if self._in_place:
            line = line[: shutil.get_terminal_size().columns - 1]
            if line != self._shown:
                self._write('', line)
        elif (state := _state(charger)) != self._state:
            self._state = state
            self.say(line)

    async def follow(self, charger: Charger) -> None:
        while True:
            self.show(charger)
            await asyncio.sleep(REFRESH_S)

    def close(self) -> None:
        """End the progress line; its last text stays on the terminal."""
        if self._in_place and self._shown:
            self._shown = ''
            print(file=self._out, flush=True)

    def _write(self, text: str, progress: str) -> None:
        self._shown = progress
        print(f'{CLEAR_LINE}{text}{progress}' if self._in_place else text, end='', file=self._out, flush=True)


def _state(charger: Charger) -> object:
    station = charger.station
    connectors = tuple((c.status, round(c.offered_a, 1), round(c.current_a, 1)) for c in station.connectors.values())
    return station.online, station.power_cut_at, connectors
