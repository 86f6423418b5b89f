"""What the program has learned about a make of charger (vendor, model, firmware); the journal persists it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from cpo.chargers.charging_profiles import ProfileForm
from cpo.chargers.hang_ups import HangUps
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
    a start has succeeded, None before. `unasked` are questions that made it reboot and are not asked again. `numbers`
    are those of its limits it obeys, `hang_ups` what it hung up on.
    """

    form: ProfileForm | None = None
    refused: tuple[ProfileForm, ...] = ()
    tells_schedule: bool | None = None
    remote_start: RemoteStart | None = None
    unasked: tuple[str, ...] = ()
    numbers: Numbers = Numbers.ANY
    hang_ups: HangUps = field(default_factory=HangUps)

    @property
    def is_blank(self) -> bool:
        """True when nothing has been learned."""
        return self == ChargerKnowledge()


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


def question_words(question: str) -> str:
    """A question of `unasked` in words: a configuration key or an Action; '' stands for all keys at once."""
    return question or 'all configuration keys at once'
