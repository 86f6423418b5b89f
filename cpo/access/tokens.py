"""The tokens by which other programs are let in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from cpo.access.accounts import TOKEN_PREFIX, AccountStore, Token, key_of, new_secret
from cpo.access.devices import SEEN_EVERY
from cpo.access.names import checked_name
from cpo.access.persisting import replace_persisted
from cpo.access.roles import Role
from cpo.errors import InvalidToken, NameTaken, UnknownToken


class Tokens:
    """Makes and revokes tokens; the text of one is returned once, and known here by its hash."""

    def __init__(self, store: AccountStore, tokens: Iterable[Token], now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now
        self._by_key = {token.key: token for token in tokens}

    @property
    def all(self) -> list[Token]:
        """All tokens, by name."""
        return sorted(self._by_key.values(), key=lambda token: token.name.casefold())

    def used(self, secret: str) -> Token | None:
        """The token with this text, which is noted as used now; None where there is none."""
        token = self._by_key.get(key_of(secret))
        if token is not None and (token.last_used is None or self._now() - token.last_used >= SEEN_EVERY):
            self._by_key[token.key] = token = replace(token, last_used=self._now())
            self._store.touch(token)
        return token

    async def create(self, name: object, role: Role) -> str:
        """Make a token, and return its text. Raises InvalidToken, NameTaken and JournalError."""
        known_as = checked_name(name, InvalidToken)
        if self._named(known_as) is not None:
            raise NameTaken(f'There is a token {known_as} already; delete it first.')
        secret = TOKEN_PREFIX + new_secret()
        token = Token(known_as, role, key_of(secret), self._now())
        await replace_persisted(self._store, [], [token])
        self._by_key[token.key] = token
        return secret

    async def delete(self, name: str) -> Token:
        """Revoke a token at once and return it. Raises UnknownToken, and JournalError: then it is valid again."""
        token = self._named(name)
        if token is None:
            raise UnknownToken(f'There is no token {name[:40]}.')
        del self._by_key[token.key]
        try:
            await replace_persisted(self._store, [token], [])
        except BaseException:
            self._by_key[token.key] = token
            raise
        return token

    def replace_all(self, tokens: Iterable[Token]) -> bool:
        """Take over the tokens of the store; True where there are others than before."""
        stored = {token.key: token for token in tokens}
        if stored.keys() == self._by_key.keys():
            return False
        self._by_key = {key: self._by_key.get(key, token) for key, token in stored.items()}
        return True

    def _named(self, name: str) -> Token | None:
        folded = name.strip().casefold()
        return next((each for each in self._by_key.values() if each.name.casefold() == folded), None)
