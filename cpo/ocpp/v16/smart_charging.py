"""Payloads of the feature profile Smart Charging (OCPP 1.6 §6)."""

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
    """Result of ClearChargingProfile; Unknown: no profile matched."""

    ACCEPTED = 'Accepted'
    UNKNOWN = 'Unknown'


class ClearChargingProfileResponse(Response):
    """Answer to ClearChargingProfile."""

    status: ClearChargingProfileStatus


class ClearChargingProfile(Request[ClearChargingProfileResponse]):
    """Removes the profile with this id, or all that match the other members, or without members all (§5.5)."""

    id: Maybe[int] = None
    connector_id: Maybe[int] = None
    charging_profile_purpose: Maybe[ChargingProfilePurpose] = None
    stack_level: Maybe[int] = None


class GetCompositeScheduleResponse(Response):
    """Answer to GetCompositeSchedule: the combined limit of all profiles; periods count from `schedule_start`."""

    status: AcceptedOrRejected
    connector_id: Maybe[int] = None
    schedule_start: Maybe[Timestamp] = None
    charging_schedule: Maybe[ChargingSchedule] = None


class GetCompositeSchedule(Request[GetCompositeScheduleResponse]):
    """Asks for the limits in force during the next `duration` seconds (§5.7)."""

    connector_id: int
    duration: int
    charging_rate_unit: Maybe[ChargingRateUnit] = None


class ChargingProfileStatus(OcppEnum):
    """Result of SetChargingProfile; NotSupported: the charge point has no smart charging."""

    ACCEPTED = 'Accepted'
    REJECTED = 'Rejected'
    NOT_SUPPORTED = 'NotSupported'


class SetChargingProfileResponse(Response):
    """Answer to SetChargingProfile: whether the profile is stored, not whether it is followed."""

    status: ChargingProfileStatus


class SetChargingProfile(Request[SetChargingProfileResponse]):
    """Stores a profile for a connector, or for the charge point with 0 (§5.16).

    It replaces a profile with the same id, or with the same stack level and purpose.
    """

    connector_id: int
    cs_charging_profiles: ChargingProfile
