"""Which rows are stated in which month, where some months are closed already (pure).

A session is stated in the month in which it ended. What becomes known of a closed month later, such as a
StopTransaction of a charger that was offline, never changes that month: it is added in the first month that is open,
and names the one that it belongs to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from cpo.frozen import replace
from cpo.statement.row import StatementRow


class Stated(NamedTuple):
    """What closed months state of a session in all: Wh, and hundredths of its currency (None without a price)."""

    energy_wh: int
    cents: int | None


def stated_of(rows: Iterable[StatementRow]) -> dict[int, Stated]:
    """What these rows of closed months state of each session, by its number."""
    found: dict[int, Stated] = {}
    for row in rows:
        before = found.get(row.number, Stated(0, None))
        cents = before.cents if row.cents is None else (before.cents or 0) + row.cents
        found[row.number] = Stated(before.energy_wh + row.energy_wh, cents)
    return found


def open_months(
    rows: Iterable[StatementRow], stated: Mapping[int, Stated], closed: str | None, now: str
) -> dict[str, tuple[StatementRow, ...]]:
    """The rows of the months that are not closed up to the month `now`, oldest first; each by time.

    `closed` is the last closed month, None where there is none.
    """
    months: dict[str, list[StatementRow]] = {}
    late: list[StatementRow] = []
    for row in rows:
        before = stated.get(row.number)
        if before is not None:
            if (row.energy_wh, row.cents) != before:
                late.append(row.less(*before))
        elif closed is not None and row.month <= closed:
            late.append(replace(row, adds_to=row.month))
        elif row.month <= now:
            months.setdefault(row.month, []).append(row)
    if late:
        months.setdefault(min(months, default=now), []).extend(late)
    return {month: tuple(sorted(months[month], key=_in_time)) for month in sorted(months)}


def _in_time(row: StatementRow) -> tuple[bool, str, int]:
    return row.adds_to is None, row.ended.isoformat(), row.number
