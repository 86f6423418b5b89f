"""`/api/transactions`: the charging sessions."""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import FastAPI, Path, Query
from starlette.responses import Response

from cpo.charge_point import ChargePoint
from cpo.errors import UnknownTransaction
from cpo.rest_api.documentation import answers
from cpo.rest_api.errors import InvalidQuery
from cpo.rest_api.json_response import json_response, whole
from cpo.rest_api.pages import Limit, first_page, page_document
from cpo.state import Transaction

PATH = '/api/transactions'

_TRANSACTION_ID = re.compile('-?[0-9]{1,18}')


class TransactionsResource:
    """The transactions known, running and ended."""

    def __init__(self, charge_point: ChargePoint) -> None:
        """The transactions of this charge point."""
        self._charge_point = charge_point

    def install(self, app: FastAPI) -> None:
        """Put the routes on the application."""
        page = answers({'items': [TRANSACTION], 'next': f'{PATH}?limit=1&before=7%40garage'}, InvalidQuery)
        app.add_api_route(PATH, self.get, tags=['Records'], summary='Transactions, newest first', responses=page)
        app.add_api_route(
            f'{PATH}/{{transaction_id}}',
            self.get_one,
            tags=['Records'],
            summary='One transaction',
            responses=answers(TRANSACTION, UnknownTransaction),
        )

    async def get(
        self,
        limit: Limit = 100,
        before: Annotated[str | None, Query(description='as in `next` of the page before')] = None,
    ) -> Response:
        """A page of transactions; `next` is the path of the older ones. Energies are whole Wh."""
        transactions = self._charge_point.state.transactions
        if before is not None:
            transactions = _older_than(before, transactions)
        page, more = first_page(transactions, limit)
        documents = [transaction_document(transaction) for transaction in page]
        return json_response(page_document(documents, PATH, limit, _mark(page[-1]) if more else None))

    async def get_one(self, transaction_id: Annotated[str, Path(examples=['7'])]) -> Response:
        """One transaction; of two chargers' transactions with the same id the connected one's."""
        number = int(transaction_id) if _TRANSACTION_ID.fullmatch(transaction_id) else None
        transaction = None if number is None else self._charge_point.state.transaction(number)
        if transaction is None:
            raise UnknownTransaction(f'There is no transaction {transaction_id}.')
        return json_response(transaction_document(transaction))


def transaction_document(transaction: Transaction) -> dict[str, Any]:
    """The members of REST.md and those added since; the stop members are null while it runs."""
    return {
        'transactionId': transaction.transaction_id,
        'connectorId': transaction.connector_id,
        'idTag': transaction.id_tag,
        'meterStart': whole(transaction.meter_start_wh),
        'meterStop': whole(transaction.meter_stop_wh),
        'startTimestamp': transaction.start_timestamp,
        'stopTimestamp': transaction.stop_timestamp,
        'stopReason': None if transaction.running else transaction.stop_reason or 'Local',
        'energyWh': whole(transaction.energy_wh),
        'sunWh': whole(transaction.sun_wh),
        'idTagStatus': transaction.id_tag_status,
        'chargeBoxId': transaction.charge_box_id,
        'demo': transaction.demo,
        'note': transaction.note,
    }


def _mark(transaction: Transaction) -> str:
    """Names a transaction for `before`; the id alone is not enough where the charger was changed."""
    return f'{transaction.transaction_id}@{transaction.charge_box_id}'


def _older_than(mark: str, transactions: tuple[Transaction, ...]) -> tuple[Transaction, ...]:
    for index, transaction in enumerate(transactions):
        if _mark(transaction) == mark:
            return transactions[index + 1 :]
    raise InvalidQuery('before: no such transaction is kept; begin again with the first page.')


TRANSACTION = {
    'transactionId': 7,
    'connectorId': 1,
    'idTag': 'Tag1',
    'meterStart': 19000,
    'meterStop': 26480,
    'startTimestamp': '2026-01-01T10:00:55Z',
    'stopTimestamp': '2026-01-01T13:20:00Z',
    'stopReason': 'Other',
    'energyWh': 7480,
    'sunWh': 6100,
    'idTagStatus': 'Accepted',
    'chargeBoxId': 'garage',
    'demo': False,
    'note': 'Another one began before it ended.',
}
