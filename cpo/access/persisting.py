"""Changes of accounts that hold and are persisted, or neither."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from cpo.access.accounts import AccountStore, Person, SignIn, Token
from cpo.errors import JournalError

FLUSH_WITHIN_S = 9.0

Account = Person | SignIn | Token


async def replace_persisted(store: AccountStore, old: Sequence[Account], new: Sequence[Account]) -> None:
    """Replace accounts in the store and wait for the disk.

    Raises JournalError where that takes more than 9 s; the store then has the old ones again, once it can be written.
    """
    _replace(store, old, new)
    try:
        async with asyncio.timeout(FLUSH_WITHIN_S):
            await store.flushed()
    except (JournalError, TimeoutError):
        _replace(store, new, old)
        raise JournalError('This cannot be kept now (is the disk full or read-only?); nothing was changed.') from None


def _replace(store: AccountStore, old: Sequence[Account], new: Sequence[Account]) -> None:
    store.delete(*old)
    store.put(*new)
