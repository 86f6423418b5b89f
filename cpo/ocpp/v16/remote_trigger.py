"""Payloads of the feature profile Remote Trigger."""

from __future__ import annotations

from cpo.ocpp.payloads import Maybe, OcppEnum, Request, Response


class MessageTrigger(OcppEnum):
    """The messages that can be asked for."""

    BOOT_NOTIFICATION = 'BootNotification'
    DIAGNOSTICS_STATUS_NOTIFICATION = 'DiagnosticsStatusNotification'
    FIRMWARE_STATUS_NOTIFICATION = 'FirmwareStatusNotification'
    HEARTBEAT = 'Heartbeat'
    METER_VALUES = 'MeterValues'
    STATUS_NOTIFICATION = 'StatusNotification'


class TriggerMessageStatus(OcppEnum):
    """Whether the message will come."""

    ACCEPTED = 'Accepted'
    REJECTED = 'Rejected'
    NOT_IMPLEMENTED = 'NotImplemented'


class TriggerMessageResponse(Response):
    """Whether the message will come."""

    status: TriggerMessageStatus


class TriggerMessage(Request[TriggerMessageResponse]):
    """§5.17: send this message now; without `connector_id` for all connectors."""

    requested_message: MessageTrigger
    connector_id: Maybe[int] = None
