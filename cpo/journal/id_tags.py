"""Changes of this program's list of id tags: each holds and is persisted, or neither."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Protocol

from cpo.errors import JournalError, UnknownIdTag
from cpo.state import ChargePointState, Entry, IdTag, IdTagChanged, IdTagDeleted

FLUSH_WITHIN_S = 9.0


class Records(Protocol):
    """The part of ChargePoint that IdTags uses."""

    @property
    def state(self) -> ChargePointState:
        """The state of the charger as it is now."""
        ...

    def record(self, *entries: Entry) -> None:
        """Apply entries to the state and queue them to the journal."""
        ...

    async def flushed(self) -> None:
        """Wait until all recorded entries are on the disk. Raises JournalError."""
        ...


class IdTags:
    """Adds, changes and deletes id tags of this program's list, one after the other."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._one_at_a_time = asyncio.Lock()

    async def put(self, tag: IdTag) -> IdTag:
        """Add an id tag, or replace the one of the same id, whose spelling stays; returns the new one.

        Raises JournalError where it cannot be persisted within 9 s; then nothing has changed.
        """
        async with self._one_at_a_time:
            old = self._records.state.id_tags.get(tag.id_tag.casefold())
            new = tag if old is None else replace(tag, id_tag=old.id_tag)
            await self._persist(IdTagChanged(new), IdTagDeleted(new.id_tag) if old is None else IdTagChanged(old))
            return new

    async def delete(self, id_tag: str) -> IdTag:
        """Delete an id tag and return it.

        Raises UnknownIdTag where the list has none, and JournalError where that cannot be persisted within 9 s; then
        nothing has changed.
        """
        async with self._one_at_a_time:
            old = self._records.state.id_tags.get(id_tag.casefold())
            if old is None:
                raise UnknownIdTag(f'There is no id tag {id_tag[:40]}.')
            await self._persist(IdTagDeleted(old.id_tag), IdTagChanged(old))
            return old

    async def _persist(self, change: Entry, undo: Entry) -> None:
        """Make a change and wait for the disk; where that fails, undo it.

        The journal writes later what it could not write now, so the undoing is recorded after it.
        """
        self._records.record(change)
        try:
            async with asyncio.timeout(FLUSH_WITHIN_S):
                await self._records.flushed()
        except (JournalError, TimeoutError):
            self._records.record(undo)
            raise JournalError(
                'This cannot be kept now (is the disk full or read-only?); nothing was changed.'
            ) from None
