"""What the program found out about a make of charger, and keeps."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from cpo.chargers.charging_profiles import ProfileForm


class ChargerKind(NamedTuple):
    """Chargers that behave the same: vendor, model and firmware as in BootNotification, '' where it said nothing."""

    vendor: str = ''
    model: str = ''
    firmware: str = ''


class RemoteStart(StrEnum):
    """How a remote start gets its limit."""

    WITH_PROFILE = 'with the profile inside'
    DEFAULT_FIRST = 'with a TxDefaultProfile set before'
    PROFILE_AFTER = 'with the profile sent once the transaction has begun'


@dataclass(frozen=True, slots=True)
class ChargerKnowledge:
    """Of one kind of charger.

    `form` is the one it takes limits in, None before one was accepted. `refused` are the forms it refused or ignored.
    `tells_schedule` is whether it answers GetCompositeSchedule, None before it was asked. `remote_start` is how a
    start works, None before one did. `unasked` are questions that made it start anew: they are never asked again.
    """

    form: ProfileForm | None = None
    refused: tuple[ProfileForm, ...] = ()
    tells_schedule: bool | None = None
    remote_start: RemoteStart | None = None
    unasked: tuple[str, ...] = ()

    @property
    def is_blank(self) -> bool:
        """Nothing is known."""
        return self == ChargerKnowledge()


def form_words(form: ProfileForm) -> str:
    """`TxProfile, Absolute, stack level 0, in A`, and what else is in it: the words of the charger's manual."""
    more = {
        'for the charger as a whole': form.for_charge_point,
        'with a fallback': form.expires,
        'with numberPhases': form.number_phases,
        'with minChargingRate': form.min_charging_rate,
    }
    base = (form.purpose.value, form.kind.value, f'stack level {form.stack_level}', f'in {form.unit.value}')
    return ', '.join((*base, *(words for words, is_so in more.items() if is_so)))


def question_words(question: str) -> str:
    """One of `unasked`: a configuration key or a request by its name; '' is the question for all keys."""
    return question or 'all configuration keys at once'
