"""Goals and how they went, as rows of the journal; the values are JSON of whoever uses them."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime

from cpo.journal.accounts import Tables
from cpo.journal.rows import insert_row, ms, replace_row
from cpo.journal.writer import Write


class GoalTables:
    """Where goals are persisted, one for each connector, and the results of those with a plan."""

    def __init__(self, journal: Tables) -> None:
        self._journal = journal

    def load(self) -> tuple[Mapping[int, str], Sequence[str]]:
        """The goal of each connector, and all results, oldest first."""
        return self._journal.read_at_once(_goals), self._journal.read_at_once(_results)

    def put(self, connector_id: int, goal: str | None) -> None:
        """Replace the goal of a connector; None: it has none any more."""
        if goal is None:
            self._journal.write([Write('DELETE FROM goals WHERE connector_id = ?', (connector_id,), promised=True)])
        else:
            row = replace_row('goals', connector_id=connector_id, goal=goal)
            self._journal.write([row._replace(promised=True)])

    def add_result(self, connector_id: int, at: datetime, number: int | None, result: str) -> None:
        """Add how a plan went; `number` is that of its newest session."""
        row = insert_row('plan_results', connector_id=connector_id, at=ms(at), number=number, result=result)
        self._journal.write([row])

    async def flushed(self) -> None:
        """Wait until all changes are on the disk. Raises JournalError."""
        await self._journal.flushed()


def _goals(connection: sqlite3.Connection) -> dict[int, str]:
    return {row['connector_id']: row['goal'] for row in connection.execute('SELECT * FROM goals')}


def _results(connection: sqlite3.Connection) -> list[str]:
    return [row['result'] for row in connection.execute('SELECT result FROM plan_results ORDER BY at')]
