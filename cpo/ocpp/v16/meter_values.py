"""Conversion of SampledValues to base units (OCPP 1.6 §7.43)."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

from cpo.ocpp.v16.types import Measurand, MeterValue, Phase, ReadingContext, UnitOfMeasure, ValueFormat
from cpo.state import ENERGY, MeterSample

KILO = frozenset(
    {UnitOfMeasure.KWH, UnitOfMeasure.KVARH, UnitOfMeasure.KW, UnitOfMeasure.KVA, UnitOfMeasure.KVAR},
)
SHORTEST_SIGNED = 30

UNITS: dict[str, tuple[str, ...]] = {
    'Energy': ('Wh', 'kWh', 'varh', 'kvarh'),
    'Power': ('W', 'kW', 'VA', 'kVA', 'var', 'kvar'),
    'Current': ('A',),
}
"""The units allowed for measurands whose name begins like this; other combinations are unreadable."""


class Reading(NamedTuple):
    """Conversion of samples of one kind: base value = value * factor + offset; unreadable when `factor` is None."""

    measurand: str
    phase: str
    factor: float | None
    offset: float = 0.0


def samples_of(meter_value: MeterValue) -> tuple[MeterSample, ...]:
    """The samples of a MeterValue in base units (Wh, W, A, °C); an unreadable one has its text and no value."""
    samples = []
    for sampled in meter_value.sampled_value:
        reading = _reading(sampled.measurand, sampled.phase, sampled.context, sampled.unit, sampled.format)
        value = _value(sampled.value, reading)
        if value is None:
            # some chargers send signed data without declaring it
            signed = sampled.format == ValueFormat.SIGNED_DATA or len(sampled.value) >= SHORTEST_SIGNED
            text = sampled.value if signed else f'{sampled.value} {sampled.unit or ""}'.strip()
            samples.append(MeterSample(reading.measurand, reading.phase, None, text, signed))
        else:
            samples.append(MeterSample(reading.measurand, reading.phase, value))
    return tuple(samples)


@lru_cache(maxsize=1000)
def _reading(
    measurand: str | None, phase: str | None, context: str | None, unit: str | None, value_format: str | None
) -> Reading:
    """The conversion for a sample's members: an absent measurand is the import register, an absent unit the base unit.

    Unreadable are signed data, and a measurand, phase, context or unit that the specification does not have.
    """
    known = (
        (measurand, Measurand),
        (phase, Phase),
        (context, ReadingContext),
        (unit, UnitOfMeasure),
        (value_format, ValueFormat),
    )
    name, place = str(measurand or ENERGY), str(phase or '')
    if value_format == ValueFormat.SIGNED_DATA or not all(v is None or isinstance(v, kind) for v, kind in known):
        return Reading(name, place, None)
    place = place.removesuffix('-N')
    if unit is not None and unit not in UNITS.get(name.split('.', maxsplit=1)[0], (unit,)):
        return Reading(name, place, None)
    if unit == UnitOfMeasure.FAHRENHEIT:
        return Reading(name, place, 1 / 1.8, -32 / 1.8)
    if unit == UnitOfMeasure.K:
        return Reading(name, place, 1, -273.15)
    return Reading(name, place, 1000 if unit in KILO else 1)


def _value(text: str, reading: Reading) -> float | None:
    if reading.factor is None or '_' in text:  # float() accepts 1_000, which is no number in OCPP
        return None
    try:
        value = float(text) * reading.factor + reading.offset
    except ValueError:
        return None
    return (round(value, 3) if reading.offset else value) if math.isfinite(value) else None
