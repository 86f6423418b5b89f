"""The read-back: does the charger follow the limit it accepted, by what it offers and the car draws (pure)?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cpo.amperes import MAX_PHASES, MIN_CHARGING_CURRENT_A
from cpo.chargers import Supply, Unit, in_amperes
from cpo.frozen import replace
from cpo.state import CURRENT, OFFERED, POWER, VOLTAGE, Activity, Connector, Figures, Finding, Meter, ReadBack, Verdict

POWER_OFFERED = 'Power.Offered'
TOO_MUCH_FOR = timedelta(seconds=30)
ABOVE_CEILING_FOR = timedelta(seconds=15)
"""For a limit that a ceiling lowered: a car has 5 s to follow (IEC 61851-1), some take longer."""
ABOVE_MAXIMUM_FOR = timedelta(seconds=5)
HELD_BACK_FOR = timedelta(seconds=90)
TOLERANCE_A = 0.5
NEARLY_A = 1.0
FLOWING_A = 1.0
"""A car that draws less shows nothing about its limit."""


@dataclass(frozen=True, slots=True)
class Readings:
    """The currents of one connector in A, each in the phase that has most of it; None where it is unknown.

    `drawn_a` is what the car draws (by its power where no current is measured), `least_a` the same if that power were
    spread over all possible phases, `offered_a` what the charger offers.
    """

    supply: Supply
    drawn_a: float | None
    least_a: float | None
    offered_a: float | None

    @classmethod
    def of(cls, connector: Connector, phases: int) -> Readings:
        """The newest currents of a connector; `phases` is how many the car charges with."""
        meter, supply = connector.meter, supply_of(connector.meter, phases)
        drawn_a = least_a = meter.current_a
        if drawn_a is None and meter.power_w is not None:
            drawn_a, least_a = drawn(meter, supply), drawn_at_least(meter, supply)
        return cls(supply, drawn_a, least_a, offered(connector, supply))

    @property
    def current_a(self) -> float | None:
        """The current the car draws in A, or where that is unknown, the one it is offered."""
        return self.offered_a if self.drawn_a is None else self.drawn_a

    @property
    def finding(self) -> Finding:
        """Whether `current_a` is the current drawn or the one offered, as a read-back records it."""
        return Finding.CURRENT_OFFERED if self.drawn_a is None else Finding.CURRENT_DRAWN


@dataclass(frozen=True, slots=True)
class Watch:
    """What the charger was seen to do since it accepted the limit in force.

    The times are by the program's clock, as a charger's may be wrong. `evidence` are the values seen last, so that each
    counts once. `excess_since` is since when the current is above the limit, `too_much_since` since when that counts
    against the charger, `held_back_since` since when it gives less than the limit; None where it does not.
    """

    evidence: tuple[object, ...]
    excess_since: datetime | None
    too_much_since: datetime | None
    held_back_since: datetime | None

    @classmethod
    def begun(cls, connector: Connector, written_at: datetime, excess_since: datetime | None = None) -> Watch:
        """Begin to watch whether a limit is followed that the charger accepted at `written_at`.

        Only what is measured later counts. `excess_since`: since when the current was above the older limit, None where
        it was not; a newer limit does not begin that time again.
        """
        return cls(_evidence(connector), excess_since, excess_since or written_at, written_at)

    def observed(
        self, connector: Connector, readings: Readings, max_a: float, now: datetime
    ) -> tuple[Watch, ReadBack | None]:
        """The next watch, and the verdict on the limit in force after new meter values or a new status.

        The verdict is None where they say nothing. `max_a` is the configured maximum in A: a current above it, or above
        what a ceiling leaves, is judged sooner.
        """
        limit = connector.limit
        if limit is None or connector.transaction_id is None:
            return self, None
        held_back = _held_back(connector, limit.limit_a, readings)
        held_back_since = (self.held_back_since or now) if held_back else None
        if held_back is not None and _lasts(held_back_since, HELD_BACK_FOR, now):
            figures = Figures(limit_a=limit.limit_a, current_a=readings.offered_a, status=connector.status)
            return self, ReadBack(Verdict.HOLDS_BACK, held_back, now, figures)
        evidence, current_a = _evidence(connector), readings.current_a
        if evidence == self.evidence or current_a is None:
            return replace(self, held_back_since=held_back_since), None
        if current_a > limit.limit_a + TOLERANCE_A:
            watch = replace(self, evidence=evidence, held_back_since=held_back_since)
            return watch._too_much(connector, limit.limit_a, readings, max_a, now)
        watch = Watch(evidence, None, None, held_back_since)
        figures = Figures(limit_a=limit.limit_a, current_a=current_a)
        shows_nothing = held_back or (limit.limit_a >= MIN_CHARGING_CURRENT_A and current_a < FLOWING_A)
        return watch, None if shows_nothing else ReadBack(Verdict.FOLLOWS, readings.finding, now, figures)

    def _too_much(
        self, connector: Connector, limit_a: float, readings: Readings, max_a: float, now: datetime
    ) -> tuple[Watch, ReadBack | None]:
        """The verdict on more than the limit, once that has lasted."""
        current_a, least_a = readings.current_a or 0.0, readings.least_a
        since = self.too_much_since or now
        watch = replace(self, excess_since=self.excess_since or now, too_much_since=since)
        is_held = connector.limit is not None and connector.limit.held_by is not None
        patience = ABOVE_CEILING_FOR if is_held else TOO_MUCH_FOR
        if current_a > max_a + TOLERANCE_A:
            patience = ABOVE_MAXIMUM_FOR
        if readings.drawn_a is None and _only_scheduled(connector):
            patience = timedelta(0)  # it says so itself, once
        if not _lasts(since, patience, now):
            return watch, None
        figures = Figures(limit_a=limit_a, current_a=current_a)
        if least_a is None or least_a > limit_a + TOLERANCE_A:
            return watch, ReadBack(Verdict.IGNORES, readings.finding, now, figures)
        power_w, phases = connector.meter.power_w or 0.0, readings.supply.phases
        figures = replace(figures, least_a=least_a, power_w=power_w, phases=phases)
        if least_a < limit_a - NEARLY_A:  # on three phases it would obey, but hardly draw so little
            return watch, ReadBack(Verdict.IGNORES, readings.finding, now, figures)
        return watch, ReadBack(Verdict.UNCLEAR, Finding.PHASES_UNKNOWN, now, figures)


def _held_back(connector: Connector, limit_a: float, readings: Readings) -> Finding | None:
    """How the charger holds the car below its limit, None where it does not."""
    if limit_a < MIN_CHARGING_CURRENT_A:
        return None
    if connector.activity is Activity.PAUSED_BY_CHARGER:
        return Finding.PAUSED_BY_CHARGER
    drawn_a, offered_a = readings.drawn_a, readings.offered_a
    if drawn_a is None or offered_a is None or drawn_a <= offered_a - 1:  # the car does not take all
        return None
    return Finding.CURRENT_OFFERED if MIN_CHARGING_CURRENT_A <= offered_a < limit_a - TOLERANCE_A else None


def _evidence(connector: Connector) -> tuple[object, ...]:
    measured = (v for (name, _), v in connector.meter.values.items() if name in (CURRENT, POWER, OFFERED))
    return (connector.scheduled_a, *measured)


def _only_scheduled(connector: Connector) -> bool:
    return connector.meter.offered_a is None and connector.meter.value(POWER_OFFERED) is None


def _lasts(since: datetime | None, duration: timedelta, now: datetime) -> bool:
    return since is not None and now - since >= duration


def drawn(meter: Meter, supply: Supply) -> float | None:
    """The current in A that the car draws, in the phase with most of it.

    It is as measured, else derived from the power and the most phases that are possible.
    """
    if meter.current_a is not None:
        return meter.current_a
    if meter.power_w is None:
        return None
    voltages = [phase for phase in meter.per_phase(VOLTAGE) if phase.startswith('L')]
    phases = meter.phases_seen or max(supply.phases, len(voltages))
    return meter.power_w / phases / supply.voltage_v


def drawn_at_least(meter: Meter, supply: Supply) -> float | None:
    """The current in A that the car draws at least: as `drawn`.

    Where only the power is known, it is as if the car charged with three phases.
    """
    tells_phases = meter.current_a is not None or any(phase.startswith('L') for phase in meter.per_phase(VOLTAGE))
    return drawn(meter, supply if tells_phases else replace(supply, phases=MAX_PHASES))


def offered(connector: Connector, supply: Supply) -> float | None:
    """The current the charger offers in A: as reported, else by the power offered, else by its composite schedule."""
    if connector.meter.offered_a is not None:
        return connector.meter.offered_a
    power_w = connector.meter.value(POWER_OFFERED)
    return connector.scheduled_a if power_w is None else in_amperes(power_w, Unit.W, supply_offered(connector, supply))


def supply_offered(connector: Connector, supply: Supply) -> Supply:
    """The supply that an offer in W is for: on all phases that the limit was written for."""
    return replace(supply, phases=max(supply.phases, connector.watt_phases.count))


def supply_of(meter: Meter, phases: int) -> Supply:
    """The phases seen, else `phases`; the mean of the voltages measured, 230 V where it is not or cannot be true."""
    phases = meter.phases_seen or phases
    volts = [v for v in meter.per_phase(VOLTAGE).values() if 180 <= v <= 270]
    return Supply(phases, sum(volts) / len(volts)) if volts else Supply(phases)
