"""Payloads of the feature profile Core (OCPP 1.6 §6)."""

from __future__ import annotations

from typing import Annotated

from cpo.ocpp.members import AlsoNamed, Dispensable, IfAbsent
from cpo.ocpp.payloads import AtLeastOne, Many, Maybe, OcppEnum, OwedTimestamp, Payload, Request, Response, Timestamp
from cpo.ocpp.v16.types import (
    AcceptedOrRejected,
    ChargePointErrorCode,
    ChargePointStatus,
    ChargingProfile,
    CiString20,
    CiString25,
    CiString50,
    CiString255,
    CiString500,
    DataTransferStatus,
    IdTagInfo,
    IdToken,
    MeterValue,
    OwedRegister,
    Reason,
    RegistrationStatus,
    TransactionData,
)

# Sent by the charge point (§4)


class AuthorizeResponse(Response):
    """Answer to Authorize: the status of the idTag."""

    id_tag_info: IdTagInfo


class Authorize(Request[AuthorizeResponse]):
    """Asks whether an idTag may start or stop charging (§4.1)."""

    id_tag: IdToken


class BootNotificationResponse(Response):
    """Answer to BootNotification; `interval` in s is that of Heartbeats when Accepted, else until the next attempt."""

    status: RegistrationStatus
    current_time: Timestamp
    interval: int


class BootNotification(Request[BootNotificationResponse]):
    """Reports a start of the charge point, with its identity (§4.2)."""

    charge_point_vendor: Annotated[CiString20, IfAbsent('')]
    charge_point_model: Annotated[CiString20, IfAbsent('')]
    charge_point_serial_number: Maybe[CiString25] = None
    charge_box_serial_number: Maybe[CiString25] = None
    firmware_version: Maybe[CiString50] = None
    iccid: Maybe[CiString20] = None
    imsi: Maybe[CiString20] = None
    meter_type: Maybe[CiString25] = None
    meter_serial_number: Maybe[CiString25] = None


class DataTransferResponse(Response):
    """Answer to DataTransfer; `data` is text whose meaning the vendor defines."""

    status: DataTransferStatus
    data: Maybe[str] = None


class DataTransfer(Request[DataTransferResponse]):
    """Carries data outside OCPP, in either direction (§4.3, §5.6)."""

    vendor_id: CiString255
    message_id: Maybe[CiString50] = None
    data: Maybe[str] = None


class HeartbeatResponse(Response):
    """Answer to Heartbeat: the central system's time."""

    current_time: Timestamp


class Heartbeat(Request[HeartbeatResponse]):
    """Shows that the charge point is alive, and asks for the time (§4.6)."""


class MeterValuesResponse(Response):
    """Empty answer to MeterValues."""


class MeterValues(Request[MeterValuesResponse]):
    """Reports samples of a connector's meter; connector 0 is the main meter (§4.7)."""

    connector_id: int
    meter_value: AtLeastOne[MeterValue]
    transaction_id: Maybe[int] = None


class StartTransactionResponse(Response):
    """Answer to StartTransaction: the transaction's id, also when the idTag is not accepted."""

    transaction_id: int
    id_tag_info: IdTagInfo


class StartTransaction(Request[StartTransactionResponse]):
    """Reports a started transaction; `meter_start` is the register in Wh (§4.8)."""

    connector_id: int
    id_tag: Annotated[IdToken, IfAbsent('')]
    meter_start: OwedRegister
    timestamp: OwedTimestamp
    reservation_id: Maybe[int] = None


class StatusNotificationResponse(Response):
    """Empty answer to StatusNotification."""


class StatusNotification(Request[StatusNotificationResponse]):
    """Reports a connector's status or error; connector 0 is the charge point itself (§4.9)."""

    connector_id: int
    error_code: Annotated[ChargePointErrorCode, IfAbsent('NoError')]
    status: ChargePointStatus
    info: Maybe[CiString50] = None
    timestamp: Maybe[Timestamp] = None
    vendor_id: Maybe[CiString255] = None
    vendor_error_code: Maybe[CiString50] = None


class StopTransactionResponse(Response):
    """Answer to StopTransaction: the status of the idTag, if one was sent."""

    id_tag_info: Maybe[IdTagInfo] = None


