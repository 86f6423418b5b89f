"""What was learned about makes of chargers as rows: one for each vendor, model and firmware, the rest as _adapter().

A row that another version of this program wrote differently is ignored, and its content is learned again.
"""

from __future__ import annotations

import json
import logging
import sqlite3
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from cpo.chargers import ChargerKind, ChargerKnowledge
from cpo.journal.rows import replace_row
from cpo.journal.writer import Write

logger = logging.getLogger(__name__)


@cache
def _adapter() -> TypeAdapter[ChargerKnowledge]:
    """Made at the first row, as that takes some ms, which the start without any need not wait for."""
    return TypeAdapter(ChargerKnowledge)


def knowledge_write(kind: ChargerKind, knowledge: ChargerKnowledge) -> Write:
    """The statement that writes the row of a make, or deletes it where nothing is known of it."""
    if knowledge.is_blank:
        sql = 'DELETE FROM charger_knowledge WHERE vendor = ? AND model = ? AND firmware = ?'
        return Write(sql, tuple(kind))
    return replace_row('charger_knowledge', **kind._asdict(), knowledge=_adapter().dump_json(knowledge).decode())


def restored_knowledge(connection: sqlite3.Connection) -> dict[ChargerKind, ChargerKnowledge]:
    """The knowledge of all rows that can be read; others are logged."""
    restored = {}
    for row in connection.execute('SELECT * FROM charger_knowledge'):
        kind = ChargerKind(row['vendor'], row['model'], row['firmware'])
        try:
            knowledge = _adapter().validate_json(row['knowledge'])
            understood = _is_within(json.loads(row['knowledge']), _adapter().dump_python(knowledge, mode='json'))
        except ValidationError:
            understood = False
        if understood:
            restored[kind] = knowledge
        else:
            logger.warning(
                'What was learned about the charger “%s” cannot be read: %s', ' '.join(kind), row['knowledge']
            )
    return restored


def _is_within(text: Any, read: Any) -> bool:
    """True where the read value has everything that was written; pydantic drops members it does not know."""
    if isinstance(text, dict):
        return all(name in read and _is_within(value, read[name]) for name, value in text.items())
    if isinstance(text, list):
        return all(_is_within(*pair) for pair in zip(text, read, strict=True))
    return bool(text == read)
