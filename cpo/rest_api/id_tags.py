"""`/api/idtags`: this program's list of idTags that may charge or are refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import FastAPI, Path, Query, Request
from starlette.responses import Response

from cpo.charge_point import ChargePoint
from cpo.clock import utc_now
from cpo.errors import InvalidIdTag, JournalError, UnknownIdTag
from cpo.rest_api.bodies import from_json, read_body
from cpo.rest_api.documentation import answers, json_body
from cpo.rest_api.errors import InvalidQuery, PayloadTooLarge
from cpo.rest_api.json_response import json_response, whole
from cpo.rest_api.pages import Limit, first_page, page_document
from cpo.state import IdTag, SeenTag, TagStatus, month_energy_wh, unknown_tags

PATH = '/api/idtags'
STATUSES = tuple(status for status in TagStatus if status is not TagStatus.CONCURRENT)
OF_OCPP = ('status', 'expiryDate', 'parentIdTag')
TEXTS = ('name', 'person')
MEMBERS = (*OF_OCPP, *TEXTS)
MAX_TEXT = 40

IdTagInPath = Annotated[str, Path(description='The idTag; upper and lower case are the same', examples=['Tag1'])]


class IdTagsResource:
    """Lists and changes id tags; a change that was answered with 200 holds and is persisted."""

    def __init__(self, charge_point: ChargePoint, now: Callable[[], datetime] = utc_now) -> None:
        self._charge_point = charge_point
        self._now = now

    def install(self, app: FastAPI) -> None:
        """Add the routes to the application."""
        known = {'items': [ID_TAG], 'next': f'{PATH}?limit=1&after=Tag1'}
        page = answers(known | {'unknown': [UNKNOWN]}, InvalidQuery)
        app.add_api_route(PATH, self.get, tags=['Records'], summary='Who may charge', responses=page)
        for method, endpoint, summary, responses, more in (
            ('GET', self.get_one, 'One id tag', answers(ID_TAG, UnknownIdTag), None),
            (
                'PUT',
                self.put,
                'Add or change an id tag; answered once it is kept',
                answers(ID_TAG, InvalidIdTag, PayloadTooLarge, JournalError),
                json_body(BODIES),
            ),
            (
                'DELETE',
                self.delete,
                'Delete an id tag; answers with what it was',
                answers(ID_TAG, UnknownIdTag, JournalError),
                None,
            ),
        ):
            app.add_api_route(
                f'{PATH}/{{id_tag:path}}',
                endpoint,
                methods=[method],
                tags=['Records'],
                summary=summary,
                responses=responses,
                openapi_extra=more,
            )

    async def get(
        self,
        limit: Limit = 100,
        after: Annotated[str | None, Query(description='as in `next` of the page before')] = None,
    ) -> Response:
        """A page of id tags, sorted by id.

        `status` is what a charger is answered now, `Expired` from `expiryDate` on. `unknown` are other tags that were
        held to the charger, the newest first.
        """
        state = self._charge_point.state
        known = sorted(state.id_tags.items())
        following = (tag for key, tag in known if after is None or key > after.casefold())
        page, more = first_page(following, limit)
        documents = [self._document(tag) for tag in page]
        document = page_document(documents, PATH, limit, page[-1].id_tag if more else None, 'after')
        return json_response(document | {'unknown': [_unknown(tag) for tag in unknown_tags(state)]})

    async def get_one(self, id_tag: IdTagInPath) -> Response:
        """The id tag in the path; 404 where the list has none."""
        tag = self._charge_point.state.id_tags.get(id_tag.casefold())
        if tag is None:
            raise UnknownIdTag(f'There is no id tag {id_tag[:40]}.')
        return json_response(self._document(tag))

    async def put(self, request: Request, id_tag: IdTagInPath) -> Response:
        """Add an id tag, or change the members that are given; null clears one.

        A new tag needs a `status`. Where it is given, an `expiryDate` or `parentIdTag` that is not given is none. An
        `expiryDate` in the past is allowed. Sessions keep the `person` that the tag had when they began.
        """
        charge_point = self._charge_point
        members = members_of(id_tag, await read_body(request), charge_point.dialect.max_id_tag_length)
        return json_response(self._document(await charge_point.id_tags.put(id_tag, members)))

    async def delete(self, id_tag: IdTagInPath) -> Response:
        """Delete an id tag: from now on it is unknown, also after a restart with settings that name it."""
        return json_response(self._document(await self._charge_point.id_tags.delete(id_tag)))

    def _document(self, tag: IdTag) -> dict[str, Any]:
        state, now = self._charge_point.state, self._now()
        seen = state.seen_tags.get(tag.id_tag.casefold())
        return {
            'idTag': tag.id_tag,
            'status': tag.status_at(now),
            'expiryDate': tag.expiry_date,
            'parentIdTag': tag.parent_id_tag,
            'name': tag.name or None,
            'person': tag.person or None,
            'last_seen': None if seen is None else seen.at,
            'energy_month_wh': whole(month_energy_wh(tag.id_tag, state, now)),
        }


def _unknown(tag: SeenTag) -> dict[str, Any]:
    return {'idTag': tag.id_tag, 'status': tag.status, 'last_seen': tag.at}


def members_of(id_tag: str, body: bytes, max_length: int) -> dict[str, Any]:
    """Parse the body of a PUT into members of an IdTag; raises InvalidIdTag, whose text names the wrong member."""
    members = from_json(body)
    _check_text('idTag', id_tag, max_length)
    if not isinstance(members, dict):
        raise InvalidIdTag('The body must be a JSON object like {"status": "Accepted"}.')
    if not members:
        raise InvalidIdTag(f'The body names nothing to change; there are {", ".join(MEMBERS)}.')
    if unknown := members.keys() - {*MEMBERS}:
        raise InvalidIdTag(f'{min(unknown)!r} is not known here; there are {", ".join(MEMBERS)}.')
    if 'status' in members:
        members = dict.fromkeys(OF_OCPP) | members
    return {MEMBER_NAMES.get(name, name): _member(name, value, max_length) for name, value in members.items()}


def _member(name: str, value: object, max_length: int) -> object:
    match name:
        case 'status':
            if value not in STATUSES:
                raise InvalidIdTag(f'status must be one of {", ".join(STATUSES)}.')
            return value
        case 'expiryDate':
            return _expiry_date(value)
        case 'parentIdTag':
            return None if value is None else _check_text(name, value, max_length)
        case _:
            return '' if value is None or value == '' else _check_text(name, value, MAX_TEXT).strip()


def _check_text(name: str, value: object, max_length: int) -> str:
    if not isinstance(value, str) or not 1 <= len(value) <= max_length or not value.isprintable():
        raise InvalidIdTag(f'{name} must be a text of 1 to {max_length} characters.')
    return value


def _expiry_date(value: object) -> datetime | None:
    """Parse an expiryDate, cut to the milliseconds the journal stores; raises InvalidIdTag."""
    if value is None:
        return None
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
        if at is not None and at.tzinfo is not None:
            return at.astimezone(UTC).replace(microsecond=at.microsecond // 1000 * 1000)
    except (ValueError, OverflowError):
        pass
    raise InvalidIdTag('expiryDate must be a time like 2030-01-01T12:00:00Z, or null.')


MEMBER_NAMES = {'expiryDate': 'expiry_date', 'parentIdTag': 'parent_id_tag'}
ID_TAG = {
    'idTag': 'Tag1',
    'status': 'Accepted',
    'expiryDate': '2030-01-01T12:00:00Z',
    'parentIdTag': None,
    'name': 'Blue card',
    'person': 'Anna',
    'last_seen': '2026-06-14T17:02:11Z',
    'energy_month_wh': 84200,
}
UNKNOWN = {'idTag': '04A291C3', 'status': 'Invalid', 'last_seen': '2026-06-14T17:02:11Z'}
BODIES = {
    'may charge': {'status': 'Accepted'},
    'until a date, in a group': {
        'status': 'Accepted',
        'expiryDate': '2030-01-01T12:00:00Z',
        'parentIdTag': 'Family',
    },
    'may not': {'status': 'Blocked'},
    'whose card it is': {'name': 'Blue card', 'person': 'Anna'},
}
