"""Does the charger do what it accepted? The limit in force is compared with what it offers and the car draws (pure)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from cpo.amperes import MIN_CHARGING_CURRENT_A
from cpo.chargers import Supply
from cpo.state import CURRENT, OFFERED, POWER, VOLTAGE, Connector, Meter, ReadBack, Verdict

POWER_OFFERED = 'Power.Offered'
TOO_MUCH_FOR = timedelta(seconds=30)
ABOVE_MAXIMUM_FOR = timedelta(seconds=5)
HELD_BACK_FOR = timedelta(seconds=90)
MAX_PHASES = 3
TOLERANCE_A = 0.5
NEARLY_A = 1.0


class Watch:
    """What was seen since the limit in force was written.

    The times are those of this program, as a charger's clock may be wrong; what was measured before does not count.
    `excess_since` is since when more than the limit was seen, None where it was not, or no longer.
    """

    def __init__(self, connector: Connector, written_at: datetime, excess_since: datetime | None = None) -> None:
        """`connector` is as known when the limit was written, `excess_since` is the older limit's."""
        self._seen = _evidence(connector)
        self.excess_since = excess_since
        self._too_much_since: datetime | None = excess_since or written_at
        self._held_back_since: datetime | None = written_at

    def look(self, connector: Connector, supply: Supply, max_a: float, now: datetime) -> ReadBack | None:
        """What new meter values or a new status say about the limit in force; None while they say nothing.

        `max_a` is the configured maximum: above it there is less patience.
        """
        limit = connector.limit
        if limit is None or connector.transaction_id is None:
            return None
        drawn_a, offered_a = drawn(connector.meter, supply), offered(connector, supply)
        held_back = self._is_held_back(connector, limit.limit_a, drawn_a, offered_a)
        self._held_back_since = (self._held_back_since or now) if held_back else None
        if _lasts(self._held_back_since, HELD_BACK_FOR, now):
            return ReadBack(Verdict.HOLDS_BACK, f'The charger accepted {limit.limit_a:g} A, but {held_back}.', now)
        evidence = _evidence(connector)
        current_a = offered_a if drawn_a is None else drawn_a
        if evidence == self._seen or current_a is None:
            return None
        self._seen = evidence
        if current_a > limit.limit_a + TOLERANCE_A:
            return self._too_much(connector, limit.limit_a, supply, max_a, now)
        self.excess_since = self._too_much_since = None
        if held_back:
            return None
        does = 'offers' if drawn_a is None else 'lets the car draw'
        return ReadBack(Verdict.FOLLOWS, f'The charger follows {limit.limit_a:g} A: it {does} {current_a:.1f} A.', now)

    def _too_much(
        self, connector: Connector, limit_a: float, supply: Supply, max_a: float, now: datetime
    ) -> ReadBack | None:
        """What there is to say about more than the limit, once that has lasted."""
        drawn_a, offered_a = drawn(connector.meter, supply), offered(connector, supply)
        current_a = (offered_a or 0.0) if drawn_a is None else drawn_a
        self.excess_since = self.excess_since or now
        self._too_much_since = self._too_much_since or now
        patience = ABOVE_MAXIMUM_FOR if current_a > max_a + TOLERANCE_A else TOO_MUCH_FOR
        if drawn_a is None and _only_scheduled(connector):
            patience = timedelta(0)  # it says so itself, once
        if not _lasts(self._too_much_since, patience, now):
            return None
        does = 'offers' if drawn_a is None else 'lets the car draw'
        detail = f'The charger accepted {limit_a:g} A, but {does} {current_a:.1f} A.'
        least_a = drawn_at_least(connector.meter, supply)
        if least_a is None or least_a > limit_a + TOLERANCE_A:
            return ReadBack(Verdict.IGNORES, detail, now)
        hint = _phases_hint(connector.meter, current_a, supply, least_a)
        if least_a < limit_a - NEARLY_A:  # on three phases it would obey, but hardly draw so little
            return ReadBack(Verdict.IGNORES, f'{detail} {hint}', now)
        return ReadBack(Verdict.UNCLEAR, hint, now)

    @staticmethod
    def _is_held_back(connector: Connector, limit_a: float, drawn_a: float | None, offered_a: float | None) -> str:
        """In words what keeps the car below its limit, '' where nothing of the charger does."""
        if limit_a < MIN_CHARGING_CURRENT_A:
            return ''
        if connector.status == 'SuspendedEVSE':
            return 'still holds the car back (SuspendedEVSE)'
        takes_all = drawn_a is not None and offered_a is not None and drawn_a > offered_a - 1
        if takes_all and offered_a is not None and MIN_CHARGING_CURRENT_A <= offered_a < limit_a - TOLERANCE_A:
            return f'offers only {offered_a:.1f} A'
        return ''


def _evidence(connector: Connector) -> tuple[object, ...]:
    measured = (v for (name, _), v in connector.meter.values.items() if name in (CURRENT, POWER, OFFERED))
    return (connector.scheduled_a, *measured)


def _only_scheduled(connector: Connector) -> bool:
    return connector.meter.offered_a is None and connector.meter.value(POWER_OFFERED) is None


def _phases_hint(meter: Meter, most_a: float, supply: Supply, least_a: float) -> str:
    power_kw = (meter.power_w or 0.0) / 1000
    return (
        f'The charger tells its power alone, {power_kw:.1f} kW. That is {least_a:.1f} A on three phases, or '
        f'{most_a:.1f} A on {supply.phases}. If your car charges with three, set CPO_PHASES to 3.'
    )


def _lasts(since: datetime | None, duration: timedelta, now: datetime) -> bool:
    return since is not None and now - since >= duration


def drawn(meter: Meter, supply: Supply) -> float | None:
    """The current of the busiest phase in A, as measured, else from the power and the most phases there may be."""
    if meter.current_a is not None:
        return meter.current_a
    if meter.power_w is None:
        return None
    phases = max(supply.phases, len([phase for phase in meter.per_phase(VOLTAGE) if phase.startswith('L')]))
    return meter.power_w / phases / supply.voltage_v


def drawn_at_least(meter: Meter, supply: Supply) -> float | None:
    """As `drawn`, but where only the power is measured, as if all phases there may be had their part of it."""
    tells_phases = meter.current_a is not None or any(phase.startswith('L') for phase in meter.per_phase(VOLTAGE))
    return drawn(meter, supply if tells_phases else replace(supply, phases=MAX_PHASES))


def offered(connector: Connector, supply: Supply) -> float | None:
    """The current the charger offers in A: as it says, by its power, else by its composite schedule."""
    if connector.meter.offered_a is not None:
        return connector.meter.offered_a
    power_w = connector.meter.value(POWER_OFFERED)
    return connector.scheduled_a if power_w is None else power_w / supply.phases / supply.voltage_v


def supply_of(meter: Meter, phases: int) -> Supply:
    """The voltage as measured (the mean of the phases), 230 V where it is not or cannot be true."""
    volts = [v for phase, v in meter.per_phase(VOLTAGE).items() if phase != 'N' and 180 <= v <= 270]
    return Supply(phases, sum(volts) / len(volts)) if volts else Supply(phases)
