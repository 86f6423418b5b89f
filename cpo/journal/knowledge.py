"""What was found out about makes of chargers, as rows: one per vendor, model and firmware, the rest as JSON.

A row that an older or a newer program wrote in another way is left alone: what it says is found out anew.
"""

from __future__ import annotations

import json
import logging
import sqlite3
from typing import Any

from pydantic import TypeAdapter, ValidationError

from cpo.chargers import ChargerKind, ChargerKnowledge
from cpo.journal.rows import replace_row
from cpo.journal.writer import Write

logger = logging.getLogger(__name__)

JSON = TypeAdapter(ChargerKnowledge)


def knowledge_write(kind: ChargerKind, knowledge: ChargerKnowledge) -> Write:
    """The row of a kind of charger; none where nothing is known."""
    if knowledge.is_blank:
        sql = 'DELETE FROM charger_knowledge WHERE vendor = ? AND model = ? AND firmware = ?'
        return Write(sql, tuple(kind))
    return replace_row('charger_knowledge', **kind._asdict(), knowledge=JSON.dump_json(knowledge).decode())


def restored_knowledge(connection: sqlite3.Connection) -> dict[ChargerKind, ChargerKnowledge]:
    """All rows that can be read."""
    restored = {}
    for row in connection.execute('SELECT * FROM charger_knowledge'):
        kind = ChargerKind(row['vendor'], row['model'], row['firmware'])
        try:
            knowledge = JSON.validate_json(row['knowledge'])
            understood = _is_within(json.loads(row['knowledge']), JSON.dump_python(knowledge, mode='json'))
        except ValidationError:
            understood = False
        if understood:
            restored[kind] = knowledge
        else:
            logger.warning('What is kept of the charger “%s” cannot be read: %s', ' '.join(kind), row['knowledge'])
    return restored


def _is_within(text: Any, read: Any) -> bool:
    """Nothing that was written is left out; pydantic passes over members it does not know."""
    if isinstance(text, dict):
        return all(name in read and _is_within(value, read[name]) for name, value in text.items())
    if isinstance(text, list):
        return all(_is_within(*pair) for pair in zip(text, read, strict=True))
    return bool(text == read)
