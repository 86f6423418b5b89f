"""What a charger of some make does differently, as data: personas.toml holds them, each with its source."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any, Self

FILE = Path(__file__).with_name('personas.toml')
POWER_LOSS = ('stop', 'resume')


@dataclass(frozen=True, slots=True)
class Persona:
    """The default is a charger without any peculiarity.

    keys                            configuration keys with their values; new ones are read-only
    hidden_keys                     GetConfiguration says they are unknown
    read_only_keys                  ChangeConfiguration is Rejected
    minimum                         of numeric keys: a smaller value but 0 is Rejected
    measurands                      the only ones it knows; empty: all the simulator can measure
    max_stack_level                 higher ones are Rejected, whatever ChargeProfileMaxStackLevel says; default: the key
    rejected_purposes, rejected_kinds, rejected_units
                                    of charging profiles: Rejected
    ignored_units                   profiles in them are Accepted without effect
    rejects_profile_in_remote_start RemoteStartTransaction with a chargingProfile is Rejected
    needs_unplug                    between two transactions
    ends_below_minimum              an offer below 6 A ends the transaction
    register_per_session            the energy register begins at 0 with every transaction
    power_loss                      a transaction that a power cut finds: 'stop' with PowerLoss afterwards, or 'resume'
    retries_with_same_id            of a message that was not answered, also after a disconnect
    clock_drift_s                   see Clock
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
    max_stack_level: int | None = None
    rejected_purposes: tuple[str, ...] = ()
    rejected_kinds: tuple[str, ...] = ()
    rejected_units: tuple[str, ...] = ()
    ignored_units: tuple[str, ...] = ()
    rejects_profile_in_remote_start: bool = False
    needs_unplug: bool = False
    ends_below_minimum: bool = False
    register_per_session: bool = False
    power_loss: str = 'stop'
    retries_with_same_id: bool = False
    clock_drift_s: float = 0

    @classmethod
    def load(cls, name: str) -> Self:
        """One of personas.toml. Raises ValueError for an unknown name."""
        table = _tables().get(name)
        if table is None:
            raise ValueError(f'there is no persona {name}; there are: {", ".join(persona_names())}')
        return cls.read(name, table)

    @classmethod
    def read(cls, name: str, table: Mapping[str, Any]) -> Self:
        """From a table of TOML. Raises ValueError for members that do not exist, and without a source."""
        unknown = set(table) - {member.name for member in fields(cls)}
        if unknown:
            raise ValueError(f'persona {name}: {", ".join(sorted(unknown))} unknown')
        if not table.get('source'):
            raise ValueError(f'persona {name} has no source')
        if table.get('power_loss', 'stop') not in POWER_LOSS:
            raise ValueError(f'persona {name}: power_loss is one of {", ".join(POWER_LOSS)}')
        members: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in table.items()}
        return cls(**(members | {'name': name}))


def persona_names() -> tuple[str, ...]:
    return tuple(_tables())


@cache
def _tables() -> dict[str, dict[str, Any]]:
    return tomllib.loads(FILE.read_text(encoding='utf-8'))
