"""Who may charge, changed by a person or program: a change is in force and kept, or neither."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Protocol

from cpo.errors import JournalError, UnknownIdTag
from cpo.state import ChargePointState, Entry, IdTag, IdTagChanged, IdTagDeleted

KEEP_WITHIN_S = 9.0


class Records(Protocol):
    """What this module needs of the ChargePoint."""

    @property
    def state(self) -> ChargePointState:
        """What is known now."""
        ...

    def record(self, *entries: Entry) -> None:
        """Take facts into the state and the journal."""
        ...

    async def kept(self) -> None:
        """Wait until all facts are on the disk. Raises JournalError."""
        ...


class IdTags:
    """Adds, changes and deletes id tags, one after the other."""

    def __init__(self, records: Records) -> None:
        """`records` holds the id tags in its state."""
        self._records = records
        self._one_at_a_time = asyncio.Lock()

    async def put(self, tag: IdTag) -> IdTag:
        """Add an id tag or replace the one of the same id, which keeps its upper and lower case; returns it as kept.

        Raises JournalError where it cannot be kept, and then nothing has changed.
        """
        async with self._one_at_a_time:
            old = self._records.state.id_tags.get(tag.id_tag.casefold())
            new = tag if old is None else replace(tag, id_tag=old.id_tag)
            await self._keep(IdTagChanged(new), IdTagDeleted(new.id_tag) if old is None else IdTagChanged(old))
            return new

    async def delete(self, id_tag: str) -> IdTag:
        """Delete an id tag; returns what it was. Raises UnknownIdTag, and JournalError as `put` does."""
        async with self._one_at_a_time:
            old = self._records.state.id_tags.get(id_tag.casefold())
            if old is None:
                raise UnknownIdTag(f'There is no id tag {id_tag[:40]}.')
            await self._keep(IdTagDeleted(old.id_tag), IdTagChanged(old))
            return old

    async def _keep(self, change: Entry, undo: Entry) -> None:
        """What the journal could not write waits in it and is written later, so the undoing is written after it."""
        self._records.record(change)
        try:
            async with asyncio.timeout(KEEP_WITHIN_S):
                await self._records.kept()
        except (JournalError, TimeoutError):
            self._records.record(undo)
            raise JournalError(
                'This cannot be kept now (is the disk full or read-only?); nothing was changed.'
            ) from None
