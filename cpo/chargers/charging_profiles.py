"""Charging profiles independent of the OCPP version: one limit, written in one of several forms.

A form is one way of writing a limit as a ChargingProfile (purpose, kind, unit …). Chargers differ in the forms they
accept; `cpo.limits.ladder` finds one. The terms are those of OCPP 1.6 §3.13 and §7.8. All functions are pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cpo.amperes import MIN_CHARGING_CURRENT_A, NOMINAL_VOLTAGE_V, rounded_down
from cpo.frozen import replace

START_BEFORE_NOW_S = 60
"""An Absolute schedule starts this long ago, so that a charger whose clock is a little slow does not delay it."""


class Purpose(StrEnum):
    """chargingProfilePurpose: a profile limits one running transaction, or each without a profile of its own."""

    TX = 'TxProfile'
    TX_DEFAULT = 'TxDefaultProfile'


class Kind(StrEnum):
    """chargingProfileKind: periods count from a given time, or from the start of charging."""

    ABSOLUTE = 'Absolute'
    RELATIVE = 'Relative'


class Unit(StrEnum):
    """chargingRateUnit: A per phase, or W over all phases."""

    A = 'A'
    W = 'W'


@dataclass(frozen=True, slots=True)
class ProfileForm:
    """A form: one way of writing a limit as a ChargingProfile; the default is the one that most chargers accept.

    `for_charge_point` addresses a TxDefaultProfile to connector 0. `expires` adds a second period with the fallback
    current, in force when this program no longer renews the profile; it needs Kind.ABSOLUTE. `number_phases` and
    `min_charging_rate` add these optional members.
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
        """This form as a TxDefaultProfile, for a transaction that has not begun."""
        return self if self.purpose is Purpose.TX_DEFAULT else replace(self, purpose=Purpose.TX_DEFAULT)

    def in_remote_start(self) -> ProfileForm:
        """This form as RemoteStartTransaction allows it: a TxProfile (OCPP 1.6 §5.16)."""
        return replace(self, purpose=Purpose.TX, for_charge_point=False)


@dataclass(frozen=True, slots=True)
class FailSafe:
    """The fallback current that a charger applies by itself once this program no longer renews a limit.

    It is `current_a` in A per phase, `after_s` seconds after the limit was sent; 0 s: there is no fallback.
    """

    current_a: float = MIN_CHARGING_CURRENT_A
    after_s: int = 1200


@dataclass(frozen=True, slots=True)
class Supply:
    """What is needed to convert between A per phase and W: the number of phases, and the voltage from phase to neutral.

    The charger may put a limit below `one_phase_below_w` on one phase; 0: it never does. `number_phases` is what a
    profile says in numberPhases where that differs from `phases`.
    """

    phases: int = 1
    voltage_v: float = NOMINAL_VOLTAGE_V
    one_phase_below_w: float = 0.0
    number_phases: int | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """A chargingSchedulePeriod: `limit`, in the unit of the form, applies from `start_s` after the schedule's start."""

    start_s: int
    limit: float


@dataclass(frozen=True, slots=True)
class ChargingProfile:
    """A complete profile, which a dialect writes in its OCPP version.

    `starts_at` is None for a Relative schedule, `transaction_id` is None outside a transaction, `expires_at` is when
    the fallback current applies, None for never.
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
        """The chargingProfileId, constant for a purpose and connector."""
        return profile_id(self.form.purpose, self.connector_id)


def profile_id(purpose: Purpose, connector_id: int) -> int:
    """The chargingProfileId for a purpose and connector: constant, so that a new profile replaces the older one.

    Each connector has ids of its own, as an id is unique within the charge point (OCPP 1.6 §7.8).
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
    phases: int | None = None,
) -> ChargingProfile:
    """The charging profile that writes `limit_a`, in A per phase, in this form, rounded down to 0.1 A or 0.1 W.

    With `form.expires` a second period has the fallback current of `fail_safe`, if the limit is above that. `supply`
    has the phases and voltage for a limit in W. On `phases` the charger is to charge, None: it does not say.
    """
    if phases is not None:
        supply = replace(supply, phases=min(supply.phases, phases))
    periods = [Period(0, _in_unit(limit_a, form, supply))]
    expires_at = None
    if form.expires and fail_safe.after_s and limit_a > fail_safe.current_a:
        periods.append(Period(START_BEFORE_NOW_S + fail_safe.after_s, _in_unit(fail_safe.current_a, form, supply)))
        expires_at = now + timedelta(seconds=fail_safe.after_s)
    # without numberPhases three are assumed (§7.9), which divides a limit in W among them
    number_phases = phases or supply.number_phases or supply.phases
    needs_phases = phases is not None or form.number_phases or (form.unit is Unit.W and number_phases != 3)
    return ChargingProfile(
        form,
        tuple(periods),
        transaction_id if form.purpose is Purpose.TX else None,
        now - timedelta(seconds=START_BEFORE_NOW_S) if form.kind is Kind.ABSOLUTE else None,
        expires_at,
        number_phases if needs_phases else None,
        connector_id,
    )


def in_amperes(limit: float, unit: Unit, supply: Supply) -> float:
    """A limit that a charger reported in `unit`, converted to A per phase."""
    return limit if unit is Unit.A else limit / supply.phases / supply.voltage_v


def _in_unit(limit_a: float, form: ProfileForm, supply: Supply) -> float:
    """A limit in A, converted to the form's unit and rounded down to 0.1.

    W use the lower of both voltages, so that the car never draws more A.
    """
    if form.unit is Unit.A:
        return rounded_down(limit_a)
    one_phase_w = limit_a * min(supply.voltage_v, NOMINAL_VOLTAGE_V)
    power_w = one_phase_w * supply.phases
    return rounded_down(one_phase_w if power_w < supply.one_phase_below_w else power_w)
