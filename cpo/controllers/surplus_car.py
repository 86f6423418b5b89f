"""How much the car draws at the moment of a meter's reading: it follows what it is offered with a lag (pure).

The grid meter sees the car some seconds late, and the charger's own meter reports seldom. What is left over is right
only with the car's current at the grid meter's own time, so that is what is modelled: exponentially towards the limit
in force less the amperes the car stays below it, and corrected by each value of the charger's meter. Many a car follows
within a second: until it surely has, it may draw all that it is modelled to draw in the end.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from datetime import datetime

from cpo.state import Activity

RISES_IN_S = 8.0
FALLS_IN_S = 5.0
"""The time constants with which a car follows a limit up and down."""
TRUST_IN_METER = 0.7
"""The part of the difference to the charger's meter by which the modelled current is corrected."""
LEARNED_PER_VALUE = 0.3
MOST_SHORT_A = 1.5
SETTLED_AFTER_S = 25.0
"""For how long a limit has to be in force before a value of the charger's meter says what the car stays below it."""
FOLLOWS_WITHIN_S = 20.0
"""So long after a change, a car may be anywhere between the modelled current and the one it follows to."""


@dataclass(frozen=True, slots=True)
class Offer:
    """The limit the car follows: `limit_a` since `since`, `before_a` until then."""

    limit_a: float = 0.0
    before_a: float = 0.0
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Car:
    """The current per phase that the car draws `at`, and the amperes it stays below what it is offered (learned).

    `metered_a` is a value of the charger's meter that is newer than `at` and not yet used; `metered_at` is the newest.
    """

    current_a: float = 0.0
    short_a: float = 0.3
    at: datetime | None = None
    metered_a: float | None = None
    metered_at: datetime | None = None
    offer: Offer = field(default_factory=Offer)


def offered(car: Car, limit_a: float, since: datetime) -> Car:
    """The car with `limit_a` in force from `since` on."""
    if limit_a == car.offer.limit_a:
        return car
    return replace(car, offer=Offer(limit_a, car.offer.limit_a, since))


def metered(car: Car, current_a: float, at: datetime) -> Car:
    """The car with a value of the charger's meter, which waits until a grid reading is as new; newer ones wait."""
    if at == car.metered_at or (car.metered_a is not None and car.metered_at is not None and at > car.metered_at):
        return car
    return replace(car, metered_a=current_a, metered_at=at)


def at_time(car: Car, activity: Activity, at: datetime) -> Car:
    """The car at the time of a grid reading, corrected by a value of its own meter from before."""
    draws = activity is Activity.CHARGING
    begin, current_a, short_a, metered_a = car.at or at, car.current_a, car.short_a, car.metered_a
    measured_at, since = car.metered_at, car.offer.since
    if metered_a is not None and measured_at is not None and measured_at <= at:
        current_a = _drawn(car.offer, short_a, current_a, begin, measured_at) if draws else 0.0
        error_a, begin = metered_a - current_a, max(begin, measured_at)
        if draws and since is not None and (measured_at - since).total_seconds() > SETTLED_AFTER_S:
            short_a = min(max(short_a - LEARNED_PER_VALUE * error_a, 0.0), MOST_SHORT_A)
        current_a, metered_a = max(current_a + TRUST_IN_METER * error_a, 0.0), None
    current_a = _drawn(car.offer, short_a, current_a, begin, at) if draws else 0.0
    return Car(current_a, short_a, at, metered_a, measured_at, car.offer)


def may_draw_more_a(car: Car) -> float:
    """What the car draws more than is modelled if it follows at once; negative where it follows a limit down."""
    since, at = car.offer.since, car.at
    if since is None or at is None or not 0 <= (at - since).total_seconds() < FOLLOWS_WITHIN_S or not car.current_a:
        return 0.0
    return max(car.offer.limit_a - car.short_a, 0.0) - car.current_a


def _drawn(offer: Offer, short_a: float, current_a: float, begin: datetime, at: datetime) -> float:
    """The current some seconds later; where the clock was set back, the same."""
    if offer.since is not None and begin < offer.since:
        end = min(offer.since, at)
        current_a, begin = _approached(current_a, offer.before_a - short_a, (end - begin).total_seconds()), end
    return _approached(current_a, offer.limit_a - short_a, (at - begin).total_seconds())


def _approached(current_a: float, goal_a: float, seconds: float) -> float:
    goal_a = max(goal_a, 0.0)
    lag_s = RISES_IN_S if goal_a > current_a else FALLS_IN_S
    return goal_a + (current_a - goal_a) * math.exp(-seconds / lag_s) if seconds > 0 else current_a
