"""Adoption: which charge box ids are let in, by themselves or by somebody's word."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from cpo.access import Passwords, one_form
from cpo.errors import InvalidCharger
from cpo.frozen import replace
from cpo.journal import Journal, Records, has_lost, persist
from cpo.settings import Settings
from cpo.state import ChargerKnown, KnownCharger, SecurityProfile, known_charger


class AdoptionOwner(Records, Protocol):
    """The part of ChargePoint that Adoption uses."""

    journal: Journal

    @property
    def settings(self) -> Settings:
        """The program's settings."""
        ...


@dataclass(frozen=True, slots=True)
class ChargerChange:
    """What somebody (`by`) wants to be otherwise with a charger; None leaves that as it is."""

    adopted: bool | None = None
    name: str | None = None
    password: str | None = field(default=None, repr=False)
    security_profile: SecurityProfile | None = None
    by: str = ''


class Adoption:
    """Adopts charge box ids as the setting `adopt` says, and others when somebody says so.

    `first`: the first id ever adopts itself; `any`: each does; `ask`: none does. The demo charger is none of them.
    Where the row of a charger could not be read, none is the first: it might come in place of one with a password.
    """

    def __init__(self, charger: AdoptionOwner, now: Callable[[], datetime], passwords: Passwords) -> None:
        self._charger = charger
        self._now = now
        self._passwords = passwords
        self._one_at_a_time = asyncio.Lock()
        self._has_lost_one = charger.journal.read_at_once(lambda connection: has_lost(connection, 'chargers'))

    def is_adopted(self, charge_box_id: str) -> bool:
        """Whether this id is adopted already; that of the settings always is."""
        return self.known(charge_box_id).adopted or charge_box_id == self._charger.settings.charge_box_id

    def lets_in(self, charge_box_id: str) -> bool:
        """Whether a charger with this id is let in: it is adopted, or adopts itself as it connects."""
        settings = self._charger.settings
        is_first = settings.adopt == 'first' and not self._charger.state.chargers and not self._has_lost_one
        return settings.adopt == 'any' or is_first or self.is_adopted(charge_box_id)

    def let_in(self, charge_box_id: str, address: str) -> None:
        """Record that a charger with this id was let in; it is adopted from now on."""
        known = self.known(charge_box_id)
        self._charger.record(ChargerKnown(replace(known, adopted=True, knocked_at=self._now(), address=address)))

    def knocked(self, charge_box_id: str, address: str) -> None:
        """Record that a charger with an id that is not adopted asked to be let in."""
        known = self.known(charge_box_id)
        self._charger.record(ChargerKnown(replace(known, knocked_at=self._now(), address=address)))

    async def change(self, charge_box_id: str, change: ChargerChange) -> KnownCharger:
        """Change what is known of an id, and return that.

        A password makes a charger without a security profile one of profile 1; without a profile, it has no password.
        Raises InvalidCharger, and JournalError where it cannot be persisted; then nothing has changed.
        """
        async with self._one_at_a_time:
            _check(self.known(charge_box_id), change, self._charger.settings)
            text = change.password
            hashed = None if text is None else await self._passwords.hashed_secret(one_form(text.encode()))
            old = self.known(charge_box_id)
            new = _changed(old, change, hashed)
            await persist(self._charger, ChargerKnown(new, change.by), ChargerKnown(old))
            return new

    async def dismiss(self, charge_box_id: str) -> KnownCharger:
        """Forget that an id that is not adopted knocked, until it knocks again; return what was known of it.

        The id stays known, so that no later one is the first ever. Raises InvalidCharger and JournalError.
        """
        async with self._one_at_a_time:
            old = self.known(charge_box_id)
            if self.is_adopted(charge_box_id):
                raise InvalidCharger('This charger is let in; {"adopted": false} ends that.')
            if old.knocked_at is None:
                raise InvalidCharger('No charger of this name has knocked.')
            await persist(self._charger, ChargerKnown(replace(old, knocked_at=None, address='')), ChargerKnown(old))
            return old

    def known(self, charge_box_id: str) -> KnownCharger:
        """What is known of this id."""
        return known_charger(self._charger.state.chargers, charge_box_id)


def _check(known: KnownCharger, change: ChargerChange, settings: Settings) -> None:
    if change.adopted is False and known.charge_box_id == settings.charge_box_id:
        raise InvalidCharger('CPO_CHARGE_BOX_ID lets this charger in; take that setting away first.')
    if change.security_profile in (SecurityProfile.TLS, SecurityProfile.CERTIFICATE) and not settings.tls_port:
        raise InvalidCharger('There is no TLS; start this program with CPO_TLS_PORT.')
    profile = change.security_profile
    has_password = change.password is not None or known.password_hash is not None
    if profile in (SecurityProfile.PASSWORD, SecurityProfile.TLS) and not has_password:
        raise InvalidCharger(f'Security profile {profile:d} needs a password.')
    if profile is SecurityProfile.NONE and change.password is not None:
        raise InvalidCharger('Without a security profile, no password is looked at.')


def _changed(old: KnownCharger, change: ChargerChange, hashed: str | None) -> KnownCharger:
    profile = change.security_profile
    if profile is None:
        is_new = hashed is not None and old.security_profile is SecurityProfile.NONE
        profile = SecurityProfile.PASSWORD if is_new else old.security_profile
    has_changed = hashed is not None or profile is SecurityProfile.NONE
    return replace(
        old,
        adopted=old.adopted if change.adopted is None else change.adopted,
        name=old.name if change.name is None else change.name,
        security_profile=profile,
        password_hash=hashed if has_changed else old.password_hash,
        offered_hash=None if has_changed else old.offered_hash,
    )
