"""The live values of one connector's meter: the newest reading of each measurand and phase."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from cpo.amperes import NOMINAL_VOLTAGE_V

MAX_UNREAD = 32

ENERGY = 'Energy.Active.Import.Register'
POWER = 'Power.Active.Import'
CURRENT = 'Current.Import'
OFFERED = 'Current.Offered'
VOLTAGE = 'Voltage'
SOC = 'SoC'
TEMPERATURE = 'Temperature'


@dataclass(frozen=True, slots=True)
class MeterSample:
    """One sampledValue in its base unit (Wh, W, A, V, Percent, Celsius).

    `phase` is `L1`, `L2`, `L3`, `N` or '' for a value without a phase; `L1-N` is read as `L1`. A sample that could not
    be read has the value None and its original as `text`; `signed` data is one of these.
    """

    measurand: str
    phase: str
    value: float | None
    text: str = ''
    signed: bool = False


@dataclass(frozen=True, slots=True)
class MeterValue:
    """A value in the base unit of its measurand, and when the charger measured it."""

    value: float
    timestamp: datetime


@dataclass(frozen=True, slots=True)
class Meter:
    """The newest value of each measurand and phase of one connector; an unknown one is None or absent, never 0.

    `values` are by (measurand, phase); `unread` has the text of samples that could not be read, `timestamp` the newest
    time measured.
    """

    values: Mapping[tuple[str, str], MeterValue] = field(default_factory=dict)
    unread: Mapping[str, str] = field(default_factory=dict)
    timestamp: datetime | None = None

    def updated(self, timestamp: datetime, samples: tuple[MeterSample, ...]) -> Meter:
        """The meter after samples measured at `timestamp`; an older sample never replaces a newer one."""
        values, unread = dict(self.values), dict(self.unread)
        for sample in samples:
            key = (sample.measurand, sample.phase)
            if sample.value is None:
                unread[f'{sample.measurand} {sample.phase}'.strip()] = sample.text
            elif key not in values or values[key].timestamp <= timestamp:
                values[key] = MeterValue(sample.value, timestamp)
        while len(unread) > MAX_UNREAD:
            del unread[next(iter(unread))]
        newest = timestamp if self.timestamp is None else max(self.timestamp, timestamp)
        return replace(self, values=values, unread=unread, timestamp=newest)

    def value(self, measurand: str, phase: str = '') -> float | None:
        """The newest value of one measurand and phase, None where the charger never sent it."""
        found = self.values.get((measurand, phase))
        return None if found is None else found.value

    def per_phase(self, measurand: str) -> dict[str, float]:
        """The newest values by phase, L1 first; a value without a phase stands under ''."""
        return {phase: v.value for (name, phase), v in sorted(self.values.items()) if name == measurand}

    @property
    def energy_wh(self) -> float | None:
        """The import register in Wh; the sum of the phases where the charger only sends those."""
        return self._total(ENERGY)

    @property
    def power_w(self) -> float | None:
        """The power drawn in W: as measured, else computed from currents and voltages (230 V where none is known)."""
        measured = self._total(POWER)
        if measured is not None:
            return measured
        voltages = self.per_phase(VOLTAGE)
        volts = voltages.get('') or voltages.get('L1') or NOMINAL_VOLTAGE_V
        phases = {p: a for p, a in self.per_phase(CURRENT).items() if p != 'N'}
        if len(phases) > 1:
            phases.pop('', None)
        return sum(a * voltages.get(p, volts) for p, a in phases.items()) if phases else None

    @property
    def current_a(self) -> float | None:
        """The current of the phase with most of it, in A; None where the charger reports no currents."""
        currents = [a for phase, a in self.per_phase(CURRENT).items() if phase != 'N']
        return max(currents) if currents else None

    @property
    def offered_a(self) -> float | None:
        """The current the charger reports to offer to the car (Current.Offered), in A."""
        offered = self.per_phase(OFFERED)
        return max(offered.values()) if offered else None

    @property
    def soc_percent(self) -> float | None:
        """The state of charge of the car's battery in percent."""
        return self.value(SOC)

    @property
    def temperature_c(self) -> float | None:
        """The temperature the charger reports, in °C."""
        return self.value(TEMPERATURE)

    def _total(self, measurand: str) -> float | None:
        """The value over all phases, or the sum of the phases, whichever is newer."""
        by_phase = {phase: v for (name, phase), v in self.values.items() if name == measurand}
        whole = by_phase.pop('', None)
        if whole is None or any(v.timestamp > whole.timestamp for v in by_phase.values()):
            return sum(v.value for v in by_phase.values()) if by_phase else None
        return whole.value
