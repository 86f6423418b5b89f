"""Closes months, and makes statements of closed and open ones.

The key that seals is made at first need and stands in the journal, so that the daily backups have it; no door shows it.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import date, datetime, tzinfo
from typing import NamedTuple

from cpo.clock import LOCAL
from cpo.errors import JournalError, UnknownMonth, UnknownPerson
from cpo.journal import ClosedMonth, Journal, StatedSession, statement_rows
from cpo.settings import Settings
from cpo.state import ChargePointState
from cpo.statement.closed_month import broken, closed_month, rows_of
from cpo.statement.closing import Stated, open_months, stated_of
from cpo.statement.ocmf import checked_session, meter_keys
from cpo.statement.row import Device, StatementRow, row_of
from cpo.statement.seal import SigningKey
from cpo.statement.statement import Month, Statement, statement_of

logger = logging.getLogger(__name__)

SOON_S, EVERY_S = 60.0, 3600.0
"""So long after the start, and then so often, it is looked whether a month is over."""
MOST_CHECKED = 4
"""Of more signed values in a session, a statement checks the first and the last two."""


class Books(NamedTuple):
    """The closed months, oldest first, their rows, and the rows of the months that are open."""

    closed: Sequence[ClosedMonth]
    rows: dict[str, tuple[StatementRow, ...]]
    open: dict[str, tuple[StatementRow, ...]]


class Ledger:
    """All sessions of the journal, by the months in which they are stated."""

    def __init__(
        self,
        journal: Journal,
        state: Callable[[], ChargePointState],
        settings: Callable[[], Settings],
        now: Callable[[], datetime],
        zone: tzinfo = LOCAL,
    ) -> None:
        """`zone` is where months and days begin; `now` is the program's time."""
        self._journal, self._state, self._settings, self._now, self._zone = journal, state, settings, now, zone
        self._one_at_a_time, self._making_key = asyncio.Lock(), asyncio.Lock()

    async def statement(self, first: date, last: date, of: str | None = None) -> Statement:
        """The statement of a period, both days included, of a person or card (None: everybody).

        Months that are over are closed before. Raises UnknownPerson for a name that no card and no session has, and
        JournalError.
        """
        books = await self._closed_books()
        hashes = {each.month: each.hash for each in books.closed}
        months = [Month(month, rows, hashes.get(month)) for month, rows in (books.rows | books.open).items()]
        state, made_at = self._state(), self._now().astimezone(self._zone)
        if of is not None and not _is_known(of, state, (row for month in months for row in month.rows)):
            raise UnknownPerson(f'Nobody here has the name {of[:40]}: no card, and no session.')
        issuer = self._settings().name or (state.charge_box_id or '').strip('/')
        found = await asyncio.to_thread(broken, books.closed)
        return statement_of(months, first, last, of, made_at, issuer, found)

    async def closed(self, month: str) -> ClosedMonth:
        """A closed month. Raises UnknownMonth, JournalError."""
        books = await self._closed_books()
        found = next((each for each in books.closed if each.month == month), None)
        if found is None:
            raise UnknownMonth(f'The month {month[:20]} is not closed, or no session ended in it.')
        return found

    async def key(self) -> SigningKey:
        """The key of this installation, made where there is none yet. Raises JournalError."""
        async with self._making_key:
            private = self._journal.read_at_once(statement_rows.seal_key)
            if private is None:
                private = secrets.token_bytes(32)
                self._journal.write([statement_rows.seal_key_write(private)])
                await self._journal.flushed()
        return await asyncio.to_thread(_signing_key, private)

    async def keep_closing(self) -> None:
        """Close each month once it is over, until cancelled."""
        await asyncio.sleep(SOON_S)
        while True:
            with suppress(JournalError):  # it is closed with the next look
                await self._closed_books()
            await asyncio.sleep(EVERY_S)

    async def _closed_books(self) -> Books:
        """The books, after the months that are over were closed."""
        async with self._one_at_a_time:
            await self._journal.flushed()
            books = await self._read()
            due = [month for month in books.open if month < self._month]
            if not due:
                return books
            key, at = await self.key(), self._now().astimezone(self._zone)
            chain = list(books.closed)
            for month in due:
                chain.append(closed_month(month, books.open[month], chain[-1] if chain else None, at, key))
                self._journal.write([statement_rows.closed_month_write(chain[-1])])
                logger.info('The month %s was closed and sealed', month)
            await self._journal.flushed()
            return await self._read()

    async def _read(self) -> Books:
        closed = await self._journal.read(statement_rows.closed_months)
        rows = {each.month: rows_of(each) for each in closed}
        stated = stated_of(row for month in rows.values() for row in month)
        figures = await self._journal.read(statement_rows.figures_of_ended)
        numbers = [f.number for f in figures if _is_new(f, stated.get(f.number))]
        sessions = await self._journal.read(lambda connection: statement_rows.stated_sessions(connection, numbers))
        new = await asyncio.to_thread(self._rows, sessions)
        return Books(closed, rows, open_months(new, stated, closed[-1].month if closed else None, self._month))

    def _rows(self, sessions: Sequence[StatedSession]) -> list[StatementRow]:
        state = self._state()
        keys = meter_keys(self._settings().meter_public_key, state.configuration)
        rows = []
        for transaction, signed, charger, meter_serial in sessions:
            card = state.id_tags.get((transaction.counts_for or '').casefold())
            ends = signed if len(signed) <= MOST_CHECKED else (*signed[:2], *signed[-2:])
            name = None if card is None else card.name or None
            device = Device(charger, meter_serial)
            rows.append(row_of(transaction, device, checked_session(ends, keys), name, self._zone))
        return rows

    @property
    def _month(self) -> str:
        """The month in which it is now."""
        return f'{self._now().astimezone(self._zone):%Y-%m}'


def _is_known(name: str, state: ChargePointState, rows: Iterable[StatementRow]) -> bool:
    """Whether a card, or the person of one, or a session has this name, whatever the case."""
    names = (name for card in state.id_tags.values() for name in (card.id_tag, card.name, card.person))
    return name.casefold() in map(str.casefold, names) or any(row.is_of(name) for row in rows)


def _signing_key(private: bytes) -> SigningKey:
    from cpo.statement import signatures  # noqa: PLC0415 (it takes a while)

    return signatures.Ed25519Key(private)


def _is_new(figures: statement_rows.Figures, stated: Stated | None) -> bool:
    """Whether there is something to state: what no closed month states, or another figure than they do.

    A session that is known to have charged nothing is left out.
    """
    return figures.energy_wh != 0 if stated is None else (figures.energy_wh or 0, figures.cents) != stated
