"""Bounds on connections whose request is unfinished, so that nobody can use up all the room with them."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from time import monotonic

MAX_PER_ADDRESS = 64
MAX_UNFINISHED = 256
MAX_CONNECTIONS = 800
"""Below the 1,024 files that a process may have open on most systems."""
LOG_EVERY_S = 60
CUT = 'cpo.cut'
"""The ASGI extension of our server with `cut`: ends the connection, whatever was not sent yet."""

logger = logging.getLogger(__name__)


class Arrivals:
    """Decides which new connections may wait for their request, and counts those that do.

    Each address may have 64 unfinished ones (IPv6: each network of a home, /64), all unknown addresses together 256,
    and there may be 800 connections of any kind. The address of the charger that was here last may have 64 in any case.
    This machine and the trusted proxies, which speak for many, are not counted.
    """

    def __init__(
        self,
        trusted_proxies: Sequence[str] = (),
        known_charger: Callable[[], str | None] = lambda: None,
        headers_within_s: float = 10,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """`known_charger` returns the address of the charger that was here last.

        Headers have `headers_within_s` to come.
        """
        self._trusted = [ip_network(proxy, strict=False) for proxy in trusted_proxies]
        self._known_charger = known_charger
        self.headers_within_s = headers_within_s
        self._clock = clock
        self._unfinished: Counter[str] = Counter()
        self._logged_at: float | None = None

    def begin(self, address: str, connections: int) -> bool:
        """Count a new connection whose request is awaited, one of so many `connections`; returns False to refuse it.

        After True, `end` has to be called once.
        """
        place = place_of(address)
        if not self._may_begin(place, connections):
            self.report(f'{address} has too many unfinished connections; more of them are cut.')
            return False
        self._unfinished[place] += 1
        return True

    def end(self, address: str) -> None:
        """Count one unfinished connection less for this address: its request is complete, or it has ended."""
        place = place_of(address)
        self._unfinished[place] -= 1
        if self._unfinished[place] <= 0:
            del self._unfinished[place]

    def report(self, sentence: str) -> None:
        """Log a sentence on misused connections as a warning; further ones within a minute are dropped."""
        now = self._clock()
        if self._logged_at is None or now - self._logged_at >= LOG_EVERY_S:
            self._logged_at = now
            logger.warning('%s', sentence)

    def _may_begin(self, place: str, connections: int) -> bool:
        if self._is_trusted(place):
            return True
        if self._unfinished[place] >= MAX_PER_ADDRESS:
            return False
        known = self._known_charger()
        if known is not None and place_of(known) == place:
            return True
        return self._unfinished.total() < MAX_UNFINISHED and connections <= MAX_CONNECTIONS

    def _is_trusted(self, place: str) -> bool:
        network = _network(place)
        if network is None:
            return False
        return network.is_loopback or any(
            network.version == trusted.version and network.overlaps(trusted) for trusted in self._trusted
        )


@lru_cache(maxsize=256)
def _network(place: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(place)
    except ValueError:
        return None


@lru_cache(maxsize=256)
def place_of(address: str) -> str:
    """What an address is counted as: itself, or the /64 an IPv6 address is in; its own text where it is none."""
    try:
        ip = ip_address(address.partition('%')[0])
    except ValueError:
        return address
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped is not None:
            return str(ip.ipv4_mapped)
        if not ip.is_loopback:
            return str(ip_network(f'{ip}/64', strict=False))
    return str(ip)
