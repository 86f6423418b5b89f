"""The charger's answers to the central system's Calls (OCPP 1.6 §5).

One function per Action: `(station, payload, now) -> Reply`. An Action's consequences are in `Reply.then`, so that the
answer is sent before them. Each may raise OcppError.
"""

from collections.abc import Callable
from datetime import datetime

from simulator.answers import fixed_answer
from simulator.charging_profile import read_charging_profile
from simulator.clock import from_wire
from simulator.connection import OcppError, Payload, Reply
from simulator.connector import Connector, Reservation
from simulator.file_transfers import (
    on_get_diagnostics,
    on_get_log,
    on_signed_update_firmware,
    on_update_firmware,
)
from simulator.security_operations import SECURITY_OPERATIONS
from simulator.smart_charging import (
    ACCEPTED,
    REJECTED,
    on_clear_charging_profile,
    on_get_composite_schedule,
    on_set_charging_profile,
)
from simulator.station import Station
from simulator.triggers import on_extended_trigger_message, on_trigger_message


def on_remote_start_transaction(station: Station, payload: Payload, now: datetime) -> Reply:
    """Authorize a connector to start (§5.11): that of the request, else the first that can, preferably with a car."""
    id_tag, persona = payload['idTag'], station.persona
    if persona.remote_start_tag not in ('', id_tag):
        return Reply(REJECTED)
    if any(payload.get(member) is None for member in persona.remote_start_needs):
        return Reply(REJECTED)
    candidates = [c for c in station.connectors.values() if payload.get('connectorId') in (None, c.connector_id)]
    startable = [c for c in candidates if c.can_start(id_tag)]
    if not startable:
        return Reply(REJECTED)
    connector = next((c for c in startable if c.car), startable[0])
    profile = None
    if payload.get('chargingProfile') is not None:
        profile = read_charging_profile(payload['chargingProfile'], connector.connector_id, now, in_remote_start=True)
        if profile.purpose != 'TxProfile' or not station.profiles.accepts(profile):
            return Reply(REJECTED)
    return Reply(ACCEPTED, lambda: station.authorize(connector, id_tag, now, profile))


def on_remote_stop_transaction(station: Station, payload: Payload, now: datetime) -> Reply:
    for connector in station.connectors.values():
        if connector.transaction and connector.transaction.transaction_id == payload['transactionId']:
            return Reply(ACCEPTED, _stopping(station, connector, 'Remote', now))
    return Reply(REJECTED)


def on_get_configuration(station: Station, payload: Payload, _now: datetime) -> Reply:
    names = payload.get('key') or ()
    if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
        raise OcppError('TypeConstraintViolation', 'key is not a list of strings')
    known, unknown = station.configuration.get(names)
    return Reply({'configurationKey': known, 'unknownKey': unknown})


def on_change_configuration(station: Station, payload: Payload, _now: datetime) -> Reply:
    return Reply({'status': station.configuration.change(payload['key'], payload['value'])})


def on_reset(station: Station, payload: Payload, _now: datetime) -> Reply:
    kind = payload['type']
    if kind not in ('Soft', 'Hard'):
        raise OcppError('PropertyConstraintViolation', f'type {kind}')
    return Reply(ACCEPTED, lambda: station.reset(kind))


def on_unlock_connector(station: Station, payload: Payload, now: datetime) -> Reply:
    connector = station.connectors.get(payload['connectorId'])
    if not connector or connector.connector_id == 0:
        return Reply({'status': 'NotSupported'})
    return Reply({'status': 'Unlocked'}, _stopping(station, connector, 'UnlockCommand', now))


def on_change_availability(station: Station, payload: Payload, now: datetime) -> Reply:
    kind = payload['type']
    if kind not in ('Operative', 'Inoperative'):
        raise OcppError('PropertyConstraintViolation', f'type {kind}')
    connectors = [c for c in station.connectors.values() if payload['connectorId'] in (0, c.connector_id)]
    if not connectors:
        return Reply(REJECTED)
    operative = kind == 'Operative'
    for connector in connectors:
        if connector.transaction:
            connector.becomes_operative = operative
        else:
            connector.operative = operative
    waits = not operative and any(c.transaction for c in connectors)
    return Reply({'status': 'Scheduled' if waits else 'Accepted'}, lambda: station.update(now))


def on_reserve_now(station: Station, payload: Payload, now: datetime) -> Reply:
    try:
        expires_at = from_wire(payload['expiryDate'])
    except ValueError as error:
        raise OcppError('PropertyConstraintViolation', f'expiryDate: {error}') from error
    connector = station.connectors.get(payload['connectorId'])
    if not connector or connector.connector_id == 0:
        return Reply(REJECTED)
    reservation = Reservation(payload['reservationId'], payload['idTag'], expires_at, payload.get('parentIdTag'))
    known = [
        c
        for c in station.connectors.values()
        if c.reservation and c.reservation.reservation_id == reservation.reservation_id
    ]
    if connector.status != 'Available' and connector not in known:
        refused = connector.status if connector.status in ('Faulted', 'Unavailable') else 'Occupied'
        return Reply({'status': refused})
    for old in known:  # §5.13: it replaces the one with this id, wherever that is
        old.reservation = None
    connector.reservation = reservation
    return Reply(ACCEPTED, lambda: station.update(now))


