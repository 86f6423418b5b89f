"""What a charger of some make does differently, as data: personas.toml holds them, each with its source."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any, Self

from simulator.profile_pattern import ProfilePattern

FILE = Path(__file__).with_name('personas.toml')
WORDS = {'power_loss': ('stop', 'resume'), 'on_resume': ('limit', 'no limit', 'pause')}


@dataclass(frozen=True, slots=True)
class Persona:
    """The default is a charger without any peculiarity.

    Its configuration
    keys                    configuration keys with their values; new ones are read-only
    hidden_keys             GetConfiguration says they are unknown
    read_only_keys          ChangeConfiguration is Rejected
    minimum                 of numeric keys: a smaller value but 0 is Rejected
    measurands              the only ones it knows; empty: all the simulator can measure

    Its charging profiles
    rejected_profiles       see ProfilePattern
    ignored_profiles        likewise: Accepted without effect
    profile_refusal         how it rejects them in SetChargingProfile: a word of `answers`
    leftovers_a             purpose: limit in A of a profile another central system left, at the highest stackLevel
    keeps_tx_profiles       a TxProfile outlives its transaction and holds in the next
    piles_profiles_up       only the same chargingProfileId replaces a profile; of equal ones the oldest counts
    on_resume               the first profile that allows a paused transaction a current: 'limit' obeys it; 'no limit'
                            charges without any until the profile after it; 'pause' stays paused until that one
    follows_after_s         from a change of what a transaction may have to the new offer
    steps_a                 the only currents it can offer; others are rounded down
    household_a             a limit holds for the whole house, which takes this much of it
    composite_a             GetCompositeSchedule always says this limit, whatever is so
    one_phase_below_w       a limit in W below this goes all to one phase, whatever its numberPhases
    stops_below_w           a limit in W below this is none

    Its transactions
    own_tag                 it starts by itself, with this idTag, when a car is plugged in
    remote_start_tag        the only idTag it accepts in RemoteStartTransaction
    remote_start_needs      members RemoteStartTransaction is Rejected without
    needs_unplug            between two transactions
    ends_below_minimum      an offer below 6 A ends the transaction
    stuck_below_minimum     after such an end it starts none until it was unplugged
    register_per_session    the energy register begins at 0 with every transaction
    false_offer_a           Current.Offered always says this, whatever is so
    power_loss              a transaction that a power cut finds: 'stop' with PowerLoss afterwards, or 'resume'

    Its messages
    answers                 Action: the answer it always gives, and does nothing else. A status ('Accepted'), a
                            'CallError <code>', 'silence', 'unknown' (GetConfiguration: knows no key), or 'reboot'
                            instead of an answer. Also for one thing alone: 'GetConfiguration <key>', 'GetConfiguration
                            *' (all keys at once), 'ChangeConfiguration <key>', 'TriggerMessage <message>'
    retries_with_same_id    of a message that was not answered, also after a disconnect
    reboots_when_called_early   by a Call before its BootNotification was accepted
    reboots_every_s         0: never
    drops_every_s           the connection breaks so long after it was accepted; 0: never
    reconnects_after_s      at the earliest, unless its own network or power was gone
    clock_drift_s           see Clock
    ignores_time            its clock stays wrong, whatever the central system says
    """

    name: str = ''
    source: str = ''
    vendor: str = 'Home CPO'
    model: str = 'Simulator'
    firmware: str = '1.0'
    connectors: int = 1
    phases: int = 1
    max_current_a: float = 32
    keys: Mapping[str, str] = field(default_factory=dict)
    hidden_keys: tuple[str, ...] = ()
    read_only_keys: tuple[str, ...] = ()
    minimum: Mapping[str, int] = field(default_factory=dict)
    measurands: tuple[str, ...] = ()
    rejected_profiles: tuple[ProfilePattern, ...] = ()
    ignored_profiles: tuple[ProfilePattern, ...] = ()
    profile_refusal: str = 'Rejected'
    leftovers_a: Mapping[str, float] = field(default_factory=dict)
    keeps_tx_profiles: bool = False
    piles_profiles_up: bool = False
    on_resume: str = 'limit'
    follows_after_s: float = 0
    steps_a: tuple[float, ...] = ()
    household_a: float = 0
    composite_a: float | None = None
    one_phase_below_w: float = 0
    stops_below_w: float = 0
    own_tag: str = ''
    remote_start_tag: str = ''
    remote_start_needs: tuple[str, ...] = ()
    needs_unplug: bool = False
    ends_below_minimum: bool = False
    stuck_below_minimum: bool = False
    register_per_session: bool = False
    false_offer_a: float | None = None
    power_loss: str = 'stop'
    answers: Mapping[str, str] = field(default_factory=dict)
    retries_with_same_id: bool = False
    reboots_when_called_early: bool = False
    reboots_every_s: float = 0
    drops_every_s: float = 0
    reconnects_after_s: float = 0
    clock_drift_s: float = 0
    ignores_time: bool = False

    @classmethod
    def load(cls, name: str) -> Self:
        """One of personas.toml. Raises ValueError for an unknown name."""
        table = _tables().get(name)
        if table is None:
            raise ValueError(f'there is no persona {name}; there are: {", ".join(persona_names())}')
        return cls.read(name, table)

    @classmethod
    def read(cls, name: str, table: Mapping[str, Any]) -> Self:
        """From a table of TOML. Raises ValueError for what does not exist, and without a source."""
        unknown = set(table) - {member.name for member in fields(cls)}
        if unknown:
            raise ValueError(f'persona {name}: {", ".join(sorted(unknown))} unknown')
        if not table.get('source'):
            raise ValueError(f'persona {name} has no source')
        for member, words in WORDS.items():
            if table.get(member, words[0]) not in words:
                raise ValueError(f'persona {name}: {member} is one of {", ".join(words)}')
        members: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in table.items()}
        for member in ('rejected_profiles', 'ignored_profiles'):
            members[member] = tuple(ProfilePattern.read(pattern) for pattern in members.get(member, ()))
        return cls(**(members | {'name': name}))


def persona_names() -> tuple[str, ...]:
    return tuple(_tables())


@cache
def _tables() -> dict[str, dict[str, Any]]:
    return tomllib.loads(FILE.read_text(encoding='utf-8'))
