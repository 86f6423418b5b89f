"""`/api/forecast`: what the sun is expected to give, and what the house is expected to take without the car."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from fastapi import FastAPI, Request
from starlette.responses import Response

from cpo.controllers import Quarters
from cpo.errors import InvalidForecast, JournalError
from cpo.prices import PushedList, PushedLists
from cpo.rest_api.bodies import caller_of, read_body
from cpo.rest_api.documentation import answers, json_body
from cpo.rest_api.errors import PayloadTooLarge
from cpo.rest_api.json_response import json_response
from cpo.rest_api.slots_input import pushed_forecast_of
from cpo.sentences import source_name

PATH = '/api/forecast'
AHEAD = timedelta(days=1)


class ForecastResource:
    """Takes forecasts in, and serves what is expected from now on."""

    def __init__(self, pushed: PushedLists, quarters: Quarters, now: Callable[[], datetime]) -> None:
        self._pushed, self._quarters, self._now = pushed, quarters, now

    def install(self, app: FastAPI) -> None:
        """Add the routes to the application."""
        tags: list[Any] = ['Prices']
        summary = 'Sun and house, as expected from now on'
        app.add_api_route(PATH, self.get, tags=tags, summary=summary, responses=answers(FORECAST))
        app.add_api_route(
            PATH,
            self.put,
            methods=['PUT'],
            tags=tags,
            summary='What sun and house are expected to give and take',
            responses=answers(FORECAST, InvalidForecast, PayloadTooLarge, JournalError),
            openapi_extra=json_body(BODIES),
        )

    async def get(self) -> Response:
        """Slots in W from now on. `basis` is `pushed`, or `usual`: the mean of the same quarter of the last days.

        A time of which neither is known has no slot.
        """
        return json_response(self._document())

    async def put(self, request: Request) -> Response:
        """Replace what these slots cover; all other slots stay, as does a list that is not given.

        Slots may be of any length; times have their zone. A list that is null is forgotten.
        """
        await self._pushed.push(pushed_forecast_of(await read_body(request), source_name(caller_of(request))))
        return json_response(self._document())

    def _document(self) -> dict[str, Any]:
        names = (PushedList.PV, PushedList.HOUSE)
        return {
            'until': {name: self._pushed.until(name) for name in names},
            **{name: self._ahead(name) for name in names},
        }

    def _ahead(self, name: PushedList) -> list[dict[str, Any]]:
        """The pushed slots that are not over, then quarters as usual until tomorrow at this time."""
        now = self._now()
        pushed = [each for each in self._pushed.slots(name) if each.ends_at > now]
        slots = [_slot(max(each.starts_at, now), each.ends_at, float(each.value), 'pushed') for each in pushed]
        begin = max(now, pushed[-1].ends_at if pushed else now)
        usual = self._quarters.usual(name, begin, now + AHEAD)
        return [*slots, *(_slot(span.starts_at, span.ends_at, span.value, 'usual') for span in usual)]


def _slot(start: datetime, end: datetime, value: float, basis: str) -> dict[str, Any]:
    return {'start': start, 'end': end, 'value': round(value, 1), 'basis': basis}


FORECAST = {
    'until': {'pv_w': '2026-01-01T10:30:00Z', 'house_w': None},
    'pv_w': [{'start': '2026-01-01T10:15:00Z', 'end': '2026-01-01T10:30:00Z', 'value': 2400.0, 'basis': 'pushed'}],
    'house_w': [{'start': '2026-01-01T10:15:00Z', 'end': '2026-01-01T10:30:00Z', 'value': 380.0, 'basis': 'usual'}],
}
BODIES = {
    'the sun of tomorrow, by the hour': {
        'pv_w': [
            {'start': '2026-01-02T09:00:00+01:00', 'end': '2026-01-02T10:00:00+01:00', 'value': 1800},
            {'start': '2026-01-02T10:00:00+01:00', 'end': '2026-01-02T11:00:00+01:00', 'value': 2600},
        ],
        'by': 'Solcast',
    },
    'the house too': {
        'house_w': [{'start': '2026-01-02T09:00:00+01:00', 'end': '2026-01-02T17:00:00+01:00', 'value': 400}]
    },
    'nobody pushes it any more': {'pv_w': None},
}
