"""What a charger writes down: its sessions, and the messages about them that nobody has confirmed yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple


class ConfirmedValue(NamedTuple):
    """A meter value the server has confirmed, and when it did (the event loop's time)."""

    at: datetime
    energy_wh: int
    confirmed_s: float


@dataclass(eq=False)
class Session:
    """A charging session as the charger knows it; `transaction_id` is None until the server has given one.

    `measured_wh` is the newest energy, whether or not it was sent; `confirmed_values` are those the server confirmed.
    """

    connector_id: int
    id_tag: str
    meter_start_wh: int
    start: datetime
    measured_wh: int = 0
    transaction_id: int | None = None
    meter_stop_wh: int | None = None
    stop: datetime | None = None
    reason: str | None = None
    stop_confirmed: bool = False
    confirmed_values: list[ConfirmedValue] = field(default_factory=list)

    @property
    def energy_wh(self) -> int:
        """What the session charged; only of one that ended."""
        assert self.meter_stop_wh is not None
        return self.meter_stop_wh - self.meter_start_wh


@dataclass(eq=False)
class Message:
    """A Call about a session, repeated until it is confirmed; its transactionId is set when it is sent."""

    action: str
    session: Session
    payload: dict[str, Any]
    confirmed: Callable[[dict[str, Any]], None]
    message_id: str | None = None


@dataclass
class Outlet:
    """A connector with a car that comes and goes, and its lifetime meter."""

    connector_id: int
    id_tag: str
    register_wh: float
    ticks_left: int
    power_w: float = 0
    session: Session | None = None


def rfc3339(at: datetime) -> str:
    """As chargers write it, in whole milliseconds."""
    return at.isoformat(timespec='milliseconds').replace('+00:00', 'Z')
