"""What a make of charger hangs up on (pure): that is not sent for ever, also not after a restart of either side."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from cpo.chargers.charging_profiles import ProfileForm

MAX_PROFILES = 3
"""A charger that hangs up on so many profiles in a row most likely hangs up on all of them."""


class Question(StrEnum):
    """What a charger can hang up on besides a form of a profile; the values are stored in the journal."""

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
    sent again. `in_a_row` counts the hang-ups on profiles since one was answered.
    """

    once: tuple[Subject, ...] = ()
    never: tuple[Subject, ...] = ()
    in_a_row: int = 0

    @property
    def is_hopeless(self) -> bool:
        """True where no profile is sent any more."""
        return self.in_a_row >= MAX_PROFILES

    def after_hang_up(self, subject: Subject) -> HangUps:
        """What the charger hangs up on, after the connection ended instead of an answer."""
        is_form = isinstance(subject, ProfileForm)
        in_a_row = self.in_a_row + is_form
        is_settled = subject in self.once or (is_form and any(isinstance(each, ProfileForm) for each in self.never))
        if subject in self.never:
            return replace(self, in_a_row=in_a_row)
        if not is_settled:
            return replace(self, once=(*self.once, subject), in_a_row=in_a_row)
        once = tuple(each for each in self.once if each != subject)
        return HangUps(once, (*self.never, subject), in_a_row)

    def after_answer(self, subject: Subject) -> HangUps:
        """What the charger hangs up on, after it answered anything."""
        in_a_row = 0 if isinstance(subject, ProfileForm) else self.in_a_row
        if subject not in self.once and in_a_row == self.in_a_row:
            return self
        return replace(self, once=tuple(each for each in self.once if each != subject), in_a_row=in_a_row)
