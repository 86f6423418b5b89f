"""A statement: the sessions of a period and their sums, of everybody or of one person or card (pure)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from cpo.frozen import replace
from cpo.statement.row import StatementRow


@dataclass(frozen=True, slots=True)
class Sum:
    """The sums of some sessions: Wh, hundredths of each currency, and how many there are.

    `unpriced` of them have no cost. A difference to an earlier session counts as none.
    """

    energy_wh: int
    cents: Mapping[str, int]
    sessions: int
    unpriced: int

    @classmethod
    def of(cls, rows: Iterable[StatementRow]) -> Sum:
        """The sums of these rows."""
        energy_wh = sessions = unpriced = 0
        cents: dict[str, int] = {}
        for row in rows:
            energy_wh += row.energy_wh
            sessions += not row.is_difference
            unpriced += row.cents is None
            if row.cents is not None and row.currency is not None:
                cents[row.currency] = cents.get(row.currency, 0) + row.cents
        return cls(energy_wh, cents, sessions, unpriced)


@dataclass(frozen=True, slots=True)
class Month:
    """The rows that are stated in a month (`2026-01`), by time; `hash` is that of the sealed month, None while open."""

    month: str
    rows: tuple[StatementRow, ...]
    hash: str | None = None

    @property
    def sum(self) -> Sum:
        """The sums of this month."""
        return Sum.of(self.rows)


@dataclass(frozen=True, slots=True)
class Statement:
    """The sessions that ended from the day `first` to the day `last`, by the months in which they are stated.

    `of` is the person or card, None for everybody; `made_at` is in local time. `issuer` is the name of the charger in
    the settings. `broken` are closed months that no longer are what was sealed.
    """

    first: date
    last: date
    of: str | None
    made_at: datetime
    issuer: str
    months: tuple[Month, ...]
    broken: tuple[str, ...] = ()

    @property
    def rows(self) -> tuple[StatementRow, ...]:
        """All rows, by month and time."""
        return tuple(row for month in self.months for row in month.rows)

    @property
    def sum(self) -> Sum:
        """The sums of all."""
        return Sum.of(self.rows)

    def by(self, name: Callable[[StatementRow], str | None]) -> dict[str, Sum]:
        """The sums by what `name` says of a row (`''` for None), in the order of the names."""
        grouped: dict[str, list[StatementRow]] = {}
        for row in self.rows:
            grouped.setdefault(name(row) or '', []).append(row)
        return {each: Sum.of(grouped[each]) for each in sorted(grouped, key=str.casefold)}


def statement_of(
    months: Iterable[Month],
    first: date,
    last: date,
    of: str | None,
    made_at: datetime,
    issuer: str,
    broken: Iterable[str] = (),
) -> Statement:
    """The statement of a period and a person, out of all months that have a part in it."""
    chosen = (
        replace(month, rows=tuple(row for row in month.rows if _is_chosen(row, month.month, first, last, of)))
        for month in sorted(months, key=lambda month: month.month)
    )
    return Statement(first, last, of, made_at, issuer, tuple(month for month in chosen if month.rows), tuple(broken))


def _is_chosen(row: StatementRow, month: str, first: date, last: date, of: str | None) -> bool:
    """What adds to an earlier month counts as of the first day of the month in which it is stated."""
    day = date.fromisoformat(f'{month}-01') if row.adds_to else row.ended.date()
    return first <= day <= last and (of is None or row.is_of(of))
