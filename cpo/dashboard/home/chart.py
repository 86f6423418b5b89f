"""The chart of Home: power of sun, car and limit in the last hour, one point per minute."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from nicegui import ui
from nicegui.elements import echart

from cpo.dashboard.live import Live
from cpo.dashboard.parts.elements import card, element, text
from cpo.dashboard.words import numbers
from cpo.state import ChargePointState, HistoryPoint, point_of

HOUR = timedelta(hours=1)
SHORTEST = timedelta(minutes=10)
MINUTE = timedelta(minutes=1)
REDRAW = timedelta(seconds=5)
LEGEND = (('sun', 'Sun'), ('car', 'Car'), ('limit', 'Limit'))


class Drawing(NamedTuple):
    """The lines of sun, car and limit as points (milliseconds since 1970, kW), and the time axis.

    They are tuples, which NiceGUI leaves as they are: it would watch each member of a list for changes.
    """

    begins: int
    ends: int
    lines: tuple[tuple[tuple[int, float | None], ...], ...]


class Chart(ui.element, component='chart.vue', esm={'nicegui-echart': str(Path(echart.__file__).parent / 'dist')}):
    """The drawing, in the current NiceGUI slot; the browser loads ECharts for it once the page is painted."""

    def show(self, drawing: Drawing) -> None:
        """Draw these lines."""
        self.props.update(drawing._asdict())


class HistoryChart:
    """The chart card, built in the current NiceGUI slot.

    It is redrawn with each new minute, and at most every 5 s while something changes.
    """

    def __init__(self, live: Live) -> None:
        self._live = live
        self._drawn: ChargePointState | None = None
        self._drawn_at = datetime.min.replace(tzinfo=UTC)
        with card('cpo-chart'):
            with element('div', 'cpo-card-head'):
                text('Last hour', 'cpo-card-title', 'h2')
                text('kW', 'cpo-secondary', 'span')
                with element('div', 'cpo-legend'):
                    for key, word in LEGEND:
                        text(word, f'cpo-legend-{key}', 'span')
            self._chart = Chart().classes('cpo-chart-drawing')
        live.on_change(self._update)

    def _update(self) -> None:
        now, state = self._live.now(), self._live.state
        is_same_minute = now.replace(second=0, microsecond=0) <= self._drawn_at
        if is_same_minute and (state is self._drawn or now - self._drawn_at < REDRAW):
            return
        self._drawn, self._drawn_at = state, now
        self._chart.show(self._live.shared(_drawing))


def _drawing(live: Live) -> Drawing:
    now = live.now()
    points = points_of_last_hour(live.state, now)
    return Drawing(_milliseconds(min(points[0].at, now - SHORTEST)), _milliseconds(now), _lines(points))


def points_of_last_hour(state: ChargePointState, now: datetime) -> list[HistoryPoint]:
    """The points of the last hour for the chart, one for each minute, ending at `now`.

    A minute in which nothing changed repeats the point before it; a power that became stale is unknown from then on.
    """
    points: list[HistoryPoint] = []
    for point in (*state.history, *(point_of(state, at) for at in (state.changed_in, now) if at)):
        if points:
            points += _between(points[-1], point.at)
        points.append(point)
    start = now - HOUR
    before = [replace(p, at=start) for p in points if p.at < start]
    return before[-1:] + [p for p in points if p.at >= start]


def _between(point: HistoryPoint, until: datetime) -> list[HistoryPoint]:
    """What follows a point until the next one: its powers, each as long as it is known."""
    between = []
    for at in sorted({at for at in (point.sun_until, point.car_until) if at is not None and point.at < at < until}):
        between += [replace(point, at=at), _known(point, at)]
        point = between[-1]
    if until - point.at > 2 * MINUTE:
        between.append(_known(point, until - MINUTE))
    return between


def _known(point: HistoryPoint, at: datetime) -> HistoryPoint:
    sun_w = point.sun_w if point.sun_until is None or point.sun_until > at else None
    car_w = point.car_w if point.car_until is None or point.car_until > at else None
    return replace(point, at=at, sun_w=sun_w, car_w=car_w)


def _lines(points: list[HistoryPoint]) -> tuple[tuple[tuple[int, float | None], ...], ...]:
    """The lines of sun, car and limit, with None for an unknown power."""
    times = [_milliseconds(p.at) for p in points]
    return tuple(
        tuple((at, _kilowatts(power_w)) for at, power_w in zip(times, powers, strict=True))
        for powers in ([p.sun_w for p in points], [p.car_w for p in points], [p.limit_w for p in points])
    )


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _kilowatts(power_w: float | None) -> float | None:
    return round(power_w / 1000, 2) if numbers.is_known(power_w) else None
