"""What is known of makes of charger before they were ever asked: data with sources, in charger_quirks.toml.

An entry of that file is one table: patterns of BootNotification, why it is there, and members of `ChargerQuirks`.
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

FILE = Path(__file__).with_suffix('.toml')
MAX_PATTERN_LENGTH = 60
MAX_LOOKED_AT = 50
"""Characters of what a charger says of itself that a pattern sees: the longest of the three (§6.3) has no more."""


@dataclass(frozen=True, slots=True)
class ChargerQuirks:
    """All entries that match one charger, merged; the default is a charger with nothing special.

    `names` are those entries. `forms` are tried before all others, in this order. `remote_start` is how a start gets
    its limit. `id_tag` is the only one it accepts in a remote start, `id_tag_key` the configuration key that holds it.
    `pauses`: after a RemoteStopTransaction it is stuck, so 0 A pauses it by profile. `needs_unplug`: after a
    transaction it starts none until the car was unplugged. `zero_ends`: a pause by profile goes wrong (most often it
    ends the transaction), so 0 A always ends it by RemoteStopTransaction. Below `min_current_a` it does not charge.
    A limit in W below `one_phase_below_w` may make it charge with one phase, which then gets all of that power; 0 W:
    it never switches. `meter_on_trigger`: it sends MeterValues when it is asked to (TriggerMessage), else none.
    `unasked` are configuration keys it must never be asked for, '' is the question for all keys at once.
    `min_sample_interval_s` is the shortest MeterValueSampleInterval it takes, `settle_s` the pause between its boot
    and the first question. `advice` are sentences for the person: what to know, what to set in the charger.
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

    def remote_start_tag(self, configuration: Mapping[str, str | None]) -> str:
        """The id tag that this make wants in a remote start, '' where it takes any."""
        values = {key.casefold(): value for key, value in configuration.items()}  # any case will do (§7.29)
        configured = values.get(self.id_tag_key.casefold()) if self.id_tag_key else None
        return (configured or self.id_tag or '')[:20]


@lru_cache(maxsize=16)
def quirks_for(kind: ChargerKind) -> ChargerQuirks:
    """What is known of this kind of charger."""
    quirks = ChargerQuirks()
    for entry in shipped_entries():
        if entry.matches(kind):
            quirks = merged(quirks, entry.quirks)
    return quirks


def merged(general: ChargerQuirks, special: ChargerQuirks) -> ChargerQuirks:
    """Both together; where they differ, the special one wins, and the more careful number."""
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
        one_phase_below_w=max(general.one_phase_below_w, special.one_phase_below_w),
        meter_on_trigger=general.meter_on_trigger or special.meter_on_trigger,
        unasked=tuple(dict.fromkeys(general.unasked + special.unasked)),
        min_sample_interval_s=max(general.min_sample_interval_s, special.min_sample_interval_s),
        settle_s=max(general.settle_s, special.settle_s),
        advice=tuple(dict.fromkeys(general.advice + special.advice)),
    )


def _compilable(pattern: str) -> str:
    """A pattern that is safe to search with: short, and no group repeated, which could take exponentially long."""
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
    """One table of the file. Patterns are searched regardless of case; one that is absent matches everything."""

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
        """Each of its patterns is found in what the charger says of itself."""
        return all(
            pattern is None or re.search(pattern, said[:MAX_LOOKED_AT], re.IGNORECASE)
            for pattern, said in zip((self.vendor, self.model, self.firmware), kind, strict=True)
        )


@cache
def shipped_entries() -> tuple[QuirkEntry, ...]:
    """Those of charger_quirks.toml, in its order."""
    return entries_from(FILE.read_text(encoding='utf-8'))


def entries_from(toml: str) -> tuple[QuirkEntry, ...]:
    """Read entries. Raises ValueError with one sentence that names the entry, the member and what is wrong."""
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
