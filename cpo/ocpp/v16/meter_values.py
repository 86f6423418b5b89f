"""Conversion of SampledValues to base units (OCPP 1.6 §7.43)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from cpo.ocpp.v16.types import Measurand, MeterValue, Phase, ReadingContext, SampledValue, UnitOfMeasure, ValueFormat
from cpo.state import CURRENT, ENERGY, FINITE, OFFERED, POWER, Bounds, MeterRead, MeterSample, bounds_of

KILO = frozenset(
    {UnitOfMeasure.KWH, UnitOfMeasure.KVARH, UnitOfMeasure.KW, UnitOfMeasure.KVA, UnitOfMeasure.KVAR},
)
SHORTEST_SIGNED = 30
MAX_SIGNED_LENGTH = 20_000
MAX_TEXT_LENGTH = 1_000
MAX_SHOWN = 40

NOISE = {POWER: 200, Measurand.POWER_OFFERED: 200, CURRENT: 1, OFFERED: 1}
"""A value less than this below 0 is what a meter shows of nothing, in W or A (go-e: -115 W as a session begins)."""

UNITS: dict[str, tuple[str, ...]] = {
    'Energy': ('Wh', 'kWh', 'varh', 'kvarh'),
    'Power': ('W', 'kW', 'VA', 'kVA', 'var', 'kvar'),
    'Current': ('A',),
}
"""The units allowed for measurands whose name begins like this; other combinations are unreadable."""


class Reading(NamedTuple):
    """How a SampledValue converts to the base unit: value × factor + offset; unreadable when `factor` is None,
    or where the result is outside `bounds`.

    `noise` is how far below 0 a value counts as 0; `of_the_beginning`: it may be from the transaction's first moment.
    """

    measurand: str
    phase: str
    factor: float | None
    offset: float = 0.0
    noise: float = 0.0
    of_the_beginning: bool = False
    bounds: Bounds = FINITE


def samples_of(meter_value: MeterValue) -> tuple[MeterSample, ...]:
    """The samples of a MeterValue in base units (Wh, W, A, °C); an unreadable one has its text instead of a value."""
    samples = []
    for sampled in meter_value.sampled_value:
        reading = _reading(sampled.measurand, sampled.phase, sampled.context, sampled.unit, sampled.format)
        value = value_of(sampled.value, reading)
        if value is None:
            # some chargers send signed data without declaring it
            signed = sampled.format == ValueFormat.SIGNED_DATA or len(sampled.value) >= SHORTEST_SIGNED
            text = sampled.value if signed else f'{sampled.value} {sampled.unit or ""}'.strip()
            text = text[: MAX_SIGNED_LENGTH if signed else MAX_TEXT_LENGTH]
            samples.append(MeterSample(reading.measurand, reading.phase, None, text, signed))
        else:
            samples.append(MeterSample(reading.measurand, reading.phase, value))
    return tuple(samples)


def unreadable(reads: Iterable[MeterRead]) -> tuple[str, ...]:
    """A sentence for each measurand of which a value is none that a charger can measure; signed data is left out."""
    found = {s.measurand: s.text for read in reads for s in read.samples if s.value is None and not s.signed}
    return tuple(f'{name} is “{text[:MAX_SHOWN]}”; it was read as unknown.' for name, text in found.items())


def of_now(meter_values: Sequence[MeterValue]) -> Sequence[MeterValue]:
    """The MeterValues of one Call, without samples of the transaction's beginning where there are present ones too.

    Growatt and Project EV send both in each Call (lbbrhzn/ocpp#1838); one that is only tagged as of the beginning is a
    present one (evcc#30943).
    """
    begin = ReadingContext.TRANSACTION_BEGIN
    if not any(sampled.context is begin for value in meter_values for sampled in value.sampled_value):
        return meter_values
    readings = [reading_of(sampled) for value in meter_values for sampled in value.sampled_value]
    live = {(reading.measurand, reading.phase) for reading in readings if not reading.of_the_beginning}
    return [value.model_copy(update={'sampled_value': _without_beginning(value, live)}) for value in meter_values]


def _without_beginning(value: MeterValue, live: set[tuple[str, str]]) -> tuple[SampledValue, ...]:
    readings = [(sampled, reading_of(sampled)) for sampled in value.sampled_value]
    return tuple(s for s, r in readings if not (r.of_the_beginning and (r.measurand, r.phase) in live))


def reading_of(sampled: SampledValue) -> Reading:
    return _reading(sampled.measurand, sampled.phase, sampled.context, sampled.unit, sampled.format)


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
    bounds = bounds_of(name)
    if unit == UnitOfMeasure.FAHRENHEIT:
        return Reading(name, place, 1 / 1.8, -32 / 1.8, bounds=bounds)
    if unit == UnitOfMeasure.K:
        return Reading(name, place, 1, -273.15, bounds=bounds)
    began, factor = context == ReadingContext.TRANSACTION_BEGIN, 1000 if unit in KILO else 1
    return Reading(name, place, factor, 0.0, NOISE.get(name, 0.0), began, bounds)


def value_of(text: str, reading: Reading) -> float | None:
    if reading.factor is None or '_' in text:  # float() accepts 1_000, which is no number in OCPP
        return None
    try:
        value = float(text) * reading.factor + reading.offset
    except ValueError:
        return None
    if -reading.noise < value <= 0:
        return 0.0
    if not reading.bounds.least <= value <= reading.bounds.most:
        return None
    return round(value, 3) if reading.offset else value
