"""`/api/chargepoint/configuration`: the charger's own settings, each with what it means and what was changed."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Any

from fastapi import FastAPI, Path, Request
from starlette.responses import Response

from cpo.errors import InvalidPayload, Rejected, UnknownKey
from cpo.masking import masked_value
from cpo.ocpp import KeyAnswer
from cpo.rest_api.bodies import from_json, read_body
from cpo.rest_api.callers import caller_name
from cpo.rest_api.documentation import FROM_THE_CHARGER, answers, json_body
from cpo.rest_api.errors import PayloadTooLarge, UnsupportedMediaType
from cpo.rest_api.json_response import json_response
from cpo.upkeep import ChargerKey, KeyBook

PATH = '/api/chargepoint/configuration'
DETAILS = {
    KeyAnswer.TAKEN: 'The charger took it.',
    KeyAnswer.AFTER_RESTART: 'The charger took it; it holds once it has restarted.',
}

REFUSALS = (UnknownKey, Rejected, PayloadTooLarge, UnsupportedMediaType, InvalidPayload)


class ConfigurationResource:
    """Serves the configuration keys as last read, reads them again, and changes one."""

    def __init__(self, book: KeyBook) -> None:
        self._book = book

    def install(self, app: FastAPI) -> None:
        """Add the routes to the application."""
        listed = answers({'items': [KEY], 'next': None})
        tags: list[str | Enum] = ['Charge point']
        app.add_api_route(
            PATH, self.get, tags=tags, summary="The charger's configuration keys as last read", responses=listed
        )
        app.add_api_route(
            PATH,
            self.post,
            methods=['POST'],
            tags=tags,
            summary='Read all of them again',
            responses=answers({'items': [KEY], 'next': None}, UnsupportedMediaType, *FROM_THE_CHARGER),
        )
        app.add_api_route(
            PATH + '/{key:path}',
            self.put,
            methods=['PUT'],
            tags=tags,
            summary='Change one',
            responses=answers(CHANGED, *REFUSALS, *FROM_THE_CHARGER),
            openapi_extra=json_body({'60': {'value': '60'}}),
        )

    async def get(self) -> Response:
        """`meaning` is null for a key of the charger's maker. `readOnly`: it said so since the program started.

        `because` says why this program gives the key this value by itself; `changed` what was changed last,
        by a person or by the program (`by` is empty). Secrets are `***`.
        """
        return json_response({'items': [key_document(key) for key in self._book.keys], 'next': None})

    async def post(self) -> Response:
        """Ask the charger, and answer as GET does."""
        await self._book.read()
        return await self.get()

    async def put(
        self, request: Request, key: Annotated[str, Path(description='The key', examples=['HeartbeatInterval'])]
    ) -> Response:
        """Change a key, and wait for the charger's answer; `detail` says where it holds after a restart only."""
        body = from_json(await read_body(request))
        value = body.get('value') if isinstance(body, dict) else None
        if not isinstance(value, str):
            raise InvalidPayload('The body must be a JSON object like {"value": "60"}.')
        answer = await self._book.change(key, value, caller_name(request))
        document = {'key': key, 'value': masked_value(key, value), 'status': answer, 'detail': DETAILS[answer]}
        return json_response(document)


def key_document(key: ChargerKey) -> dict[str, Any]:
    """The JSON document of a configuration key."""
    change = key.change
    return {
        'key': key.name,
        'value': key.value,
        'meaning': key.meaning,
        'because': key.because,
        'readOnly': key.is_read_only,
        'changed': None
        if change is None
        else {
            'at': change.at,
            'by': change.by,
            'from': change.before,
            'needsRestart': change.waits,
            'canUndo': key.can_undo,
        },
    }


KEY = {
    'key': 'MeterValueSampleInterval',
    'value': '10',
    'meaning': 'How often it sends values while it charges, in s.',
    'because': 'This program asks for values every 10 s, to follow the sun.',
    'readOnly': False,
    'changed': {'at': '2026-01-01T10:00:00Z', 'by': '', 'from': '60', 'needsRestart': False, 'canUndo': True},
}
CHANGED = {'key': 'HeartbeatInterval', 'value': '60', 'status': 'taken', 'detail': DETAILS[KeyAnswer.TAKEN]}
