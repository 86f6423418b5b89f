"""Numbers as the dashboard writes them: units after a no-break space, a true minus, `–` for unknown.

Powers are in W, energies in Wh, currents in A, shares from 0 to 1, durations timedeltas. None and a value that is not
finite are unknown. Points in time are in `cpo.dashboard.words.times`.
"""

from __future__ import annotations

import math
from datetime import timedelta
from typing import NamedTuple, TypeGuard

UNIT_SPACE = '\u00a0'
MINUS = '\u2212'
UNKNOWN = '–'


class Quantity(NamedTuple):
    """A number and its unit as separate texts, for different sizes; the unit is '' for an unknown value."""

    number: str
    unit: str

    def __str__(self) -> str:
        """Number and unit in one text."""
        return f'{self.number}{UNIT_SPACE}{self.unit}' if self.unit else self.number


def power(power_w: float | None) -> str:
    """A power as `2.4 kW`; below 100 W as `87 W`; below 0.5 W as `0 kW`."""
    return str(_power(power_w, decimals=1))


def hero_power(power_w: float | None) -> Quantity:
    """A power for the large number on Home, with two decimals; from 10 kW one, so that its width stays the same."""
    decimals = 2 if power_w is not None and round(abs(power_w) / 1000, 2) < 10 else 1
    return _power(power_w, decimals)


def energy(energy_wh: float | None) -> str:
    """An energy as `6.42 kWh`."""
    return _quantity(_thousandth(energy_wh), 2, 'kWh')


def month_energy(energy_wh: float | None) -> str:
    """An energy summed over many sessions, as `184.3 kWh`."""
    return _quantity(_thousandth(energy_wh), 1, 'kWh')


def register(energy_wh: float | None) -> str:
    """A meter's register in whole Wh: `18 204 114 Wh`."""
    return _quantity(energy_wh, 0, 'Wh')


def current(current_a: float | None) -> str:
    """A current as `12.0 A`; below 0.05 A as `0 A`."""
    return str(current_quantity(current_a))


def current_quantity(current_a: float | None) -> Quantity:
    """A current as `current` writes it, with number and unit separate."""
    if not _known(current_a):
        return Quantity(UNKNOWN, '')
    return Quantity(number(current_a, 1) if round(current_a, 1) else '0', 'A')


def percent(share: float | None) -> str:
    """A share of 1 as `83 %`."""
    return _quantity(None if share is None else share * 100, 0, '%')


def duration(length: timedelta | None) -> str:
    """A duration rounded down: `45 s`, `12 min`, `2 h 14 min`, `3 d 4 h`; a negative one is `0 s`."""
    if length is None:
        return UNKNOWN
    seconds = max(0, int(length.total_seconds()))
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    space = UNIT_SPACE
    if days:
        return f'{days}{space}d {hours % 24}{space}h'
    if hours:
        return f'{hours}{space}h {minutes % 60:02d}{space}min'
    return f'{minutes}{space}min' if minutes else f'{seconds}{space}s'


def number(value: float, decimals: int = 0) -> str:
    """A finite number with separated thousands: `18 204`, `−0.5`; zero has no minus."""
    text = f'{value:,.{decimals}f}'.replace(',', UNIT_SPACE)
    if text.startswith('-'):
        text = text[1:] if not text.strip('-0.') else MINUS + text[1:]
    return text


def _power(power_w: float | None, decimals: int) -> Quantity:
    if not _known(power_w):
        return Quantity(UNKNOWN, '')
    if not round(power_w):
        return Quantity('0', 'kW')
    if abs(round(power_w)) < 100:
        return Quantity(number(power_w), 'W')
    return Quantity(number(power_w / 1000, decimals), 'kW')


def _quantity(value: float | None, decimals: int, unit: str) -> str:
    return str(Quantity(number(value, decimals), unit)) if _known(value) else UNKNOWN


def _thousandth(value: float | None) -> float | None:
    return None if value is None else value / 1000


def _known(value: float | None) -> TypeGuard[float]:
    return value is not None and math.isfinite(value)
