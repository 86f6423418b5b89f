"""TriggerMessage (OCPP 1.6 §5.17) and ExtendedTriggerMessage (security whitepaper, edition 2, §5.5)."""

from collections.abc import Callable, Iterable
from datetime import datetime

from simulator.connection import Payload, Reply
from simulator.connector import Connector
from simulator.security_operations import ACCEPTED, REJECTED, ask_for_certificate
from simulator.station import Station


def on_trigger_message(station: Station, payload: Payload, now: datetime) -> Reply:
    return _triggered(station, payload, now, ('DiagnosticsStatusNotification', 'FirmwareStatusNotification'), {})


def on_extended_trigger_message(station: Station, payload: Payload, now: datetime) -> Reply:
    """FirmwareStatusNotification means the one of signed firmware here."""
    signed = {'FirmwareStatusNotification': lambda: _idle(station, 'SignedFirmwareStatusNotification')}
    more = signed | {'SignChargePointCertificate': lambda: ask_for_certificate(station)}
    return _triggered(station, payload, now, ('LogStatusNotification',), more)


def _triggered(
    station: Station, payload: Payload, now: datetime, progress: Iterable[str], more: dict[str, Callable[[], None]]
) -> Reply:
    connector_id = payload.get('connectorId')
    connectors = [c for c in station.connectors.values() if connector_id in (None, c.connector_id)]
    if not connectors:
        return Reply(REJECTED)
    reports = station.reports
    charging_connectors = [
        c for c in station.connectors.values() if c.connector_id and connector_id in (None, 0, c.connector_id)
    ]
    actions: dict[str, Callable[[], None]] = {
        'BootNotification': station.announce_boot,
        'Heartbeat': reports.heartbeat,
        'StatusNotification': lambda: _for_each(connectors, lambda c: reports.status(c, now)),
        'MeterValues': lambda: _for_each(charging_connectors, lambda c: reports.meter_values(c, now, 'Trigger')),
        **{name: lambda name=name: _idle(station, name) for name in progress},  # type: ignore[misc]
        **more,
    }
    action = actions.get(payload['requestedMessage'])
    return Reply(ACCEPTED, action) if action else Reply({'status': 'NotImplemented'})


def _idle(station: Station, notification: str) -> None:
    station.reports.send(notification, {'status': 'Idle'})


def _for_each(connectors: list[Connector], report: Callable[[Connector], None]) -> None:
    for connector in connectors:
        report(connector)
