"""How many examples a property-based test draws, and which cases of a long table are tried."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import product
from typing import TypeVar

T = TypeVar('T')
U = TypeVar('U')

JUDGED = bool(os.environ.get('CI'))
"""Whether a change is judged here: all examples, and every time the same ones."""


def examples(most: int) -> int:
    """`max_examples` of a test: `most` where a change is judged, a tenth of them (new ones each time) at a desk."""
    return most if JUDGED else most // 10


def some(rows: Sequence[T]) -> Sequence[T]:
    """All rows where a change is judged, every third (other ones tomorrow) at a desk."""
    return rows if JUDGED else rows[datetime.now(UTC).toordinal() % 3 :: 3]


def quiet_s(most_s: float) -> float:
    """For how many simulated seconds nothing may happen: all where a change is judged, a quarter of them at a desk."""
    return most_s if JUDGED else most_s / 4


def pairs(rows: Iterable[T], columns: Sequence[U]) -> Iterator[tuple[T, U]]:
    """Each row with all columns where a change is judged, with one in nine (another one tomorrow) at a desk."""
    today = datetime.now(UTC).toordinal()
    for (number, row), (place, column) in product(enumerate(rows), enumerate(columns)):
        if JUDGED or (number + place + today) % 9 == 0:
            yield row, column
