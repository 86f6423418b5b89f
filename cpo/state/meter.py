"""The live values of one connector's meter: the newest reading of each measurand and phase."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from cpo.amperes import NOMINAL_VOLTAGE_V
from cpo.frozen import replace
from cpo.state.arrival import Arrival
from cpo.state.bounds import can_be
from cpo.state.register import Register, is_register

MAX_UNREAD = 32
PHASES = ('L1', 'L2', 'L3')
WHOLE_AND_PHASES = ('', *PHASES)
LEAST_CURRENT_A = 1.0
LEAST_VOLTAGE_V = 100.0
LEAST_POWER_W = 100.0

ENERGY = 'Energy.Active.Import.Register'
POWER = 'Power.Active.Import'
CURRENT = 'Current.Import'
OFFERED = 'Current.Offered'
VOLTAGE = 'Voltage'
SOC = 'SoC'
TEMPERATURE = 'Temperature'


class MeterSample(NamedTuple):
    """One sampledValue in its base unit (Wh, W, A, V, Percent, Celsius).

    `phase` is `L1`, `L2`, `L3`, `N` or '' for a value without a phase; `L1-N` is read as `L1`. A sample that could not
    be read has the value None and its original as `text`; `signed` data is one of these.
    """

    measurand: str
    phase: str
    value: float | None
    text: str = ''
    signed: bool = False


@dataclass(slots=True, eq=False)
class SampleColumns:
    """Samples by their members, each a tuple with one value for each sample; equal to any samples that are the same.

    The samples are made when they are iterated over: in a flood most of them are never looked at.
    """

    measurands: tuple[str, ...]
    phases: tuple[str, ...]
    values: tuple[float | None, ...]
    texts: tuple[str, ...]
    signed: tuple[bool, ...]

    @classmethod
    def of(cls, samples: Samples) -> SampleColumns:
        """The same samples by their members."""
        return samples if isinstance(samples, cls) else cls(*(zip(*samples, strict=True) if samples else NO_COLUMNS))

    def __iter__(self) -> Iterator[MeterSample]:
        """Make the samples, in their order."""
        return map(new_sample, zip(self.measurands, self.phases, self.values, self.texts, self.signed, strict=True))

    def __eq__(self, other: object) -> bool:
        """True for the same samples, in a tuple too."""
        return isinstance(other, (SampleColumns, tuple)) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        """As that of a tuple of them."""
        return hash(tuple(self))


Samples = tuple[MeterSample, ...] | SampleColumns

NO_COLUMNS: tuple[tuple[Any, ...], ...] = ((),) * len(MeterSample._fields)
new_sample = partial(tuple.__new__, MeterSample)
"""Makes a sample of a tuple with all its members, in half the time."""


class MeterValue(NamedTuple):
    """A value in the base unit of its measurand, when the charger measured it, and when it arrived here."""

    value: float
    timestamp: datetime
    arrival: Arrival


@dataclass(frozen=True, slots=True)
class Meter:
    """The newest value of each measurand and phase of one connector; an unknown one is None or absent, never 0.

    `values` are by (measurand, phase), `unread` has the text of samples that could not be read, `timestamp` is the
    newest time of measurement. `register` is the energy register without its wrong readings.
    """

    values: Mapping[tuple[str, str], MeterValue] = field(default_factory=dict)
    unread: Mapping[str, str] = field(default_factory=dict)
    timestamp: datetime | None = None
    register: Register = field(default_factory=Register)

    def updated(self, timestamp: datetime, samples: Iterable[MeterSample], at: datetime | None = None) -> Meter:
        """The meter after samples measured at `timestamp` that arrived `at`.

        An older sample never replaces a newer one.
        """
        values, unread, registers = dict(self.values), dict(self.unread), dict[str, float]()
        heard_at = timestamp if at is None else at
        followed: Arrival | None = None
        arrival = first = Arrival(heard_at)
        for sample in samples:
            key = (sample.measurand, sample.phase)
            if sample.measurand == ENERGY and sample.value is not None and sample.phase in WHOLE_AND_PHASES:
                registers[sample.phase] = sample.value
            if sample.value is None:
                unread[f'{sample.measurand} {sample.phase}'.strip()] = sample.text
                continue
            old = values.get(key)
            if old is None:
                values[key] = MeterValue(sample.value, timestamp, first)
            elif old.timestamp <= timestamp:
                if old.arrival is not followed:  # most values of a message came together before, too
                    followed, arrival = old.arrival, old.arrival.followed(heard_at)
                values[key] = MeterValue(sample.value, timestamp, arrival)
        while len(unread) > MAX_UNREAD:
            del unread[next(iter(unread))]
        _drop_outdated(values)
        newest = timestamp if self.timestamp is None else max(self.timestamp, timestamp)
        register = self.register.heard(self._register_wh(registers), timestamp) if registers else self.register
        return Meter(values, unread, newest, register)

    def _register_wh(self, registers: Mapping[str, float]) -> float:
        """The register by what came of it, by phase: the whole, else the sum with the phases that did not come."""
        if '' in registers:
            return registers['']
        known = {phase: self.values.get((ENERGY, phase)) for phase in PHASES}
        return sum(registers.get(phase, v.value if v is not None else 0.0) for phase, v in known.items())

    def value(self, measurand: str, phase: str = '') -> float | None:
        """The newest value of one measurand and phase, None where the charger never sent it."""
        found = self.values.get((measurand, phase))
        return None if found is None else found.value

    def per_phase(self, measurand: str) -> dict[str, float]:
        """The newest values by phase, L1 first; a value without a phase stands under ''.

        Neither the neutral nor a line voltage (L1-L2) is among them.
        """
        values = self.values
        return {p: values[measurand, p].value for p in WHOLE_AND_PHASES if (measurand, p) in values}

    def arrival(self, *measurands: str) -> Arrival | None:
        """The arrival of the newest value of the first of these measurands that is known, None where none is."""
        for measurand in measurands:
            found = [v.arrival for (name, _), v in self.values.items() if name == measurand]
            if found:
                return max(found, key=lambda arrival: arrival.at)
        return None

    def without(self, *measurands: str) -> Meter:
        """This meter with the values of these measurands removed, so that they are unknown."""
        return replace(self, values={key: v for key, v in self.values.items() if key[0] not in measurands})

    @property
    def energy_wh(self) -> float | None:
        """The import register in Wh, without jumps; the sum of the phases where the charger only sends those."""
        if self.register.newest is not None:
            return self.register.newest.wh
        summed = self._total(ENERGY)
        return summed if summed is not None and is_register(summed) else None

    @property
    def power_w(self) -> float | None:
        """The power drawn in W: as measured, else computed from currents and voltages (230 V where none is known).

        None also where it is more than a charger can draw.
        """
        power = self._total(POWER)
        power = self._computed_w() if power is None else power
        return power if power is not None and can_be(POWER, power) else None

    def _computed_w(self) -> float | None:
        voltages, currents = self.per_phase(VOLTAGE), self.per_phase(CURRENT)
        volts = voltages.get('') or voltages.get('L1') or NOMINAL_VOLTAGE_V
        if len(currents) == 1 and self.phases_seen == len(PHASES):
            return next(iter(currents.values())) * sum(voltages[phase] for phase in PHASES)
        if len(currents) > 1:
            currents.pop('', None)
        return sum(a * voltages.get(p, volts) for p, a in currents.items()) if currents else None

    @property
    def phases_seen(self) -> int | None:
        """The number of phases the car charges with as the values show it, None where they do not.

        One current beside three voltages counts as that of three phases where the power is three times theirs
        (Enercab), or where each of three phases has a register or a power of its own.
        """
        currents, voltages = self.per_phase(CURRENT), self.per_phase(VOLTAGE)
        flowing = sum(a > LEAST_CURRENT_A for phase, a in currents.items() if phase)
        if flowing > 1:
            return flowing
        if not currents:
            powers = [w for phase, w in self.per_phase(POWER).items() if phase]
            return (sum(w > LEAST_POWER_W for w in powers) or None) if len(powers) > 1 else None
        a, volts = max(currents.values(), default=0.0), [v for v in voltages.values() if v > LEAST_VOLTAGE_V]
        if a <= LEAST_CURRENT_A:
            return None
        if len(currents) == 1 and sum(voltages.get(phase, 0.0) > LEAST_VOLTAGE_V for phase in PHASES) == len(PHASES):
            for measurand in (POWER, ENERGY):
                if sum(value > 0 for phase, value in self.per_phase(measurand).items() if phase) == len(PHASES):
                    return len(PHASES)
        measured = self._total(POWER)
        if measured is None:
            return flowing if len(currents) > 1 else None
        times = measured / (a * (sum(volts) / len(volts) if volts else NOMINAL_VOLTAGE_V))
        return next((n for n in (1, 2, 3) if abs(times - n) < 0.25), None)

    @property
    def measures_flow(self) -> bool:
        """True where the charger sends power or current: the power need not be derived from the energy register."""
        return any(name in (POWER, CURRENT) for name, _ in self.values)

    @property
    def current_a(self) -> float | None:
        """The highest current of all phases in A, None where the charger sends none."""
        return max(self.per_phase(CURRENT).values(), default=None)

    @property
    def offered_a(self) -> float | None:
        """The current in A that the charger offers to the car (Current.Offered), None where it does not send it."""
        return max(self.per_phase(OFFERED).values(), default=None)

    @property
    def soc_percent(self) -> float | None:
        """The state of charge of the car's battery in percent, None where the charger does not send it."""
        return self.value(SOC)

    @property
    def temperature_c(self) -> float | None:
        """The temperature the charger reports, in °C, None where it does not send it."""
        return self.value(TEMPERATURE)

    def _total(self, measurand: str) -> float | None:
        """The value over all phases, or the sum of the phases: what is newer."""
        whole = self.values.get((measurand, ''))
        by_phase = [v for phase in PHASES if (v := self.values.get((measurand, phase))) is not None]
        if whole is None or any(v.timestamp > whole.timestamp for v in by_phase):
            return sum(v.value for v in by_phase) if by_phase else None
        return whole.value


def power_measured(timestamp: datetime, samples: Iterable[MeterSample]) -> float | None:
    """The power in W that is in these samples alone, None where there is none."""
    for sample in samples:
        if sample.measurand == POWER and not sample.phase and sample.value is not None:
            return sample.value
    return Meter().updated(timestamp, samples).power_w


def _drop_outdated(values: dict[tuple[str, str], MeterValue]) -> None:
    """Drop a current without a phase that is older than the currents by phase, or those where it is newer than all."""
    for measurand in (CURRENT, OFFERED):
        whole = values.get((measurand, ''))
        if whole is None:
            continue
        by_phase = {(measurand, phase): v for phase in PHASES if (v := values.get((measurand, phase))) is not None}
        newest = max((v.timestamp for v in by_phase.values()), default=whole.timestamp)
        outdated = [(measurand, '')] if newest > whole.timestamp else by_phase if newest < whole.timestamp else ()
        for key in outdated:
            del values[key]
