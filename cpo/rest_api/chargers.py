"""`/api/chargers`: the chargers that ever knocked, and which of them are let in."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import FastAPI, Path, Request
from starlette.responses import Response

from cpo.charge_point import ChargePoint
from cpo.connection import ChargerChange
from cpo.errors import InvalidCharger, JournalError
from cpo.rest_api.bodies import from_json, read_body
from cpo.rest_api.callers import caller_name
from cpo.rest_api.documentation import answers, json_body
from cpo.rest_api.errors import PayloadTooLarge
from cpo.rest_api.json_response import json_response
from cpo.state import KnownCharger, SecurityProfile

PATH = '/api/chargers'
MEMBERS = ('adopted', 'name', 'password', 'security_profile')
PASSWORD_LENGTHS = range(8, 101)
MAX_NAME = 40

IdInPath = Annotated[str, Path(description='The charge box id, percent-encoded', examples=['garage'])]


class ChargersResource:
    """Lists and changes what is known of chargers; only owners come as far as this."""

    def __init__(self, charge_point: ChargePoint) -> None:
        self._charge_point = charge_point

    def install(self, app: FastAPI) -> None:
        """Add the routes to the application."""
        page = answers({'items': [CHARGER], 'next': None})
        app.add_api_route(PATH, self.get, tags=['Chargers'], summary='Which chargers ever knocked', responses=page)
        app.add_api_route(
            f'{PATH}/{{charge_box_id:path}}',
            self.put,
            methods=['PUT'],
            tags=['Chargers'],
            summary='Let a charger in, or no longer; its name, password and security profile',
            responses=answers(CHARGER, InvalidCharger, PayloadTooLarge, JournalError),
            openapi_extra=json_body(BODIES),
        )
        app.add_api_route(
            f'{PATH}/{{charge_box_id:path}}',
            self.delete,
            methods=['DELETE'],
            tags=['Chargers'],
            summary='Dismiss a charger that knocked; answers with what was known of it',
            responses=answers(CHARGER | {'adopted': False, 'connected': False}, InvalidCharger, JournalError),
        )

    async def get(self) -> Response:
        """All but dismissed ones, the adopted first; `last_seen` is when one knocked last, null where it never did."""
        known = sorted(self._charge_point.state.chargers.values(), key=lambda each: each.charge_box_id)
        listed = (each for each in known if each != KnownCharger(each.charge_box_id))
        items = [self._document(charger) for charger in sorted(listed, key=lambda each: not each.adopted)]
        return json_response({'items': items, 'next': None})

    async def put(self, request: Request, charge_box_id: IdInPath) -> Response:
        """An adopted charger is let in; an id that never knocked can be adopted before it does.

        A password is that of the charger, as text or as the digits of its AuthorizationKey; it makes the security
        profile 1 where that was 0, and 0 forgets it. A member that is left out stays as it is. The connection of a
        charger that is no longer let in like that is closed.
        """
        change = _change_of(await read_body(request), caller_name(request))
        box = charge_box_id.strip('/')
        if not box:
            raise InvalidCharger('The path names no charge box id.')
        return json_response(self._document(await self._charge_point.connections.change_known(box, change)))

    async def delete(self, charge_box_id: IdInPath) -> Response:
        """A charger that is not let in is no longer listed, and no page asks about it, until it knocks again."""
        known = await self._charge_point.connections.adoption.dismiss(charge_box_id.strip('/'))
        return json_response(self._document(known))

    def _document(self, charger: KnownCharger) -> dict[str, Any]:
        state = self._charge_point.state
        return {
            'charge_box_id': charger.charge_box_id,
            'name': charger.name or None,
            'adopted': charger.adopted,
            'security_profile': int(charger.security_profile),
            'has_password': charger.password_hash is not None,
            'certificate_until': charger.certificate_until,
            'connected': state.connected and state.charge_box_id == charger.charge_box_id,
            'last_seen': charger.knocked_at,
            'address': charger.address or None,
        }


def _change_of(body: bytes, by: str) -> ChargerChange:
    members = from_json(body)
    if not isinstance(members, dict) or not members:
        raise InvalidCharger('The body must be a JSON object like {"adopted": true}.')
    if unknown := members.keys() - {*MEMBERS}:
        raise InvalidCharger(f'{min(unknown)!r} is not known here; there are {", ".join(MEMBERS)}.')
    adopted, name, password, profile = (members.get(member) for member in MEMBERS)
    if adopted is not None and not isinstance(adopted, bool):
        raise InvalidCharger('adopted must be true or false.')
    if name is not None and not (isinstance(name, str) and len(name) <= MAX_NAME and name.isprintable()):
        raise InvalidCharger(f'name must be a text of at most {MAX_NAME} characters; an empty one is none.')
    if password is not None and not (isinstance(password, str) and len(password) in PASSWORD_LENGTHS):
        raise InvalidCharger(f'password must be a text of {PASSWORD_LENGTHS[0]} to {PASSWORD_LENGTHS[-1]} characters.')
    if isinstance(profile, bool) or profile not in (None, *SecurityProfile):
        raise InvalidCharger('security_profile must be 0, 1, 2 or 3.')
    security = None if profile is None else SecurityProfile(profile)
    return ChargerChange(adopted, name and name.strip(), password, security, by)


CHARGER = {
    'charge_box_id': 'garage',
    'name': None,
    'adopted': True,
    'security_profile': 1,
    'has_password': True,
    'certificate_until': None,
    'connected': True,
    'last_seen': '2026-06-14T12:30:00Z',
    'address': '192.168.1.7',
}
BODIES = {
    'let one in': {'adopted': True},
    'name it': {'name': 'Left wallbox'},
    'with a password': {'password': 'as typed into the wallbox'},
    'without one again': {'security_profile': 0},
    'not any more': {'adopted': False},
}
