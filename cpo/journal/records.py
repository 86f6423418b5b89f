"""Queries for pages and REST: records in pages, all transactions in portions.

Each function runs in a thread of `Journal.read`. Numbers, ids and marks given as bounds are exclusive.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import NamedTuple

from cpo.journal.cost_rows import cost_parts
from cpo.journal.decisions import decisions_of_day, recent_decisions
from cpo.journal.events import events_before
from cpo.journal.reservation_rows import reservation_of
from cpo.journal.rows import moment, ms, transaction_of
from cpo.state import Reservation, Transaction, TransactionNote

MOST = 2**63 - 1

__all__ = [
    'Sample',
    'SignedValue',
    'cost_parts',
    'decisions_of_day',
    'events_before',
    'recent_decisions',
    'reservations_before',
    'samples_of',
    'signed_values_of',
    'transaction_by_id',
    'transactions_after',
    'transactions_before',
]


class Sample(NamedTuple):
    """A meter sample in its base unit; `mark` is its position, to be given as `before` for the page after it."""

    at: datetime
    measurand: str
    phase: str
    value: float
    mark: tuple[int, int]


class SignedValue(NamedTuple):
    """Signed meter data, verbatim as the charger sent it."""

    at: datetime
    text: str


LISTED = f"note IS NOT '{TransactionNote.PHANTOM}'"


def transactions_before(connection: sqlite3.Connection, number: int | None, limit: int) -> list[Transaction]:
    """The newest transactions with a number below `number` (None: of all), newest first."""
    sql = f'SELECT * FROM transactions WHERE number <= ? AND {LISTED} ORDER BY number DESC LIMIT ?'
    return [transaction_of(row) for row in connection.execute(sql, (MOST if number is None else number - 1, limit))]


def transactions_after(connection: sqlite3.Connection, number: int, limit: int) -> list[Transaction]:
    """The oldest transactions with a greater number, oldest first."""
    sql = f'SELECT * FROM transactions WHERE number > ? AND {LISTED} ORDER BY number LIMIT ?'
    return [transaction_of(row) for row in connection.execute(sql, (number, limit))]


def transaction_by_id(
    connection: sqlite3.Connection, transaction_id: str, charge_box_id: str | None
) -> Transaction | None:
    """The newest transaction with this id, None where there is none; one of the given charger is preferred."""
    sql = 'SELECT * FROM transactions WHERE transaction_id = ? ORDER BY charge_box_id IS ? DESC, number DESC LIMIT 1'
    row = connection.execute(sql, (transaction_id, charge_box_id)).fetchone()
    return None if row is None else transaction_of(row)


def samples_of(
    connection: sqlite3.Connection, transaction: Transaction, before: tuple[int, int] | None, limit: int
) -> list[Sample]:
    """The samples of the transaction's connector from its start to its end, newest first.

    There are none where its connector was never reported. `before` is the mark of the last sample on the page before.
    """
    energy, last = transaction.energy, ms(transaction.stop_timestamp)
    first = ms(transaction.start_timestamp or (energy.started_at if energy else None))
    if first is None:
        return []
    known = 'SELECT * FROM series WHERE charge_box_id = ? AND connector_id = ?'
    series = connection.execute(known, (transaction.charge_box_id, transaction.connector_id)).fetchall()
    newest = MOST if last is None else last
    by_series = (_samples(connection, each, first, newest, before) for each in series)
    # each series comes sorted by an index: only what the page shows is read
    return list(islice(merge(*by_series, key=lambda sample: sample.mark, reverse=True), limit))


def _samples(
    connection: sqlite3.Connection, series: sqlite3.Row, first: int, last: int, before: tuple[int, int] | None
) -> Iterator[Sample]:
    if before is not None:
        last = min(last, before[0] if series['series_id'] < before[1] else before[0] - 1)
    sql = 'SELECT at, value FROM meter_samples WHERE series_id = ? AND at BETWEEN ? AND ? ORDER BY at DESC'
    for at, value in connection.execute(sql, (series['series_id'], first, last)):
        yield Sample(moment(at), series['measurand'], series['phase'], value, (at, series['series_id']))


def signed_values_of(connection: sqlite3.Connection, transaction: Transaction) -> list[SignedValue]:
    """The signed meter data of a transaction, oldest first."""
    sql = 'SELECT at, text FROM signed_values WHERE number = ? ORDER BY at'
    return [SignedValue(moment(at), text) for at, text in connection.execute(sql, (transaction.number,))]


def reservations_before(connection: sqlite3.Connection, reservation_id: int | None, limit: int) -> list[Reservation]:
    """The reservations with the highest ids below `reservation_id` (None: of all), highest first."""
    sql = 'SELECT * FROM reservations WHERE reservation_id <= ? ORDER BY reservation_id DESC LIMIT ?'
    below = MOST if reservation_id is None else reservation_id - 1
    return [reservation_of(row) for row in connection.execute(sql, (below, limit))]
