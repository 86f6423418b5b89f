"""Payloads of the feature profile Remote Trigger (OCPP 1.6 §6)."""

from __future__ import annotations

from cpo.ocpp.payloads import Maybe, OcppEnum, Request, Response


class MessageTrigger(OcppEnum):
    """The messages that TriggerMessage can request."""

    BOOT_NOTIFICATION = 'BootNotification'
    DIAGNOSTICS_STATUS_NOTIFICATION = 'DiagnosticsStatusNotification'
    FIRMWARE_STATUS_NOTIFICATION = 'FirmwareStatusNotification'
    HEARTBEAT = 'Heartbeat'
    METER_VALUES = 'MeterValues'
    STATUS_NOTIFICATION = 'StatusNotification'


class TriggerMessageStatus(OcppEnum):
    """Whether the requested message will be sent; NotImplemented: the charge point cannot send it."""

    ACCEPTED = 'Accepted'
    REJECTED = 'Rejected'
    NOT_IMPLEMENTED = 'NotImplemented'


class TriggerMessageResponse(Response):
    """Answer to TriggerMessage."""

    status: TriggerMessageStatus


class TriggerMessage(Request[TriggerMessageResponse]):
    """Asks the charge point to send a message now, for one connector or, without `connector_id`, for all (§5.17)."""

    requested_message: MessageTrigger
    connector_id: Maybe[int] = None
