"""Limits as OCPP 1.6 writes them: charging profiles (§3.13) and the composite schedule (§5.7)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, TypeVar

from cpo.amperes import MIN_CHARGING_CURRENT_A
from cpo.chargers import ChargingProfile as WantedProfile
from cpo.chargers import Unit
from cpo.ocpp.payloads import Payload, UnreadablePayload, read
from cpo.ocpp.v16 import core, smart_charging
from cpo.ocpp.v16.types import (
    ChargingProfile,
    ChargingProfileKind,
    ChargingProfilePurpose,
    ChargingRateUnit,
    ChargingSchedule,
    ChargingSchedulePeriod,
)

INTEGER = re.compile('-?[0-9]+')
PayloadT = TypeVar('PayloadT', bound=Payload)


def charging_profile(wanted: WantedProfile) -> ChargingProfile:
    """The OCPP 1.6 ChargingProfile (§7.8) that says the same as a profile independent of the version."""
    form, first = wanted.form, wanted.periods[0]
    periods = tuple(
        _given(ChargingSchedulePeriod, start_period=p.start_s, limit=p.limit, number_phases=wanted.number_phases)
        for p in wanted.periods
    )
    schedule = _given(
        ChargingSchedule,
        charging_rate_unit=ChargingRateUnit(form.unit),
        charging_schedule_period=periods,
        start_schedule=wanted.starts_at,
        min_charging_rate=min(MIN_CHARGING_CURRENT_A, first.limit) if form.min_charging_rate else None,
    )
    return _given(
        ChargingProfile,
        charging_profile_id=wanted.profile_id,
        transaction_id=as_integer(wanted.transaction_id),
        stack_level=form.stack_level,
        charging_profile_purpose=ChargingProfilePurpose(form.purpose),
        charging_profile_kind=ChargingProfileKind(form.kind),
        charging_schedule=schedule,
    )


def as_integer(transaction_id: str | None) -> int | None:
    """A transaction's id as the integer that OCPP 1.6 uses; None where it is the id of another version."""
    return int(transaction_id) if transaction_id and INTEGER.fullmatch(transaction_id) else None


def _given(payload: type[PayloadT], **members: Any) -> PayloadT:
    """The payload with the members that are not None."""
    return payload(**{name: value for name, value in members.items() if value is not None})


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
