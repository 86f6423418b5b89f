"""Whether a connector was asked to be in or out of service."""

from __future__ import annotations

from dataclasses import dataclass

from cpo.state.activity import Activity


@dataclass(frozen=True, slots=True)
class Availability:
    """What the charger accepted last; `is_scheduled`: it does so once its transaction has ended (OCPP 1.6 §5.2)."""

    is_operative: bool
    is_scheduled: bool = False

    def is_pending(self, activity: Activity) -> bool:
        """True while the transaction has to end, by what the connector is doing.

        A free connector has none: what is not done by then, the charger has forgotten, as over a restart.
        """
        is_waiting = self.is_scheduled and activity is not Activity.IDLE
        return is_waiting and (activity is Activity.UNAVAILABLE) is self.is_operative
