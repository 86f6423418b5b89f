"""`/api/transactions`: all transactions, in pages and by id."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from typing import Annotated, Any

from fastapi import FastAPI, Path
from starlette.responses import Response

from cpo.charge_point import ChargePoint
from cpo.controllers import GoalKeeper
from cpo.errors import JournalError, UnknownTransaction
from cpo.journal import records
from cpo.rest_api.documentation import answers
from cpo.rest_api.errors import InvalidQuery
from cpo.rest_api.event_words import ENDINGS
from cpo.rest_api.goal import RESULT, result_document
from cpo.rest_api.json_response import json_response, whole
from cpo.rest_api.pages import Before, Limit, merged_page, page_document
from cpo.rest_api.transaction_ids import shown_id
from cpo.sentences import NOTES
from cpo.state import (
    ChargePointState,
    CostPart,
    FaultTrace,
    SessionCost,
    Transaction,
    cards,
)
from cpo.statement import SignedSession, checked_session, meter_keys, signed_sentence

PATH = '/api/transactions'
_TRANSACTION_ID = re.compile('[!-~]{1,40}')
TransactionId = Annotated[str, Path(examples=['7'])]


class TransactionsResource:
    """Serves all persisted transactions, running and ended, and those of the demo charger since the program's start."""

    def __init__(self, charge_point: ChargePoint, goals: GoalKeeper) -> None:
        self._charge_point, self._goals = charge_point, goals

    def install(self, app: FastAPI) -> None:
        """Add the routes to the application."""
        page = {'items': [TRANSACTION], 'next': f'{PATH}?limit=1&before=12'}
        app.add_api_route(
            PATH,
            self.get,
            tags=['Records'],
            summary='Transactions, newest first',
            responses=answers(page, InvalidQuery, JournalError),
        )
        app.add_api_route(
            f'{PATH}/{{transaction_id}}',
            self.get_one,
            tags=['Records'],
            summary='One transaction',
            responses=answers(
                TRANSACTION | MORE_OF_ONE,
                UnknownTransaction,
                JournalError,
            ),
        )

    async def get(self, limit: Limit = 100, before: Before = None) -> Response:
        """A page of transactions; `next` is the path of the older ones. Energies are whole Wh."""
        persisted = await self._charge_point.journal.read(
            lambda connection: records.transactions_before(connection, before, limit + 1)
        )
        fresh = (t for t in self._charge_point.state.transactions if t.is_session)
        page, more = merged_page(persisted, fresh, lambda t: t.number, before, limit)
        documents = [transaction_document(transaction, self._charge_point.state) for transaction in page]
        return json_response(page_document(documents, PATH, limit, page[-1].number if more else None))

    async def get_one(self, transaction_id: TransactionId) -> Response:
        """One transaction; where two chargers have used its id, that of the connected charger.

        `signed` is what the check of the meter's signed values found, null where it sent none. `prices` says what was
        charged at which price, by quarters of an hour. `plan` is how a plan went that ended in it, for all that the car
        got between plug-in and departure; null without one.
        """
        transaction = await found_transaction(self._charge_point, transaction_id)
        charge_point = self._charge_point
        with suppress(JournalError):  # what is persisted can be shown nevertheless
            await charge_point.journal.flushed()
        values, parts = await charge_point.journal.read(
            lambda connection: (
                records.signed_values_of(connection, transaction),
                records.cost_parts(connection, transaction.number),
            )
        )
        keys = meter_keys(charge_point.settings.meter_public_key, charge_point.state.configuration)
        signed = signed_document(await asyncio.to_thread(checked_session, [value.text for value in values], keys))
        prices = [part_document(part) for part in parts]
        return json_response(
            transaction_document(transaction, charge_point.state)
            | {'stop': stop_words(transaction), 'signed': signed, 'prices': prices, 'plan': self._plan_of(transaction)}
        )

    def _plan_of(self, transaction: Transaction) -> dict[str, Any] | None:
        result, cost = self._goals.session_results.get(transaction.number), transaction.cost
        currency = self._charge_point.settings.currency if cost is None else cost.currency
        return None if result is None or transaction.demo else result_document(result, currency)


async def found_transaction(charge_point: ChargePoint, text: str) -> Transaction:
    """The newest transaction with the id `text`, preferably the connected charger's; raises UnknownTransaction."""
    unknown = UnknownTransaction(f'There is no transaction {text[:40]}.')
    if not _TRANSACTION_ID.fullmatch(text):
        raise unknown
    box = charge_point.state.charge_box_id
    transaction = charge_point.state.transaction(text) or await charge_point.journal.read(
        lambda connection: records.transaction_by_id(connection, text, box)
    )
    if transaction is None:
        raise unknown
    return transaction


