"""How much the car draws at the moment of a meter's reading: it follows what it is offered with a lag (pure).

The grid meter sees the car some seconds late, and the charger's own meter reports seldom. What is left over is right
only with the car's current at the grid meter's own time, so that is what is modelled: exponentially towards the limit
in force less the amperes the car stays below it, and corrected by each value of the charger's meter. Many a car follows
within a second: until it surely has, it may draw all that it is modelled to draw in the end. Where changes show in the
grid only after a while (`surplus_echo`), the car is modelled as the grid shows it: what is under way is not there yet.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from cpo.controllers.surplus_echo import DELAYS_S, NOTHING_HEARD, Echo, Offer, heard
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
KEPT_FOR = timedelta(seconds=DELAYS_S[-1] + 30)
"""How long a change is remembered: until it has surely shown."""


class Car(NamedTuple):
    """The current per phase that the car draws `at`, and the amperes it stays below what it is offered (learned).

    `metered_a` is a value of the charger's meter that is newer than `at` and not yet used; `metered_at` is the newest.
    `offers` are the last limits in force, the newest last; `draws` says that the car drew a current at `at`.
    """

    current_a: float = 0.0
    short_a: float = 0.3
    at: datetime | None = None
    metered_a: float | None = None
    metered_at: datetime | None = None
    offers: tuple[Offer, ...] = (Offer(),)
    echo: Echo = NOTHING_HEARD
    draws: bool = False


def offered(car: Car, limit_a: float, since: datetime) -> Car:
    """The car with `limit_a` in force from `since` on."""
    if limit_a == car.offers[-1].limit_a:
        return car
    outdated = sum(since - following.since > KEPT_FOR for _, following in pairwise(car.offers) if following.since)
    return car._replace(offers=(*car.offers[outdated:], Offer(limit_a, since)))


def metered(car: Car, current_a: float, at: datetime) -> Car:
    """The car with a value of the charger's meter, which waits until a grid reading is as new; newer ones wait."""
    if at == car.metered_at or (car.metered_a is not None and car.metered_at is not None and at > car.metered_at):
        return car
    return car._replace(metered_a=current_a, metered_at=at)


def at_time(car: Car, activity: Activity, at: datetime, rest_w: float, volts: float, phases: int) -> Car:
    """The car at the time of a grid reading, corrected by a value of its own meter from before.

    `rest_w` is what house and car take together, `phases` is the number assumed.
    """
    draws, offers, echo = activity is Activity.CHARGING, car.offers, car.echo
    if draws:
        offers = offers if car.draws else (Offer(), Offer(offers[-1].limit_a, car.at or at))
        echo = heard(echo, offers, at, rest_w, volts, phases)
    car = Car(car.current_a, car.short_a, car.at, car.metered_a, car.metered_at, offers, echo, draws)
    if car.metered_a is not None and car.metered_at is not None and car.metered_at <= at:
        car = _corrected(car, car.metered_a, car.metered_at)
    return car._replace(current_a=_drawn(car, at), at=at)


def _corrected(car: Car, metered_a: float, measured_at: datetime) -> Car:
    """The car at the time of a value of its meter, which counts only where the grid shows it already."""
    since, delay_s = car.offers[-1].since, car.echo.delay_s
    settled_s = math.inf if since is None else (measured_at - since).total_seconds()
    if delay_s and settled_s <= delay_s + SETTLED_AFTER_S:
        return car._replace(metered_a=None)
    current_a, short_a = _drawn(car, measured_at), car.short_a
    error_a = metered_a - current_a
    if car.draws and SETTLED_AFTER_S < settled_s < math.inf:
        short_a = min(max(short_a - LEARNED_PER_VALUE * error_a, 0.0), MOST_SHORT_A)
    current_a, at = max(current_a + TRUST_IN_METER * error_a, 0.0), max(car.at or measured_at, measured_at)
    return car._replace(current_a=current_a, short_a=short_a, at=at, metered_a=None)


def may_draw_more_a(car: Car) -> float:
    """What the car draws more than is modelled if it follows at once; negative where it follows a limit down."""
    (limit_a, since), at = car.offers[-1], car.at
    if since is None or at is None or not car.current_a:
        return 0.0
    is_following = 0 <= (at - since).total_seconds() < car.echo.delay_s + FOLLOWS_WITHIN_S
    return max(limit_a - car.short_a, 0.0) - car.current_a if is_following else 0.0


def _drawn(car: Car, at: datetime) -> float:
    """The current at a later time as the grid shows it; where the clock was set back, the same."""
    if not car.draws:
        return 0.0
    current_a, begin, delay = car.current_a, car.at or at, timedelta(seconds=car.echo.delay_s)
    for old, new in pairwise(car.offers):
        if new.since is not None and begin < new.since + delay:
            end = min(new.since + delay, at)
            current_a, begin = _approached(current_a, old.limit_a - car.short_a, (end - begin).total_seconds()), end
    return _approached(current_a, car.offers[-1].limit_a - car.short_a, (at - begin).total_seconds())


def _approached(current_a: float, goal_a: float, seconds: float) -> float:
    goal_a = max(goal_a, 0.0)
    lag_s = RISES_IN_S if goal_a > current_a else FALLS_IN_S
    return goal_a + (current_a - goal_a) * math.exp(-seconds / lag_s) if seconds > 0 else current_a
