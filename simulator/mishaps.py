"""Recurring failures of some makes: after a fixed time the charger reboots, or drops its connection."""

from datetime import datetime, timedelta

from simulator.persona import Persona


class Mishaps:
    """Says when the next reboot or loss of connection of a persona is due.

    Both methods are to be called every second.
    """

    def __init__(self, persona: Persona) -> None:
        self._reboots_every = timedelta(seconds=persona.reboots_every_s)
        self._drops_every = timedelta(seconds=persona.drops_every_s)
        self._running_since: datetime | None = None
        self._online_since: datetime | None = None

    def is_reboot_due(self, now: datetime) -> bool:
        """True once for each `reboots_every_s` since the first call or the last reboot."""
        self._running_since = self._running_since or now
        due = bool(self._reboots_every) and now - self._running_since >= self._reboots_every
        if due:
            self._running_since = now
        return due

    def is_drop_due(self, now: datetime, online: bool) -> bool:
        """True when the charger has been online for `drops_every_s`."""
        self._online_since = (self._online_since or now) if online else None
        return bool(self._drops_every and self._online_since and now - self._online_since >= self._drops_every)
