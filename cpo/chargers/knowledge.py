"""What the program has learned about a make of charger (vendor, model, firmware); the journal persists it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple

from cpo.chargers.charging_profiles import ProfileForm
from cpo.chargers.hang_ups import ALL_KEYS, HangUps, Outcome, Question, Subject, is_key
from cpo.chargers.numbers import Numbers


class ChargerKind(NamedTuple):
    """A make of charger: vendor, model and firmware of BootNotification, '' for absent ones.

    Chargers of one make are taken to behave alike.
    """

    vendor: str = ''
    model: str = ''
    firmware: str = ''


class RemoteStart(StrEnum):
    """How a transaction started by RemoteStartTransaction gets its limit.

    The values are those of the journal and of quirks.toml.
    """

    WITH_PROFILE = 'with_profile'
    """A profile inside RemoteStartTransaction."""
    DEFAULT_FIRST = 'default_first'
    """A TxDefaultProfile set before it."""
    PROFILE_AFTER = 'profile_after'
    """A TxProfile set once the transaction has begun."""


@dataclass(frozen=True, slots=True)
class ChargerKnowledge:
    """What was learned about one kind of charger.

    `form` is the profile form it accepts, None before the first success; `refused` are the forms it refused or ignored.
    `tells_schedule` says whether it answers GetCompositeSchedule, None before the first request. `remote_start` is how
    a start has succeeded, None before. `unasked` are questions that made it hang up or restart and are not asked again.
    `numbers` are those of its limits it obeys, `hang_ups` what followed the messages it was sent. `switches_phases`
    says whether it was seen to charge on one phase or on three as its limit said, None before either was seen.
    """

    form: ProfileForm | None = None
    refused: tuple[ProfileForm, ...] = ()
    tells_schedule: bool | None = None
    remote_start: RemoteStart | None = None
    unasked: tuple[str, ...] = ()
    numbers: Numbers = Numbers.ANY
    hang_ups: HangUps = field(default_factory=HangUps)
    switches_phases: bool | None = None

    @property
    def is_blank(self) -> bool:
        """True when nothing has been learned."""
        return self == ChargerKnowledge()

    def after(self, subject: Subject, outcome: Outcome) -> ChargerKnowledge:
        """What is known after one more message and what followed it.

        Where all keys at once are not asked for again and the first single key did harm too, none is asked for again.
        """
        if Question.CONFIGURATION in self.unasked and is_key(subject):
            return self
        hang_ups = self.hang_ups.after(subject, outcome)
        if hang_ups is self.hang_ups:
            return self
        if ALL_KEYS in self.unasked and is_key(subject) and outcome.is_harm and not hang_ups.has_borne_a_key:
            return self._without_configuration(outcome)
        is_settled = isinstance(subject, str) and subject not in self.unasked and hang_ups.is_settled(subject)
        unasked = (*self.unasked, str(subject)) if is_settled else self.unasked
        return replace(self, hang_ups=hang_ups, unasked=unasked)

    def _without_configuration(self, outcome: Outcome) -> ChargerKnowledge:
        others = tuple(each for each in self.unasked if each != ALL_KEYS and not is_key(each))
        hang_ups = self.hang_ups.without_configuration(outcome)
        return replace(self, hang_ups=hang_ups, unasked=(*others, Question.CONFIGURATION))


def form_words(form: ProfileForm) -> str:
    """A form of charging profiles in the specification's terms, as in `TxProfile, Absolute, stack level 0, in A`."""
    more = {
        'for the charger as a whole': form.for_charge_point,
        'with a fallback': form.expires,
        'with numberPhases': form.number_phases,
        'with minChargingRate': form.min_charging_rate,
    }
    base = (form.purpose.value, form.kind.value, f'stack level {form.stack_level}', f'in {form.unit.value}')
    return ', '.join((*base, *(words for words, is_so in more.items() if is_so)))


QUESTIONS = {
    ALL_KEYS: 'all configuration keys at once',
    Question.CONFIGURATION: 'its configuration',
    Question.START_WITH_PROFILE: 'a start with its limit',
    Question.STOP: 'a stop',
    Question.CLEAR_PROFILE: 'the removal of a limit',
    Question.SCHEDULE: 'its charging schedule',
    Question.METER_VALUES: 'meter values',
    Question.CARD_LIST: 'its own list of cards',
}


def question_words(question: str) -> str:
    """A question of `unasked` in words: a configuration key or a request."""
    return QUESTIONS.get(question, question)
