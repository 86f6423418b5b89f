"""Hashes of passwords (argon2id), made and checked in a thread of their own."""

from __future__ import annotations

import asyncio
import base64
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from cpo.errors import InvalidPerson, TooManyTries

MIN_LENGTH, MAX_LENGTH = 8, 200
MAX_WAITING = 16
BUSY_S = 3

T = TypeVar('T')


class Passwords:
    """Hashes and checks passwords one after the other, so that guesses take one core and 64 MiB at most.

    An unknown person's password takes as long to check as a known one's.
    """

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        """`hasher` has the parameters of new hashes; by default those of RFC 9106 §4 for little memory."""
        self._hasher = hasher or PasswordHasher()
        self._nobodys = _hash_of_nothing(self._hasher)
        self._thread = ThreadPoolExecutor(1, 'passwords')
        self._waiting = 0

    async def hashed(self, password: str) -> str:
        """The hash of a new password. Raises InvalidPerson where that is too short or too long."""
        check_length(password)
        return await self._in_thread(lambda: self.hash_now(password))

    async def hashed_secret(self, secret: str) -> str:
        """The hash of a secret of any length."""
        return await self._in_thread(lambda: self._hasher.hash(secret))

    def hash_now(self, password: str) -> str:
        """The hash of a new password, for programs without an event loop."""
        check_length(password)
        return self._hasher.hash(password)

    async def fits(self, password: str, known: str | None) -> bool:
        """Whether a password is that of the hash `known`; None: of nobody.

        Raises TooManyTries where many wait to be checked already.
        """
        return await self._in_thread(lambda: self._fits(password, known))

    def _fits(self, password: str, known: str | None) -> bool:
        try:
            return self._hasher.verify(known or self._nobodys, password) and known is not None
        except (VerificationError, InvalidHashError):
            return False

    async def _in_thread(self, work: Callable[[], T]) -> T:
        if self._waiting >= MAX_WAITING:
            raise TooManyTries(BUSY_S, 'Too many passwords wait to be checked.')
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        finally:
            self._waiting -= 1


def check_length(password: str) -> None:
    """Raise InvalidPerson where a new password is too short or too long (NIST SP 800-63B §5.1.1.2)."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise InvalidPerson(f'A password has {MIN_LENGTH} to {MAX_LENGTH} characters.')


def _hash_of_nothing(hasher: PasswordHasher) -> str:
    """A hash that no password has, with the parameters of new ones."""
    salt, hashed = (
        base64.b64encode(secrets.token_bytes(length)).rstrip(b'=').decode()
        for length in (hasher.salt_len, hasher.hash_len)
    )
    parameters = f'm={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}'
    return f'$argon2id$v=19${parameters}${salt}${hashed}'