def on_cancel_reservation(station: Station, payload: Payload, now: datetime) -> Reply:
    for connector in station.connectors.values():
        if connector.reservation and connector.reservation.reservation_id == payload['reservationId']:
            connector.reservation = None
            return Reply(ACCEPTED, lambda: station.update(now))
    return Reply(REJECTED)


def on_send_local_list(station: Station, payload: Payload, _now: datetime) -> Reply:
    return station.local_authorization.replace_list(payload)


def on_get_local_list_version(station: Station, _payload: Payload, _now: datetime) -> Reply:
    return Reply({'listVersion': station.local_authorization.list_version})


def on_clear_cache(station: Station, _payload: Payload, _now: datetime) -> Reply:
    station.local_authorization.clear_cache()
    return Reply(ACCEPTED)


def _stopping(station: Station, connector: Connector, reason: str, now: datetime) -> Callable[[], None]:
    def stop() -> None:
        station.stop(connector, reason, now)
        station.update(now)

    return stop


def _fixed(payload: Payload) -> Callable[[Station, Payload, datetime], Reply]:
    return lambda _station, _payload, _now: Reply(payload)


Operation = Callable[[Station, Payload, datetime], Reply]

# Action: (its function, the required members with their types)
OPERATIONS: dict[str, tuple[Operation, dict[str, type]]] = {
    'CancelReservation': (on_cancel_reservation, {'reservationId': int}),
    'ChangeAvailability': (on_change_availability, {'connectorId': int, 'type': str}),
    'ChangeConfiguration': (on_change_configuration, {'key': str, 'value': str}),
    'ClearCache': (on_clear_cache, {}),
    'ClearChargingProfile': (on_clear_charging_profile, {}),
    'DataTransfer': (_fixed({'status': 'UnknownVendorId'}), {'vendorId': str}),
    'GetCompositeSchedule': (on_get_composite_schedule, {'connectorId': int, 'duration': int}),
    'GetConfiguration': (on_get_configuration, {}),
    'GetDiagnostics': (on_get_diagnostics, {'location': str}),
    'GetLocalListVersion': (on_get_local_list_version, {}),
    'RemoteStartTransaction': (on_remote_start_transaction, {'idTag': str}),
    'RemoteStopTransaction': (on_remote_stop_transaction, {'transactionId': int}),
    'ReserveNow': (
        on_reserve_now,
        {'connectorId': int, 'expiryDate': str, 'idTag': str, 'reservationId': int},
    ),
    'Reset': (on_reset, {'type': str}),
    'SendLocalList': (on_send_local_list, {'listVersion': int, 'updateType': str}),
    'SetChargingProfile': (on_set_charging_profile, {'connectorId': int, 'csChargingProfiles': dict}),
    'TriggerMessage': (on_trigger_message, {'requestedMessage': str}),
    'UnlockConnector': (on_unlock_connector, {'connectorId': int}),
    'UpdateFirmware': (on_update_firmware, {'location': str, 'retrieveDate': str}),
}

# those of the security whitepaper, which not every charger knows
EXTENSION: dict[str, tuple[Operation, dict[str, type]]] = {
    **SECURITY_OPERATIONS,
    'ExtendedTriggerMessage': (on_extended_trigger_message, {'requestedMessage': str}),
    'GetLog': (on_get_log, {'logType': str, 'requestId': int, 'log': dict}),
    'SignedUpdateFirmware': (on_signed_update_firmware, {'requestId': int, 'firmware': dict}),
}


def answer(station: Station, action: str, payload: Payload, now: datetime) -> Reply:
    """The Reply to a Call of the central system.

    Raises OcppError: NotImplemented for an unknown Action, ProtocolError for a missing member,
    TypeConstraintViolation for one of a wrong type (OCPP-J 1.6 §4.2.3).
    """
    known = OPERATIONS | EXTENSION if station.persona.knows_security else OPERATIONS
    if action not in known:
        raise OcppError('NotImplemented', f'{action} is not known')
    operation, needed = known[action]
    for member, kind in needed.items():
        if member not in payload:
            raise OcppError('ProtocolError', f'{member} is missing')
        if not isinstance(payload[member], kind) or isinstance(payload[member], bool):
            raise OcppError('TypeConstraintViolation', f'{member} is not of type {kind.__name__}')
    return fixed_answer(station, action, payload) or operation(station, payload, now)
