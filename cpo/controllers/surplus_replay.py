"""A stored day, decided again: as it was, or as it would have been with other settings (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from cpo.amperes import NOMINAL_VOLTAGE_V
from cpo.controllers.surplus_log import Replayed, WithRules, replayed
from cpo.controllers.surplus_record import DecisionRecord
from cpo.controllers.surplus_values import (
    PRESETS,
    Preset,
    Reading,
    Readings,
    Reason,
    SurplusRules,
)
from cpo.state import Activity, SurplusDecided

LONGEST_GAP_S = 60.0
"""What was not decided for longer was not the rule's: no car was plugged in, or another mode was chosen."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What came of the decisions of a day: energies in kWh, closings of the contactor, changes of the limit."""

    solar_kwh: float = 0.0
    bought_kwh: float = 0.0
    closings: int = 0
    commands: int = 0


class Moment(NamedTuple):
    """One decision of a day: its limit, and what house and car did when it was made."""

    at: datetime
    readings: Readings
    limit_a: float
    phases: int


@dataclass(frozen=True, slots=True)
class DemoRecord:
    """One decision of the demo's rule: from which production (None: unknown), the limit per phase, and why."""

    at: datetime
    pv: Reading | None
    limit_a: float
    phases: int
    because: str
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class Replay:
    """A day decided again: what was (`then`), what would have been (`now`), and the decisions with a new result.

    `differing` of the `count` decisions have another result than then.
    """

    then: Figures
    now: Figures
    count: int
    differing: int
    decisions: tuple[DecisionRecord | DemoRecord, ...]


def rules_like(preset: str | None, import_price: float | None) -> WithRules:
    """What turns the settings of then into others: those of a preset of the rule, and another λ; None stays."""

    def change(rules: SurplusRules) -> SurplusRules:
        if preset is not None:
            aim, price = PRESETS[Preset(preset)]
            rules = replace(rules, aim=aim, import_price=price)
        return rules if import_price is None else replace(rules, import_price=import_price)

    return change


def replay(entries: Iterable[SurplusDecided], with_rules: WithRules | None = None) -> Replay:
    """Decide the stored decisions of one connector again, oldest first, and compare."""
    again = list(replayed(entries, with_rules, imagined))
    then = [Moment(r.then.at, r.measured, r.then.limit_a, r.then.phases) for r in again]
    now = [Moment(r.then.at, r.given.readings, r.given.step.limit_a, r.given.step.phases) for r in again]
    differing = sum(not r.is_same for r in again)
    return Replay(figures_of(then), figures_of(now), len(again), differing, tuple(_news(again)))


def imagined(readings: Readings, limit_a: float, phases: int, rules: SurplusRules) -> Readings:
    """The readings as they would have been, had the car followed the limit `limit_a` for the time before.

    What the house itself takes and gives stays; a car that was unplugged or full then is so here, too, and a ceiling
    that held it back does.
    """
    limit_a = limit_a if readings.held_a is None else min(limit_a, readings.held_a)
    voltage_v = NOMINAL_VOLTAGE_V if readings.voltage_v is None else readings.voltage_v.value
    is_full = readings.activity is Activity.PAUSED_BY_CAR and bool(readings.in_force_a)
    takes = readings.plugged_in and not is_full and limit_a > 0
    car_a = min(limit_a, rules.car.max_current_a) if takes else 0.0
    was_w, is_w = car_w(readings, phases), car_a * voltage_v * phases
    grid = readings.grid_w
    return replace(
        readings,
        grid_w=None if grid is None else grid._replace(value=grid.value - was_w + is_w),
        charger_w=_measured(is_w, readings.charger_w or grid),
        charger_a=_measured(car_a, readings.charger_a or grid),
        in_force_a=limit_a if readings.plugged_in else readings.in_force_a,
        phases=None,
        activity=_activity(readings, takes),
    )


def _activity(readings: Readings, takes: bool) -> Activity:
    if not readings.plugged_in:
        return readings.activity
    if takes:
        return Activity.CHARGING
    return Activity.PAUSED_BY_CHARGER if readings.activity is Activity.CHARGING else readings.activity


def _measured(value: float, like: Reading | None) -> Reading | None:
    """The value as a reading of the same time as `like`; None where there was no reading at all."""
    return None if like is None else like._replace(value=value)


def car_w(readings: Readings, phases: int) -> float:
    """The power the car draws, 0 where it is unknown."""
    if readings.charger_w is not None:
        return readings.charger_w.value
    if readings.charger_a is None:
        return 0.0
    voltage_v = NOMINAL_VOLTAGE_V if readings.voltage_v is None else readings.voltage_v.value
    return readings.charger_a.value * voltage_v * phases


def figures_of(moments: Sequence[Moment]) -> Figures:
    """The figures of a day; each moment holds until the next one.

    Only the time in which the rule decided is counted.
    """
    solar_ws = bought_ws = 0.0
    before_a = (moments[0].readings.in_force_a or 0.0) if moments else 0.0
    closings = commands = 0
    before_at = moments[0].at if moments else None
    for moment in moments:
        if before_at is not None and (moment.at - before_at).total_seconds() > LONGEST_GAP_S:
            before_a = moment.readings.in_force_a or 0.0  # what somebody else left in force
        closings += before_a == 0 < moment.limit_a
        commands += before_a != moment.limit_a
        before_a, before_at = moment.limit_a, moment.at
    for this, following in pairwise(moments):
        seconds = min((following.at - this.at).total_seconds(), LONGEST_GAP_S)
        drawn_w = max(0.0, car_w(following.readings, this.phases))
        grid_w = 0.0 if following.readings.grid_w is None else following.readings.grid_w.value
        bought_w = min(drawn_w, max(0.0, grid_w))
        bought_ws += bought_w * seconds
        solar_ws += (drawn_w - bought_w) * seconds
    return Figures(solar_ws / 3.6e6, bought_ws / 3.6e6, closings, commands)


def _news(again: Sequence[Replayed]) -> Iterator[DecisionRecord]:
    last: tuple[float, int, Reason] | None = None
    for each in again:
        record = each.given.step.record
        result = (record.limit_a, record.phases, record.reason)
        if result != last:
            yield record
        last = result
