"""Which device has the connection of a charge box id, and whether two devices take it from each other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

CHANGES = 3
WITHIN = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class LineHolder:
    """The newest device that was let in, by charge box id and IP address.

    `changes` are the times of the last three changes of the address, oldest first. `is_disputed` is True once two
    devices were seen to use the name, until the address changes.
    """

    charge_box_id: str = ''
    address: str = ''
    changes: tuple[datetime, ...] = ()
    is_disputed: bool = False

    def followed(self, charge_box_id: str, address: str, now: datetime) -> LineHolder:
        """The holder of the connection after a device was let in at `now`; a change of its address is noted."""
        if charge_box_id != self.charge_box_id:
            return LineHolder(charge_box_id, address)
        if address == self.address:
            return self
        return LineHolder(charge_box_id, address, (*self.changes, now)[-CHANGES:])

    def disputed(self) -> LineHolder:
        """The holder after another device with its charge box id was refused."""
        return replace(self, is_disputed=True)

    def may_be_disputed(self, charge_box_id: str, address: str, now: datetime) -> bool:
        """True where two devices may use the holder's charge box id.

        This one comes from another address than the holder, whose address changed 3 times in the last 60 s, or two
        devices were seen to use the id before (`is_disputed`).
        """
        if charge_box_id != self.charge_box_id or address == self.address:
            return False
        return self.is_disputed or (len(self.changes) == CHANGES and now - self.changes[0] <= WITHIN)
