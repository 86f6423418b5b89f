"""The costs of sessions as rows of the journal; amounts are whole billionths of the currency."""

from __future__ import annotations

import sqlite3
from decimal import Decimal

from cpo.journal.rows import Row, moment, ms
from cpo.journal.writer import Write
from cpo.state import CostPart, SessionPriced

QUARTER_MS = 15 * 60_000
"""What is charged at one price within so long, by the clock, is one row."""
ADD_PART = """
    INSERT INTO session_prices (number, at, price, feed_in, is_fallback, energy_wh, sun_wh, nano)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET
        energy_wh = energy_wh + excluded.energy_wh, sun_wh = sun_wh + excluded.sun_wh, nano = nano + excluded.nano
"""


def part_write(priced: SessionPriced, part: CostPart) -> Write:
    """The statement that adds a part of a session's cost to the row of its quarter of an hour."""
    at = (ms(part.at) or 0) // QUARTER_MS * QUARTER_MS
    prices = str(part.price), str(part.feed_in), int(part.is_fallback)
    return Write(ADD_PART, (priced.number, at, *prices, part.energy_wh, part.sun_wh, part.nano))


def part_of(row: Row) -> CostPart:
    """The part of a session's cost in a row of `session_prices`; raises ArithmeticError for one that is none."""
    prices = Decimal(row['price']), Decimal(row['feed_in'])
    return CostPart(moment(row['at']), *prices, row['energy_wh'], row['sun_wh'], row['nano'], bool(row['is_fallback']))


def cost_parts(connection: sqlite3.Connection, number: int) -> list[CostPart]:
    """What was charged in each quarter of an hour of a session at which price, oldest first."""
    rows = connection.execute('SELECT * FROM session_prices WHERE number = ? ORDER BY at, price', (number,))
    return [part_of(row) for row in rows]
