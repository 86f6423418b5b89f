"""Lists as pages: `{"items": […], "next": path or null}`, newest first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

from fastapi import Query

MAX_ITEMS = 1000
MOST = 2**62

Item = TypeVar('Item')
Limit = Annotated[int, Query(ge=1, le=MAX_ITEMS, description='how many at most')]
Before = Annotated[int | None, Query(ge=-MOST, le=MOST, description='only smaller numbers, as in `next`')]


def first_page(items: Iterable[Item], limit: int) -> tuple[list[Item], bool]:
    """The first `limit` items, and whether more follow."""
    page = list(islice(items, limit + 1))
    return page[:limit], len(page) > limit


def merged_page(
    kept: Iterable[Item], fresh: Iterable[Item], number: Callable[[Item], int], before: int | None, limit: int
) -> tuple[list[Item], bool]:
    """A page, newest first, of what the journal keeps and of what the state knows, which is fresher.

    `kept` are the newest `limit + 1` before the number.
    """
    known = {number(item): item for item in kept}
    known.update((number(item), item) for item in fresh if before is None or number(item) < before)
    return first_page((known[key] for key in sorted(known, reverse=True)), limit)


def page_document(
    items: list[dict[str, Any]], path: str, limit: int, mark: object, name: str = 'before'
) -> dict[str, Any]:
    """A page; `mark` is where the next one goes on, None after the last."""
    following = None if mark is None else f'{path}?{urlencode({"limit": limit, name: mark})}'
    return {'items': items, 'next': following}
