"""Numbers as the dashboard writes them: units after a no-break space, a true minus, `–` for unknown.

Powers are in W, energies in Wh, currents in A, shares from 0 to 1, durations timedeltas. None and a value that is not
finite, or from 10¹² on, are unknown: every text has a place on a phone. Points in time are in
`cpo.dashboard.words.times`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple, TypeGuard

UNIT_SPACE = '\u00a0'
MINUS = '\u2212'
UNKNOWN = '–'
TOO_LARGE = 1e12
PREFIXES = ('', 'k', 'M', 'G')
MAX_KWH = 100_000
SIGNS = {'EUR': '€', 'GBP': '£', 'USD': '$', 'JPY': '¥'}
"""Signs of currencies; others are written as their three letters."""


class Quantity(NamedTuple):
    """A number and its unit as separate texts, for different sizes; the unit is '' for an unknown value."""

    number: str
    unit: str

    def __str__(self) -> str:
        """Number and unit in one text."""
        return f'{self.number}{UNIT_SPACE}{self.unit}' if self.unit else self.number


def is_known(value: float | None) -> TypeGuard[float]:
    """True for a finite number below 10¹²."""
    return value is not None and abs(value) < TOO_LARGE


def power(power_w: float | None) -> str:
    """A power as `2.4 kW` or `110 kW`; below 100 W as `87 W`; below 0.5 W as `0 kW`; from 1000 kW on as `1.5 MW`."""
    return str(_power(power_w, decimals=1))


def hero_power(power_w: float | None) -> Quantity:
    """A power for the large number on Home, with three digits (`2.36`, `11.0`, `110`), so that its width stays."""
    return _power(power_w, decimals=2)


def phases(count: int) -> str:
    """A number of phases as `one phase` or `three phases`."""
    return f'{("no", "one", "two", "three")[count]} phase{"" if count == 1 else "s"}'


def energy(energy_wh: float | None) -> str:
    """An energy as `6.42 kWh`; from 100 000 kWh on as `100.00 MWh`."""
    return str(_prefixed(energy_wh, 2, 'Wh', 'k', MAX_KWH))


def month_energy(energy_wh: float | None) -> str:
    """An energy summed over many sessions, as `184.3 kWh`; from 100 000 kWh on as `100.0 MWh`."""
    return str(_prefixed(energy_wh, 1, 'Wh', 'k', MAX_KWH))


def money(cents: int | None, currency: str) -> str:
    """An amount of hundredths of a currency (ISO 4217) as `1.92 €` or `1.92 CHF`."""
    return UNKNOWN if cents is None else f'{number(cents / 100, 2)}{UNIT_SPACE}{SIGNS.get(currency, currency)}'


def register(energy_wh: float | None) -> str:
    """A meter's register in whole Wh: `18 204 114 Wh`."""
    return _quantity(energy_wh, 0, 'Wh')


def current(current_a: float | None) -> str:
    """A current as `12.0 A`; below 0.05 A as `0 A`; from 1000 A on as `1.5 kA`."""
    return str(current_quantity(current_a))


def current_quantity(current_a: float | None) -> Quantity:
    """A current as `current` writes it, with number and unit separate."""
    if is_known(current_a) and not round(current_a, 1):
        return Quantity('0', 'A')
    return _prefixed(current_a, 1, 'A', '')


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
    """A power with this many decimals, or fewer so that it has at most three digits."""
    if is_known(power_w) and not round(power_w):
        return Quantity('0', 'kW')
    if is_known(power_w) and abs(round(power_w)) < 100:
        return Quantity(number(power_w), 'W')
    shown = _prefixed(power_w, decimals, 'W', 'k')
    is_long = sum(map(str.isdigit, shown.number)) > 3
    return _power(power_w, decimals - 1) if is_long and decimals else shown


def _prefixed(value: float | None, decimals: int, unit: str, prefix: str, below: float = 1000) -> Quantity:
    """The value with this prefix of the unit, or with the first after it that makes the number less than `below`."""
    if not is_known(value):
        return Quantity(UNKNOWN, '')
    power = PREFIXES.index(prefix)
    while round(abs(value) / 1000**power, decimals) >= below and power + 1 < len(PREFIXES):
        power += 1
    return Quantity(number(value / 1000**power, decimals), PREFIXES[power] + unit)


def _quantity(value: float | None, decimals: int, unit: str) -> str:
    return str(Quantity(number(value, decimals), unit)) if is_known(value) else UNKNOWN