def transaction_document(transaction: Transaction, state: ChargePointState) -> dict[str, Any]:
    """The JSON document (REST) of one transaction; the members about its stop are null while it runs.

    `person` is whose card it was when it began, `card` how that card is called now; null where nobody has said.
    `noContactSince` is null unless it runs and its charger is not connected. `fault` is absent unless a fault stopped
    it.
    """
    return {
        'transactionId': shown_id(transaction.transaction_id),
        'connectorId': transaction.connector_id,
        'idTag': transaction.id_tag,
        'person': transaction.person,
        'card': cards.card_name(transaction, state),
        'meterStart': whole(transaction.meter_start_wh),
        'meterStop': whole(transaction.meter_stop_wh),
        'startTimestamp': transaction.start_timestamp,
        'stopTimestamp': transaction.stop_timestamp,
        'stopReason': stop_reason(transaction),
        'energyWh': whole(transaction.energy_wh),
        'energyEstimated': transaction.energy_estimated,
        'sunWh': whole(transaction.sun_wh),
        'sun_wh': whole(transaction.sun_wh),
        **cost_members(transaction.cost),
        'idTagStatus': transaction.id_tag_status,
        'chargeBoxId': transaction.charge_box_id.strip('/'),
        'number': transaction.number,
        'demo': transaction.demo,
        'noContactSince': transaction.no_contact_since,
        'note': transaction.note and NOTES[transaction.note],
        **({} if transaction.fault_trace is None else {'fault': fault_document(transaction.fault_trace)}),
    }


def cost_members(cost: SessionCost | None) -> dict[str, Any]:
    """The members about a session's cost, so far or in all; null where it has none."""
    price = None if cost is None else cost.per_kwh
    return {
        'cost': None if cost is None else cost.cents / 100,
        'price_per_kwh': None if price is None else float(price),
        'currency': None if cost is None else cost.currency,
    }


def stop_words(transaction: Transaction) -> str | None:
    """Why the session ended, in words; the charger's own word where that has none, None while it runs."""
    return ENDINGS[transaction.ending] if transaction.ending else stop_reason(transaction)


def part_document(part: CostPart) -> dict[str, Any]:
    """The JSON document of what was charged at one price; prices are per kWh, `fallback`: instead of a missing one."""
    return {
        'from': part.at,
        'price': float(part.price),
        'feed_in_price': float(part.feed_in),
        'energyWh': round(part.energy_wh, 1),
        'sun_wh': round(part.sun_wh, 1),
        'cost': round(part.nano / 1e9, 4),
        'fallback': part.is_fallback,
    }


def signed_document(signed: SignedSession | None) -> dict[str, Any] | None:
    """The JSON document of what the check of a session's signed values found; None where there are none.

    `beginWh` and `endWh` are the signed registers, null unless both are proven.
    """
    if signed is None:
        return None
    return {
        'verdict': signed.verdict,
        'key': signed.key_source,
        'values': signed.count,
        'meterSerial': signed.meter_serial,
        'beginWh': None if signed.begin_wh is None else float(signed.begin_wh),
        'endWh': None if signed.end_wh is None else float(signed.end_wh),
        'sentence': signed_sentence(signed),
    }


def fault_document(trace: FaultTrace) -> dict[str, Any]:
    """The JSON document of the fault that stopped a session, in the charger's own words."""
    return {'timestamp': trace.at, 'errorCode': trace.error_code, 'vendorErrorCode': trace.vendor_error_code}


def stop_reason(transaction: Transaction) -> str | None:
    """The charger's own word for why the transaction ended; None while it runs.

    `Other` where its end was never reported.
    """
    return None if transaction.running else transaction.stop_reason or 'Other'


TRANSACTION = {
    'transactionId': 7,
    'connectorId': 1,
    'idTag': 'Tag1',
    'person': 'Anna',
    'card': 'Blue card',
    'meterStart': 19000,
    'meterStop': 26480,
    'startTimestamp': '2026-01-01T10:00:55Z',
    'stopTimestamp': '2026-01-01T13:20:00Z',
    'stopReason': 'Other',
    'energyWh': 7480,
    'energyEstimated': False,
    'sunWh': 6100,
    'sun_wh': 6100,
    'cost': 0.9,
    'price_per_kwh': 0.1206,
    'currency': 'EUR',
    'idTagStatus': 'Accepted',
    'chargeBoxId': 'garage',
    'number': 12,
    'demo': False,
    'noContactSince': None,
    'note': None,
}
SIGNED = {
    'verdict': 'good',
    'key': 'charger',
    'values': 2,
    'meterSerial': '21070006',
    'beginWh': 19000.0,
    'endWh': 26480.0,
    'sentence': 'The meter signed this, checked with the key in the charger’s configuration.',
}
PART = {
    'from': '2026-01-01T10:00:00Z',
    'price': 0.3,
    'feed_in_price': 0.08,
    'energyWh': 7480.0,
    'sun_wh': 6100.0,
    'cost': 0.902,
    'fallback': False,
}
MORE_OF_ONE = {'stop': 'the car was unplugged', 'signed': SIGNED, 'prices': [PART], 'plan': RESULT}
