"""`/api/transactions/{id}/meterValues`: the meter samples of a transaction."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Annotated, Any

from fastapi import FastAPI, Query
from starlette.responses import Response

from cpo.charge_point import ChargePoint
from cpo.errors import JournalError, UnknownTransaction
from cpo.journal import records
from cpo.rest_api.documentation import answers
from cpo.rest_api.errors import InvalidQuery
from cpo.rest_api.json_response import json_response
from cpo.rest_api.pages import Limit, first_page, page_document
from cpo.rest_api.transactions import PATH, TransactionId, found_transaction

# OCPP 1.6 §7.31 and §7.45; the journal stores base units
UNITS = {
    'Current': 'A',
    'Energy.Active': 'Wh',
    'Energy.Reactive': 'varh',
    'Frequency': 'Hz',
    'Power.Active': 'W',
    'Power.Offered': 'W',
    'Power.Reactive': 'var',
    'RPM': 'rpm',
    'SoC': 'Percent',
    'Temperature': 'Celsius',
    'Voltage': 'V',
}

_MARK = re.compile(r'(-?\d{1,15})-(\d{1,15})')


class MeterValuesResource:
    """Serves the samples of a transaction's connector from its start to its end.

    For the demo charger there are none.
    """

    def __init__(self, charge_point: ChargePoint) -> None:
        self._charge_point = charge_point

    def install(self, app: FastAPI) -> None:
        """Add the route to the application."""
        page = {
            'items': [SAMPLE],
            'next': f'{PATH}/7/meterValues?limit=1&before=1767261655000-3',
            'signed': [{'timestamp': '2026-01-01T13:20:00Z', 'value': 'OCMF|{"FV":"1.0"}|{"SD":"30…"}'}],
        }
        app.add_api_route(
            f'{PATH}/{{transaction_id}}/meterValues',
            self.get,
            tags=['Records'],
            summary='What was measured during a transaction, newest first',
            responses=answers(page, InvalidQuery, UnknownTransaction, JournalError),
        )

    async def get(
        self,
        transaction_id: TransactionId,
        limit: Limit = 100,
        before: Annotated[str | None, Query(description='as in `next` of the page before')] = None,
    ) -> Response:
        """A page of samples in base units; `phase` is absent where a value is for all phases.

        `signed` is the signed meter data, verbatim and oldest first; it is on the first page only.
        """
        mark = mark_of(before)
        transaction = await found_transaction(self._charge_point, transaction_id)
        journal = self._charge_point.journal
        with suppress(JournalError):  # what is persisted can be shown nevertheless
            await journal.flushed()
        samples, signed = await journal.read(
            lambda connection: (
                records.samples_of(connection, transaction, mark, limit + 1),
                [] if mark else records.signed_values_of(connection, transaction),
            )
        )
        page, more = first_page(samples, limit)
        path, next_mark = f'{PATH}/{transaction_id}/meterValues', '{}-{}'.format(*page[-1].mark) if more else None
        document = page_document([sample_document(sample) for sample in page], path, limit, next_mark)
        first_only = {} if mark else {'signed': [{'timestamp': value.at, 'value': value.text} for value in signed]}
        return json_response(document | first_only)


def sample_document(sample: records.Sample) -> dict[str, Any]:
    """The JSON document (REST) of one sample; the unit of a measurand outside the specification is null."""
    phase = {'phase': sample.phase} if sample.phase else {}
    return {
        'timestamp': sample.at,
        'measurand': sample.measurand,
        **phase,
        'value': sample.value,
        'unit': next((unit for name, unit in UNITS.items() if sample.measurand.startswith(name)), None),
    }


def mark_of(before: str | None) -> tuple[int, int] | None:
    """Parse the query parameter `before`, the position in the journal after which a page continues.

    Raises InvalidQuery.
    """
    if before is None:
        return None
    match = _MARK.fullmatch(before)
    if match is None:
        raise InvalidQuery('before: take it from `next` of the page before.')
    return int(match[1]), int(match[2])


SAMPLE = {
    'timestamp': '2026-01-01T10:00:55Z',
    'measurand': 'Current.Import',
    'phase': 'L1',
    'value': 9.9,
    'unit': 'A',
}
