"""Attempts to connect that end before the application sees them: TLS on the plain port, no request, no HTTP."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from cpo.state import AttemptVerdict

RecordAttempt = Callable[[str, str, AttemptVerdict, str], object]
"""Records an attempt to connect: (address, path, verdict, fact); see ConnectionAttempt."""
ONCE_IN_S = 1.0
MAX_ADDRESSES = 1000


class UnservedAttempts:
    """Passes them on to `record`; of one address and verdict one a second, so that no flood fills the journal."""

    def __init__(self, record: RecordAttempt, clock: Callable[[], float] = monotonic) -> None:
        self._record = record
        self._clock = clock
        self._recorded_at: dict[tuple[str, AttemptVerdict], float] = {}

    def add(self, address: str, verdict: AttemptVerdict, path: str = '', fact: str = '') -> None:
        """Pass on an attempt."""
        now, key = self._clock(), (address, verdict)
        if now - self._recorded_at.get(key, -ONCE_IN_S) < ONCE_IN_S:
            return
        self._recorded_at.pop(key, None)
        self._recorded_at[key] = now
        if len(self._recorded_at) > MAX_ADDRESSES:
            del self._recorded_at[next(iter(self._recorded_at))]
        self._record(address, path, verdict, fact)
