"""The chart of Home: the powers of sun, house, car, grid and limit in the last hour and today."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from statistics import fmean
from typing import Any, NamedTuple

from nicegui import ui
from nicegui.elements import echart
from nicegui.elements.mixins.text_element import TextElement

from cpo.dashboard.live import Live
from cpo.dashboard.parts.elements import card, element, text
from cpo.dashboard.parts.segments import set_prop
from cpo.dashboard.words import numbers
from cpo.state import ChargePointState, HistoryPoint, point_of

HOUR = timedelta(hours=1)
SHORTEST = timedelta(minutes=10)
MINUTE = timedelta(minutes=1)
REDRAW = timedelta(seconds=5)
STEP = timedelta(minutes=5)
"""A day is drawn with one point for so long, a few hours with one for each minute."""
FEW_HOURS = timedelta(hours=3)
LEGEND = (('sun', 'Sun'), ('house', 'House'), ('car', 'Car'), ('grid', 'Grid'), ('limit', 'Limit'))
MEANS = ('sun_w', 'house_w', 'car_w', 'grid_w')
METERED = ('house', 'grid')
"""Lines that need a reading of the grid."""
Points = tuple[tuple[int, float | None], ...]


class Range(StrEnum):
    """How much the chart shows."""

    HOUR = 'hour'
    TODAY = 'today'


RANGES = {Range.HOUR: 'Last hour', Range.TODAY: 'Today'}


class Drawing(NamedTuple):
    """The lines of `LEGEND` as points (milliseconds since 1970, kW), and the time axis.

    They are tuples, which NiceGUI leaves as they are: it would watch each member of a list for changes.
    """

    begins: int
    ends: int
    lines: tuple[Points, ...]


class Chart(ui.element, component='chart.vue', esm={'nicegui-echart': str(Path(echart.__file__).parent / 'dist')}):
    """The drawing, in the current NiceGUI slot; the browser loads ECharts for it once the page is painted."""

    def show(self, drawing: Drawing) -> None:
        """Draw these lines."""
        self.props.update(drawing._asdict())


class HistoryChart:
    """The chart card, built in the current NiceGUI slot.

    It is redrawn with each new minute, and the last hour at most every 5 s while something changes.
    """

    def __init__(self, live: Live) -> None:
        self._live = live
        self._range = Range.HOUR
        self._drawn: ChargePointState | None = None
        self._drawn_at = datetime.min.replace(tzinfo=UTC)
        with card('cpo-chart'):
            with element('div', 'cpo-card-head'):
                with element('div', 'cpo-ranges', 'role=group aria-label="Time shown"'):
                    self._buttons = {each: self._button(each) for each in Range}
                text('kW', 'cpo-secondary', 'span')
                with element('div', 'cpo-legend'):
                    self._legend = {key: text(word, f'cpo-legend-{key}', 'span') for key, word in LEGEND}
            self._chart = Chart().classes('cpo-chart-drawing')
        self._show_range()
        live.on_change(self._update)

    def _button(self, each: Range) -> TextElement:
        button = text(RANGES[each], 'cpo-range', 'button').props(f'type=button data-testid=range-{each}')
        return button.on('click', lambda: self._choose(each))

    def _choose(self, each: Range) -> None:
        self._range, self._drawn_at = each, datetime.min.replace(tzinfo=UTC)
        self._show_range()
        self._update()

    def _show_range(self) -> None:
        for each, button in self._buttons.items():
            set_prop(button, 'aria-pressed', 'true' if each is self._range else 'false')

    def _update(self) -> None:
        now, state = self._live.now(), self._live.state
        redraw = REDRAW if self._range is Range.HOUR else MINUTE
        is_same_minute = now.replace(second=0, microsecond=0) <= self._drawn_at
        if is_same_minute and (state is self._drawn or now - self._drawn_at < redraw):
            return
        self._drawn, self._drawn_at = state, now
        drawing = self._live.shared(_drawing, self._range)
        self._chart.show(drawing)
        for (key, _), points in zip(LEGEND, drawing.lines, strict=True):
            self._legend[key].set_visibility(bool(points))


def _drawing(live: Live, shown: Range) -> Drawing:
    now = live.now()
    if shown is Range.HOUR:
        points = points_since(live.state, now - HOUR, now)
    else:
        midnight = now.astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
        points = points_since(live.state, midnight.astimezone(UTC), now)
        points = thinned(points) if now - points[0].at > FEW_HOURS else points
    return Drawing(_milliseconds(min(points[0].at, now - SHORTEST)), _milliseconds(now), _lines(points))


def points_since(state: ChargePointState, start: datetime, now: datetime) -> list[HistoryPoint]:
    """The points of the chart from `start` to `now`, one for each minute.

    A minute in which nothing changed repeats the point before it; a power that became stale is unknown from then on.
    """
    points: list[HistoryPoint] = []
    first = max(0, bisect_right(state.history, start, key=lambda point: point.at) - 1)
    for point in (*state.history[first:], *(point_of(state, at) for at in (state.changed_in, now) if at)):
        if points:
            points += _between(points[-1], point.at)
        points.append(point)
    before = [replace(p, at=start) for p in points if p.at < start]
    return before[-1:] + [p for p in points if p.at >= start]


def thinned(points: list[HistoryPoint]) -> list[HistoryPoint]:
    """One point for each 5 minutes, with the mean of each power while it was known, and the newest limit."""
    buckets = groupby(points, lambda point: point.at.timestamp() // STEP.total_seconds())
    return [_mean_of(list(bucket)) for _, bucket in buckets]


def _mean_of(points: list[HistoryPoint]) -> HistoryPoint:
    means: dict[str, Any] = {name: _mean([getattr(point, name) for point in points]) for name in MEANS}
    return replace(points[-1], **means)


def _mean(powers: list[float | None]) -> float | None:
    known = [power_w for power_w in powers if power_w is not None]
    return fmean(known) if known else None


def _between(point: HistoryPoint, until: datetime) -> list[HistoryPoint]:
    """What follows a point until the next one: its powers, each as long as it is known."""
    between = []
    ends = (point.sun_until, point.car_until, point.grid_until, point.house_until)
    for at in sorted({at for at in ends if at is not None and point.at < at < until}):
        between += [replace(point, at=at), _known(point, at)]
        point = between[-1]
    if until - point.at > 2 * MINUTE:
        between.append(_known(point, until - MINUTE))
    return between


def _known(point: HistoryPoint, at: datetime) -> HistoryPoint:
    ends = {
        'sun_w': point.sun_until,
        'car_w': point.car_until,
        'grid_w': point.grid_until,
        'house_w': point.house_until,
    }
    unknown: dict[str, Any] = {name: None for name, until in ends.items() if until is not None and until <= at}
    return replace(point, at=at, **unknown)


def _lines(points: list[HistoryPoint]) -> tuple[Points, ...]:
    """The lines of `LEGEND`, with None for an unknown power; empty ones where the house has no meter."""
    times = [_milliseconds(p.at) for p in points]
    is_metered = any(p.grid_w is not None for p in points)
    return tuple(
        tuple((at, _kilowatts(getattr(p, f'{key}_w'))) for at, p in zip(times, points, strict=True))
        if is_metered or key not in METERED
        else ()
        for key, _ in LEGEND
    )


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _kilowatts(power_w: float | None) -> float | None:
    return round(power_w / 1000, 2) if numbers.is_known(power_w) else None
