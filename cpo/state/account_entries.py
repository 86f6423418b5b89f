"""The entry about a person or a token that was changed (see `cpo.state.entries`)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cpo.state.state import ChargePointState


class AccountChange(StrEnum):
    """What became of a person or a token."""

    ADDED = 'added'
    ROLE = 'role'
    PASSWORD = 'password'
    REMOVED = 'removed'


@dataclass(frozen=True, slots=True)
class AccountChanged:
    """A person (or a token) called `name` was changed by somebody; this is an event and changes nothing in the state.

    `by` is the name of who did it, or of the command on the machine. No secret is part of it.
    """

    name: str
    change: AccountChange
    by: str
    role: str | None = None
    is_token: bool = False

    def apply(self, state: ChargePointState) -> ChargePointState:
        return state
