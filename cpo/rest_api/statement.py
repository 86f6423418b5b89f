"""`/api/statement`: what was charged in a period, as a sealed file, and `/api/statement/seal`: a closed month."""

from __future__ import annotations

import asyncio
from calendar import monthrange
from datetime import date
from functools import partial
from typing import Annotated, Literal

from fastapi import FastAPI, Query
from starlette.responses import Response

from cpo.access import hash_policy
from cpo.charge_point import ChargePoint
from cpo.clock import LOCAL
from cpo.errors import JournalError, UnknownMonth, UnknownPerson
from cpo.rest_api.documentation import answers
from cpo.rest_api.errors import InvalidQuery
from cpo.statement import MEDIA_TYPES, PRINT_SCRIPT, Form, Ledger, exported, exported_month

PATH = '/api/statement'
SHOWN = (Form.HTML, Form.PDF)
"""What a browser shows; the others it saves."""

From = Annotated[str | None, Query(alias='from', description='a day, month or year, by default this month')]
To = Annotated[str | None, Query(description='a day, month or year, itself included; by default that of `from`')]


class StatementResource:
    """Serves statements and closed months."""

    def __init__(self, charge_point: ChargePoint, ledger: Ledger) -> None:
        self._charge_point, self._ledger = charge_point, ledger

    def install(self, app: FastAPI) -> None:
        """Add the routes to the application."""
        app.add_api_route(
            PATH,
            self.get,
            tags=['Records'],
            summary='A statement of what was charged, as a sealed file',
            responses=answers(STATEMENT, InvalidQuery, UnknownPerson, JournalError),
        )
        app.add_api_route(
            f'{PATH}/seal',
            self.get_seal,
            tags=['Records'],
            summary='A closed month with its signature and public key',
            responses=answers(CLOSED_MONTH, InvalidQuery, UnknownMonth, JournalError),
        )

    async def get(
        self,
        from_: From = None,
        to: To = None,
        person: Annotated[str | None, Query(description='a person, by default everybody')] = None,
        card: Annotated[str | None, Query(description='a card instead, by its name or id tag')] = None,
        format_: Annotated[Form, Query(alias='format')] = Form.JSON,
        separator: Annotated[Literal[',', ';'], Query(description='of a CSV; `;` also writes decimal commas')] = ',',
    ) -> Response:
        """The sessions that ended in the period, in local time, and their sums by month and person.

        Each file carries a seal: `home-cpo verify FILE` says whether it is whole. Amounts are decimal numbers as text.
        """
        today = self._charge_point.now().astimezone(LOCAL).date()
        first, last = period_of(from_, to, today)
        if person and card:
            raise InvalidQuery('person, card: give one of them.')
        statement = await self._ledger.statement(first, last, person or card or None)
        key = await self._ledger.key()
        file = await asyncio.to_thread(partial(exported, statement, format_, key, separator))
        how = 'inline' if format_ in SHOWN else 'attachment'
        name = f'charging-statement-{first}-to-{last}.{format_}'
        headers = {'Content-Disposition': f'{how}; filename="{name}"', 'Cache-Control': 'no-store'}
        if format_ is Form.HTML:
            headers |= hash_policy(PRINT_SCRIPT)
        return Response(file, media_type=MEDIA_TYPES[format_], headers=headers)

    async def get_seal(self, month: Annotated[str, Query(examples=['2026-01'])]) -> Response:
        """The month as it was closed: `sealed` is the signed text (JSON), with the SHA-256 of the month before it.

        `signature` is its Ed25519 signature by `publicKey`, in hex.
        """
        file = exported_month(await self._ledger.closed(month), await self._ledger.key())
        headers = {'Content-Disposition': f'attachment; filename="charging-month-{month}.json"'}
        return Response(file, media_type=MEDIA_TYPES[Form.JSON], headers=headers)


def period_of(from_: str | None, to: str | None, today: date) -> tuple[date, date]:
    """The first and last day of the period; without `to` it is the whole of `from`. Raises InvalidQuery."""
    first, end = (today.replace(day=1), today) if from_ is None else _days_of(from_)
    last = end if to is None else _days_of(to)[1]
    if first > last:
        raise InvalidQuery('from: it has to be before to.')
    if first > today:
        raise InvalidQuery('from: this period lies ahead.')
    return first, last


def _days_of(text: str) -> tuple[date, date]:
    """The first and last day of a year, a month or a day."""
    year, month, day = (*text.split('-'), '', '')[:3]
    try:
        first = date.fromisoformat(f'{year}-{month or "01"}-{day or "01"}')
    except ValueError:
        raise InvalidQuery('from, to: give a day as 2026-01-31, a month as 2026-01, or a year as 2026.') from None
    last_month = first.replace(month=int(month or 12))
    return first, first if day else last_month.replace(day=monthrange(first.year, last_month.month)[1])


SESSION = {
    'number': 12,
    'chargeBoxId': 'garage',
    'connectorId': 1,
    'charger': 'VendorX SingleSocketCharger',
    'meterSerial': '21070006',
    'person': 'Anna',
    'card': 'Tag1',
    'cardName': 'Blue card',
    'begun': '2026-01-01T11:00:55+01:00',
    'ended': '2026-01-01T14:20:00+01:00',
    'meterStartWh': 19000,
    'meterStopWh': 26480,
    'energyWh': 7480,
    'sunWh': 6100,
    'price': '0.1206',
    'cost': '0.90',
    'currency': 'EUR',
    'obtained': 'register',
    'startedBy': None,
    'missing': [],
    'addsTo': None,
    'isDifference': False,
}
SUM = {'sessions': 1, 'energyWh': 7480, 'cost': {'EUR': '0.90'}, 'withoutPrice': 0}
STATEMENT = {
    'from': '2026-01-01',
    'to': '2026-01-31',
    'person': None,
    'madeAt': '2026-02-01T08:00:00+01:00',
    'chargingPoint': 'Garage',
    'sum': SUM,
    'by': [{'who': 'Anna', **SUM}],
    'months': [{'month': '2026-01', 'sha256': '9f2c…', 'sum': SUM, 'sessions': [SESSION]}],
    'broken': [],
    'seal': 'home-cpo-seal:eyJ2…:end-of-seal',
}
CLOSED_MONTH = {
    'month': '2026-01',
    'sealed': '{"month":"2026-01","closedAt":"2026-02-01T00:12:00+01:00","previous":"51ab…","sessions":[]}',
    'sha256': '9f2c…',
    'signature': '8d01…',
    'publicKey': 'a4c7…',
    'seal': 'home-cpo-seal:eyJ2…:end-of-seal',
}
