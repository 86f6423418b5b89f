"""`Facts`: what a decision about a limit depends on besides the connector and the memory about it."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from cpo.chargers import ChargerQuirks, HangUps
from cpo.settings import Settings
from cpo.state import ChargePointState


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

    @property
    def renew_before(self) -> timedelta:
        """How long before the charger falls back from a limit it is sent again."""
        return timedelta(seconds=self.settings.fail_safe / 2)
