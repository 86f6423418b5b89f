"""Values for a time, as somebody pushed them; later ones replace what they cover (pure)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple


class Slot(NamedTuple):
    """A value as `source` pushed it: a price per kWh without the formula, or a power in W; the end is exclusive.

    `currency` is that of a price, '' of a power, and of a price that is taken to be in whatever the settings say.
    """

    starts_at: datetime
    ends_at: datetime
    value: Decimal
    source: str = ''
    currency: str = ''


def replaced(old: Sequence[Slot], pushed: Sequence[Slot]) -> tuple[Slot, ...]:
    """The old slots as far as no pushed one covers them, and the pushed ones; all lists are in order of time.

    No two slots of one list overlap.
    """
    starts, ends = [slot.starts_at for slot in pushed], [slot.ends_at for slot in pushed]
    kept = (piece for slot in old for piece in _uncovered(slot, starts, ends))
    return tuple(sorted((*kept, *pushed)))


def _uncovered(slot: Slot, starts: Sequence[datetime], ends: Sequence[datetime]) -> Iterator[Slot]:
    """The pieces of a slot between what begins at `starts` and ends at `ends`."""
    begin = slot.starts_at
    for index in range(bisect_right(ends, slot.starts_at), bisect_left(starts, slot.ends_at)):
        if starts[index] > begin:
            yield slot._replace(starts_at=begin, ends_at=starts[index])
        begin = ends[index]
    if begin < slot.ends_at:
        yield slot._replace(starts_at=begin)


def first_after(slots: Sequence[Slot], at: datetime) -> int:
    """The index of the first slot that ends after `at`."""
    return bisect_right(slots, at, key=lambda slot: slot.ends_at)
