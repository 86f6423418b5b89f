"""`Situation`: all that the sentence on Home depends on, as one frozen value.

Powers are in W, currents in A, shares are 0 … 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from cpo.amperes import MIN_CHARGING_CURRENT_A
from cpo.state import (
    Activity,
    Fault,
    FaultTrace,
    Limit,
    Mode,
    RefusedTag,
    Reservation,
    TagStatus,
    Unmeasured,
    Verdict,
)

NOTHING_W = 50.0


@dataclass(frozen=True, slots=True)
class Session:
    """The transaction that runs, or while FINISHING the one that just ended.

    `remote` is True where a limit of ours started it: the sun steers no other. `id_tag_status` is the answer to its
    StartTransaction.
    """

    remote: bool = True
    id_tag: str | None = None
    id_tag_status: str = TagStatus.ACCEPTED
    started_at: datetime | None = None
    stopped_at: datetime | None = None
    energy_wh: float | None = None
    sun_share: float | None = None


@dataclass(frozen=True, slots=True)
class NextStep:
    """The next step of the solar rule: to raise the limit or to start, to which limit in A, and when."""

    kind: Literal['raise', 'start']
    limit_a: float
    at: datetime


@dataclass(frozen=True, slots=True)
class LastCharged:
    """The session that ended last."""

    at: datetime
    energy_wh: float


@dataclass(frozen=True, slots=True)
class Situation:
    """What the sentence on Home is made of, for one connector.

    Texts of the charger are as received; `words` escapes them. `unknown_status` is a status the specification does not
    know, as received. `mode_after` is the mode that returns at the next plug-in. `unproven` is a limit that only came
    with the remote start and was not seen to be obeyed. `since` is when the connection began or ended; `seen_before`
    says that this charger charged earlier. `reservation` is the one that blocks the connector, None where it was not
    made here. `plug_in_limit_a`: no card and no Start is needed (free charging). `sun_asks`: the sun is enough, but the
    charger has not accepted a start. `verdict` is that of the read-back, `ended_here`: this program ended the last
    session. `is_stopping`: this program ends the running one. Below `min_current_a` this make does not charge.
    `unmeasured` is what the charger does not send of a car that charges. `silent_since` is when a connected charger was
    last heard, `measured_at` when the car's power was last measured and `sun_at` when the last solar reading came; each
    is None unless it is too long ago. `fault_trace` is the fault that stopped the session, until it is dismissed.
    `has_just_ended`: the end of a session came after the newest status.
    """

    ever_seen: bool = True
    connected: bool = True
    since: datetime | None = None
    seen_before: bool = False
    asks_for_status: bool = True
    activity: Activity = Activity.UNKNOWN
    unknown_status: str | None = None
    status_at: datetime | None = None
    fault: Fault | None = None
    error_code: str = ''
    vendor_error_code: str | None = None
    was_charging: bool = False
    fault_trace: FaultTrace | None = None
    reservation: Reservation | None = None
    refused_tag: RefusedTag | None = None
    mode: Mode = Mode.MANUAL
    mode_after: Mode | None = None
    limit: Limit | None = None
    unproven: Limit | None = None
    start: Limit | None = None
    start_overdue: bool = False
    plug_in_limit_a: float | None = None
    session: Session | None = None
    stopped_by_sun: bool = False
    sun_asks: bool = False
    last_charged: LastCharged | None = None
    car_w: float | None = None
    car_a: float | None = None
    soc_percent: float | None = None
    sun_w: float | None = None
    house_w: float | None = None
    exports: bool = False
    sun_share: float | None = None
    next: NextStep | None = None
    verdict: Verdict | None = None
    ended_here: bool = False
    has_just_ended: bool = False
    is_stopping: bool = False
    min_current_a: float = MIN_CHARGING_CURRENT_A
    unmeasured: Unmeasured | None = None
    silent_since: datetime | None = None
    measured_at: datetime | None = None
    sun_at: datetime | None = None

    @property
    def is_unreported(self) -> bool:
        """True where the charger has not reported a status yet."""
        return self.activity is Activity.UNKNOWN and self.unknown_status is None

    @property
    def follows_sun(self) -> bool:
        """True where the sun sets the limit."""
        return self.mode is Mode.SOLAR

    @property
    def limit_a(self) -> float | None:
        """The limit in force in A, None where the charger decides by itself."""
        return None if self.limit is None else self.limit.limit_a

    @property
    def takes_nothing(self) -> bool:
        """A fresh measurement shows that nothing flows."""
        return self.measured_at is None and self.car_w is not None and self.car_w < NOTHING_W

    @property
    def runs(self) -> bool:
        """True while a transaction runs."""
        return self.session is not None and self.session.stopped_at is None

    @property
    def paused(self) -> bool:
        """True while a transaction runs with an accepted limit of 0 A."""
        return self.runs and not self.is_stopping and self.limit_a == 0
