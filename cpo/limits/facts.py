"""`Facts`: what a decision about a limit depends on besides the connector and the memory about it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from cpo.chargers import ChargerQuirks, HangUps
from cpo.settings import Settings
from cpo.state import ChargePointState

SOONER_BY = timedelta(minutes=3)
"""More than a limit that comes with a start outlasts the fail-safe (`START_BEFORE_NOW_S`)."""


class Facts(NamedTuple):
    """The settings, the state, the peculiarities of the make, and the connection.

    `connection` only tells one connection from another; None while no charger is connected. `was_gone_shortly`: the
    connection before it ended so short a time ago that the charger did not restart meanwhile.
    """

    settings: Settings
    state: ChargePointState
    quirks: ChargerQuirks
    connection: object | None
    was_gone_shortly: bool = False

    @property
    def hang_ups(self) -> HangUps:
        """What followed the messages that this make was sent."""
        return self.state.known.hang_ups

    def renewal_due(self, expires_at: datetime, fallback_a: float | None, now: datetime) -> datetime:
        """When a limit is sent again from which the charger falls back to `fallback_a` at `expires_at`.

        At once where the settings want it to fall back much sooner or to another current, as they were changed since;
        None for a current that was sent before the start of the program.
        """
        fail_safe = timedelta(seconds=self.settings.fail_safe)
        is_other = fallback_a not in (None, self.settings.fallback_current)
        return now if is_other or expires_at > now + fail_safe + SOONER_BY else expires_at - fail_safe / 2
