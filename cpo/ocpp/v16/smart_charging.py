"""Payloads of the feature profile Smart Charging."""

from __future__ import annotations

from cpo.ocpp.payloads import Maybe, OcppEnum, Request, Response, Timestamp
from cpo.ocpp.v16.types import (
    AcceptedOrRejected,
    ChargingProfile,
    ChargingProfilePurpose,
    ChargingRateUnit,
    ChargingSchedule,
)


class ClearChargingProfileStatus(OcppEnum):
    """Unknown: no profile matched."""

    ACCEPTED = 'Accepted'
    UNKNOWN = 'Unknown'


class ClearChargingProfileResponse(Response):
    """Whether something was cleared."""

    status: ClearChargingProfileStatus


class ClearChargingProfile(Request[ClearChargingProfileResponse]):
    """§5.5: remove the profile with this id, or all that match the other members; all without any."""

    id: Maybe[int] = None
    connector_id: Maybe[int] = None
    charging_profile_purpose: Maybe[ChargingProfilePurpose] = None
    stack_level: Maybe[int] = None


class GetCompositeScheduleResponse(Response):
    """What the charge point makes of all its profiles; the periods count from `schedule_start`."""

    status: AcceptedOrRejected
    connector_id: Maybe[int] = None
    schedule_start: Maybe[Timestamp] = None
    charging_schedule: Maybe[ChargingSchedule] = None


class GetCompositeSchedule(Request[GetCompositeScheduleResponse]):
    """§5.7: the limits in force for the next `duration` s."""

    connector_id: int
    duration: int
    charging_rate_unit: Maybe[ChargingRateUnit] = None


class ChargingProfileStatus(OcppEnum):
    """NotSupported: the charge point has no smart charging."""

    ACCEPTED = 'Accepted'
    REJECTED = 'Rejected'
    NOT_SUPPORTED = 'NotSupported'


class SetChargingProfileResponse(Response):
    """Whether the profile is kept; not whether it is followed."""

    status: ChargingProfileStatus


class SetChargingProfile(Request[SetChargingProfileResponse]):
    """§5.16: add a profile to a connector, 0 for the charge point; it replaces one of the same id, or of the same
    stack level and purpose."""

    connector_id: int
    cs_charging_profiles: ChargingProfile
