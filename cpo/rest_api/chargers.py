"""`/api/chargers`: the chargers that ever knocked, and which of them are let in."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import FastAPI, Path, Request
from starlette.responses import Response

from cpo.charge_point import ChargePoint
from cpo.errors import InvalidCharger, JournalError
from cpo.rest_api.bodies import from_json, read_body
from cpo.rest_api.documentation import answers, json_body
from cpo.rest_api.errors import PayloadTooLarge
from cpo.rest_api.json_response import json_response
from cpo.state import KnownCharger

PATH = '/api/chargers'
MEMBERS = ('adopted', 'name')
MAX_NAME = 40

IdInPath = Annotated[str, Path(description='The charge box id, percent-encoded', examples=['garage'])]


class ChargersResource:
    """Lists, adopts, releases and names chargers; only owners come as far as this."""

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
            summary='Let a charger in, or no longer, or name it',
            responses=answers(CHARGER, InvalidCharger, PayloadTooLarge, JournalError),
            openapi_extra=json_body(BODIES),
        )

    async def get(self) -> Response:
        """All of them, the adopted ones first; `last_seen` is when one knocked last, null for one that never did."""
        known = sorted(self._charge_point.state.chargers.values(), key=lambda each: each.charge_box_id)
        items = [self._document(charger) for charger in sorted(known, key=lambda each: not each.adopted)]
        return json_response({'items': items, 'next': None})

    async def put(self, request: Request, charge_box_id: IdInPath) -> Response:
        """An adopted charger is let in; the connection of one that is no longer adopted is closed.

        An id that never knocked can be adopted before it does. A member that is left out stays as it is.
        """
        adopted, name = _members_of(await read_body(request))
        box = charge_box_id.strip('/')
        if not box:
            raise InvalidCharger('The path names no charge box id.')
        return json_response(self._document(await self._charge_point.connections.change_known(box, adopted, name)))

    def _document(self, charger: KnownCharger) -> dict[str, Any]:
        state = self._charge_point.state
        return {
            'charge_box_id': charger.charge_box_id,
            'name': charger.name or None,
            'adopted': charger.adopted,
            'connected': state.connected and state.charge_box_id == charger.charge_box_id,
            'last_seen': charger.knocked_at,
            'address': charger.address or None,
        }


def _members_of(body: bytes) -> tuple[bool | None, str | None]:
    members = from_json(body)
    if not isinstance(members, dict) or not members:
        raise InvalidCharger('The body must be a JSON object like {"adopted": true}.')
    if unknown := members.keys() - {*MEMBERS}:
        raise InvalidCharger(f'{min(unknown)!r} is not known here; there are {", ".join(MEMBERS)}.')
    adopted, name = members.get('adopted'), members.get('name')
    if adopted is not None and not isinstance(adopted, bool):
        raise InvalidCharger('adopted must be true or false.')
    if name is not None and not (isinstance(name, str) and len(name) <= MAX_NAME and name.isprintable()):
        raise InvalidCharger(f'name must be a text of at most {MAX_NAME} characters; an empty one is none.')
    return adopted, name if name is None else name.strip()


CHARGER = {
    'charge_box_id': 'garage',
    'name': None,
    'adopted': True,
    'connected': True,
    'last_seen': '2026-06-14T12:30:00Z',
    'address': '192.168.1.7',
}
BODIES = {'let one in': {'adopted': True}, 'name it': {'name': 'Left wallbox'}, 'not any more': {'adopted': False}}
