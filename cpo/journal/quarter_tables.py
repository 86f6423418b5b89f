"""What quarters of an hour were like, as rows of the journal."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from cpo.journal.accounts import Tables
from cpo.journal.rows import Row, moment, ms, replace_row
from cpo.journal.writer import Write


class Quarter(NamedTuple):
    """The mean powers in W of the quarter of an hour from `at` on: production, and house without the car."""

    at: datetime
    pv_w: float | None
    house_w: float | None


class QuarterTables:
    """Where quarters are persisted."""

    def __init__(self, journal: Tables) -> None:
        self._journal = journal

    def load(self) -> Sequence[Quarter]:
        """All quarters, oldest first."""
        return self._journal.read_at_once(_quarters)

    def add(self, quarter: Quarter, oldest: datetime) -> None:
        """Add a quarter, and delete those from before `oldest`."""
        row = replace_row('quarters', True, at=ms(quarter.at), pv_w=quarter.pv_w, house_w=quarter.house_w)
        self._journal.write([row, Write('DELETE FROM quarters WHERE at < ?', (ms(oldest),), True)])


def _quarters(connection: sqlite3.Connection) -> list[Quarter]:
    return [quarter_of(row) for row in connection.execute('SELECT * FROM quarters ORDER BY at')]


def quarter_of(row: Row) -> Quarter:
    """The quarter of a row."""
    return Quarter(moment(row['at']), row['pv_w'], row['house_w'])
