"""Payloads of the feature profile Core."""

from __future__ import annotations

from cpo.ocpp.payloads import AtLeastOne, Many, Maybe, OcppEnum, Payload, Request, Response, Timestamp
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
    Reason,
    RegistrationStatus,
    TransactionData,
)

# Sent by the charge point (§4)


class AuthorizeResponse(Response):
    """What the central system says of the idTag."""

    id_tag_info: IdTagInfo


class Authorize(Request[AuthorizeResponse]):
    """§4.1: may this idTag start or stop charging?"""

    id_tag: IdToken


class BootNotificationResponse(Response):
    """`interval` in s: between heartbeats when Accepted, else until the next BootNotification."""

    status: RegistrationStatus
    current_time: Timestamp
    interval: int


class BootNotification(Request[BootNotificationResponse]):
    """§4.2: the charge point (re)started; who it is."""

    charge_point_vendor: CiString20
    charge_point_model: CiString20
    charge_point_serial_number: Maybe[CiString25] = None
    charge_box_serial_number: Maybe[CiString25] = None
    firmware_version: Maybe[CiString50] = None
    iccid: Maybe[CiString20] = None
    imsi: Maybe[CiString20] = None
    meter_type: Maybe[CiString25] = None
    meter_serial_number: Maybe[CiString25] = None


class DataTransferResponse(Response):
    """`data` is the vendor's text."""

    status: DataTransferStatus
    data: Maybe[str] = None


class DataTransfer(Request[DataTransferResponse]):
    """§4.3, §5.6: what OCPP has no word for; sent by both sides."""

    vendor_id: CiString255
    message_id: Maybe[CiString50] = None
    data: Maybe[str] = None


class HeartbeatResponse(Response):
    """The clock of the central system."""

    current_time: Timestamp


class Heartbeat(Request[HeartbeatResponse]):
    """§4.6: the charge point is still there."""


class MeterValuesResponse(Response):
    """Nothing."""


class MeterValues(Request[MeterValuesResponse]):
    """§4.7: samples of a connector, 0 for the main meter."""

    connector_id: int
    meter_value: AtLeastOne[MeterValue]
    transaction_id: Maybe[int] = None


class StartTransactionResponse(Response):
    """The id of the transaction, also when the idTag is not accepted."""

    transaction_id: int
    id_tag_info: IdTagInfo


class StartTransaction(Request[StartTransactionResponse]):
    """§4.8: a transaction started; `meter_start` in Wh."""

    connector_id: int
    id_tag: IdToken
    meter_start: int
    timestamp: Timestamp
    reservation_id: Maybe[int] = None


class StatusNotificationResponse(Response):
    """Nothing."""


class StatusNotification(Request[StatusNotificationResponse]):
    """§4.9: a connector's status changed; 0 is the charge point itself."""

    connector_id: int
    error_code: ChargePointErrorCode
    status: ChargePointStatus
    info: Maybe[CiString50] = None
    timestamp: Maybe[Timestamp] = None
    vendor_id: Maybe[CiString255] = None
    vendor_error_code: Maybe[CiString50] = None


class StopTransactionResponse(Response):
    """What the central system says of the idTag, when one was sent."""

    id_tag_info: Maybe[IdTagInfo] = None


class StopTransaction(Request[StopTransactionResponse]):
    """§4.10: a transaction stopped; `meter_stop` in Wh."""

    transaction_id: int
    meter_stop: int
    timestamp: Timestamp
    id_tag: Maybe[IdToken] = None
    reason: Maybe[Reason] = None
    transaction_data: Maybe[Many[TransactionData]] = None


# Sent by the central system (§5)


class AvailabilityType(OcppEnum):
    """Whether a connector may be used."""

    INOPERATIVE = 'Inoperative'
    OPERATIVE = 'Operative'


class AvailabilityStatus(OcppEnum):
    """Scheduled: when the running transaction has ended."""

    ACCEPTED = 'Accepted'
    REJECTED = 'Rejected'
    SCHEDULED = 'Scheduled'


class ChangeAvailabilityResponse(Response):
    """Whether and when."""

    status: AvailabilityStatus


class ChangeAvailability(Request[ChangeAvailabilityResponse]):
    """§5.2: take a connector, or with 0 all of them, in or out of use."""

    connector_id: int
    type: AvailabilityType


class ConfigurationStatus(OcppEnum):
    """NotSupported: there is no such key."""

    ACCEPTED = 'Accepted'
    REJECTED = 'Rejected'
    REBOOT_REQUIRED = 'RebootRequired'
    NOT_SUPPORTED = 'NotSupported'


class ChangeConfigurationResponse(Response):
    """Whether, and whether after a reboot."""

    status: ConfigurationStatus


class ChangeConfiguration(Request[ChangeConfigurationResponse]):
    """§5.3: set a configuration key."""

    key: CiString50
    value: CiString500


class ClearCacheResponse(Response):
    """Whether it was cleared."""

    status: AcceptedOrRejected


class ClearCache(Request[ClearCacheResponse]):
    """§5.4: forget the authorization cache."""


class KeyValue(Payload):
    """One configuration key; without `value` it has none set."""

    key: CiString50
    readonly: bool
    value: Maybe[CiString500] = None


class GetConfigurationResponse(Response):
    """Known keys with their values; unknown keys."""

    configuration_key: Maybe[Many[KeyValue]] = None
    unknown_key: Maybe[Many[CiString50]] = None


class GetConfiguration(Request[GetConfigurationResponse]):
    """§5.8: read configuration keys, all when none is named."""

    key: Maybe[Many[CiString50]] = None


class RemoteStartTransactionResponse(Response):
    """Accepted means it will try."""

    status: AcceptedOrRejected


class RemoteStartTransaction(Request[RemoteStartTransactionResponse]):
    """§5.11: start a transaction with this idTag."""

    id_tag: IdToken
    connector_id: Maybe[int] = None
    charging_profile: Maybe[ChargingProfile] = None


class RemoteStopTransactionResponse(Response):
    """Accepted means it will try."""

    status: AcceptedOrRejected


class RemoteStopTransaction(Request[RemoteStopTransactionResponse]):
    """§5.12: stop this transaction."""

    transaction_id: int


class ResetType(OcppEnum):
    """Soft ends transactions first."""

    HARD = 'Hard'
    SOFT = 'Soft'


class ResetResponse(Response):
    """Whether it will."""

    status: AcceptedOrRejected


class Reset(Request[ResetResponse]):
    """§5.14: restart."""

    type: ResetType


class UnlockStatus(OcppEnum):
    """Whether the plug is free."""

    UNLOCKED = 'Unlocked'
    UNLOCK_FAILED = 'UnlockFailed'
    NOT_SUPPORTED = 'NotSupported'


class UnlockConnectorResponse(Response):
    """Whether the plug is free."""

    status: UnlockStatus


class UnlockConnector(Request[UnlockConnectorResponse]):
    """§5.18: release the plug of a connector."""

    connector_id: int
