"""Notes what a charger hangs up on (pure): that is not sent for ever, also not after it has reconnected."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from cpo.chargers import ProfileForm

MAX_FORMS = 6
"""A charger that hangs up on so many forms of a profile in a row most likely hangs up on all of them."""


class Question(Enum):
    """What a charger can hang up on besides a form of a profile."""

    START_WITH_PROFILE = 'start with a profile inside'
    STOP = 'stop'
    CLEAR_PROFILE = 'clear a profile'
    SCHEDULE = 'schedule'
    METER_VALUES = 'meter values'


Subject = ProfileForm | Question


@dataclass(frozen=True, slots=True)
class HangUps:
    """What a charger hung up on, by subject; each method returns the next value.

    Once may be chance; twice without an answer in between is the charger's answer. After one form of a profile was
    settled so, hanging up once on another form settles that, too. `once` are the suspects, `never` the subjects not
    sent again while this program runs. `in_a_row` counts the forms that became `never` since a profile was answered, or
    since somebody made a new wish.
    """

    once: frozenset[Subject] = frozenset()
    never: frozenset[Subject] = frozenset()
    in_a_row: int = 0

    @property
    def is_hopeless(self) -> bool:
        """True where no further form of a profile is tried."""
        return self.in_a_row >= MAX_FORMS

    def after_hang_up(self, subject: Subject) -> HangUps:
        """What the charger hangs up on, after the connection ended instead of an answer."""
        is_form = isinstance(subject, ProfileForm)
        if subject not in self.once and not (is_form and self.in_a_row):
            return replace(self, once=self.once | {subject})
        in_a_row = self.in_a_row + is_form
        return HangUps(self.once - {subject}, self.never | {subject}, in_a_row)

    def after_answer(self, subject: Subject) -> HangUps:
        """What the charger hangs up on, after it answered anything."""
        in_a_row = 0 if isinstance(subject, ProfileForm) else self.in_a_row
        if subject not in self.once and in_a_row == self.in_a_row:
            return self
        return replace(self, once=self.once - {subject}, in_a_row=in_a_row)

    def after_wish(self) -> HangUps:
        """What the charger hangs up on, after a new wish: further forms of a profile are tried."""
        return replace(self, in_a_row=0) if self.in_a_row else self
