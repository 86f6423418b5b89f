"""Limits as OCPP 1.6 writes them: charging profiles (§3.13) and the composite schedule (§5.7)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from cpo.amperes import MIN_CHARGING_CURRENT_A
from cpo.chargers import ChargingProfile as WantedProfile
from cpo.chargers import Period, Unit
from cpo.ocpp.payloads import UnreadablePayload, read, to_rfc3339
from cpo.ocpp.v16 import core, smart_charging
from cpo.ocpp.v16.types import ChargingProfile

INTEGER = re.compile('-?[0-9]+')


def charging_profile(wanted: WantedProfile) -> dict[str, Any]:
    """The OCPP 1.6 ChargingProfile (§7.8), as on the wire, that says the same as a profile independent of the version.

    It is written without its payload model: every limit passes here, and a test judges every form by the schema.
    """
    form = wanted.form
    schedule: dict[str, Any] = {
        'chargingRateUnit': form.unit,
        'chargingSchedulePeriod': [_period(period, wanted.number_phases) for period in wanted.periods],
    }
    if wanted.starts_at is not None:
        schedule['startSchedule'] = to_rfc3339(wanted.starts_at)
    if form.min_charging_rate:
        schedule['minChargingRate'] = round(min(MIN_CHARGING_CURRENT_A, wanted.periods[0].limit), 1)
    profile = {
        'chargingProfileId': wanted.profile_id,
        'stackLevel': form.stack_level,
        'chargingProfilePurpose': form.purpose,
        'chargingProfileKind': form.kind,
        'chargingSchedule': schedule,
    }
    if (transaction_id := as_integer(wanted.transaction_id)) is not None:
        profile['transactionId'] = transaction_id
    return profile


def _period(period: Period, number_phases: int | None) -> dict[str, Any]:
    written = {'startPeriod': period.start_s, 'limit': round(period.limit, 1)}
    return written if number_phases is None else written | {'numberPhases': number_phases}


def as_integer(transaction_id: str | None) -> int | None:
    """A transaction's id as the integer that OCPP 1.6 uses; None where it is the id of another version."""
    return int(transaction_id) if transaction_id and INTEGER.fullmatch(transaction_id) else None


def profiles_in(request: Any) -> Iterator[ChargingProfile]:
    """The charging profiles in a request: of SetChargingProfile or RemoteStartTransaction."""
    if isinstance(request, core.RemoteStartTransaction) and request.charging_profile is not None:
        yield request.charging_profile
    if isinstance(request, smart_charging.SetChargingProfile):
        yield request.cs_charging_profiles


def limit_of_schedule(payload: Any) -> tuple[float, Unit] | None:
    """The first limit of a composite schedule and its unit; None where there is none that can be read."""
    try:
        response, _ = read(smart_charging.GetCompositeScheduleResponse, payload)
    except UnreadablePayload:
        return None
    schedule = response.charging_schedule
    if response.status != 'Accepted' or schedule is None or str(schedule.charging_rate_unit) not in set(Unit):
        return None
    if not schedule.charging_schedule_period:
        return None
    first = min(schedule.charging_schedule_period, key=lambda period: period.start_period)
    return (first.limit, Unit(schedule.charging_rate_unit)) if first.limit >= 0 and first.start_period <= 0 else None
