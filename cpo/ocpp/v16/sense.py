"""Requests that follow their schema, but mean nothing to a charger, or name a connector that it does not have (pure).

The JSON schemas leave open what the text of the specification settles: that a limit is not negative, that a location is
a URL, which connector a request may be for. Section numbers are those of OCPP 1.6 edition 2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from cpo.errors import InvalidPayload
from cpo.ocpp.deviations import Location, named, quoted
from cpo.ocpp.payloads import read_timestamp
from cpo.ocpp.request import Request
from cpo.ocpp.v16.configuration import number_of_connectors
from cpo.ocpp.v16.ranges import MOST_32_BIT
from cpo.ocpp.v16.security import new_password
from cpo.state import ChargePointState

NOT_NEGATIVE = frozenset(
    {
        'duration',
        'limit',
        'listVersion',
        'minChargingRate',
        'retries',
        'retryInterval',
        'stackLevel',
        'startPeriod',
    }
)
NAMING = frozenset({'idTag', 'key', 'vendorId'})
"""Members that name something: an empty text names nothing. Other texts may be empty, such as the value of a key."""
CERTIFICATES = frozenset({'certificate', 'certificateChain', 'signingCertificate'})
PEM = '-----BEGIN CERTIFICATE-----'
LOCATIONS = frozenset({'location', 'remoteLocation'})
ORDERED = {'startTime': 'stopTime', 'oldestTimestamp': 'latestTimestamp', 'validFrom': 'validTo'}
"""Members with a time, each with the one of the same object that is later."""
MIN_PASSWORD = 8
"""Characters of a password for the charger, as everywhere else it can be set."""
OF_ONE_CONNECTOR = frozenset({'RemoteStartTransaction', 'UnlockConnector'})
"""Not TriggerMessage: connector 0 is the charge point there (§5.17)."""
URL = re.compile(r'[A-Za-z][A-Za-z0-9+.-]*://\S+')


def check_sense(request: Request, state: ChargePointState, now: datetime) -> None:
    """Raise InvalidPayload, with the member's name, where no charger, or not this one, can do what a request asks."""
    for complaint in (*_of_members(request.payload, ()), *_of_connector(request, state), *_of_request(request, now)):
        raise InvalidPayload(complaint)


def _of_members(value: Any, path: Location) -> Iterator[str]:
    """The complaints about members that mean the same wherever they stand."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _of_members(item, (*path, index))
    if not isinstance(value, dict):
        return
    for name, member in value.items():
        here = (*path, name)
        if name in NOT_NEGATIVE and member < 0:
            yield f'{named(here)} is {quoted(member)}; it cannot be negative.'
        if isinstance(member, int) and abs(member) > MOST_32_BIT:
            yield f'{named(here)} is {quoted(member)}, which has more than 32 bits.'
        if name == 'numberPhases' and member < 1:
            yield f'{named(here)} is {quoted(member)}; a car charges on 1 phase at least.'
        if name in NAMING and member == '':
            yield f'{named(here)} is empty.'
        if name in LOCATIONS and not _is_url(member):
            yield f'{named(here)} is no URL; the specification wants one such as “ftp://192.168.1.10/logs”.'
        if name in CERTIFICATES and PEM not in member:
            yield f'{named(here)} is no certificate; the specification wants PEM, which has “{PEM}” in it.'
        later = ORDERED.get(name, '')
        if later in value and read_timestamp(value[later]) < read_timestamp(member):
            yield f'{named((*path, later))} is before “{name}”.'
        yield from _of_members(member, here)


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text) if URL.fullmatch(text) else None
        return parts is not None and (parts.scheme == 'file' or (bool(parts.hostname) and parts.port != 0))
    except ValueError:  # an IPv6 address that is none, a port of many digits
        return False


def _of_connector(request: Request, state: ChargePointState) -> Iterator[str]:
    """The complaint about a connector that the charger does not have, as far as it said how many it has (§9.1)."""
    asked, counted = request.payload.get('connectorId'), number_of_connectors(state.configuration)
    if asked is None:
        return
    if asked == 0 and request.action in OF_ONE_CONNECTOR:
        yield '“connectorId” is 0, the whole charger; this is for one connector: 1, 2, …'
    if counted is not None and asked > max(counted, *state.connectors, 0):
        yield f'“connectorId” is {asked}; the charger has {counted} connector{"s" if counted > 1 else ""}.'


def _of_request(request: Request, now: datetime) -> Iterator[str]:
    """The complaints about members by what the request is."""
    payload = request.payload
    if request.action == 'ReserveNow' and read_timestamp(payload['expiryDate']) <= now:
        yield f'“expiryDate” is {quoted(payload["expiryDate"])}, which is past; nothing would be reserved.'
    if payload.get('updateType') == 'Full':
        for index, card in enumerate(payload.get('localAuthorizationList', ())):
            if 'idTagInfo' not in card:
                path = named(('localAuthorizationList', index, 'idTagInfo'))
                yield f'{path} is missing; a full list has one for each card (§7.1).'
    if (password := new_password(request)) is not None and len(password) < MIN_PASSWORD:
        yield f'“value” is shorter than {MIN_PASSWORD} characters; as a password it would keep nobody out.'
    for name in ('chargingProfile', 'csChargingProfiles'):
        if name in payload:
            yield from _of_profile(payload[name], name, payload.get('connectorId'))


def _of_profile(profile: dict[str, Any], name: str, connector_id: int | None) -> Iterator[str]:
    purpose, named_purpose = profile['chargingProfilePurpose'], named((name, 'chargingProfilePurpose'))
    if name == 'chargingProfile' and purpose != 'TxProfile':
        yield f'{named_purpose} is {purpose}; a start takes a TxProfile (§6.33).'
    if purpose == 'ChargePointMaxProfile' and connector_id != 0:
        yield f'{named_purpose} is ChargePointMaxProfile; that is for connector 0 (§3.13.1).'
    if purpose == 'TxProfile' and connector_id == 0:
        yield f'{named_purpose} is TxProfile; that is for one connector: 1, 2, … (§3.13.1).'
    if 'transactionId' in profile and purpose != 'TxProfile':
        yield f'{named((name, "transactionId"))} is for a TxProfile only (§7.8).'
    periods = profile['chargingSchedule']['chargingSchedulePeriod']
    if periods and periods[0]['startPeriod'] > 0:
        path = named((name, 'chargingSchedule', 'chargingSchedulePeriod', 0, 'startPeriod'))
        yield f'{path} is {periods[0]["startPeriod"]}; the first period starts at 0 (§7.14).'
