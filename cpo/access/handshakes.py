"""The bound on handshakes of chargers that nobody has adopted, so that a stranger fills neither page nor journal."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from time import monotonic
from typing import NamedTuple

from cpo.access.arrivals import place_of
from cpo.host_names import is_loopback

MAX_IN_WINDOW = 60
WINDOW_S = 60.0
MAX_PLACES = 1000


class Refused(NamedTuple):
    """A handshake is one too many: the next may be made `retry_after_s` later; `is_first` of those in its minute."""

    retry_after_s: int
    is_first: bool


class Handshakes:
    """Counts handshakes by address (IPv6: by the network of a home, /64): 60 a minute each, this machine any number."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._windows: dict[str, tuple[float, int]] = {}

    def count(self, address: str) -> Refused | None:
        """Count a handshake of this address; None where it may be made."""
        if is_loopback(address):
            return None
        now, place = self._clock(), place_of(address)
        began, count = self._windows.pop(place, (now, 0))
        if now - began >= WINDOW_S:
            began, count = now, 0
        self._windows[place] = began, count + 1
        if len(self._windows) > MAX_PLACES:
            del self._windows[next(iter(self._windows))]
        if count < MAX_IN_WINDOW:
            return None
        return Refused(max(1, ceil(began + WINDOW_S - now)), count == MAX_IN_WINDOW)
