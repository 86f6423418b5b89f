"""From one wanted limit to the request this charger takes now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from cpo.amperes import MIN_CHARGING_CURRENT_A, rounded_down
from cpo.errors import InvalidLimit
from cpo.state import Connector


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
    """What brings the charger nearer to the wish."""

    START = 'start a transaction with the limit'
    CHANGE = 'change the limit of the transaction that runs'
    STOP = 'end the transaction that runs'
    END = 'end the transaction that draws more than the configured maximum'
    WAIT = 'wait for what is on its way: a transaction that begins, or one that ends'
    NOTHING = 'it is there, or nobody wishes anything'


def checked_limit(limit_a: float, max_current_a: float) -> float:
    """The limit rounded down to 0.1 A. Raises InvalidLimit; the maximum is checked before rounding."""
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


def next_step(connector: Connector, pauses: bool, now: datetime, renew_before: timedelta = timedelta(0)) -> Step:
    """What to do about the wish for a connector: nothing where there is none.

    Above 0 starts a transaction or changes its limit, 0 ends it, or only pauses it where `pauses`; a start or an end on
    its way is waited for. A limit that falls back by itself is written again `renew_before` that.
    """
    wish = connector.wish
    if wish is None:
        return Step.NOTHING
    if connector.transaction_id is None:
        if connector.remote_start is not None:
            return Step.WAIT
        if wish.limit_a:
            return Step.START
        return Step.NOTHING if connector.awaited_start(now) is None else Step.WAIT  # it may still begin
    if connector.is_stopping:
        return Step.WAIT if connector.stopping == wish or wish.limit_a else Step.STOP
    if connector.limit == wish:
        expires_at = connector.limit_expires_at
        return Step.CHANGE if expires_at is not None and now >= expires_at - renew_before else Step.NOTHING
    return Step.CHANGE if wish.limit_a or pauses else Step.STOP


def advice(limit_a: float, min_current_a: float = MIN_CHARGING_CURRENT_A) -> str:
    """What a person should know about a limit the charger accepted; '' where there is nothing."""
    if 0 < limit_a < MIN_CHARGING_CURRENT_A:
        return f'Cars need at least 6 A to charge; {limit_a:g} A most likely pauses it.'
    if 0 < limit_a < min_current_a:
        return f'This charger needs at least {min_current_a:g} A to charge; {limit_a:g} A most likely pauses it.'
    return ''


def why_no_start(connector: Connector, id_tag: str) -> str:
    """What to do about a start that was refused, by the status of the connector (OCPP 1.6 §4.9)."""
    change = connector.last_status
    match connector.status:
        case 'Faulted':
            reason = change.error_code if change is not None and change.error_code != 'NoError' else 'no reason given'
            return f'The charger reports a fault ({reason}). Look at the charger.'
        case 'Unavailable':
            return (
                'The charger is out of service (Unavailable). Put it into service first: ChangeAvailability, Operative.'
            )
        case 'Reserved':
            return f'The charger is reserved for another card than {id_tag}. Cancel the reservation first.'
        case 'Finishing':
            return 'The last session has ended here. Unplug the car and plug it in again.'
        case 'Available':
            return f'Plug in the car. If it is plugged in: may {id_tag} charge?'
        case 'Preparing' | 'SuspendedEV' | 'SuspendedEVSE':
            return f'May {id_tag} charge? Some chargers must be told in their own settings that this program decides.'
        case _:
            return f'Is the car plugged in, and may {id_tag} charge?'
