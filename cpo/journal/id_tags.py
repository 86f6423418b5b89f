"""Changes of this program's list of id tags: each holds and is persisted, or neither."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cpo.errors import InvalidIdTag, UnknownIdTag
from cpo.journal.persisting import Records, persist
from cpo.settings import Settings
from cpo.state import IdTag, IdTagChanged, IdTagDeleted, Mode


class IdTags:
    """Adds, changes and deletes id tags of this program's list, one after the other."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._one_at_a_time = asyncio.Lock()

    def add_those_of(self, settings: Settings, known: frozenset[str]) -> None:
        """Add the id tags of the settings that were never `known`; a deleted one stays deleted."""
        tags = dict.fromkeys((*settings.id_tags, settings.remote_start_tag or settings.id_tags[0]))
        self._records.record(*(IdTagChanged(IdTag(tag)) for tag in tags if tag.casefold() not in known))

    async def put(self, id_tag: str, members: Mapping[str, Any], by: str | None = None) -> IdTag:
        """Add an id tag, or change the one of the same id, whose spelling and other members stay; returns the new one.

        `by` is who does that, for the history.

        Raises InvalidIdTag for a new one without a status and for a limit in another mode than MANUAL, and JournalError
        where it cannot be persisted within 9 s; then nothing has changed.
        """
        async with self._one_at_a_time:
            old = self._records.state.id_tags.get(id_tag.casefold())
            if old is None and 'status' not in members:
                raise InvalidIdTag(f'{id_tag} is new here: status must say whether it may charge.')
            new = replace(old or IdTag(id_tag), **members)
            if new.limit_a is not None and new.mode not in (None, Mode.MANUAL):
                raise InvalidIdTag('limit goes with the mode manual only; in the others this program sets the limit.')
            undo = IdTagDeleted(new.id_tag) if old is None else IdTagChanged(old)
            await persist(self._records, IdTagChanged(new, by), undo)
            return new

    async def delete(self, id_tag: str, by: str | None = None) -> IdTag:
        """Delete an id tag and return it.

        Raises UnknownIdTag where the list has none, and JournalError where that cannot be persisted within 9 s; then
        nothing has changed.
        """
        async with self._one_at_a_time:
            old = self._records.state.id_tags.get(id_tag.casefold())
            if old is None:
                raise UnknownIdTag(f'There is no id tag {id_tag[:40]}.')
            await persist(self._records, IdTagDeleted(old.id_tag, by), IdTagChanged(old))
            return old
