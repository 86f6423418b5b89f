"""Lists in pages: `{"items": […], "next": path or null}`, newest first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from types import MappingProxyType
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
    persisted: Iterable[Item], fresh: Iterable[Item], number: Callable[[Item], int], before: int | None, limit: int
) -> tuple[list[Item], bool]:
    """A page of records, newest first, from the journal and the state; the state's replace the same in the journal.

    `persisted` are the journal's newest `limit + 1` records with numbers below `before`, `fresh` the state's. Returns
    the items, and whether more follow.
    """
    known = {number(item): item for item in persisted}
    known.update((number(item), item) for item in fresh if before is None or number(item) < before)
    return first_page((known[key] for key in sorted(known, reverse=True)), limit)


def page_document(
    items: list[dict[str, Any]],
    path: str,
    limit: int,
    mark: object,
    name: str = 'before',
    query: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, Any]:
    """The JSON document of a page: `items`, and `next`, the path of the page after it, null on the last page.

    That path is `path` with the query parameter `name`, whose value `mark` says where the next page begins; None: this
    is the last one. `query` has what else was asked for.
    """
    following = None if mark is None else f'{path}?{urlencode({**query, "limit": limit, name: mark})}'
    return {'items': items, 'next': following}
