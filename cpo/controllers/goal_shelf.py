"""Where the goals are while the program runs, and what of them is persisted."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from functools import cache
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from cpo.controllers.goal_values import GoalBook, GoalResult
from cpo.errors import JournalError
from cpo.journal import GoalTables

FLUSH_WITHIN_S = 9.0
T = TypeVar('T')

logger = logging.getLogger(__name__)


class GoalShelf:
    """The goal of each connector that has one, and how plans went.

    `results` is the newest by connector; `by_session` the newest by the number of the session it ended in, a new
    mapping after each change.
    """

    def __init__(self, tables: GoalTables) -> None:
        """Read the goals from the journal; one that another version wrote and this one cannot read is left out."""
        self._tables = tables
        books, results = tables.load()
        self._books = {key: book for key, text in books.items() if (book := _read(book_adapter(), text)) is not None}
        known = [result for text in results if (result := _read(_result_adapter(), text)) is not None]
        self.results = {result.connector_id: result for result in known}
        self.by_session: Mapping[int, GoalResult] = {
            result.number: result for result in known if result.number is not None
        }

    @property
    def connectors(self) -> tuple[int, ...]:
        """The connectors that have a goal."""
        return tuple(self._books)

    def book(self, connector_id: int) -> GoalBook | None:
        """The goal of a connector, None where it has none."""
        return self._books.get(connector_id)

    def keep(self, connector_id: int, book: GoalBook | None) -> None:
        """Replace the goal of a connector, and queue that to the journal."""
        if book is None:
            self._books.pop(connector_id, None)
        else:
            self._books[connector_id] = book
        self._tables.put(connector_id, None if book is None else book_adapter().dump_json(book).decode())

    async def replace(self, connector_id: int, book: GoalBook | None) -> None:
        """As `keep`, waiting for the disk. Raises JournalError where that takes more than 9 s, after undoing it."""
        old = self._books.get(connector_id)
        self.keep(connector_id, book)
        try:
            async with asyncio.timeout(FLUSH_WITHIN_S):
                await self._tables.flushed()
        except (JournalError, TimeoutError):
            self.keep(connector_id, old)
            raise JournalError(
                'This cannot be kept now (is the disk full or read-only?); nothing was changed.'
            ) from None

    def add_result(self, result: GoalResult) -> None:
        """Add how a plan went."""
        self.results[result.connector_id] = result
        if result.number is not None:
            self.by_session = {**self.by_session, result.number: result}
        text = _result_adapter().dump_json(result).decode()
        self._tables.add_result(result.connector_id, result.at, result.number, text)


@cache
def book_adapter() -> TypeAdapter[GoalBook]:
    """Goals as JSON and back; made at the first goal, as that takes some ms, which a start need not wait for."""
    return TypeAdapter(GoalBook)


@cache
def _result_adapter() -> TypeAdapter[GoalResult]:
    return TypeAdapter(GoalResult)


def _read(adapter: TypeAdapter[T], text: str) -> T | None:
    try:
        return adapter.validate_json(text)
    except ValidationError as error:
        logger.warning('A goal in the journal cannot be read, and is left out: %s', error)
        return None
