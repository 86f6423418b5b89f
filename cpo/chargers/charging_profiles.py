"""Charging profiles, built without knowing the OCPP version (pure): one limit, written in one of several forms.

Chargers differ in the forms they take. A `ProfileForm` is one of them; which one a charger takes is found out by
`cpo.limits.ladder`. The words are those of OCPP 1.6 §3.13 and §7.8.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from cpo.amperes import MIN_CHARGING_CURRENT_A, NOMINAL_VOLTAGE_V, rounded_down

START_BEFORE_NOW_S = 60
"""An Absolute schedule starts a minute ago, so that a clock that is a little behind cannot make it start later."""


class Purpose(StrEnum):
    """What a profile limits: the running transaction, or every transaction that has no profile of its own."""

    TX = 'TxProfile'
    TX_DEFAULT = 'TxDefaultProfile'


class Kind(StrEnum):
    """What the periods count from: a time, or the start of charging as the charger sees it."""

    ABSOLUTE = 'Absolute'
    RELATIVE = 'Relative'


class Unit(StrEnum):
    """A for each phase, or W over all phases."""

    A = 'A'
    W = 'W'


@dataclass(frozen=True, slots=True)
class ProfileForm:
    """How a limit is written. The default is the most cautious form, which the most chargers take.

    `for_charge_point` addresses a TxDefaultProfile to connector 0. `expires` adds a second period with the fallback
    current, for the time this program no longer answers; it needs a schedule that starts at a time (Absolute).
    `number_phases` and `min_charging_rate` add these optional members.
    """

    purpose: Purpose = Purpose.TX
    for_charge_point: bool = False
    kind: Kind = Kind.RELATIVE
    stack_level: int = 0
    unit: Unit = Unit.A
    expires: bool = False
    number_phases: bool = False
    min_charging_rate: bool = False

    def as_default(self) -> ProfileForm:
        """The same as a TxDefaultProfile, for a transaction that has not begun."""
        return self if self.purpose is Purpose.TX_DEFAULT else replace(self, purpose=Purpose.TX_DEFAULT)

    def in_remote_start(self) -> ProfileForm:
        """The same as it may stand in a RemoteStartTransaction: always a TxProfile (§5.16)."""
        return replace(self, purpose=Purpose.TX, for_charge_point=False)


@dataclass(frozen=True, slots=True)
class FailSafe:
    """What holds when this program no longer answers: `current_a` after `after_s`; 0 s: nothing falls back."""

    current_a: float = MIN_CHARGING_CURRENT_A
    after_s: int = 1200


@dataclass(frozen=True, slots=True)
class Supply:
    """What a limit in W depends on: the phases the car charges with, and the voltage between phase and neutral.

    Below `one_phase_below_w` the charger may put all of it on one phase.
    """

    phases: int = 1
    voltage_v: float = NOMINAL_VOLTAGE_V
    one_phase_below_w: float = 0.0


@dataclass(frozen=True, slots=True)
class Period:
    """`limit` holds from `start_s` s after the start of the schedule, in the unit of the form."""

    start_s: int
    limit: float


@dataclass(frozen=True, slots=True)
class ChargingProfile:
    """One profile, ready for the wire of any OCPP version.

    `starts_at` is None for a Relative schedule, `transaction_id` is None outside a transaction, `expires_at` is when
    the fallback current begins (None: never).
    """

    form: ProfileForm
    periods: tuple[Period, ...]
    transaction_id: str | None = None
    starts_at: datetime | None = None
    expires_at: datetime | None = None
    number_phases: int | None = None
    connector_id: int = 1

    @property
    def profile_id(self) -> int:
        """See `profile_id`."""
        return profile_id(self.form.purpose, self.connector_id)


def profile_id(purpose: Purpose, connector_id: int) -> int:
    """One constant id for each purpose and connector: a newer profile replaces the older one instead of joining it.

    The profile of another connector must not have it: the id is the charge point's (§7.8).
    """
    return 10 * (connector_id - 1) + (1 if purpose is Purpose.TX else 2)


def charging_profile(
    limit_a: float,
    form: ProfileForm,
    now: datetime,
    supply: Supply = Supply(),
    fail_safe: FailSafe = FailSafe(),
    transaction_id: str | None = None,
    connector_id: int = 1,
) -> ChargingProfile:
    """Write a limit in A in this form. The fallback is never above the limit, so a low one needs no second period."""
    periods = [Period(0, _in_unit(limit_a, form, supply))]
    expires_at = None
    if form.expires and fail_safe.after_s and limit_a > fail_safe.current_a:
        periods.append(Period(START_BEFORE_NOW_S + fail_safe.after_s, _in_unit(fail_safe.current_a, form, supply)))
        expires_at = now + timedelta(seconds=fail_safe.after_s)
    # without numberPhases three are assumed (§7.9), which divides a limit in W among them
    needs_phases = form.number_phases or (form.unit is Unit.W and supply.phases != 3)
    return ChargingProfile(
        form,
        tuple(periods),
        transaction_id if form.purpose is Purpose.TX else None,
        now - timedelta(seconds=START_BEFORE_NOW_S) if form.kind is Kind.ABSOLUTE else None,
        expires_at,
        supply.phases if needs_phases else None,
        connector_id,
    )


def in_amperes(limit: float, unit: Unit, supply: Supply) -> float:
    """A limit of a charger in A per phase."""
    return limit if unit is Unit.A else limit / supply.phases / supply.voltage_v


def _in_unit(limit_a: float, form: ProfileForm, supply: Supply) -> float:
    """Rounded down to 0.1. The lower of the two voltages a charger may divide by, so that it never gets more A."""
    if form.unit is Unit.A:
        return rounded_down(limit_a)
    one_phase_w = limit_a * min(supply.voltage_v, NOMINAL_VOLTAGE_V)
    power_w = one_phase_w * supply.phases
    return rounded_down(one_phase_w if power_w < supply.one_phase_below_w else power_w)
