"""`/api/transactions.csv`: all transactions as one CSV file (RFC 4180), for a spreadsheet or the tax office."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Annotated, Literal

from fastapi import FastAPI, Query
from starlette.responses import Response, StreamingResponse

from cpo.charge_point import ChargePoint
from cpo.errors import JournalError
from cpo.journal import records
from cpo.rest_api.documentation import answers
from cpo.rest_api.errors import InvalidQuery
from cpo.rest_api.transaction_ids import shown_id
from cpo.rest_api.transactions import PATH, stop_reason
from cpo.sentences import NOTES
from cpo.spreadsheet import BOM, Cell, Money, csv_line, shown
from cpo.state import (
    FaultTrace,
    Transaction,
    cards,
)

AT_ONCE = 50  # transactions per step, so that the event loop is blocked for a few milliseconds at most
COLUMNS: Mapping[str, Callable[[Transaction], Cell]] = {
    'number': lambda t: t.number,
    'transactionId': lambda t: shown_id(t.transaction_id),
    'chargeBoxId': lambda t: t.charge_box_id,
    'connectorId': lambda t: t.connector_id,
    'idTag': lambda t: t.id_tag,
    'startTimestamp': lambda t: t.start_timestamp,
    'stopTimestamp': lambda t: t.stop_timestamp,
    'startLocal': lambda t: local_time(t.start_timestamp),
    'stopLocal': lambda t: local_time(t.stop_timestamp),
    'meterStartKWh': lambda t: kwh(t.meter_start_wh),
    'meterStopKWh': lambda t: kwh(t.meter_stop_wh),
    'energyKWh': lambda t: kwh(t.energy_wh),
    'energyEstimated': lambda t: t.energy_estimated,
    'sunKWh': lambda t: kwh(t.sun_wh),
    'cost': lambda t: None if t.cost is None else Money(t.cost.cents),
    'currency': lambda t: None if t.cost is None else t.cost.currency,
    'stopReason': stop_reason,
    'idTagStatus': lambda t: t.id_tag_status,
    'note': lambda t: t.note and NOTES[t.note],
    'fault': lambda t: fault_codes(t.fault_trace),
    'noContactSince': lambda t: t.no_contact_since,
    'person': lambda t: t.person,
}
CARD = 'card'
"""The last column: what the household calls the card today."""


class TransactionsCsvResource:
    """Streams the CSV file in pieces, so that the memory needed does not grow with the number of transactions."""

    def __init__(self, charge_point: ChargePoint) -> None:
        self._charge_point = charge_point

    def install(self, app: FastAPI) -> None:
        """Add the route to the application."""
        app.add_api_route(
            f'{PATH}.csv',
            self.get,
            tags=['Records'],
            summary='All transactions as a file, oldest first',
            response_class=StreamingResponse,
            responses=answers(CSV, InvalidQuery, JournalError, media_type='text/csv'),
        )

    async def get(
        self,
        separator: Annotated[Literal[',', ';'], Query(description='`;` also writes decimal commas')] = ',',
    ) -> Response:
        """The transactions as CSV in UTF-8 with BOM, lines ending with CRLF; those of the demo charger are left out.

        Timestamps are in UTC, `startLocal` and `stopLocal` in the zone of this server. Meters and energies are in kWh
        to the Wh; `energyKWh` is what was charged, `sunKWh` the sun's part of it, `cost` what it cost;
        `energyEstimated` is `yes` where the energy is not simply the difference of the two meter values; `fault` is
        what stopped it; `noContactSince` is set where it runs and its charger is not connected; `person` is whose card
        it was then. Unknown cells are empty. A text that a spreadsheet would take for a formula, a number, a date or a
        truth value has an apostrophe before it.
        """
        pieces = self._pieces(separator)
        beginning = await anext(pieces)  # a failure here can still be answered with an error
        headers = {'Content-Disposition': 'attachment; filename="charging-sessions.csv"'}
        return StreamingResponse(_both(beginning, pieces), media_type='text/csv', headers=headers)

    async def _pieces(self, separator: str) -> AsyncIterator[str]:
        """The text in pieces: the journal's transactions, as fresh as in the state, then those not written yet."""
        last, beginning = -records.MOST, BOM + csv_line([*COLUMNS, CARD], separator)
        while True:
            query = partial(records.transactions_after, number=last, limit=AT_ONCE)
            persisted = await self._charge_point.journal.read(query)
            listed = (t for t in reversed(self._charge_point.state.transactions) if t.is_session and not t.demo)
            fresh = {t.number: t for t in listed}
            if not persisted:
                break
            last = persisted[-1].number
            yield beginning + self._lines((fresh.get(t.number, t) for t in persisted), separator)
            beginning = ''
        yield beginning + self._lines((t for n, t in sorted(fresh.items()) if n > last), separator)

    def _lines(self, transactions: Iterable[Transaction], separator: str) -> str:
        state = self._charge_point.state
        return ''.join(transaction_line(t, separator, cards.card_name(t, state)) for t in transactions)


def transaction_line(transaction: Transaction, separator: str, card: str | None = None) -> str:
    """The CSV line of a transaction, with the name of its card."""
    cells = (*(value(transaction) for value in COLUMNS.values()), card)
    return csv_line([shown(cell, separator) for cell in cells], separator)


def fault_codes(trace: FaultTrace | None) -> str | None:
    """The charger's codes for the fault that stopped a session, `unknown` where it gave none; None without a fault."""
    if trace is None:
        return None
    return ' '.join(filter(None, (trace.error_code, trace.vendor_error_code))) or 'unknown'


def kwh(energy_wh: float | None) -> float | None:
    """Convert Wh to kWh; None stays None."""
    return None if energy_wh is None else energy_wh / 1000


def local_time(at: datetime | None) -> str | None:
    """A time in the zone of this server, with its offset; None where that zone cannot express it."""
    try:
        return None if at is None else at.astimezone().isoformat(' ', 'seconds')
    except (OverflowError, ValueError, OSError):  # a charger's clock may say the year 1
        return None


async def _both(beginning: str, rest: AsyncIterator[str]) -> AsyncIterator[str]:
    yield beginning
    async for piece in rest:
        yield piece


CSV = (
    'number,transactionId,chargeBoxId,connectorId,idTag,startTimestamp,stopTimestamp,startLocal,stopLocal,'
    'meterStartKWh,meterStopKWh,energyKWh,energyEstimated,sunKWh,cost,currency,stopReason,idTagStatus,note,fault,'
    'noContactSince,person,card\r\n'
    '12,7,garage,1,Tag1,2026-01-01T10:00:55Z,2026-01-01T13:20:00Z,2026-01-01 11:00:55+01:00,2026-01-01 14:20:00+01:00,'
    '19.000,26.480,7.480,no,6.100,0.90,EUR,Local,Accepted,,,,Anna,Blue card\r\n'
)
