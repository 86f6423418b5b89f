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
        """A device is let in."""
        if charge_box_id != self.charge_box_id:
            return LineHolder(charge_box_id, address)
        if address == self.address:
            return self
        return LineHolder(charge_box_id, address, (*self.changes, now)[-CHANGES:])

    def disputed(self) -> LineHolder:
        """Another device with the same name was refused."""
        return replace(self, is_disputed=True)

    def may_be_disputed(self, charge_box_id: str, address: str, now: datetime) -> bool:
        """True where a device with the holder's name comes from elsewhere, and the address changed 3 times in 60 s.

        Or where the name is disputed already.
        """
        if charge_box_id != self.charge_box_id or address == self.address:
            return False
        return self.is_disputed or (len(self.changes) == CHANGES and now - self.changes[0] <= WITHIN)
