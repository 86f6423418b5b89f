"""`/api/prices`: what a kWh from the grid costs and what one fed in earns, now and as far as somebody pushed it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from fastapi import FastAPI, Request
from starlette.responses import Response

from cpo.errors import InvalidPrices, JournalError
from cpo.prices import Price, PriceKind, Prices, PushedLists
from cpo.rest_api.bodies import caller_of, read_body
from cpo.rest_api.documentation import answers, json_body
from cpo.rest_api.errors import PayloadTooLarge
from cpo.rest_api.json_response import json_response
from cpo.rest_api.slots_input import pushed_prices_of
from cpo.sentences import source_name

PATH = '/api/prices'
AHEAD = timedelta(days=1)
"""So far the list reaches at least, beyond what was pushed."""


class PricesResource:
    """Takes prices in, and serves those that hold from now on."""

    def __init__(self, pushed: PushedLists, prices: Prices, now: Callable[[], datetime]) -> None:
        self._pushed, self._prices, self._now = pushed, prices, now

    def install(self, app: FastAPI) -> None:
        """Add the routes to the application."""
        tags: list[Any] = ['Prices']
        summary = 'What a kWh costs and earns, from now on'
        app.add_api_route(PATH, self.get, tags=tags, summary=summary, responses=answers(PRICES))
        app.add_api_route(
            PATH,
            self.put,
            methods=['PUT'],
            tags=tags,
            summary='Prices as far as they are known',
            responses=answers(PRICES, InvalidPrices, PayloadTooLarge, JournalError),
            openapi_extra=json_body(BODIES),
        )

    async def get(self) -> Response:
        """Slots one after the other, beginning with the one of now; `until` is how far somebody pushed prices.

        `basis` says how each is known: `pushed`; `fixed`, from the settings; `fallback`, from the settings because the
        pushed list has none for that time, or one in another currency. Pushed import prices are those of the formula in
        the settings.
        """
        return json_response(self._document())

    async def put(self, request: Request) -> Response:
        """Replace what these slots cover; all other slots stay, as does a list that is not given.

        Slots may be of any length; times have their zone. A list that is null is forgotten.
        """
        lists = pushed_prices_of(await read_body(request), source_name(caller_of(request)), self._prices.currency)
        await self._pushed.push(lists)
        return json_response(self._document())

    def _document(self) -> dict[str, Any]:
        prices, now = self._prices, self._now()
        tariff = prices.tariff
        return {
            'currency': prices.currency,
            'formula': {'factor': float(tariff.factor), 'plus': float(tariff.plus)},
            'until': {kind: prices.pushed_until(kind) for kind in PriceKind},
            **{kind: [_slot(price) for price in self._ahead(kind, now)] for kind in PriceKind},
        }

    def _ahead(self, kind: PriceKind, now: datetime) -> list[Price]:
        until = self._prices.pushed_until(kind)
        return self._prices.between(now, max(now + AHEAD, until or now), kind)


def _slot(price: Price) -> dict[str, Any]:
    return {
        'start': price.starts_at,
        'end': price.ends_at,
        'price': float(price.price),
        'basis': price.basis,
        'by': price.source or None,
    }


PRICES = {
    'currency': 'EUR',
    'formula': {'factor': 1.19, 'plus': 0.16},
    'until': {'import': '2026-01-02T00:00:00Z', 'export': None},
    'import': [
        {
            'start': '2026-01-01T10:00:55Z',
            'end': '2026-01-01T10:15:00Z',
            'price': 0.2671,
            'basis': 'pushed',
            'by': 'Home Assistant',
        }
    ],
    'export': [
        {
            'start': '2026-01-01T10:00:55Z',
            'end': '2026-01-02T10:00:55Z',
            'price': 0.08,
            'basis': 'fixed',
            'by': None,
        }
    ],
}
BODIES = {
    'prices of a quarter of an hour': {
        'import': [
            {'start': '2026-01-01T11:00:00+01:00', 'end': '2026-01-01T11:15:00+01:00', 'price': 0.09},
            {'start': '2026-01-01T11:15:00+01:00', 'end': '2026-01-01T11:30:00+01:00', 'price': 0.085},
        ],
        'currency': 'EUR',
    },
    'both kinds, by an hour': {
        'import': [{'start': '2026-01-01T10:00:00Z', 'end': '2026-01-01T11:00:00Z', 'price': 0.31}],
        'export': [{'start': '2026-01-01T10:00:00Z', 'end': '2026-01-01T11:00:00Z', 'price': 0.07}],
        'by': 'my script',
    },
    'nobody pushes them any more': {'import': None},
}
