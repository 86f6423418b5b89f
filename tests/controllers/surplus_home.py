"""A house and a car for tests of the surplus rule: what is left over is given, the car follows the limit at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from cpo.controllers.surplus_record import Step
from cpo.controllers.surplus_rule import step
from cpo.controllers.surplus_values import Reading, Readings, SurplusRules, SurplusState
from cpo.state import Activity

EVERY_S = 5.0
STARTS_AFTER_S = 20.0
VOLTAGE_V = 230.0
FRESH_S = 30.0
BEGAN = datetime(2026, 6, 1, 10, tzinfo=UTC)


class Home:
    """Asks the rule at each reading of the grid; `last` is the newest step, `steps` are all of them."""

    def __init__(self, rules: SurplusRules | None = None, now: datetime = BEGAN) -> None:
        """A car is plugged in and nothing was decided yet."""
        self.rules, self.now, self.state = rules or SurplusRules(), now, SurplusState()
        self.steps: list[Step] = []
        self.plugged_in, self.asleep, self.full = True, False, False
        self._offered_since: datetime | None = None
        self._frozen: Readings | None = None

    @property
    def last(self) -> Step:
        return self.steps[-1]

    def run(
        self, seconds: float, surplus_w: float, battery_w: float | None = None, battery_soc: float | None = None
    ) -> Step:
        """Let time pass with this much left over of sun and house load, the battery's power on top of it."""
        for _ in range(round(seconds / EVERY_S)):
            self.pass_time()
            self.once(self.readings(surplus_w, battery_w, battery_soc))
        return self.last

    def pass_time(self) -> None:
        """The next reading of the grid is due."""
        self.now += timedelta(seconds=EVERY_S)

    def freeze(self) -> None:
        """From now on charger and sun stay as they are: the status, what the car draws, the production."""
        self._frozen = self.readings(0.0)

    def once(self, readings: Readings) -> Step:
        """Ask the rule once."""
        self.steps.append(step(self.state, readings, self.now, self.rules))
        self.state = self.last.state
        if not self.last.limit_a:
            self._offered_since = None
        elif self._offered_since is None:
            self._offered_since = self.now
        return self.last

    def readings(self, surplus_w: float, battery_w: float | None = None, battery_soc: float | None = None) -> Readings:
        """What the meters say now: the grid gives what car and battery make of it."""
        activity, limit_a = self._activity(), self.state.limit_a
        current_a = max(limit_a - 0.3, 0.0) if activity is Activity.CHARGING else 0.0
        car_w = VOLTAGE_V * (self.state.phases or 1) * current_a
        return Readings(
            grid_w=self.reading(car_w - surplus_w - (battery_w or 0.0)),
            pv_w=self.reading(max(surplus_w, 0.0) + 300),
            battery_w=None if battery_w is None else self.reading(battery_w),
            battery_soc=None if battery_soc is None else self.reading(battery_soc),
            charger_a=self.reading(current_a),
            voltage_v=self.reading(VOLTAGE_V),
            in_force_a=limit_a,
            activity=activity,
            plugged_in=self.plugged_in,
        )

    def reading(self, value: float) -> Reading:
        """A value measured now."""
        return Reading(value, self.now, None, self.now + timedelta(seconds=FRESH_S))

    def with_surplus(self, perceived_w: float) -> Readings:
        """Readings with which the rule sees exactly so much left over, whatever it thinks that the car draws."""
        now = self._frozen or self.readings(0.0)
        pv_w = self.reading(self.state.pv_w or 0.0)
        readings = replace(now, grid_w=self.reading(0.0), pv_w=pv_w, charger_a=None, in_force_a=self.state.limit_a)
        car_w = step(self.state, readings, self.now, self.rules).state.surplus_w
        return replace(readings, grid_w=self.reading(car_w - perceived_w))

    def _activity(self) -> Activity:
        if not self.plugged_in:
            return Activity.IDLE
        if self._offered_since is None:
            return Activity.PAUSED_BY_CHARGER
        if self.asleep or self.full:
            return Activity.PAUSED_BY_CAR
        waited_s = (self.now - self._offered_since).total_seconds()
        return Activity.CHARGING if waited_s >= STARTS_AFTER_S else Activity.PLUGGED_IN
