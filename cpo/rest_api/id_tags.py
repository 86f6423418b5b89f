"""`/api/idtags`: this program's list of idTags that may charge or are refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import FastAPI, Path, Query, Request
from starlette.responses import Response

from cpo.charge_point import ChargePoint
from cpo.clock import utc_now
from cpo.errors import InvalidIdTag, JournalError, UnknownIdTag
from cpo.rest_api.bodies import read_body
from cpo.rest_api.callers import caller_name
from cpo.rest_api.documentation import answers, json_body
from cpo.rest_api.errors import InvalidQuery, PayloadTooLarge
from cpo.rest_api.id_tag_members import BODIES, ID_TAG, id_tag_document, members_of
from cpo.rest_api.json_response import json_response
from cpo.rest_api.pages import Limit, first_page, page_document
from cpo.state import (
    IdTag,
    SeenTag,
    cards,
)

PATH = '/api/idtags'
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

        `status` is what a charger is answered now, `Expired` from `expiryDate` on; it is answered `Blocked` where
        `refusal` says that the hours or the allowance of the card refuse it. `unknown` are other tags that were
        held to the charger, the newest first.
        """
        state = self._charge_point.state
        known = sorted(state.id_tags.items())
        following = (tag for key, tag in known if after is None or key > after.casefold())
        page, more = first_page(following, limit)
        documents = self._documents(page)
        document = page_document(documents, PATH, limit, page[-1].id_tag if more else None, 'after')
        return json_response(document | {'unknown': [_unknown(tag) for tag in cards.unknown_tags(state)]})

    async def get_one(self, id_tag: IdTagInPath) -> Response:
        """The id tag in the path; 404 where the list has none."""
        tag = self._charge_point.state.id_tags.get(id_tag.casefold())
        if tag is None:
            raise UnknownIdTag(f'There is no id tag {id_tag[:40]}.')
        return json_response(self._document(tag))

    async def put(self, request: Request, id_tag: IdTagInPath) -> Response:
        """Add an id tag, or change the members that are given; null clears one.

        A new tag needs a `status`. Where it is given, an `expiryDate` or `parentIdTag` that is not given is none. An
        `expiryDate` in the past is allowed. Sessions keep the `person` that the tag had when they began. They begin in
        `mode`, and with `limit` in A (`manual` only). `hours` are by the clock of this computer; once they are over, a
        session is ended, or paused where 0 A pause. `after_allowance` says what happens once a month's sessions have
        charged `allowance_kwh`: `refuse` new ones, charge from the `sun` only, or just `say` it. `goal`, as in `PUT
        …/goal` without `repeat`, holds for each session begun with the card, unless the connector has one of its own.
        """
        charge_point = self._charge_point
        body, max_length = await read_body(request), charge_point.dialect.max_id_tag_length
        members = members_of(id_tag, body, max_length, charge_point.settings.max_current)
        return json_response(self._document(await charge_point.id_tags.put(id_tag, members, caller_name(request))))

    async def delete(self, request: Request, id_tag: IdTagInPath) -> Response:
        """Delete an id tag: from now on it is unknown, also after a restart with settings that name it."""
        return json_response(self._document(await self._charge_point.id_tags.delete(id_tag, caller_name(request))))

    def _document(self, tag: IdTag) -> dict[str, Any]:
        return self._documents([tag])[0]

    def _documents(self, tags: Sequence[IdTag]) -> list[dict[str, Any]]:
        state, now = self._charge_point.state, self._now()
        energies_wh = cards.month_energies_wh(state, now)
        return [id_tag_document(tag, state, now, energies_wh) for tag in tags]


def _unknown(tag: SeenTag) -> dict[str, Any]:
    return {'idTag': tag.id_tag, 'status': tag.status, 'last_seen': tag.at}


UNKNOWN = {'idTag': '04A291C3', 'status': 'Invalid', 'last_seen': '2026-06-14T17:02:11Z'}
