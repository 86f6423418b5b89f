"""The readings of the house's meters in words: value, source and age of each."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from cpo.dashboard.words.numbers import MINUS, UNIT_SPACE, UNKNOWN, is_known, power
from cpo.dashboard.words.times import charger_text, marker
from cpo.sentences import source_name
from cpo.state import ReadingName, SolarReading

IDLE_W = 10.0
"""A battery or a grid connection with less power than this is at rest."""


class ReadingLine(NamedTuple):
    """A reading: `about` is what it is, how old (a time marker) and from whom, `value` the newest one."""

    about: str
    value: str
    is_stale: bool


def reading_lines(solar: SolarReading, now: datetime) -> dict[str, ReadingLine]:
    """The line of each meter there is: `sun`, `grid`, `phases` and `battery`."""
    battery: ReadingName = 'battery_soc' if solar.battery_w is None else 'battery_w'
    of_meters: dict[str, tuple[str, ReadingName, str]] = {
        'sun': ('Sun', 'pv_w', power(solar.pv_w)),
        'grid': ('Grid', 'grid_w', _either_way(solar.grid_w, 'bought', 'sold')),
        'phases': ('Phases', 'grid_a', _currents(solar)),
        'battery': (_battery(solar.battery_soc), battery, _either_way(solar.battery_w, 'given', 'stored')),
    }
    fresh = solar.fresh(now)
    return {
        meter: ReadingLine(_about(what, name, solar), value, getattr(fresh, name) is None)
        for meter, (what, name, value) in of_meters.items()
        if getattr(solar, name) is not None
    }


def _about(what: str, name: ReadingName, solar: SolarReading) -> str:
    by, arrival = solar.source(name), solar.arrival(name)
    age = f', {marker("age", arrival.at)}' if arrival else ''
    return f'{what}{age}, from {charger_text(source_name(by), 40)}' if by else f'{what}{age}'


def _battery(soc: float | None) -> str:
    return 'Battery' if soc is None else f'Battery {soc:.0f}{UNIT_SPACE}%'


def _either_way(power_w: float | None, positive: str, negative: str) -> str:
    if not is_known(power_w):
        return UNKNOWN
    if abs(power_w) < IDLE_W:
        return power(0)
    return f'{power(abs(power_w))} {positive if power_w > 0 else negative}'


def _currents(solar: SolarReading) -> str:
    """The currents of L1, L2 and L3, as `4.2 · −1.0 · 0.3 A`."""
    currents = (f'{round(current, 1) + 0.0:.1f}'.replace('-', MINUS) for current in solar.grid_a or ())
    return f'{" · ".join(currents)}{UNIT_SPACE}A'
