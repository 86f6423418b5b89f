"""`replace` for frozen values with slots, in a third of the time that `dataclasses.replace` takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import replace
else:

    def replace(value, /, **changes):
        """A copy of a frozen dataclass with slots and at least two members, with other values for some of them.

        Does not call `__post_init__`. Raises AttributeError for a member that there is not.
        """
        members_of, setters = _members(type(value))
        copy = object.__new__(type(value))
        for set_member, member in zip(setters, members_of(value), strict=True):
            set_member(copy, member)
        for name, member in changes.items():
            object.__setattr__(copy, name, member)
        return copy


@cache
def _members(kind: type[Any]) -> tuple[Callable[[Any], tuple[Any, ...]], tuple[Callable[[Any, Any], None], ...]]:
    """What reads all members of a value of this kind, and what sets each of them."""
    names = [member.name for member in fields(kind)]
    return attrgetter(*names), tuple(getattr(kind, name).__set__ for name in names)


__all__ = ['replace']
