"""What sun and house were like in the quarters of an hour of the last days: the forecast where nobody pushes one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from statistics import fmean

from cpo.charge_point import ChargePoint
from cpo.controllers.plan_values import Series, Span
from cpo.journal import Quarter, QuarterTables
from cpo.prices import PushedList
from cpo.state import HistoryPoint

LENGTH = timedelta(minutes=15)
KEEP = timedelta(days=14)
DAY = timedelta(days=1)


class Quarters:
    """Records each quarter of an hour that is over, by the history of the last day; `all` are the last 14 days."""

    def __init__(self, charge_point: ChargePoint, tables: QuarterTables) -> None:
        """Follows the ChargePoint for its whole life."""
        self._charge_point, self._tables = charge_point, tables
        self.all = tuple(tables.load())
        self._current: datetime | None = None
        charge_point.subscribe(self._on_change)

    def series(self, name: PushedList) -> Series:
        """The mean powers of the quarters in which they were known."""
        return tuple(Span(each.at, each.at + LENGTH, w) for each in self.all if (w := value_of(each, name)) is not None)

    def usual(self, name: PushedList, begin: datetime, end: datetime) -> Iterator[Span]:
        """The mean of each quarter's predecessors at the same time of the last days, where there are any."""
        by_time: dict[timedelta, list[float]] = {}
        for span in self.series(name):
            by_time.setdefault(_time_of_day(span.starts_at), []).append(span.value)
        at = quarter_at(begin)
        while at < end:
            if values := by_time.get(_time_of_day(at)):
                yield Span(max(at, begin), min(at + LENGTH, end), fmean(values))
            at += LENGTH

    def _on_change(self) -> None:
        changed_in = self._charge_point.state.changed_in
        current = None if changed_in is None else quarter_at(changed_in)
        if current is None or current == self._current:
            return
        before, self._current = self._current, current
        if before is not None and before < current:
            points = (p for p in reversed(self._charge_point.state.history) if before <= p.at < before + LENGTH)
            self._add(_mean(before, points))

    def _add(self, quarter: Quarter) -> None:
        if quarter.pv_w is None and quarter.house_w is None:
            return
        oldest = quarter.at - KEEP
        self.all = (*(each for each in self.all if oldest <= each.at < quarter.at), quarter)
        self._tables.add(quarter, oldest)


def quarter_at(at: datetime) -> datetime:
    """The beginning of the quarter of an hour that this time lies in."""
    return datetime.fromtimestamp(at.timestamp() // LENGTH.total_seconds() * LENGTH.total_seconds(), UTC)


def value_of(quarter: Quarter, name: PushedList) -> float | None:
    """The power of a quarter in W, None where it is unknown."""
    return quarter.pv_w if name is PushedList.PV else quarter.house_w


def _mean(at: datetime, points: Iterable[HistoryPoint]) -> Quarter:
    known = tuple(points)
    pv_w = [point.sun_w for point in known if point.sun_w is not None]
    house_w = [point.house_w for point in known if point.house_w is not None]
    return Quarter(at, fmean(pv_w) if pv_w else None, fmean(house_w) if house_w else None)


def _time_of_day(at: datetime) -> timedelta:
    return (at - datetime(2000, 1, 1, tzinfo=UTC)) % DAY
