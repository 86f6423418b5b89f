"""What a charger's meter and the meters of a home can show: values beyond it are unknown, however readable (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from sys import float_info
from types import MappingProxyType
from typing import NamedTuple

from cpo.state.register import MAX_POWER_W, MAX_REGISTER_WH
from cpo.state.solar_reading import ReadingName

MOST_HOUSE_W = 1_000_000.0
"""Power of the sun or the grid in W, either way: the main fuse of a home passes a tenth of it at most."""
MOST_CHARGER_W = 2.0 * MAX_POWER_W
"""Power of a charger: twice the three phases of 80 A that the largest home charger has."""


class Bounds(NamedTuple):
    """The least and the most a value can be, in the base unit of its measurand."""

    least: float
    most: float


def _either_way(most: float) -> Bounds:
    return Bounds(-most, most)


MEASURED: Mapping[str, Bounds] = MappingProxyType(
    {
        'Power': _either_way(MOST_CHARGER_W),
        'Current': _either_way(1_000.0),  # no home's cable carries it
        'Voltage': _either_way(1_000.0),  # the end of low voltage (IEC 60038)
        'Energy': _either_way(MAX_REGISTER_WH),
        'SoC': Bounds(0.0, 100.0),
        'Temperature': Bounds(-100.0, 200.0),  # -127 °C is a sensor that is not connected
    }
)
"""By the first word of the measurand."""
READ: Mapping[ReadingName, Bounds] = MappingProxyType(
    {
        'pv_w': _either_way(MOST_HOUSE_W),
        'grid_w': _either_way(MOST_HOUSE_W),
        'battery_w': _either_way(MOST_HOUSE_W),
        'battery_soc': MEASURED['SoC'],
        'grid_a': MEASURED['Current'],
    }
)
"""By the name of a reading of the house."""
FINITE = _either_way(float_info.max)


def bounds_of(measurand: str) -> Bounds:
    """The bounds of a measurand; without any, all finite numbers."""
    return MEASURED.get(measurand.split('.', maxsplit=1)[0], FINITE)


def can_be(measurand: str, value: float) -> bool:
    """True for a value that a charger can measure."""
    least, most = bounds_of(measurand)
    return least <= value <= most


def can_be_read(name: ReadingName, value: float) -> bool:
    """True for a reading of the house that a home can have."""
    least, most = READ[name]
    return least <= value <= most


def of_house(power_w: float | None) -> float | None:
    """A power of the house in W; None where it is unknown or beyond what a home can have."""
    return power_w if power_w is not None and -MOST_HOUSE_W <= power_w <= MOST_HOUSE_W else None
