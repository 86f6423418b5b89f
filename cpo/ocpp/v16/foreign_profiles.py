"""The currents in charging profiles that a person or another program wrote."""

from __future__ import annotations

from typing import Any

from cpo.amperes import NOMINAL_VOLTAGE_V
from cpo.errors import InvalidLimit
from cpo.ocpp.request import Request
from cpo.ocpp.v16.types import ChargingProfile, ChargingRateUnit, ChargingSchedulePeriod

PHASES = range(1, 4)


def check_profile(profile: ChargingProfile, max_current_a: float, phases: int, maximum: str) -> None:
    """Raise InvalidLimit where a period allows more than `max_current_a`, of which `maximum` says whose that is.

    A limit in W without `numberPhases` is one of `phases` (§7.12 assumes 3); where that number is none of a charger,
    it is taken for one phase, which is the most current.
    """
    for period in profile.charging_schedule.charging_schedule_period:
        in_watts = profile.charging_schedule.charging_rate_unit is not ChargingRateUnit.A
        count = _phases(period.number_phases, phases)
        limit_a = period.limit / (NOMINAL_VOLTAGE_V * count) if in_watts else period.limit
        if limit_a > max_current_a:
            said = (
                f'{period.limit:g} W on {_counted(count)} is {limit_a:.1f} A,' if in_watts else f'{period.limit:g} A is'
            )
            raise InvalidLimit(
                f'A limit of {said} above {max_current_a:g} A, {maximum}; nothing was sent.{_advice(period, in_watts)}'
            )


def lasting_limit_a(request: Request, phases: int) -> float | None:
    """The most A that a TxProfile without an end leaves the transaction; None for any other request."""
    profile = request.payload.get('csChargingProfiles', {}) if request.action == 'SetChargingProfile' else {}
    if profile.get('chargingProfilePurpose') != 'TxProfile' or 'validTo' in profile or 'validFrom' in profile:
        return None
    schedule = profile['chargingSchedule']
    if 'duration' in schedule:
        return None
    is_in_watts = schedule['chargingRateUnit'] == 'W'
    return max(_current_a(period, phases, is_in_watts) for period in schedule['chargingSchedulePeriod'])


def _current_a(period: dict[str, Any], phases: int, is_in_watts: bool) -> float:
    volts = NOMINAL_VOLTAGE_V * _phases(period.get('numberPhases'), phases) if is_in_watts else 1
    return float(period['limit']) / volts


def _phases(given: int | None, assumed: int) -> int:
    return assumed if given is None else given if given in PHASES else 1


def _counted(phases: int) -> str:
    return f'{phases} phase{"s" if phases > 1 else ""}'


def _advice(period: ChargingSchedulePeriod, in_watts: bool) -> str:
    """What to give where a number of phases was assumed."""
    return ' Give numberPhases where the car charges on more.' if in_watts and period.number_phases is None else ''
