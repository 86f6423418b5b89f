"""The Actions of OCPP 1.6 (28) and of its security whitepaper (11), and which side may send each."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from cpo.ocpp.actions import Action
from cpo.ocpp.payloads import Request
from cpo.ocpp.v16 import (
    certificate_management,
    core,
    firmware_management,
    local_auth_list_management,
    remote_trigger,
    reservation,
    security_logging,
    signed_firmware,
    smart_charging,
)

BY_CHARGE_POINT: tuple[type[Request[Any]], ...] = (
    core.Authorize,
    core.BootNotification,
    core.DataTransfer,
    firmware_management.DiagnosticsStatusNotification,
    firmware_management.FirmwareStatusNotification,
    core.Heartbeat,
    security_logging.LogStatusNotification,
    core.MeterValues,
    security_logging.SecurityEventNotification,
    certificate_management.SignCertificate,
    signed_firmware.SignedFirmwareStatusNotification,
    core.StartTransaction,
    core.StatusNotification,
    core.StopTransaction,
)
"""Requests that the charge point sends (§4, and §5 of the whitepaper)."""

BY_CENTRAL_SYSTEM: tuple[type[Request[Any]], ...] = (
    reservation.CancelReservation,
    certificate_management.CertificateSigned,
    core.ChangeAvailability,
    core.ChangeConfiguration,
    core.ClearCache,
    smart_charging.ClearChargingProfile,
    core.DataTransfer,
    certificate_management.DeleteCertificate,
    security_logging.ExtendedTriggerMessage,
    smart_charging.GetCompositeSchedule,
    core.GetConfiguration,
    firmware_management.GetDiagnostics,
    certificate_management.GetInstalledCertificateIds,
    local_auth_list_management.GetLocalListVersion,
    security_logging.GetLog,
    certificate_management.InstallCertificate,
    core.RemoteStartTransaction,
    core.RemoteStopTransaction,
    reservation.ReserveNow,
    core.Reset,
    local_auth_list_management.SendLocalList,
    smart_charging.SetChargingProfile,
    signed_firmware.SignedUpdateFirmware,
    remote_trigger.TriggerMessage,
    core.UnlockConnector,
    firmware_management.UpdateFirmware,
)
"""Requests that the central system sends (§5, and §5 of the whitepaper)."""

ACTIONS: Mapping[str, Action] = MappingProxyType(
    {
        request.action(): Action(request, request in BY_CHARGE_POINT, request in BY_CENTRAL_SYSTEM)
        for request in dict.fromkeys((*BY_CHARGE_POINT, *BY_CENTRAL_SYSTEM))
    }
)
"""The Actions by name."""

IN_LOWER_CASE = {name.lower(): action for name, action in ACTIONS.items()}


def in_any_case(name: str) -> Action | None:
    """The Action with this name regardless of case, None for an unknown one."""
    return IN_LOWER_CASE.get(name.lower())