class StopTransaction(Request[StopTransactionResponse]):
    """Reports a stopped transaction; `meter_stop` is the register in Wh (§4.10)."""

    transaction_id: Annotated[int, IfAbsent(-1)]
    meter_stop: OwedRegister
    timestamp: OwedTimestamp
    id_tag: Maybe[IdToken] = None
    reason: Annotated[Maybe[Reason], AlsoNamed('reason')] = None
    transaction_data: Annotated[Maybe[Many[TransactionData]], Dispensable()] = None


# Sent by the central system (§5)


class AvailabilityType(OcppEnum):
    """Whether a connector may be used (§7.4)."""

    INOPERATIVE = 'Inoperative'
    OPERATIVE = 'Operative'


class AvailabilityStatus(OcppEnum):
    """Result of ChangeAvailability; Scheduled: it takes effect when the transaction has ended (§7.3)."""

    ACCEPTED = 'Accepted'
    REJECTED = 'Rejected'
    SCHEDULED = 'Scheduled'


class ChangeAvailabilityResponse(Response):
    """Answer to ChangeAvailability."""

    status: AvailabilityStatus


class ChangeAvailability(Request[ChangeAvailabilityResponse]):
    """Puts a connector, or all with 0, into or out of service (§5.2)."""

    connector_id: int
    type: AvailabilityType


class ConfigurationStatus(OcppEnum):
    """Result of ChangeConfiguration; NotSupported: the charge point does not know the key (§7.22)."""

    ACCEPTED = 'Accepted'
    REJECTED = 'Rejected'
    REBOOT_REQUIRED = 'RebootRequired'
    NOT_SUPPORTED = 'NotSupported'


class ChangeConfigurationResponse(Response):
    """Answer to ChangeConfiguration."""

    status: ConfigurationStatus


class ChangeConfiguration(Request[ChangeConfigurationResponse]):
    """Sets the value of a configuration key (§5.3)."""

    key: CiString50
    value: CiString500


class ClearCacheResponse(Response):
    """Answer to ClearCache."""

    status: AcceptedOrRejected


class ClearCache(Request[ClearCacheResponse]):
    """Clears the authorization cache (§5.4)."""


class KeyValue(Payload):
    """A configuration key with its value, None where it has none (§7.29); an entry that is unreadable has no name."""

    key: Annotated[CiString50, IfAbsent(read_as='')]
    readonly: Annotated[bool, IfAbsent(read_as=False)]
    value: Maybe[CiString500] = None


class GetConfigurationResponse(Response):
    """Answer to GetConfiguration: the known keys with their values, and the names of unknown ones."""

    configuration_key: Annotated[Maybe[Many[KeyValue]], Dispensable()] = None
    unknown_key: Maybe[Many[CiString50]] = None


class GetConfiguration(Request[GetConfigurationResponse]):
    """Reads configuration keys, all when `key` is absent (§5.8)."""

    key: Maybe[Many[CiString50]] = None


class RemoteStartTransactionResponse(Response):
    """Answer to RemoteStartTransaction; Accepted: the charge point will try to start."""

    status: AcceptedOrRejected


class RemoteStartTransaction(Request[RemoteStartTransactionResponse]):
    """Asks to start a transaction with this idTag; `charging_profile` must be a TxProfile (§5.11)."""

    id_tag: IdToken
    connector_id: Maybe[int] = None
    charging_profile: Maybe[ChargingProfile] = None


class RemoteStopTransactionResponse(Response):
    """Answer to RemoteStopTransaction; Accepted: the charge point will try to stop."""

    status: AcceptedOrRejected


class RemoteStopTransaction(Request[RemoteStopTransactionResponse]):
    """Asks to stop a transaction (§5.12)."""

    transaction_id: int


class ResetType(OcppEnum):
    """Kind of Reset; Soft ends running transactions first (§7.40)."""

    HARD = 'Hard'
    SOFT = 'Soft'


class ResetResponse(Response):
    """Answer to Reset."""

    status: AcceptedOrRejected


class Reset(Request[ResetResponse]):
    """Asks the charge point to restart (§5.14)."""

    type: ResetType


class UnlockStatus(OcppEnum):
    """Result of UnlockConnector (§7.47)."""

    UNLOCKED = 'Unlocked'
    UNLOCK_FAILED = 'UnlockFailed'
    NOT_SUPPORTED = 'NotSupported'


class UnlockConnectorResponse(Response):
    """Answer to UnlockConnector."""

    status: UnlockStatus


class UnlockConnector(Request[UnlockConnectorResponse]):
    """Asks to unlock a connector's plug (§5.18)."""

    connector_id: int
