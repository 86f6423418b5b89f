"""The people who have a password: who signs in, and what changes where one of them comes, goes or forgets it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from cpo.access.accounts import AccountStore, Caller, Person, Token
from cpo.access.devices import Devices
from cpo.access.names import checked_name
from cpo.access.passwords import Passwords
from cpo.access.persisting import replace_persisted
from cpo.access.roles import Role
from cpo.access.tokens import Tokens
from cpo.access.tries import Tries
from cpo.clock import utc_now
from cpo.errors import InvalidPerson, JournalError, LastOwner, SignInNeeded, UnknownPerson

READ_EVERY_S = 5.0
"""How soon the running program learns what `home-cpo password` has changed in the journal."""

logger = logging.getLogger(__name__)


class People:
    """Knows people, their `devices` and `tokens`; while nobody has a password, signing in is not necessary.

    Where the journal had an owner and cannot read who, it stays necessary. A change holds once it is persisted. Where a
    password changes or a person is deleted, their devices are signed out.
    """

    def __init__(
        self,
        store: AccountStore,
        now: Callable[[], datetime] = utc_now,
        passwords: Passwords | None = None,
        tries: Tries | None = None,
    ) -> None:
        """Read the accounts from `store`."""
        accounts = store.load()
        self._store = store
        self._passwords = passwords or Passwords()
        self._tries = tries or Tries()
        self._by_name = {person.name.casefold(): person for person in accounts.people}
        self.has_lost_owner = accounts.has_lost_owner
        self._one_at_a_time = asyncio.Lock()
        self._listeners: list[Callable[[], None]] = []
        self._reset_listeners: list[Callable[[str, bool], None]] = []
        self.devices = Devices(store, accounts.sign_ins, now)
        self.tokens = Tokens(store, accounts.tokens, now)

    @property
    def all(self) -> list[Person]:
        """Everybody with a password, by name."""
        return sorted(self._by_name.values(), key=lambda person: person.name.casefold())

    @property
    def is_open(self) -> bool:
        """True while nobody has a password, and no owner's was lost: nobody has to sign in."""
        return not self._by_name and not self.has_lost_owner

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call `listener` after every change of who may do what."""
        self._listeners.append(listener)

    def on_reset(self, listener: Callable[[str, bool], None]) -> None:
        """Call `listener` with each person whom `home-cpo password` gave a password, or (True) removed."""
        self._reset_listeners.append(listener)

    def known(self, name: str) -> Person | None:
        """The person of this name."""
        return self._by_name.get(name.strip().casefold())

    # ---- who asks

    def by_cookie(self, cookie: str) -> Caller | None:
        """Who is signed in with this cookie, None where nobody is."""
        device = self.devices.seen(cookie)
        person = device and self._by_name.get(device.name.casefold())
        return Caller(person.name, person.role, device.key) if device and person else None

    def by_token(self, text: str) -> Caller | None:
        """The program that shows this token, None where it is none."""
        token = self.tokens.used(text)
        return None if token is None else Caller(token.name, token.role)

    async def sign_in(self, name: str, password: str, address: str, device: str) -> str:
        """Sign a device in, and return its cookie.

        Raises SignInNeeded where the password is wrong, and TooManyTries from the fifth wrong one on.
        """
        person = await self._with_password(name, password, address)
        if person is None:
            raise SignInNeeded('Nobody has this name with this password.')
        return self.devices.sign_in(person.name, device, address)

    async def change_password(self, name: str, old: str, new: str, address: str, but: str) -> None:
        """Change the password of a person who knows the old one; the device with the key `but` stays signed in.

        Raises InvalidPerson where the old one is wrong or the new one too short, TooManyTries, and JournalError.
        """
        if await self._with_password(name, old, address) is None:
            raise InvalidPerson('The old password is another one; nothing was changed.')
        hashed = await self._passwords.hashed(new)
        async with self._one_at_a_time:
            person = self._by_name.get(name.casefold())
            if person is None:
                raise SignInNeeded(f'{name} was deleted meanwhile.')
            await self._replace(person, replace(person, password_hash=hashed), but)
        self._changed()

    async def _with_password(self, name: str, password: str, address: str) -> Person | None:
        """The person with this name and password, None where it is wrong. Raises TooManyTries."""
        self._tries.begin(address, name)
        person = self.known(name)
        try:
            fits = await self._passwords.fits(password, None if person is None else person.password_hash)
        except BaseException:
            self._tries.cancel(address, name)
            raise
        if not fits or person is None or self._by_name.get(person.name.casefold()) != person:
            self._tries.wrong(address, name)
            return None
        self._tries.right(address, name)
        return person

    def sign_out(self, name: str, device_id: str | None = None) -> None:
        """Sign a device of this person out; None: all of them. Raises UnknownDevice."""
        of_person = self.devices.of(name)
        self.devices.sign_out(of_person if device_id is None else [self.devices.find(name, device_id)])
        self._changed()

    def sign_out_device(self, key: str) -> None:
        """Sign the device with this key out."""
        self.devices.sign_out_key(key)
        self._changed()

    # ---- who there is

    async def put(self, name: object, role: Role, password: str | None = None, but: str | None = None) -> Person:
        """Add a person, or change the role or password of one; the device with the key `but` stays signed in.

        Raises InvalidPerson where a new one has no password or the first one is no owner, LastOwner, and JournalError.
        """
        known_as = checked_name(name, InvalidPerson)
        self._check(known_as, role, password)
        hashed = None if password is None else await self._passwords.hashed(password)
        async with self._one_at_a_time:
            self._check(known_as, role, password)
            old = self._by_name.get(known_as.casefold())
            if old is not None:
                new = replace(old, role=role, password_hash=hashed or old.password_hash)
            else:
                new = Person(known_as, role, hashed or '')
            await self._replace(old, new, but)
        self._changed()
        return new

    async def _replace(self, old: Person | None, new: Person, but: str | None) -> None:
        await replace_persisted(self._store, [old] if old else [], [new])
        self._by_name[new.name.casefold()] = new
        if old is None or old.password_hash != new.password_hash:
            self.devices.sign_out_people({new.name}, but)

    async def delete(self, name: str) -> Person:
        """Delete a person and sign their devices out. Raises UnknownPerson, LastOwner, and JournalError."""
        async with self._one_at_a_time:
            person = self.known(name)
            if person is None:
                raise UnknownPerson(f'Nobody called {name[:40]} has a password.')
            self._check_an_owner_stays(person)
            await replace_persisted(self._store, [person], [])
            del self._by_name[person.name.casefold()]
            self.devices.sign_out_people({person.name})
        self._changed()
        return person

    async def create_token(self, name: object, role: Role) -> str:
        """Make a token, and return its text; see Tokens."""
        async with self._one_at_a_time:
            return await self.tokens.create(name, role)

    async def delete_token(self, name: str) -> Token:
        """Revoke a token and return it; see Tokens."""
        async with self._one_at_a_time:
            token = await self.tokens.delete(name)
        self._changed()
        return token

    # ---- what another process changed

    async def follow_store(self) -> None:
        """Take over what `home-cpo password` changes in the journal, until cancelled."""
        while True:
            await asyncio.sleep(READ_EVERY_S)
            try:
                await self.read_store()
            except JournalError:
                logger.debug('The people cannot be read from the journal now', exc_info=True)

    async def read_store(self) -> None:
        """Take over people and tokens of the store, and sign out who has another password there.

        Raises JournalError.
        """
        async with self._one_at_a_time:
            stored = await self._store.read()
            people = {person.name.casefold(): person for person in stored.people}
            removed = {person.name for key, person in self._by_name.items() if key not in people}
            others = {
                person.name
                for key, person in people.items()
                if key not in self._by_name or self._by_name[key].password_hash != person.password_hash
            }
            has_changed = self.tokens.replace_all(stored.tokens) or people != self._by_name
            has_changed = has_changed or stored.has_lost_owner != self.has_lost_owner
            self._by_name, self.has_lost_owner = people, stored.has_lost_owner
            self.devices.sign_out_people(removed | others)
        for listener in self._reset_listeners:
            for name in sorted(removed | others):
                listener(name, name in removed)
        if has_changed:
            self._changed()

    def _check(self, name: str, role: Role, password: str | None) -> None:
        old = self._by_name.get(name.casefold())
        if old is None and password is None:
            raise InvalidPerson('A new person needs a password.')
        if not self._by_name and role is not Role.OWNER:
            raise InvalidPerson('The first person must be an owner.')
        if old is not None and role is not Role.OWNER:
            self._check_an_owner_stays(old)

    def _check_an_owner_stays(self, without: Person) -> None:
        if not any(person.role is Role.OWNER for person in self._by_name.values() if person != without):
            raise LastOwner(f'{without.name} is the last owner; make somebody else an owner first.')

    def _changed(self) -> None:
        for listener in self._listeners:
            listener()
