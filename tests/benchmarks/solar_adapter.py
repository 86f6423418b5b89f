"""The program's solar rule as a judge of solar controllers calls it: `make(profile).update(seconds, measurements)`.

The judge is any program that replays days against a simulated house and car. The adapter only translates: seconds into
times, its measurements into `Readings`, and the `Step` into amperes and phases. What the owner would set is taken from
the profile: λ, phases, steps of the charger, and for a car known to stop resuming, how often it does.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from cpo.chargers import Numbers
from cpo.controllers.surplus_rule import step
from cpo.controllers.surplus_values import CarRules, Reading, Readings, SurplusRules, SurplusState
from cpo.state import Activity

MIDNIGHT: Final = datetime(2026, 6, 1, tzinfo=UTC)
FRESH_FOR: Final = timedelta(seconds=30)
ALWAYS_RESUMES = 1000
NUMBERS: Final[Mapping[float, Numbers]] = {0.1: Numbers.ANY, 1.0: Numbers.WHOLE}
"""The limits that a charger with these steps obeys."""
ACTIVITIES: Final[Mapping[str, Activity]] = {
    'Available': Activity.IDLE,
    'Preparing': Activity.PLUGGED_IN,
    'Charging': Activity.CHARGING,
    'SuspendedEV': Activity.PAUSED_BY_CAR,
    'SuspendedEVSE': Activity.PAUSED_BY_CHARGER,
}


class Adapter:
    """Runs the rule whenever something it reads has changed, or when it wants to be asked again."""

    def __init__(self, rules: SurplusRules) -> None:
        """The rule as it begins for a car just plugged in."""
        self.rules = rules
        self.state = SurplusState()
        self._seen: tuple[Any, ...] = ()
        self._next_at: datetime | None = None
        self._wanted: tuple[float, int] = (0.0, rules.phases[0])

    def update(self, t: float, m: Mapping[str, Any]) -> tuple[float, int]:
        """Amperes per phase (0: pause) and phases, at `t` seconds after midnight."""
        seen = (m['grid_t'], m['status'], m['offered_a'], m['connected'])
        now = MIDNIGHT + timedelta(seconds=t)
        if seen != self._seen or (self._next_at is not None and now >= self._next_at):
            self._seen = seen
            done = step(self.state, readings(m), now, self.rules)
            self.state, self._next_at, self._wanted = done.state, done.next_at, (done.limit_a, done.phases)
        return self._wanted


def readings(m: Mapping[str, Any]) -> Readings:
    """The judge's measurements as the rule reads them."""
    grid_at = MIDNIGHT + timedelta(seconds=m['grid_t'])
    fresh_until, ev_at = grid_at + FRESH_FOR, MIDNIGHT + timedelta(seconds=m['ev_t'])
    return Readings(
        grid_w=Reading(m['grid_w'], grid_at, None, fresh_until),
        pv_w=Reading(m['pv_w'], grid_at, None, fresh_until),
        charger_a=Reading(m['ev_a'], ev_at),
        voltage_v=Reading(m['voltage'], ev_at),
        in_force_a=m['offered_a'],
        activity=ACTIVITIES.get(m['status'], Activity.UNKNOWN),
        plugged_in=m['connected'],
    )


def make(profile: Any) -> Adapter:
    """The rule for one of the judge's profiles."""
    restarts = profile.max_resumes - 1 if profile.max_resumes < ALWAYS_RESUMES else None
    car = CarRules(profile.imin, profile.imax, NUMBERS[profile.step], restarts=restarts)
    phases = (1, 3) if profile.switchable else (profile.phases,)
    return Adapter(SurplusRules(import_price=profile.lam, phases=phases, car=car))
