"""A charger that obeys late, a car that follows late, a meter that reports late: the rule settles with any of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from cpo.controllers.surplus_rule import step
from cpo.controllers.surplus_values import Reading, Readings, SurplusRules, SurplusState
from cpo.state import Activity

BEGAN = datetime(2026, 6, 1, 10, tzinfo=UTC)
VOLTAGE_V, SHORT_A, ACCEPTED_AFTER_S, LAG_S = 230.0, 0.3, 1, 3.0
LEVELS_W = (2000.0, 2800.0, 1900.0)
"""What is left over on each phase, each for `LEVEL_S`."""
LEVEL_S, SETTLES_IN_S = 600, 240


@dataclass
class LateHome:
    """House and car by the second; the rule is asked at each reading of the grid, and when the charger takes a limit.

    A change of the limit reaches the car `dead_s` after the charger accepted it; the grid's reading is `late_s` old.
    """

    late_s: int
    dead_s: int
    phases: int = 1
    assumed: int = 1
    charger_every_s: int | None = 10
    knows_pv: bool = True
    state: SurplusState = field(default_factory=SurplusState)
    current_a: float = 0.0
    limits: list[tuple[int, float]] = field(default_factory=lambda: [(-1000, 0.0)])
    grids_w: list[float] = field(default_factory=list)
    metered: Reading | None = None
    read: Readings = field(default_factory=Readings)

    def run(self, seconds: int, surplus_w: Callable[[int], float]) -> list[int]:
        """Let time pass; the times at which another limit was commanded."""
        for at_s in range(seconds):
            sunny_w = surplus_w(at_s) * self.phases
            goal_a = max(self._in_force_a(at_s, self.dead_s) - SHORT_A, 0.0)
            self.current_a = goal_a + (self.current_a - goal_a) * math.exp(-1 / LAG_S) if goal_a else 0.0
            self.grids_w.append(self.current_a * VOLTAGE_V * self.phases - sunny_w)
            now = BEGAN + timedelta(seconds=at_s)
            if self.charger_every_s is not None and at_s % self.charger_every_s == 3:
                self.metered = Reading(self.current_a, now)
            if at_s % 5 == 0:
                self.read = self._reading(now, self.grids_w[max(0, at_s - self.late_s)], sunny_w)
            if at_s % 5 == 0 or self._in_force_a(at_s) != self._in_force_a(at_s - 1):
                self._ask(at_s, now)
        return [at_s for at_s, _ in self.limits[1:]]

    def _reading(self, now: datetime, grid_w: float, sunny_w: float) -> Readings:
        fresh_until = now + timedelta(seconds=60)
        pv = Reading(sunny_w + 400, now, None, fresh_until) if self.knows_pv else None
        return Readings(grid_w=Reading(grid_w, now, None, fresh_until), pv_w=pv)

    def _ask(self, at_s: int, now: datetime) -> None:
        readings = replace(
            self.read,
            charger_a=self.metered,
            in_force_a=self._in_force_a(at_s),
            activity=Activity.CHARGING if self.current_a else Activity.PAUSED_BY_CHARGER,
            plugged_in=True,
        )
        phases = max(self.assumed, self.state.car.echo.phases or 0)
        done = step(self.state, readings, now, SurplusRules(phases=(phases,)))
        self.state = done.state
        if done.limit_a != self.limits[-1][1]:
            self.limits.append((at_s, done.limit_a))

    def _in_force_a(self, at_s: int, dead_s: int = 0) -> float:
        at_s -= ACCEPTED_AFTER_S + dead_s
        return next(limit_a for since_s, limit_a in reversed(self.limits) if since_s <= at_s)


def level_w(at_s: int) -> float:
    return LEVELS_W[min(at_s // LEVEL_S, len(LEVELS_W) - 1)]


@pytest.mark.parametrize(
    ('late_s', 'dead_s', 'knows_pv'),
    [
        (0, 0, True),
        (0, 2, True),
        (0, 8, True),
        (0, 20, True),
        (5, 14, True),
        (10, 8, True),
        (10, 20, True),
        (20, 0, True),
        (20, 20, True),
        (0, 8, False),
        (5, 20, False),
        (20, 8, False),
    ],
)
def test_the_limit_settles_whatever_is_late(late_s: int, dead_s: int, knows_pv: bool) -> None:
    home = LateHome(late_s, dead_s, knows_pv=knows_pv)
    commands_s = home.run(LEVEL_S * len(LEVELS_W), level_w)
    # the delay is learned of with the first level
    assert [at_s for at_s in commands_s if at_s > LEVEL_S and at_s % LEVEL_S > SETTLES_IN_S] == []
    assert len([at_s for at_s in commands_s if at_s >= LEVEL_S]) <= 12
    assert home.current_a == pytest.approx(LEVELS_W[-1] / VOLTAGE_V, abs=0.4)


@pytest.mark.parametrize('charger_every_s', [10, 30, None])
def test_the_delay_that_the_grid_shows_is_learned(charger_every_s: int | None) -> None:
    home = LateHome(20, 10, charger_every_s=charger_every_s)
    home.run(LEVEL_S * 2, level_w)
    assert home.state.car.echo.delay_s in (25.0, 30.0)


def test_a_kettle_and_clouds_are_no_delay() -> None:
    home = LateHome(0, 0)
    home.run(7200, lambda at_s: (4000 if at_s // 330 % 3 else 1700) - (2000 if at_s % 1500 < 150 else 0))
    assert home.state.car.echo.delay_s <= 5.0
    assert home.state.car.echo.phases in (None, 1)


@pytest.mark.parametrize(('late_s', 'dead_s'), [(0, 0), (0, 8), (10, 10)])
@pytest.mark.parametrize('charger_every_s', [10, None])
def test_a_car_on_more_phases_than_was_assumed_does_not_swing(
    late_s: int, dead_s: int, charger_every_s: int | None
) -> None:
    home = LateHome(late_s, dead_s, phases=3, assumed=1, charger_every_s=charger_every_s)
    commands_s = home.run(LEVEL_S * len(LEVELS_W), level_w)
    assert home.state.car.echo.phases in (2, 3)
    assert [at_s for at_s in commands_s if at_s > LEVEL_S and at_s % LEVEL_S > SETTLES_IN_S] == []
    assert home.current_a == pytest.approx(LEVELS_W[-1] / VOLTAGE_V, abs=0.4)
