"""What decides about a limit besides the connector itself."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from cpo.chargers import ChargerQuirks
from cpo.limits.hang_ups import HangUps
from cpo.settings import Settings
from cpo.state import ChargePointState


class Facts(NamedTuple):
    """The owner's choices, what is known of the charger and of its make, and its connection.

    `connection` only serves to tell one connection from another, None while the charger is away.
    """

    settings: Settings
    state: ChargePointState
    quirks: ChargerQuirks
    connection: object | None
    hang_ups: HangUps = HangUps()

    @property
    def renew_before(self) -> timedelta:
        """How long before it falls back a limit is written again."""
        return timedelta(seconds=self.settings.fail_safe / 2)
