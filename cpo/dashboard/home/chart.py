"""The chart of Home: power of sun, car and limit in the last hour, one point per minute."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from nicegui import ui

from cpo.dashboard.live import Live
from cpo.dashboard.parts.elements import card, element, text
from cpo.dashboard.words import numbers
from cpo.state import ChargePointState, HistoryPoint, point_of

HOUR = timedelta(hours=1)
SHORTEST = timedelta(minutes=10)
MINUTE = timedelta(minutes=1)
REDRAW = timedelta(seconds=5)
LEGEND = (('sun', 'Sun'), ('car', 'Car'), ('limit', 'Limit'))
LABEL = {'color': 'var(--text-2)', 'fontSize': 12, 'fontFamily': 'Roboto'}
TOOLTIP = {
    'trigger': 'axis',
    'backgroundColor': 'var(--surface)',
    'borderColor': 'var(--line)',
    'textStyle': {**LABEL, 'color': 'var(--text)'},
    ':valueFormatter': '(kw) => kw == null ? "–" : `${kw.toFixed(1)} kW`',
}


class HistoryChart:
    """The chart card, built in the current NiceGUI slot; it is redrawn at most every 5 s, and with each new minute."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._drawn_minute: datetime | None = None
        self._drawn_at = datetime.min.replace(tzinfo=UTC)
        with card('cpo-chart'):
            with element('div', 'cpo-card-head'):
                text('Last hour', 'cpo-card-title', 'h2')
                text('kW', 'cpo-secondary', 'span')
                with element('div', 'cpo-legend'):
                    for key, word in LEGEND:
                        text(word, f'cpo-legend-{key}', 'span')
            self._chart = ui.echart(_options(), renderer='svg').classes('cpo-chart-drawing')
            self._chart.props('role=img aria-label="The power of sun, car and limit in the last hour"')
        live.on_change(self._update)

    def _update(self) -> None:
        now, state = self._live.now(), self._live.state
        if state.changed_in == self._drawn_minute and now - self._drawn_at < REDRAW:
            return
        self._drawn_minute, self._drawn_at = state.changed_in, now
        points = points_of_last_hour(state, now)
        for series, data in zip(self._chart.options['series'], _series(points), strict=True):
            series['data'] = data
        axis = self._chart.options['xAxis']
        axis['min'], axis['max'] = _milliseconds(min(points[0].at, now - SHORTEST)), _milliseconds(now)
        self._chart.update()


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


def _series(points: list[HistoryPoint]) -> list[list[list[float | None]]]:
    """The chart's three series, sun, car and limit: (milliseconds since 1970, kW), None for an unknown power."""
    times = [_milliseconds(p.at) for p in points]
    return [
        [[at, _kilowatts(power_w)] for at, power_w in zip(times, powers, strict=True)]
        for powers in ([p.sun_w for p in points], [p.car_w for p in points], [p.limit_w for p in points])
    ]


def _options() -> dict[str, Any]:
    """The chart's ECharts options; colours are CSS variables, so that the browser can change the theme by itself."""
    return {
        'animation': False,
        'grid': {'left': 24, 'right': 16, 'top': 10, 'bottom': 24},
        'xAxis': {
            'type': 'time',
            'axisLine': {'lineStyle': {'color': 'var(--line)'}},
            'axisTick': {'show': False},
            'axisLabel': {**LABEL, 'formatter': '{HH}:{mm}', 'hideOverlap': True},
            'splitLine': {'show': False},
        },
        'yAxis': {
            'type': 'value',
            'min': 0,
            'minInterval': 1,
            ':max': '(range) => Math.max(2, Math.ceil(range.max + 0.2))',
            'axisLabel': LABEL,
            'splitLine': {'lineStyle': {'color': 'var(--line)'}},
        },
        'tooltip': TOOLTIP,
        'series': [
            _line('Sun', 'var(--sun-line)', {'width': 2}, areaStyle={'color': 'var(--sun)', 'opacity': 0.25}),
            _line('Car', 'var(--car)', {'width': 3}, z=4),
            _line('Limit', 'var(--text)', {'width': 1.5, 'type': [3, 3]}, z=3, step='end'),
        ],
    }


def _line(name: str, color: str, style: dict[str, Any], **more: Any) -> dict[str, Any]:
    line = {'type': 'line', 'showSymbol': False, 'emphasis': {'disabled': True}, 'data': []}
    return {**line, 'name': name, 'itemStyle': {'color': color}, 'lineStyle': {'color': color, **style}, **more}


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _kilowatts(power_w: float | None) -> float | None:
    return round(power_w / 1000, 2) if numbers.is_known(power_w) else None
