"""A wish is what somebody wants the limit of a connector to be: which limits are valid, and the outcome of a wish."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cpo.amperes import rounded_down
from cpo.errors import InvalidLimit
from cpo.limits.limited_charger import LimitedCharger
from cpo.limits.phase_switching import phases_to_say
from cpo.state import Connector, Limit, Source, WishEnd, left_its_mode

START_HOLDS_FOR = timedelta(minutes=5)
"""A start that was lost with its connection is sent again when the charger is back within that time, not later."""


@dataclass(frozen=True, slots=True)
class LimitOutcome:
    """The outcome of a wish (a limit somebody wants for a connector); currents in A.

    `applied_a` is the limit the charger accepted (None where nothing was sent), `action` the Action of the request that
    was sent, `status` the charger's answer, `detail` a sentence.
    """

    requested_a: float
    applied_a: float | None
    action: str | None
    status: str | None
    detail: str


def new_wish(charger: LimitedCharger, limit_a: float, by: Source, at: datetime, phases: int | None) -> Limit:
    """A wish of `by` for a limit in A on 1 or 3 `phases` (None: all); raises as `checked_limit` does."""
    return Limit(checked_limit(limit_a, charger.settings.max_current), by, at, phases_to_say(charger, phases))


def checked_limit(limit_a: float, max_current_a: float) -> float:
    """The limit rounded down to 0.1 A, for a wish.

    Raises InvalidLimit where it is not 0 and not between 0.1 A and the maximum, which is compared before rounding.
    """
    is_nan = limit_a != limit_a  # math.isnan fails for an integer that is too large for a float
    if isinstance(limit_a, bool) or not isinstance(limit_a, (int, float)) or is_nan:
        raise InvalidLimit('The limit is a number of amperes, such as 10 or 10.5.')
    if limit_a < 0 or limit_a > max_current_a:
        raise InvalidLimit(f'The limit is between 0 and {max_current_a:g} A, the configured maximum.')
    rounded_a = rounded_down(limit_a)
    if rounded_a > max_current_a:  # by the hair that rounding adds
        rounded_a = rounded_down(limit_a - 0.05)
    if limit_a > 0 and rounded_a == 0:
        raise InvalidLimit('The limit is 0, or at least 0.1 A.')
    return rounded_a


def start_holds_until(wish: Limit, held_back_at: datetime | None) -> datetime:
    """From when on a wished start is no longer sent; `held_back_at` is when a ceiling last left too little for it."""
    return max(wish.at, held_back_at or wish.at) + START_HOLDS_FOR


def why_over(connector: Connector) -> WishEnd:
    """Why the wished limit is no longer pursued, where no request is left to send for it."""
    wish = connector.wish
    if left_its_mode(connector):
        return WishEnd.SUN_LEFT
    return WishEnd.START_TOO_LATE if wish is not None and wish.limit_a else WishEnd.REACHED
