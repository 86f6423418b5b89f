"""The devices on which people are signed in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from cpo.access.accounts import AccountStore, SignIn, key_of, new_secret
from cpo.errors import UnknownDevice

SIGNED_IN_FOR = timedelta(days=30)
"""A device is signed out after so long without a request."""
SEEN_EVERY = timedelta(minutes=10)
"""How exactly it is known, and persisted, when a device was seen last."""
MAX_DEVICES = 50
MAX_DEVICE_NAME = 200


class Devices:
    """Signs devices in and out; each has a cookie, known here by its hash, that nobody can choose or guess."""

    def __init__(self, store: AccountStore, sign_ins: Iterable[SignIn], now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now
        self._by_key = {sign_in.key: sign_in for sign_in in sign_ins}

    def sign_in(self, name: str, device: str, address: str) -> str:
        """Sign a device of this person in, and return its cookie; of more than fifty, the one seen least recently is
        signed out.
        """
        secret, now = new_secret(), self._now()
        self.sign_out(each for each in self.of(name)[MAX_DEVICES - 1 :])
        sign_in = SignIn(key_of(secret), name, device[:MAX_DEVICE_NAME], address, now, now)
        self._by_key[sign_in.key] = sign_in
        self._store.put(sign_in)
        return secret

    def seen(self, secret: str) -> SignIn | None:
        """The device with this cookie, which is noted as seen now; None where it is signed out."""
        sign_in = self._by_key.get(key_of(secret))
        if sign_in is None:
            return None
        now = self._now()
        if now - sign_in.last_seen >= SIGNED_IN_FOR:
            self.sign_out([sign_in])
            return None
        if now - sign_in.last_seen >= SEEN_EVERY:
            self._by_key[sign_in.key] = sign_in = replace(sign_in, last_seen=now)
            self._store.touch(sign_in)
        return sign_in

    def of(self, name: str) -> list[SignIn]:
        """The devices of a person, the one seen last first."""
        now = self._now()
        own = (each for each in self._by_key.values() if each.name == name and now - each.last_seen < SIGNED_IN_FOR)
        return sorted(own, key=lambda each: each.last_seen, reverse=True)

    def find(self, name: str, device_id: str) -> SignIn:
        """The device of a person with this id. Raises UnknownDevice."""
        found = next((each for each in self.of(name) if each.device_id == device_id), None)
        if found is None:
            raise UnknownDevice('That device is not signed in.')
        return found

    def sign_out(self, sign_ins: Iterable[SignIn]) -> None:
        """Sign these devices out."""
        for sign_in in list(sign_ins):
            self._by_key.pop(sign_in.key, None)
            self._store.delete(sign_in)

    def sign_out_key(self, key: str) -> None:
        """Sign the device with this key out, if it is signed in."""
        if (sign_in := self._by_key.get(key)) is not None:
            self.sign_out([sign_in])

    def sign_out_people(self, names: Collection[str], but: str | None = None) -> None:
        """Sign all devices of these people out, but that with the key `but`."""
        self.sign_out(each for each in self._by_key.values() if each.name in names and each.key != but)
