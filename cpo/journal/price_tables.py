"""Pushed prices as rows of the journal."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from cpo.journal.accounts import Tables
from cpo.journal.rows import Row, moment, ms, replace_row
from cpo.journal.writer import Write
from cpo.prices import PriceKind, PriceSlot


class PriceTables:
    """The PriceStore of the program that holds the journal."""

    def __init__(self, journal: Tables) -> None:
        self._journal = journal

    def load(self) -> Mapping[PriceKind, Sequence[PriceSlot]]:
        """All slots, read in this thread."""
        return self._journal.read_at_once(price_lists)

    def replace(self, kind: PriceKind, removed: Sequence[PriceSlot], added: Sequence[PriceSlot]) -> None:
        """Queue the statements that change a list."""
        self._journal.write(_writes(kind, removed, added))

    async def flushed(self) -> None:
        """Wait until all changes are on the disk. Raises JournalError."""
        await self._journal.flushed()


def price_lists(connection: sqlite3.Connection) -> dict[PriceKind, list[PriceSlot]]:
    """The slots of each list in order of time."""
    lists: dict[PriceKind, list[PriceSlot]] = {kind: [] for kind in PriceKind}
    for row in connection.execute('SELECT * FROM prices ORDER BY starts_at'):
        kind, slot = price_slot_of(row)
        lists[kind].append(slot)
    return lists


def price_slot_of(row: Row) -> tuple[PriceKind, PriceSlot]:
    """The list and the slot of a row; raises ValueError or ArithmeticError for one that is none."""
    slot = PriceSlot(moment(row['starts_at']), moment(row['ends_at']), Decimal(row['price']), row['source'])
    if not slot.price.is_finite() or slot.ends_at <= slot.starts_at:
        raise ValueError('a price is a number for a time')
    return PriceKind(row['list']), slot


def _writes(kind: PriceKind, removed: Sequence[PriceSlot], added: Sequence[PriceSlot]) -> Iterator[Write]:
    for slot in removed:
        sql = 'DELETE FROM prices WHERE list = ? AND starts_at = ?'
        yield Write(sql, (str(kind), ms(slot.starts_at)), promised=True)
    for slot in added:
        row = replace_row(
            'prices',
            list=str(kind),
            starts_at=ms(slot.starts_at),
            ends_at=ms(slot.ends_at),
            price=str(slot.price),
            source=slot.source,
        )
        yield row._replace(promised=True)
