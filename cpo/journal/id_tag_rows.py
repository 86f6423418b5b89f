"""Id tags, those of the list and those held to the charger, as rows of the journal."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from pydantic import TypeAdapter

from cpo.journal.rows import Row, moment, ms, replace_row
from cpo.journal.writer import Write
from cpo.state import (
    ChargePointState,
    IdTag,
    IdTagChanged,
    IdTagDeleted,
    Mode,
    SeenTag,
    SessionGoal,
    TagSeen,
    TagStatus,
    cards,
)

GOAL = TypeAdapter(SessionGoal)


def id_tag_writes(
    entry: IdTagChanged | IdTagDeleted | TagSeen, before: ChargePointState, after: ChargePointState
) -> Iterator[Write]:
    """The statements for an entry about an id tag."""
    match entry:
        case IdTagChanged(tag):
            yield _id_tag_write(tag)
        case IdTagDeleted(id_tag):
            yield Write('UPDATE id_tags SET deleted = 1 WHERE key = ?', (id_tag.casefold(),), promised=True)
        case TagSeen():
            yield from _seen_tag_writes(before, after)


def _id_tag_write(tag: IdTag) -> Write:
    return replace_row(
        'id_tags',
        key=tag.id_tag.casefold(),
        id_tag=tag.id_tag,
        status=tag.status,
        expiry_date=ms(tag.expiry_date),
        parent_id_tag=tag.parent_id_tag,
        name=tag.name,
        person=tag.person,
        mode=tag.mode and str(tag.mode),
        limit_a=tag.limit_a,
        hours=tag.hours and str(tag.hours),
        allowance_kwh=tag.allowance_kwh,
        after_allowance=str(tag.after_allowance),
        goal=None if tag.goal is None else GOAL.dump_json(tag.goal).decode(),
        deleted=0,
    )._replace(promised=True)


def id_tag_of(row: Row) -> IdTag:
    """The id tag in a row of `id_tags`; raises ValueError for what this version does not know."""
    return IdTag(
        row['id_tag'],
        TagStatus(row['status']),
        moment(row['expiry_date']),
        row['parent_id_tag'],
        row['name'],
        row['person'],
        row['mode'] and Mode(row['mode']),
        row['limit_a'],
        row['hours'] and cards.Hours.parse(row['hours']),
        row['allowance_kwh'],
        cards.AfterAllowance(row['after_allowance']),
        None if row['goal'] is None else GOAL.validate_json(row['goal']),
    )


def id_tags(connection: sqlite3.Connection) -> dict[str, IdTag]:
    """The id tags that were not deleted, by id in lower case (`casefold`)."""
    rows = connection.execute('SELECT * FROM id_tags WHERE NOT deleted ORDER BY id_tag')
    return {tag.id_tag.casefold(): tag for tag in map(id_tag_of, rows)}


def _seen_tag_writes(before: ChargePointState, after: ChargePointState) -> list[Write]:
    keys = sorted(before.seen_tags.keys() | after.seen_tags.keys())
    changed = [key for key in keys if before.seen_tags.get(key) is not after.seen_tags.get(key)]
    return [_seen_tag_write(key, after.seen_tags.get(key)) for key in changed]


def _seen_tag_write(key: str, tag: SeenTag | None) -> Write:
    if tag is None:
        return Write('DELETE FROM seen_tags WHERE key = ?', (key,), True)
    return replace_row('seen_tags', True, key=key, id_tag=tag.id_tag, status=tag.status, at=ms(tag.at))


def seen_tag_of(row: Row) -> SeenTag:
    """The id tag held to the charger, in a row of `seen_tags`; raises ValueError for an unknown status."""
    return SeenTag(row['id_tag'], TagStatus(row['status']), moment(row['at']))


def seen_tags(connection: sqlite3.Connection) -> dict[str, SeenTag]:
    """The id tags held to the charger, by id in lower case (`casefold`)."""
    return {row['key']: seen_tag_of(row) for row in connection.execute('SELECT * FROM seen_tags')}
