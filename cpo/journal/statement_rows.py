"""What statements are made of, as rows of the journal: sessions that ended, closed months, and the key that seals."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from cpo.journal.cost_text import cost_of
from cpo.journal.rows import Row, ms, replace_row, transaction_of
from cpo.journal.writer import Write
from cpo.state import Transaction, TransactionNote

SEAL_KEY_BYTES = 32


class Figures(NamedTuple):
    """What a session that ended comes to now: whole Wh, and whole hundredths of its currency; None is unknown."""

    number: int
    energy_wh: int | None
    cents: int | None


class StatedSession(NamedTuple):
    """A session that ended, its signed values verbatim, and the charger as it named itself before its end."""

    transaction: Transaction
    signed: tuple[str, ...]
    charger: str
    meter_serial: str | None


class ClosedMonth(NamedTuple):
    """A closed month (`2026-01`): the sealed text (JSON), and in hex its SHA-256, the Ed25519 signature and the key."""

    month: str
    text: str
    hash: str
    signature: str
    key: str


def figures_of_ended(connection: sqlite3.Connection) -> list[Figures]:
    """The figures of all sessions that ended."""
    sql = f"""
        SELECT number, energy_wh, cost FROM transactions
        WHERE stop_timestamp IS NOT NULL AND note IS NOT '{TransactionNote.PHANTOM}'
    """
    found = ((row['number'], row['energy_wh'], cost_of(row['cost'])) for row in connection.execute(sql))
    return [
        Figures(number, None if wh is None else round(wh), None if cost is None else cost.cents)
        for number, wh, cost in found
    ]


def stated_sessions(connection: sqlite3.Connection, numbers: Sequence[int]) -> list[StatedSession]:
    """The sessions with these numbers, oldest first."""
    return [_stated_session(connection, number) for number in sorted(numbers)]


def _stated_session(connection: sqlite3.Connection, number: int) -> StatedSession:
    row = connection.execute('SELECT * FROM transactions WHERE number = ?', (number,)).fetchone()
    transaction = transaction_of(row)
    signed = connection.execute('SELECT text FROM signed_values WHERE number = ? ORDER BY at', (number,))
    newest = 'SELECT * FROM boots WHERE charge_box_id = ? ORDER BY at <= ? DESC, abs(at - ?) LIMIT 1'
    ended = ms(transaction.ended_at)
    boot = connection.execute(newest, (transaction.charge_box_id, ended, ended)).fetchone()
    charger = '' if boot is None else f'{boot["vendor"] or ""} {boot["model"] or ""}'.strip()
    serial = None if boot is None else boot['meter_serial']
    return StatedSession(transaction, tuple(text for (text,) in signed), charger, serial)


def closed_months(connection: sqlite3.Connection) -> list[ClosedMonth]:
    """All closed months, oldest first."""
    return [closed_month_of(row) for row in connection.execute('SELECT * FROM closed_months ORDER BY month')]


def closed_month_of(row: Row) -> ClosedMonth:
    """The closed month of a row; raises ValueError or KeyError for one that is none."""
    closed = ClosedMonth(row['month'], row['text'], row['hash'], row['signature'], row['key'])
    json.loads(closed.text)['sessions']
    return closed


def closed_month_write(closed: ClosedMonth) -> Write:
    """The statement that persists a closed month."""
    return replace_row('closed_months', **closed._asdict())._replace(promised=True)


def seal_key(connection: sqlite3.Connection) -> bytes | None:
    """The private key that seals statements (Ed25519, 32 bytes); None before there is one."""
    row = connection.execute('SELECT private FROM seal_key').fetchone()
    return None if row is None else seal_key_of(row)


def seal_key_of(row: Row) -> bytes:
    """The private key of a row; raises ValueError for one that is none."""
    private = bytes.fromhex(row['private'])
    if len(private) != SEAL_KEY_BYTES:
        raise ValueError('the key that seals statements has 32 bytes')
    return private


def seal_key_write(private: bytes) -> Write:
    """The statement that persists the private key."""
    return replace_row('seal_key', id=1, private=private.hex())._replace(promised=True)
