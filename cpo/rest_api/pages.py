"""Lists as pages: `{"items": […], "next": path or null}`, newest first."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

from fastapi import Query

MAX_ITEMS = 1000

Item = TypeVar('Item')
Limit = Annotated[int, Query(ge=1, le=MAX_ITEMS, description='how many at most')]


def first_page(items: Iterable[Item], limit: int) -> tuple[list[Item], bool]:
    """The first `limit` items, and whether more follow."""
    page = list(islice(items, limit + 1))
    return page[:limit], len(page) > limit


def page_document(items: list[dict[str, Any]], path: str, limit: int, before: object) -> dict[str, Any]:
    """A page; `before` is where the next one goes on, None after the last."""
    following = None if before is None else f'{path}?{urlencode({"limit": limit, "before": before})}'
    return {'items': items, 'next': following}
