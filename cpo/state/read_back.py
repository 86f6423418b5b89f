"""The read-back: a limit compared with what the charger offers and the car draws, as values.

`cpo.limits` has the sentences about it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Verdict(StrEnum):
    """How a charger follows the limit in force, by the read-back.

    HOLDS_BACK: the car gets less. IGNORES: it gets more. ALARM: the charger disobeyed in every form of a charging
    profile that it was sent. UNCLEAR: whether the car draws too much depends on how many phases it charges with.
    """

    FOLLOWS = 'follows'
    UNCLEAR = 'unclear'
    HOLDS_BACK = 'holds back'
    IGNORES = 'ignores'
    ALARM = 'alarm'


class Finding(StrEnum):
    """The observation a verdict rests on. UNKNOWN: an older version of this program stored a sentence only."""

    CURRENT_DRAWN = 'current drawn'
    CURRENT_OFFERED = 'current offered'
    PHASES_UNKNOWN = 'phases unknown'
    PAUSED_BY_CHARGER = 'paused by the charger'
    ABOVE_MAXIMUM = 'above the maximum'
    UNMEASURED = 'unmeasured'
    NO_TRANSACTION = 'no transaction'
    NO_ANSWER = 'no answer'
    REFUSED = 'refused'
    STOP_REFUSED = 'stop refused'
    STOP_NOT_FOLLOWED = 'stop not followed'
    ERROR = 'error'
    HANGS_UP = 'hangs up'
    UNKNOWN = 'unknown'


class Reaction(StrEnum):
    """What the program did about the verdict. OTHER_FORM: it sent the limit in another form of a charging profile."""

    NONE = 'none'
    OTHER_FORM = 'other form'
    GAVE_UP = 'gave up'
    RETRIES = 'retries'
    STOP_SENT = 'stop sent'
    STOPPED = 'stopped'
    STOP_FAILED = 'stop failed'


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers and the charger's own words for the sentence about a read-back; None and '' where it has none.

    `limit_a` is the limit that was sent, `current_a` what the car draws or is offered, `least_a` what it draws at least
    where only its power is known, `max_a` the configured maximum or what the ceiling `held_by` leaves, `stays_a` the
    limit that stays in force, `profiles` how many profiles in a row were not followed. `answer` is the charger's
    answer, `status` the word for the connector's status, `id_tag` the one of a remote start.
    """

    limit_a: float | None = None
    current_a: float | None = None
    least_a: float | None = None
    max_a: float | None = None
    stays_a: float | None = None
    power_w: float | None = None
    timeout_s: float | None = None
    phases: int | None = None
    profiles: int | None = None
    answer: str = ''
    status: str = ''
    id_tag: str = ''
    held_by: str = ''


@dataclass(frozen=True, slots=True)
class ReadBack:
    """Whether the charger follows the limit it was sent: the verdict, what it rests on, and what was done about it."""

    verdict: Verdict
    finding: Finding
    at: datetime
    figures: Figures = Figures()
    reaction: Reaction = Reaction.NONE
