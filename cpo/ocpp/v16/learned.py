"""What the answer to a request of ours changes in the state."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from cpo.ocpp.payloads import check
from cpo.ocpp.request import Request
from cpo.ocpp.v16 import configuration, core, reservation
from cpo.state import (
    Availability,
    AvailabilityAccepted,
    ConfigurationRead,
    Entry,
    LimitForgotten,
    ReservationCancelled,
    ReservationMade,
    cards,
)


def possible(request: Request) -> Iterator[Entry]:
    """The entries that a request causes also where no answer comes, as the charger may have done what it asks."""
    if request.action in ('SetChargingProfile', 'ClearChargingProfile'):
        leaves_none = request.action == 'ClearChargingProfile'
        yield LimitForgotten(int(request.payload.get('connectorId', 0)), leaves_none)


def learned(request: Request, response: Any, status: Any, now: datetime) -> Iterator[Entry]:
    """The entries that an answer with this `status` (None: it has none), which arrived at `now`, causes."""
    if isinstance(response, core.GetConfigurationResponse):
        read_keys = [each for each in response.configuration_key or () if each.key]
        keys = {configuration.spelled(k.key): k.value for k in read_keys}
        yield ConfigurationRead(keys, now, frozenset(configuration.spelled(k.key) for k in read_keys if k.readonly))
    payload = request.payload
    if request.action == 'ChangeAvailability' and status in ('Accepted', 'Scheduled'):
        asked = Availability(payload['type'] == 'Operative', status == 'Scheduled')
        yield AvailabilityAccepted(payload['connectorId'], asked)
    if status == 'Unknown' and request == Request('ClearChargingProfile', {}):
        yield from possible(request)  # the charger has none at all, so it has lost ours
    if status != 'Accepted':
        return
    if request.action == 'ChangeConfiguration':
        yield ConfigurationRead({configuration.spelled(payload['key']): payload['value']}, now)
    yield from possible(request)
    if request.action == 'SendLocalList':
        yield cards.CardListChanged(now)
    elif request.action == 'ReserveNow':
        made = check(reservation.ReserveNow, payload)
        yield ReservationMade(made.reservation_id, made.connector_id, made.id_tag, made.expiry_date, made.parent_id_tag)
    elif request.action == 'CancelReservation':
        yield ReservationCancelled(payload['reservationId'], now)
