"""Known peculiarities of makes of chargers: data with sources, in quirks.toml.

An entry of that file is one table: patterns for BootNotification, reason and source, and members of `ChargerQuirks`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache, lru_cache
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from cpo.amperes import MIN_CHARGING_CURRENT_A
from cpo.chargers.charging_profiles import Kind, ProfileForm, Purpose
from cpo.chargers.knowledge import ChargerKind, RemoteStart
from cpo.chargers.numbers import Numbers, coarsest

FILE = Path(__file__).with_suffix('.toml')
MAX_PATTERN_LENGTH = 60
MAX_SEARCHED_LENGTH = 50
"""Number of characters of vendor, model and firmware that patterns search; none of them may be longer (§6.3)."""


@dataclass(frozen=True, slots=True)
class ChargerQuirks:
    """The merged peculiarities of one charger; the defaults describe a charger without any.

    names                    the entries of quirks.toml that match
    forms                    profile forms to try first, in this order
    remote_start             how a remote start gets its limit
    id_tag, id_tag_key       the only idTag it accepts in a remote start, or the configuration key that contains it
    pauses                   it hangs after RemoteStopTransaction, so 0 A pauses by a profile
    zero_ends                a pause by a profile fails, so 0 A always ends the transaction by RemoteStopTransaction
    needs_unplug             after a transaction it starts none until the car was unplugged
    min_current_a            below this it does not charge
    numbers                  the numbers of A it obeys
    one_phase_below_w        a limit in W below this may be put on one phase; 0: never
    meter_on_trigger         it sends MeterValues only when TriggerMessage asks for them
    unasked                  configuration keys never to be requested; '' stands for all keys at once
    min_sample_interval_s    the shortest MeterValueSampleInterval it accepts
    settle_s                 pause between its boot and the first Call
    advice                   sentences for the owner: what to know or to set in the charger
    """

    names: tuple[str, ...] = ()
    forms: tuple[ProfileForm, ...] = ()
    remote_start: RemoteStart | None = None
    id_tag: str | None = None
    id_tag_key: str | None = None
    pauses: bool = False
    needs_unplug: bool = False
    zero_ends: bool = False
    min_current_a: float = MIN_CHARGING_CURRENT_A
    one_phase_below_w: float = 0.0
    meter_on_trigger: bool = False
    unasked: tuple[str, ...] = ()
    min_sample_interval_s: int = 0
    settle_s: float = 1.0
    advice: tuple[str, ...] = ()
    numbers: Numbers = Numbers.ANY

    def remote_start_tag(self, configuration: Mapping[str, str | None]) -> str:
        """The only idTag this make accepts in a remote start, '' for any.

        `configuration` has the charger's known configuration keys, whose case is ignored (§7.29).
        """
        name, configured = (self.id_tag_key or '').casefold(), None
        if name:
            configured = next((value for key, value in configuration.items() if key.casefold() == name), None)
        return configured or self.id_tag or ''


@lru_cache(maxsize=16)
def quirks_for(kind: ChargerKind) -> ChargerQuirks:
    """The merged quirks of all entries that match this kind of charger."""
    quirks = ChargerQuirks()
    for entry in shipped_entries():
        if entry.matches(kind):
            quirks = merged(quirks, entry.quirks)
    return quirks


def merged(general: ChargerQuirks, special: ChargerQuirks) -> ChargerQuirks:
    """The quirks of two entries combined.

    Where they differ, the special one wins, for numbers the more cautious value.
    """
    return ChargerQuirks(
        names=general.names + special.names,
        forms=tuple(dict.fromkeys(special.forms + general.forms)),
        remote_start=special.remote_start or general.remote_start,
        id_tag=special.id_tag or general.id_tag,
        id_tag_key=special.id_tag_key or general.id_tag_key,
        pauses=general.pauses or special.pauses,
        needs_unplug=general.needs_unplug or special.needs_unplug,
        zero_ends=general.zero_ends or special.zero_ends,
        min_current_a=max(general.min_current_a, special.min_current_a),
        numbers=coarsest(general.numbers, special.numbers),
        one_phase_below_w=max(general.one_phase_below_w, special.one_phase_below_w),
        meter_on_trigger=general.meter_on_trigger or special.meter_on_trigger,
        unasked=tuple(dict.fromkeys(general.unasked + special.unasked)),
        min_sample_interval_s=max(general.min_sample_interval_s, special.min_sample_interval_s),
        settle_s=max(general.settle_s, special.settle_s),
        advice=tuple(dict.fromkeys(general.advice + special.advice)),
    )


def _compilable(pattern: str) -> str:
    """Check that a pattern compiles and repeats no group, which could take exponential time; raises ValueError."""
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f'{pattern!r} is no regular expression: {error}') from None
    if re.search(r'\)[*+{]', pattern):
        raise ValueError(f'{pattern!r} repeats a group')
    return pattern


Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Pattern = Annotated[str, Field(min_length=1, max_length=MAX_PATTERN_LENGTH), AfterValidator(_compilable)]


class QuirkEntry(BaseModel):
    """One table of quirks.toml; its patterns are searched ignoring case, an absent one matches everything."""

    model_config = ConfigDict(extra='forbid', frozen=True)

    what: Words
    why: Words
    source: Words
    example: ChargerKind
    quirks: ChargerQuirks
    vendor: Pattern | None = None
    model: Pattern | None = None
    firmware: Pattern | None = None

    @model_validator(mode='after')
    def _makes_sense(self) -> Self:
        if self.vendor is None and self.model is None:
            raise ValueError('has no pattern for vendor or model: what holds for every charger belongs into the code')
        if not self.matches(self.example):
            raise ValueError('does not match its own example')
        if self.quirks == ChargerQuirks(names=self.quirks.names):
            raise ValueError('says nothing the program can act on')
        if self.quirks.pauses and self.quirks.zero_ends:
            raise ValueError('cannot both pause by profile and end by it')
        if any(form.expires and form.kind is not Kind.ABSOLUTE for form in self.quirks.forms):
            raise ValueError('has a form that expires and is not Absolute')
        if any(form.for_charge_point and form.purpose is not Purpose.TX_DEFAULT for form in self.quirks.forms):
            raise ValueError('has a form for the charge point that is no TxDefaultProfile')
        return self

    def matches(self, kind: ChargerKind) -> bool:
        """True when each pattern is found in the charger's vendor, model or firmware."""
        return all(
            pattern is None or re.search(pattern, said[:MAX_SEARCHED_LENGTH], re.IGNORECASE)
            for pattern, said in zip((self.vendor, self.model, self.firmware), kind, strict=True)
        )


@cache
def shipped_entries() -> tuple[QuirkEntry, ...]:
    """The entries of quirks.toml, in its order."""
    return entries_from(FILE.read_text(encoding='utf-8'))


def entries_from(toml: str) -> tuple[QuirkEntry, ...]:
    """Parse entries; raises ValueError with one sentence that names the entry, the member and the problem."""
    return tuple(_entry(name, table) for name, table in tomllib.loads(toml).items())


MEMBERS = {field.name for field in fields(ChargerQuirks)} - {'names'}


def _entry(name: str, table: Any) -> QuirkEntry:
    if not isinstance(table, dict) or 'quirks' in table:
        raise ValueError(f'{FILE.name}: [{name}] is no table of members.')
    quirks = {member: value for member, value in table.items() if member in MEMBERS}
    rest = {member: value for member, value in table.items() if member not in MEMBERS}
    try:
        return QuirkEntry.model_validate({**rest, 'quirks': {**quirks, 'names': (name,)}})
    except ValidationError as error:
        first = error.errors()[0]
        where = '.'.join(str(step) for step in first['loc'] if step != 'quirks')
        message = first['msg'].removeprefix('Value error, ')
        raise ValueError(f'{FILE.name}: [{name}] {where}{": " if where else ""}{message}.') from None
