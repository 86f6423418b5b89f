"""The rule of the main fuse: from the currents of the house to the most the car may have (pure).

What the house takes without the car leaves the rest of the fuse to the car: fuse − (house − car), in the phase with
most current, as it is not known which phase of the house is which of the car. The car's current is known less exactly
and later than that of the house, so it is given as `CarCurrent`: at least, and at most. A raise counts on the least, by
a reading from after the last raise took effect. While the fuse is exceeded a decrease counts on the least too, or on
what the car was measured to draw, in the seconds that it needs to follow a decrease; they end with the first reading
below the fuse. Else a decrease counts on the most, as the car may still be about to take what it was offered.

A lost or stale meter leaves the floor of the settings, never the maximum.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cpo.amperes import rounded_down

STEP_A = 6.0
"""A fresh reading raises the ceiling by this at most."""
RISES_WITHIN = timedelta(seconds=5)
"""So long after a raise a car draws more, and a reading of the house shows it."""
LEAST_RAISE_A = 1.0
"""A raise by less is not worth a message, unless it is the last one."""
TRIP_FREE = 1.13
"""A breaker carries this multiple of its current for an hour (EN 60898-1)."""


@dataclass(frozen=True, slots=True)
class FuseRules:
    """What the owner set: the fuse, what the car gets without a meter, and the most it ever gets, in A per phase.

    An excess of 13 % is left alone for `excess_s` seconds.
    """

    fuse_a: float
    floor_a: float = 6.0
    most_a: float = 16.0
    excess_s: float = 0.0


@dataclass(frozen=True, slots=True)
class CarCurrent:
    """The current in A that the car draws in its phase with most of it: `least_a` … `most_a`.

    Where it was offered less a moment ago, at `lowered_at`, it may still draw `before_a`, as measured. `raised_at` is
    when it was last offered more.
    """

    least_a: float = 0.0
    most_a: float = 0.0
    before_a: float = 0.0
    lowered_at: datetime | None = None
    raised_at: datetime | None = None

    def while_above_a(self, below_at: datetime | None) -> float:
        """What it draws of a reading above the fuse, where one at `below_at` was the last that was not."""
        has_followed = self.lowered_at is None or (below_at is not None and below_at >= self.lowered_at)
        return self.least_a if has_followed else max(self.least_a, self.before_a)


@dataclass(frozen=True, slots=True)
class HouseCurrent:
    """A reading of the house with the car, in A of the phase with most; it was measured at `at`.

    `phase` is that phase, None where only the power of all is known.
    """

    a: float
    at: datetime
    phase: str | None = None


@dataclass(frozen=True, slots=True)
class FuseState:
    """The ceiling in A, the reading it was last decided by (None: there is none), and since when that is too much.

    `below_at` is the time of the last reading that was not too much, `raised_at` when the ceiling last went up.
    """

    ceiling_a: float
    read: HouseCurrent | None = None
    above_since: datetime | None = None
    below_at: datetime | None = None
    raised_at: datetime | None = None


def step(state: FuseState, house: HouseCurrent | None, car: CarCurrent, now: datetime, rules: FuseRules) -> FuseState:
    """The next state by the newest reading of the house, None where that is stale or missing.

    Each reading is judged once: `car` is what the car drew when it was measured.
    """
    if house is None:
        return FuseState(min(rules.floor_a, rules.most_a))
    if state.read is not None and house.at <= state.read.at:
        return state
    is_above = house.a > rules.fuse_a
    if is_above:
        state = replace(state, read=house, above_since=state.above_since or now)
    else:
        state = replace(state, read=house, above_since=None, below_at=house.at)
    most_a = _left(house, car.while_above_a(state.below_at) if is_above else car.most_a, rules)
    if most_a < state.ceiling_a:
        return state if _is_allowed(state, now, rules) else replace(state, ceiling_a=most_a)
    return state if is_above or _is_rising(state, house, car) else _raised(state, house, car, now, rules)


def _is_rising(state: FuseState, house: HouseCurrent, car: CarCurrent) -> bool:
    """True where a raise is too recent to show in the reading."""
    return any(at is not None and house.at < at + RISES_WITHIN for at in (state.raised_at, car.raised_at))


def _raised(state: FuseState, house: HouseCurrent, car: CarCurrent, now: datetime, rules: FuseRules) -> FuseState:
    """One step up, where the reading leaves enough for it."""
    raised_a = min(_left(house, car.least_a, rules), rounded_down(state.ceiling_a + STEP_A))
    is_worth_it = raised_a >= state.ceiling_a + LEAST_RAISE_A or raised_a == rounded_down(rules.most_a)
    return replace(state, ceiling_a=raised_a, raised_at=now) if raised_a > state.ceiling_a and is_worth_it else state


def _left(house: HouseCurrent, car_a: float, rules: FuseRules) -> float:
    """What the fuse leaves the car, if it draws `car_a` now."""
    return rounded_down(max(0.0, min(rules.fuse_a - (house.a - car_a), rules.most_a)))


def _is_allowed(state: FuseState, now: datetime, rules: FuseRules) -> bool:
    """True for a small excess that has not lasted yet as long as the settings allow."""
    if state.read is None or state.above_since is None or state.read.a > TRIP_FREE * rules.fuse_a:
        return False
    return now - state.above_since < timedelta(seconds=rules.excess_s)
