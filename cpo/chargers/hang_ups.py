"""What followed the messages a make of charger was sent (pure): what harms it is not sent again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from cpo.chargers.charging_profiles import ProfileForm

MAX_TIMES = 3
"""So often in a row a question does harm until it is not asked again, and so often profiles do, in whatever form."""
MAX_FORM_TIMES = 2
"""So often in a row a form of a profile does harm until another one is tried."""
ALL_KEYS = ''
"""The question for all configuration keys at once; that for one key has the key's name."""


class Question(StrEnum):
    """What a charger is sent besides profiles, where it has no name of its own; the values are stored in the journal.

    `CONFIGURATION` is GetConfiguration as such, whatever keys it asks for.
    """

    START_WITH_PROFILE = 'start with a profile inside'
    STOP = 'stop'
    CLEAR_PROFILE = 'clear a profile'
    SCHEDULE = 'schedule'
    METER_VALUES = 'meter values'
    CONFIGURATION = 'configuration'
    CARD_LIST = 'list of cards'


Subject = ProfileForm | str
"""A form of a profile or a question: a `Question`, or what `StartUp` asks by its name."""


class Outcome(StrEnum):
    """What followed a message; the values are stored in the journal.

    `LOSS` is a connection lost soon after the answer, which may be chance; after `HANG_UP` there was none.
    """

    ANSWER = 'answer'
    SILENCE = 'silence'
    HANG_UP = 'hang-up'
    LOSS = 'loss'
    RESTART = 'restart'

    @property
    def is_harm(self) -> bool:
        """True where the charger hung up or restarted, or the connection was lost soon after the answer."""
        return self in (Outcome.HANG_UP, Outcome.LOSS, Outcome.RESTART)


@dataclass(frozen=True, slots=True)
class Sent:
    """What followed the newest messages with this subject, so many `times` in a row (at most MAX_TIMES)."""

    subject: Subject
    outcome: Outcome
    times: int = 1

    def again(self, outcome: Outcome) -> Sent:
        """The same subject after one more message; hang-ups and restarts count together, answers do not."""
        is_alike = outcome is self.outcome or (outcome.is_harm and self.outcome.is_harm)
        times = min(self.times + 1, MAX_TIMES) if is_alike and outcome is not Outcome.ANSWER else 1
        return Sent(self.subject, outcome, times)


@dataclass(frozen=True, slots=True)
class HangUps:
    """What a make was sent and what followed, one `Sent` for each subject.

    Once may be chance: a form is not sent again after it did harm twice in a row, or once where another form did twice.
    `in_a_row` counts the hang-ups on profiles since the charger bore one.
    """

    sent: tuple[Sent, ...] = ()
    in_a_row: int = 0

    @property
    def is_hopeless(self) -> bool:
        """True where no profile is sent any more."""
        return self.in_a_row >= MAX_TIMES

    @property
    def never(self) -> tuple[ProfileForm, ...]:
        """The forms that are not sent again; one that was answered before the connection was lost still works."""
        forms = (each for each in self.sent if isinstance(each.subject, ProfileForm))
        harmful = [each for each in forms if each.outcome.is_harm and each.outcome is not Outcome.LOSS]
        enough = 1 if any(each.times >= MAX_FORM_TIMES for each in harmful) else MAX_FORM_TIMES
        return tuple(each.subject for each in harmful if each.times >= enough and isinstance(each.subject, ProfileForm))

    @property
    def is_wary(self) -> bool:
        """True where a question did harm and is still asked: the next questions show whether it was that one.

        The first single key after all keys at once is one that shows more.
        """
        questions = (each for each in self.sent if isinstance(each.subject, str))
        is_open = any(each.outcome.is_harm and each.times < MAX_TIMES for each in questions)
        return is_open or (self.is_settled(ALL_KEYS) and not any(is_key(each.subject) for each in self.sent))

    def of(self, subject: Subject) -> Sent | None:
        """What followed this subject, None where it was never sent."""
        return next((each for each in self.sent if each.subject == subject), None)

    def is_silent(self, question: str) -> bool:
        """True for a question that got no answer the last time."""
        found = self.of(question)
        return found is not None and found.outcome is Outcome.SILENCE

    def is_settled(self, question: str) -> bool:
        """True for a question that did harm so often that it is not asked again."""
        found = self.of(question)
        return found is not None and found.outcome.is_harm and found.times >= MAX_TIMES

    @property
    def has_borne_a_key(self) -> bool:
        """True where a question for a single configuration key did no harm the last time."""
        return any(is_key(each.subject) and not each.outcome.is_harm for each in self.sent)

    @property
    def is_last_try(self) -> bool:
        """True where the next hang-up would be the last: first it is seen whether the line holds without a profile."""
        return self.in_a_row == MAX_TIMES - 1

    def after_weak_line(self) -> HangUps:
        """The same after the line was lost without a profile: then profiles are not to blame, unless none is sent."""
        return replace(self, in_a_row=0) if self.in_a_row and not self.is_hopeless else self

    def after(self, subject: Subject, outcome: Outcome) -> HangUps:
        """The same with one more message and what followed it."""
        old = self.of(subject)
        new = Sent(subject, outcome) if old is None else old.again(outcome)
        in_a_row = self.in_a_row
        if isinstance(subject, ProfileForm) and outcome is not Outcome.SILENCE:
            in_a_row = min(in_a_row + 1, MAX_TIMES) if outcome.is_harm else 0
        if new == old and in_a_row == self.in_a_row:
            return self
        sent = (*self.sent, new) if old is None else tuple(new if each is old else each for each in self.sent)
        return replace(self, sent=sent, in_a_row=in_a_row)

    def without_configuration(self, outcome: Outcome) -> HangUps:
        """The same after GetConfiguration as such was found to do this harm, instead of what is known of its keys."""
        others = tuple(each for each in self.sent if each.subject != ALL_KEYS and not is_key(each.subject))
        return replace(self, sent=(*others, Sent(Question.CONFIGURATION, outcome, MAX_TIMES)))


def is_key(subject: Subject) -> bool:
    """True for the question for a single configuration key; a request's name is its Action and payload, with blanks."""
    return isinstance(subject, str) and subject != ALL_KEYS and subject not in set(Question) and ' ' not in subject
