"""The bound on guesses of passwords: from the fifth wrong one on, an address has to wait."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import ceil
from time import monotonic

from cpo.access.arrivals import place_of
from cpo.errors import TooManyTries

MAX_WRONG = 5
WAIT_S = 60.0
LONGEST_WAIT_S = 900.0
FORGOTTEN_AFTER_S = 3600.0
MAX_COUNTS = 10_000

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Count:
    """Tries that were wrong or have no result yet; after the fifth, further ones are refused until `blocked_until`."""

    tries: int = 0
    last_at: float = 0
    blocked_until: float = 0


class Tries:
    """Counts wrong passwords for each address (IPv6: each /64), and for each address with a name.

    A right password ends both counts of its own name; those of other names stay, so that nobody with a password of
    their own can guess another's without end. No other address is ever refused for it. A count is forgotten an hour
    after its last try; the wait begins with 60 s and doubles with each wrong try up to 15 min.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._counts: dict[Key, _Count] = {}

    def begin(self, address: str, name: str) -> None:
        """Count a try before its password is looked at, so that many at once are no way around the bound.

        Raises TooManyTries while the address, alone or with this name, has to wait.
        """
        keys = self._keys(address, name)
        self._refuse_blocked(keys)
        now = self._clock()
        for key in keys:
            tries = self._count(key).tries + 1
            wait_s = min(WAIT_S * 2.0 ** min(tries - MAX_WRONG, 10), LONGEST_WAIT_S) if tries >= MAX_WRONG else 0
            self._counts.pop(key, None)
            self._counts[key] = _Count(tries, now, now + wait_s)
        while len(self._counts) > MAX_COUNTS:
            del self._counts[next(iter(self._counts))]

    def wrong(self, address: str, name: str) -> None:
        """The password of a try that was begun is wrong. Raises TooManyTries where it was the fifth or a later one."""
        self._refuse_blocked(self._keys(address, name))

    def right(self, address: str, name: str) -> None:
        """The password of a try that was begun is right."""
        for key in self._keys(address, name):
            self._counts.pop(key, None)

    def cancel(self, address: str, name: str) -> None:
        """The password of a try that was begun could not be looked at."""
        for key in self._keys(address, name):
            count = self._count(key)
            self._counts[key] = replace(count, tries=max(count.tries - 1, 0), blocked_until=0)

    def _refuse_blocked(self, keys: tuple[Key, Key]) -> None:
        wait_s = max(self._count(key).blocked_until for key in keys) - self._clock()
        if wait_s > 0:
            raise TooManyTries(ceil(wait_s))

    def _count(self, key: Key) -> _Count:
        count = self._counts.get(key)
        return count if count is not None and self._clock() < count.last_at + FORGOTTEN_AFTER_S else _Count()

    def _keys(self, address: str, name: str) -> tuple[Key, Key]:
        place = place_of(address)
        return (place, ''), (place, f'={name[:100].casefold()}')
