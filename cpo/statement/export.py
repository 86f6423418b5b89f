"""A statement as a file with its seal: JSON, CSV, PDF or a page to print."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any

from cpo.journal import ClosedMonth
from cpo.spreadsheet import BOM, Cell, Day, Money, csv_line, shown
from cpo.statement.paper import paper_of
from cpo.statement.paper_html import html_of
from cpo.statement.row import StatementRow, amount_text, document_of
from cpo.statement.seal import Form, SigningKey, fingerprint, sealed
from cpo.statement.statement import Statement, Sum
from cpo.statement.words import OBTAINED, missing_words

MEDIA_TYPES = {Form.JSON: 'application/json', Form.CSV: 'text/csv', Form.PDF: 'application/pdf', Form.HTML: 'text/html'}
COLUMNS = (
    *('month', 'number', 'begun', 'ended', 'chargeBoxId', 'connectorId', 'charger', 'meterSerial', 'person', 'card'),
    *('cardName', 'meterStartKWh', 'meterStopKWh', 'energyKWh', 'sunKWh', 'price', 'cost', 'currency', 'obtained'),
    *('startedBy', 'missing', 'addsTo'),
)


def exported(statement: Statement, form: Form, key: SigningKey, separator: str = ',') -> bytes:
    """The statement as a sealed file; a CSV with the separator `;` has decimal commas."""
    paper = partial(paper_of, statement, fingerprint(key.public))
    match form:
        case Form.JSON:
            content = _json(statement_document(statement))
        case Form.CSV:
            content = (BOM + ''.join(_lines(statement, separator))).encode(errors='replace')
        case Form.HTML:
            content = html_of(paper())
        case Form.PDF:
            from cpo.statement.paper_pdf import pdf_of  # noqa: PLC0415 (it takes a while)

            content = pdf_of(paper(), statement.made_at)
    return sealed(content, form, key, separator)


def exported_month(closed: ClosedMonth, key: SigningKey) -> bytes:
    """A closed month as a sealed file: its text verbatim, hash, signature and public key."""
    members = {'month': closed.month, 'sealed': closed.text, 'sha256': closed.hash}
    return sealed(_json({**members, 'signature': closed.signature, 'publicKey': closed.key}), Form.JSON, key)


def statement_document(statement: Statement) -> dict[str, Any]:
    """The JSON document of a statement; each month has the hash of the closed one, null while it is open."""
    return {
        'from': statement.first.isoformat(),
        'to': statement.last.isoformat(),
        'person': statement.of,
        'madeAt': statement.made_at.isoformat(timespec='seconds'),
        'chargingPoint': statement.issuer,
        'sum': _sum(statement.sum),
        'by': [{'who': who or None, **_sum(found)} for who, found in statement.by(lambda row: row.who).items()],
        'months': [
            {
                'month': month.month,
                'sha256': month.hash,
                'sum': _sum(month.sum),
                'sessions': [document_of(row) for row in month.rows],
            }
            for month in statement.months
        ],
        'broken': list(statement.broken),
    }


def _sum(found: Sum) -> dict[str, Any]:
    cost = {currency: amount_text(cents) for currency, cents in found.cents.items()}
    return {'sessions': found.sessions, 'energyWh': found.energy_wh, 'cost': cost, 'withoutPrice': found.unpriced}


def _json(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=1).encode(errors='replace') + b'\n'


def _lines(statement: Statement, separator: str) -> Iterator[str]:
    yield csv_line(COLUMNS, separator)
    for month in statement.months:
        for row in month.rows:
            yield csv_line([shown(cell, separator) for cell in _cells(month.month, row)], separator)
        yield from _sum_lines(f'sum of {month.month}', month.sum, separator)
    yield from _sum_lines('sum', statement.sum, separator)


def _cells(month: str, row: StatementRow) -> tuple[Cell, ...]:
    return (
        *(Day(month), row.number, _day(row.begun), _day(row.ended), row.charge_box_id, row.connector_id),
        *(row.charger, row.meter_serial, row.person, row.card, row.card_name),
        *(_kwh(row.meter_start_wh), _kwh(row.meter_stop_wh), _kwh(row.energy_wh), _kwh(row.sun_wh)),
        *(row.price, None if row.cents is None else Money(row.cents), row.currency),
        *(
            OBTAINED[row.obtained],
            row.started_by,
            missing_words(row.missing),
            None if row.adds_to is None else Day(row.adds_to),
        ),
    )


def _sum_lines(name: str, found: Sum, separator: str) -> Iterator[str]:
    """A line with the energy, and the amount of each currency."""
    amounts: list[tuple[str | None, int | None]] = list(found.cents.items()) or [(None, None)]
    for i, (currency, cents) in enumerate(amounts):
        cells: dict[str, Cell] = {'month': name, 'cost': None if cents is None else Money(cents), 'currency': currency}
        cells['energyKWh'] = None if i else _kwh(found.energy_wh)
        yield csv_line([shown(cells.get(column), separator) for column in COLUMNS], separator)


def _day(at: datetime | None) -> Day | None:
    return None if at is None else Day(at.isoformat(' ', 'seconds'))


def _kwh(wh: int | None) -> float | None:
    return None if wh is None else wh / 1000
