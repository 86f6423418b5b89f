"""The requests of the central system, described for a form: each with a sentence and its schema."""

from __future__ import annotations

from functools import cache
from typing import Any

from cpo.ocpp.operation import Operation
from cpo.ocpp.v16.actions import BY_CENTRAL_SYSTEM

SENTENCES = {
    'CancelReservation': 'Gives up a reservation.',
    'CertificateSigned': 'Brings the certificate that the charger asked for; here that happens by itself.',
    'ChangeAvailability': 'Takes a connector, or with 0 the whole charger, out of service, or puts it back.',
    'ChangeConfiguration': 'Changes one of the keys of the charger’s configuration.',
    'ClearCache': 'Makes the charger forget the cards that it remembers.',
    'ClearChargingProfile': 'Takes limits away that lie in the charger; without any member, all of them.',
    'DataTransfer': 'Sends something that only the maker of the charger knows the meaning of.',
    'DeleteCertificate': 'Takes a root certificate away from the charger.',
    'ExtendedTriggerMessage': 'Asks for a message now, also for a request for a new certificate.',
    'GetCompositeSchedule': 'Reads the limit that all profiles in the charger add up to.',
    'GetConfiguration': 'Reads keys of the charger’s configuration; without any named, all of them.',
    'GetDiagnostics': 'Has the charger send its diagnostics; without a location, to this program.',
    'GetInstalledCertificateIds': 'Lists the root certificates that the charger trusts.',
    'GetLocalListVersion': 'Reads the version of the charger’s own list of cards.',
    'GetLog': 'Has the charger send a log; without a location, to this program.',
    'InstallCertificate': 'Gives the charger a root certificate that it shall trust.',
    'RemoteStartTransaction': 'Asks the charger to start charging for a card.',
    'RemoteStopTransaction': 'Asks the charger to end a session.',
    'ReserveNow': 'Keeps a connector free for a card, until a time.',
    'Reset': 'Restarts the charger: Soft ends sessions in order, Hard at once.',
    'SendLocalList': 'Replaces or changes the charger’s own list of cards.',
    'SetChargingProfile': 'Puts a limit over time into the charger.',
    'SignedUpdateFirmware': 'Has the charger fetch and install firmware whose signature it verifies.',
    'TriggerMessage': 'Asks the charger to send a message now.',
    'UnlockConnector': 'Releases the plug; a session on it ends.',
    'UpdateFirmware': 'Has the charger fetch and install firmware; without a location, the one uploaded here.',
}
INTERRUPTS = frozenset(
    {
        'ChangeAvailability',
        'RemoteStopTransaction',
        'Reset',
        'SignedUpdateFirmware',
        'UnlockConnector',
        'UpdateFirmware',
    }
)
FILLED_IN = {
    'GetDiagnostics': {'location'},
    'GetLog': {'logType', 'requestId', 'log', 'remoteLocation'},
    'ReserveNow': {'reservationId'},
    'SignedUpdateFirmware': {'requestId', 'location', 'retrieveDateTime'},
    'UpdateFirmware': {'location', 'retrieveDate'},
}
"""Members that the program fills in where they are missing, also of objects inside (`file_requests`)."""


@cache
def operations() -> tuple[Operation, ...]:
    """All of them, in the order of their names."""
    actions = {request.action(): request for request in BY_CENTRAL_SYSTEM}
    return tuple(
        Operation(name, SENTENCES[name], name in INTERRUPTS, _schema(name, request.model_json_schema()))
        for name, request in sorted(actions.items())
    )


def _schema(action: str, schema: dict[str, Any]) -> dict[str, Any]:
    resolved: dict[str, Any] = _resolved(schema, schema.get('$defs', {}), FILLED_IN.get(action, set()))
    return resolved


def _resolved(node: Any, definitions: dict[str, Any], filled_in: set[str]) -> Any:
    """The schema with each reference replaced by what it refers to, without titles."""
    if isinstance(node, list):
        return [_resolved(each, definitions, filled_in) for each in node]
    if not isinstance(node, dict):
        return node
    if '$ref' in node:
        return _resolved(definitions[node['$ref'].rpartition('/')[2]], definitions, filled_in)
    found = {
        name: _resolved(each, definitions, filled_in)
        for name, each in node.items()
        if name not in ('$defs', 'default', 'description') and not (name == 'title' and isinstance(each, str))
    }
    if 'required' in found:
        found['required'] = [name for name in found['required'] if name not in filled_in]
    return found
