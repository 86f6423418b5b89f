"""`/api/settings`: every setting with its value and where that comes from, and what the page may change."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from pydantic import SecretStr
from starlette.responses import Response

from cpo.charge_point import ChargePoint
from cpo.errors import InvalidSetting, JournalError, LockedSetting
from cpo.masking import MASK
from cpo.rest_api.bodies import from_json, read_body
from cpo.rest_api.callers import caller_name
from cpo.rest_api.documentation import answers, json_body
from cpo.rest_api.errors import PayloadTooLarge
from cpo.rest_api.json_response import json_response
from cpo.settings import TABLE, Changes, Row, rows
from cpo.version import VERSION

PATH = '/api/settings'
FILE_PATH = f'{PATH}/file'
FILE_NAME = 'home-cpo-settings.json'
MADE_BY = 'home_cpo'
TAGS: list[Any] = ['Settings']


class SettingsResource:
    """Lists and changes settings, also as one file; only owners come as far as this."""

    def __init__(self, charge_point: ChargePoint) -> None:
        self._charge_point = charge_point
        self._keeper = charge_point.settings_keeper

    def install(self, app: FastAPI) -> None:
        """Add the routes to the application."""
        page = {'items': [SETTING], 'next': None}
        changed = answers(page, InvalidSetting, LockedSetting, PayloadTooLarge, JournalError)
        app.add_api_route(PATH, self.get, tags=TAGS, summary='Every setting', responses=answers(page))
        app.add_api_route(
            PATH,
            self.put,
            methods=['PUT'],
            tags=TAGS,
            summary='Change settings, all of these or none',
            responses=changed,
            openapi_extra=json_body(BODIES),
        )
        app.add_api_route(
            FILE_PATH, self.get_file, tags=TAGS, summary='What the page can change, as a file', responses=answers(FILE)
        )
        app.add_api_route(
            FILE_PATH,
            self.put_file,
            methods=['PUT'],
            tags=TAGS,
            summary='Take the settings of such a file',
            responses=changed,
            openapi_extra=json_body({'a file': FILE}),
        )

    async def get(self) -> Response:
        """Every setting, in the order of the page; a secret one would show only whether it is set.

        `locked` ones cannot change here: `source` says what has them. `previous` is what the page had before, null the
        default; `pending` is true where the value holds after the next start.
        """
        return self._all()

    async def put(self, request: Request) -> Response:
        """Change settings by their names; null brings the default back. Each holds at once, or as `changes` says."""
        members = from_json(await read_body(request))
        if not isinstance(members, dict):
            raise InvalidSetting('The body must be a JSON object like {"max_current": 10}.')
        return await self._change(request, members)

    async def get_file(self) -> Response:
        """The value of each setting that the page can change, null for a default; it has no secrets."""
        values = {row.name: self._chosen(row) for row in rows().values() if row.changes is not Changes.NEVER}
        disposition = {'Content-Disposition': f'attachment; filename="{FILE_NAME}"'}
        return json_response({MADE_BY: VERSION, 'settings': values}, headers=disposition)

    async def put_file(self, request: Request) -> Response:
        """Change all settings that a file of `GET /api/settings/file` has, but for those that are locked here."""
        file = from_json(await read_body(request))
        members = file.get('settings') if isinstance(file, dict) and MADE_BY in file else None
        if not isinstance(members, dict):
            raise InvalidSetting('This is no file of settings of this program.')
        locked = {row.name for row in rows().values() if self._keeper.is_locked(row)}
        return await self._change(request, {name: value for name, value in members.items() if name not in locked})

    async def _change(self, request: Request, members: dict[str, Any]) -> Response:
        await self._keeper.change(members, caller_name(request))
        return self._all()

    def _chosen(self, row: Row) -> Any:
        """The value of a setting, None for the default."""
        value = self._keeper.value_of(row)
        return None if value == self._keeper.default_of(row) else value

    def _all(self) -> Response:
        items = [self._document(row) | {'group': group} for group, its_rows in TABLE.items() for row in its_rows]
        return json_response({'items': items, 'next': None})

    def _document(self, row: Row) -> dict[str, Any]:
        keeper, page = self._keeper, self._charge_point.state.settings.get(row.name)
        is_of_page = page is not None and not keeper.is_locked(row)
        return {
            'name': row.name,
            'value': _shown(keeper.value_of(row)),
            'default': _shown(keeper.default_of(row)),
            'source': keeper.source_of(row),
            'locked': keeper.is_locked(row),
            'needs_restart': row.changes is not Changes.AT_ONCE,
            'pending': keeper.awaits_restart(row),
            'title': row.title,
            'description': row.description,
            'kind': row.kind,
            'unit': row.unit or None,
            'least': row.least,
            'most': row.most,
            'choices': {value: row.words.get(value, value) for value in row.choices} or None,
            'previous': page.before if page and is_of_page else None,
            'changed_at': page.at if page and is_of_page else None,
            'changed_by': page.by if page and is_of_page else None,
        }


def _shown(value: Any) -> Any:
    if isinstance(value, SecretStr):
        return MASK
    return str(value) if isinstance(value, Path) else value


SETTING = {
    'name': 'max_current',
    'value': 10.0,
    'default': 16.0,
    'source': 'page',
    'locked': False,
    'needs_restart': False,
    'pending': False,
    'title': 'Maximum current',
    'description': 'No limit is ever above this. A lower one holds at once, for what charges too.',
    'kind': 'number',
    'unit': 'A',
    'least': 1.0,
    'most': 80.0,
    'choices': None,
    'previous': None,
    'changed_at': '2026-01-01T10:00:00Z',
    'changed_by': 'Anna',
    'group': 'House and wallbox',
}
FILE = {MADE_BY: VERSION, 'settings': {'max_current': 10.0, 'phases': None, 'allowed_hosts': ['cpo.example.org']}}
BODIES = {
    'a lower maximum, at once': {'max_current': 10},
    'the default again': {'max_current': None},
    'several, all or none': {'fuse': 35, 'phases': 3, 'name': 'Garage'},
}
