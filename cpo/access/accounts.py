"""Who may use the program: people, their signed-in devices, and tokens of other programs.

Passwords, cookies and tokens are known by hashes only.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from cpo.access.roles import Role

TOKEN_PREFIX = 'cpo_'
MAX_NAME = 40


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a password, of which `password_hash` is the argon2 hash."""

    name: str
    role: Role
    password_hash: str


@dataclass(frozen=True, slots=True)
class SignIn:
    """A device on which a person is signed in; `key` is the hash of its cookie."""

    key: str
    name: str
    device: str
    address: str
    at: datetime
    last_seen: datetime

    @property
    def device_id(self) -> str:
        """What the device is called in lists and when it is signed out; it tells nothing of the cookie."""
        return self.key[:12]


@dataclass(frozen=True, slots=True)
class Token:
    """What another program shows in place of a person; `key` is the hash of its text."""

    name: str
    role: Role
    key: str
    at: datetime
    last_used: datetime | None = None


@dataclass(frozen=True, slots=True)
class Accounts:
    """All that is persisted about who may use the program; `has_lost_people` where a person's row could not be read."""

    people: tuple[Person, ...] = ()
    sign_ins: tuple[SignIn, ...] = ()
    tokens: tuple[Token, ...] = ()
    has_lost_people: bool = False

    @property
    def has_lost_owner(self) -> bool:
        """True where a person's row could not be read and no owner is left: that does not open the house."""
        return self.has_lost_people and not any(person.role is Role.OWNER for person in self.people)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who makes a request; `name` is of a person, a token or what else lets it in. `device` is the key of a SignIn."""

    name: str
    role: Role
    device: str | None = None


ANYBODY = Caller('anybody in this network', Role.OWNER)
"""Who makes a local request while nobody has a password."""
HOME_ASSISTANT_USER = Caller('Home Assistant', Role.OWNER)
"""Who makes a request that Home Assistant's Supervisor passes on for a user who is signed in there."""
CALLER = 'cpo.caller'
"""The key of an ASGI scope with its Caller."""
BY_SUPERVISOR = 'cpo.by_supervisor'
"""The key of an ASGI scope that is true where Home Assistant's Supervisor itself sends the request."""
SUPERVISOR = '172.30.32.2'
"""The address of Home Assistant's Supervisor, which has judged a request of its ingress by itself."""


class AccountStore(Protocol):
    """Where accounts are persisted. `put` and `delete` queue a change and return at once."""

    def load(self) -> Accounts:
        """All accounts, read at the start of the program."""
        ...

    async def read(self) -> Accounts:
        """All accounts as they are on the disk. Raises JournalError."""
        ...

    def put(self, *accounts: Person | SignIn | Token) -> None:
        """Add or replace accounts."""
        ...

    def delete(self, *accounts: Person | SignIn | Token) -> None:
        """Delete accounts, if they exist."""
        ...

    def touch(self, account: SignIn | Token) -> None:
        """Note when an account was used last, if it exists."""
        ...

    async def flushed(self) -> None:
        """Wait until all changes are on the disk. Raises JournalError."""
        ...


def new_secret() -> str:
    """A secret of 256 bits that a cookie or token is made of."""
    return secrets.token_urlsafe(32)


def key_of(secret: str) -> str:
    """The hash by which a cookie or token is known; a fast one will do, as nobody guesses 256 bits."""
    return hashlib.sha256(secret.encode('utf-8', 'replace')).hexdigest()
