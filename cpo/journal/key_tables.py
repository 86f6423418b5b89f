"""Changes of chargers' configuration keys, as rows of the journal."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from cpo.journal.accounts import Tables
from cpo.journal.rows import Row, moment, ms, replace_row
from cpo.journal.writer import Write


@dataclass(frozen=True, slots=True)
class KeyChange:
    """That a key got another value, from `before`: by a person, or by this program itself (empty).

    Both values are without secrets, None where unknown. `waits`: it holds once the charger has restarted.
    """

    before: str | None
    at: datetime
    by: str = ''
    value: str | None = None
    waits: bool = False


class KeyTables:
    """Where the newest change of each key of each charger is persisted."""

    def __init__(self, journal: Tables) -> None:
        self._journal = journal

    def load(self) -> dict[str, dict[str, KeyChange]]:
        """The changes by charge box id and key."""
        return self._journal.read_at_once(_changes)

    def put(self, charge_box_id: str, key: str, change: KeyChange) -> None:
        """Replace the change of a key."""
        row = replace_row(
            'key_changes',
            charge_box_id=charge_box_id,
            key=key,
            before=change.before,
            value=change.value,
            at=ms(change.at),
            person=change.by,
            waits=int(change.waits),
        )
        self._journal.write([row])

    def remove(self, charge_box_id: str, key: str) -> None:
        """Forget the change of a key."""
        sql = 'DELETE FROM key_changes WHERE charge_box_id = ? AND key = ?'
        self._journal.write([Write(sql, (charge_box_id, key), promised=True)])


def key_change_of(row: Row) -> KeyChange:
    """The change in a row of `key_changes`; raises ValueError for one that is none."""
    return KeyChange(row['before'], moment(row['at']), row['person'], row['value'], bool(row['waits']))


def _changes(connection: sqlite3.Connection) -> dict[str, dict[str, KeyChange]]:
    found: dict[str, dict[str, KeyChange]] = {}
    for row in connection.execute('SELECT * FROM key_changes'):
        found.setdefault(row['charge_box_id'], {})[row['key']] = key_change_of(row)
    return found
