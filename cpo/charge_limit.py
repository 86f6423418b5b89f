"""From one wanted limit to the request this charger takes now."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

from cpo.errors import InvalidLimit
from cpo.state import ChargePointState

MIN_CHARGING_CURRENT_A = 6.0


@dataclass(frozen=True, slots=True)
class LimitOutcome:
    """What became of a wanted limit, in A.

    `applied_a` is what the charger accepted (None where nothing was sent), `action` the request that was sent,
    `status` what the charger answered, `detail` a sentence.
    """

    requested_a: float
    applied_a: float | None
    action: str | None
    status: str | None
    detail: str


class Step(Enum):
    """What to do about a wanted limit."""

    START = 'start a transaction with the limit'
    CHANGE = 'change the limit of the transaction that runs'
    STOP = 'end the transaction that runs'
    WAIT = 'wait for what is on its way: a transaction that begins, or one that ends'
    NOTHING = 'nothing is charging and nothing shall'


def checked_limit(limit_a: float, max_current_a: float) -> float:
    """The limit rounded down to 0.1 A. Raises InvalidLimit; the maximum is checked before rounding."""
    is_nan = limit_a != limit_a  # math.isnan fails for an integer that is too large for a float
    if isinstance(limit_a, bool) or not isinstance(limit_a, (int, float)) or is_nan:
        raise InvalidLimit('The limit is a number of amperes, such as 10 or 10.5.')
    if limit_a < 0 or limit_a > max_current_a:
        raise InvalidLimit(f'The limit is between 0 and {max_current_a:g} A, the configured maximum.')
    # a hair is added before rounding down, so that 8.1 (stored as 8.0999…) stays 8.1
    tenths = math.floor(limit_a * 10 + 1e-6)
    if tenths / 10 > max_current_a:
        tenths -= 1
    if limit_a > 0 and tenths == 0:
        raise InvalidLimit('The limit is 0, or at least 0.1 A.')
    return tenths / 10


def next_step(state: ChargePointState, connector_id: int, limit_a: float) -> Step:
    """Above 0 starts a transaction or changes its limit, 0 ends it; a start or an end on its way is waited for."""
    connector = state.connector(connector_id)
    if connector.transaction_id is not None:
        if not limit_a:
            return Step.STOP
        return Step.WAIT if connector.is_stopping else Step.CHANGE
    if connector.remote_start is not None:
        return Step.WAIT
    return Step.START if limit_a else Step.NOTHING


def advice(limit_a: float) -> str:
    """What a person should know about a limit the charger accepted; '' where there is nothing."""
    if 0 < limit_a < MIN_CHARGING_CURRENT_A:
        return f'Cars need at least 6 A to charge; {limit_a:g} A most likely pauses it.'
    return ''
