"""Pushed prices and forecasts as rows of the journal."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from cpo.journal.accounts import Tables
from cpo.journal.rows import Row, moment, ms, replace_row
from cpo.journal.writer import Write
from cpo.prices import PushedList, Slot


class SlotTables:
    """The SlotStore of the program that holds the journal."""

    def __init__(self, journal: Tables) -> None:
        self._journal = journal

    def load(self) -> Mapping[PushedList, Sequence[Slot]]:
        """All slots, read in this thread."""
        return self._journal.read_at_once(slot_lists)

    def replace(self, name: PushedList, removed: Sequence[Slot], added: Sequence[Slot]) -> None:
        """Queue the statements that change a list."""
        self._journal.write(_writes(name, removed, added))

    async def flushed(self) -> None:
        """Wait until all changes are on the disk. Raises JournalError."""
        await self._journal.flushed()


def slot_lists(connection: sqlite3.Connection) -> dict[PushedList, list[Slot]]:
    """The slots of each list in order of time."""
    lists: dict[PushedList, list[Slot]] = {name: [] for name in PushedList}
    for row in connection.execute('SELECT * FROM slots ORDER BY starts_at'):
        name, slot = slot_of(row)
        lists[name].append(slot)
    return lists


def slot_of(row: Row) -> tuple[PushedList, Slot]:
    """The list and the slot of a row; raises ValueError or ArithmeticError for one that is none."""
    begin, end = moment(row['starts_at']), moment(row['ends_at'])
    slot = Slot(begin, end, Decimal(row['value']), row['source'], row['currency'])
    if not slot.value.is_finite() or slot.ends_at <= slot.starts_at:
        raise ValueError('a slot is a number for a time')
    return PushedList(row['list']), slot


def _writes(name: PushedList, removed: Sequence[Slot], added: Sequence[Slot]) -> Iterator[Write]:
    for slot in removed:
        sql = 'DELETE FROM slots WHERE list = ? AND starts_at = ?'
        yield Write(sql, (str(name), ms(slot.starts_at)), promised=True)
    for slot in added:
        row = replace_row(
            'slots',
            list=str(name),
            starts_at=ms(slot.starts_at),
            ends_at=ms(slot.ends_at),
            value=str(slot.value),
            source=slot.source,
            currency=slot.currency,
        )
        yield row._replace(promised=True)
