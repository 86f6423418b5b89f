"""The peculiarities of a make of charger, as data; personas.toml has one table per make, each with its source."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cache
from pathlib import Path
from typing import Any, Self

from simulator.profile_pattern import ProfilePattern

FILE = Path(__file__).with_name('personas.toml')
SWITCHES_PHASES = 'ConnectorSwitch3to1PhaseSupported'
CHOICES = {
    'power_loss': ('stop', 'resume'),
    'on_resume': ('limit', 'no limit', 'pause'),
    'watts_over': ('number phases', 'installed', 'used'),
}


@dataclass(frozen=True, slots=True)
class Persona:
    """A make's peculiarities; the defaults describe a charger without any.

    Its configuration
    keys                    configuration keys with their values; keys the simulator does not have are read-only
    hidden_keys             keys that GetConfiguration lists as unknown
    read_only_keys          keys for which ChangeConfiguration is Rejected
    minimum                 numeric key: its smallest value; a smaller one is Rejected, 0 is not
    measurands              the only measurands it can report; empty: all that the simulator can

    Its charging profiles
    rejected_profiles       profiles it rejects, see ProfilePattern
    ignored_profiles        profiles it accepts without effect, see ProfilePattern
    profile_refusal         its answer to SetChargingProfile for a rejected profile; values as in `answers`
    leftovers_a             purpose: limit in A of a profile an earlier central system left, at the highest stackLevel
    keeps_tx_profiles       a TxProfile outlives its transaction and applies to the next
    piles_profiles_up       only the same chargingProfileId replaces a profile; of equal ones the oldest counts
    on_resume               effect of the first profile that allows a paused transaction a current: 'limit' obeys it;
                            'no limit' charges without a limit, 'pause' stays paused, both until the profile after it
    follows_after_s         delay from a change of the limit within a transaction to the new offer
    steps_a                 the only currents it can offer; others are rounded down
    ignores_fractions       a limit that is no whole number of A is accepted without effect
    household_a             current the house takes, which is subtracted from every limit
    composite_a             GetCompositeSchedule always reports this limit
    watts_over              phases among which it divides a limit in W: those of the profile's numberPhases, its own
                            'installed' ones, or those that the car has 'used'; the last two ignore numberPhases
    one_phase_below_w       a limit in W below this is put on one phase, whatever its numberPhases
    stops_below_w           a limit in W below this stops charging
    ignores_number_phases   it never switches to the numberPhases of a profile, though its configuration may say so

    Its transactions
    own_tag                 idTag with which it starts a transaction by itself when a car is plugged in
    remote_start_tag        the only idTag it accepts in RemoteStartTransaction
    remote_start_needs      members without which RemoteStartTransaction is Rejected
    needs_unplug            the car must be unplugged between two transactions
    ends_below_minimum      an offer below 6 A ends the transaction
    stuck_below_minimum     after such an end it starts no transaction until the car was unplugged
    register_per_session    the energy register begins at 0 with every transaction
    false_offer_a           Current.Offered always reports this
    zero_register_every     each so-many-th MeterValues reports 0 as the energy register; 0: none
    repeats_beginning       each MeterValues of a transaction also has the register of its beginning (Transaction.Begin)
    below_zero              without a current, the meter reports a little less than 0 W and 0 A
    power_loss              a running transaction after a power cut: 'stop' ends it (PowerLoss), 'resume' continues it

    Its messages
    knows_security          it knows the security whitepaper; a persona of a file only where that says so
    answers                 Action: a fixed answer, given without doing what the Call asks. A status ('Accepted'), a
                            'CallError <code>', 'silence' (no answer), 'unknown' (GetConfiguration: knows no key), or
                            'reboot' (no answer, it reboots). For one case alone: 'GetConfiguration <key>',
                            'GetConfiguration *' (all keys), 'ChangeConfiguration <key>', 'TriggerMessage <message>'
    retries_with_same_id    an unanswered message is repeated with the same id, also after a disconnect
    reboots_when_called_early   a Call before its BootNotification was accepted makes it reboot
    reboots_every_s         it reboots at this interval; 0: never
    drops_every_s           it drops each connection this long after its boot was accepted; 0: never
    reconnects_after_s      shortest pause before a reconnect, unless its own network or power failed
    clock_drift_s           initial error of its clock, see Clock
    ignores_time            its clock keeps that error, whatever time the central system sends
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
    ignores_fractions: bool = False
    household_a: float = 0
    composite_a: float | None = None
    watts_over: str = 'number phases'
    one_phase_below_w: float = 0
    stops_below_w: float = 0
    ignores_number_phases: bool = False
    own_tag: str = ''
    remote_start_tag: str = ''
    remote_start_needs: tuple[str, ...] = ()
    needs_unplug: bool = False
    ends_below_minimum: bool = False
    stuck_below_minimum: bool = False
    register_per_session: bool = False
    false_offer_a: float | None = None
    zero_register_every: int = 0
    repeats_beginning: bool = False
    below_zero: bool = False
    power_loss: str = 'stop'
    knows_security: bool = True
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
        """The persona of this name in personas.toml; raises ValueError for an unknown name."""
        table = _tables().get(name)
        if table is None:
            raise ValueError(f'there is no persona {name}; there are: {", ".join(persona_names())}')
        return cls.read(name, table)

    def that_switches_phases(self) -> Self:
        """This persona with a charger that charges on one phase or on three, as a profile's numberPhases says."""
        return replace(self, keys={**self.keys, SWITCHES_PHASES: 'true'}, phases=3)

    @classmethod
    def read(cls, name: str, table: Mapping[str, Any]) -> Self:
        """Parse a persona's TOML table; raises ValueError for an unknown member or value, or a missing source."""
        unknown = set(table) - {member.name for member in fields(cls)}
        if unknown:
            raise ValueError(f'persona {name}: {", ".join(sorted(unknown))} unknown')
        if not table.get('source'):
            raise ValueError(f'persona {name} has no source')
        for member, words in CHOICES.items():
            if table.get(member, words[0]) not in words:
                raise ValueError(f'persona {name}: {member} is one of {", ".join(words)}')
        members: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in table.items()}
        for member in ('rejected_profiles', 'ignored_profiles'):
            members[member] = tuple(ProfilePattern.read(pattern) for pattern in members.get(member, ()))
        return cls(**({'knows_security': False} | members | {'name': name}))


def persona_names() -> tuple[str, ...]:
    return tuple(_tables())


@cache
def _tables() -> dict[str, dict[str, Any]]:
    return tomllib.loads(FILE.read_text(encoding='utf-8'))
