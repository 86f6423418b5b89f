"""What befalls a charger again and again, by persona: it restarts, or its connection breaks."""

from datetime import datetime, timedelta

from simulator.persona import Persona


class Mishaps:
    """Pure: time comes in as an argument."""

    def __init__(self, persona: Persona) -> None:
        self._reboots_every = timedelta(seconds=persona.reboots_every_s)
        self._drops_every = timedelta(seconds=persona.drops_every_s)
        self._running_since: datetime | None = None
        self._online_since: datetime | None = None

    def reboots(self, now: datetime) -> bool:
        """Whether it is time to; to be asked about once a second."""
        self._running_since = self._running_since or now
        due = bool(self._reboots_every) and now - self._running_since >= self._reboots_every
        if due:
            self._running_since = now
        return due

    def hangs_up(self, now: datetime, online: bool) -> bool:
        """Whether the connection breaks now; to be asked about once a second."""
        self._online_since = (self._online_since or now) if online else None
        return bool(self._drops_every and self._online_since and now - self._online_since >= self._drops_every)
