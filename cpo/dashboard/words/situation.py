"""`Situation`: all that the sentence on Home depends on, as one frozen value.

Powers are in W, currents in A, shares are 0 … 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from cpo.amperes import MIN_CHARGING_CURRENT_A
from cpo.controllers import DecisionRecord, PlanOutline
from cpo.state import (
    Activity,
    Ceiling,
    Fault,
    FaultTrace,
    IdTag,
    Limit,
    Mode,
    RefusedTag,
    Reservation,
    TagStatus,
    Unmeasured,
    Verdict,
    cards,
)

NOTHING_W = 50.0


@dataclass(frozen=True, slots=True)
class Session:
    """The transaction that runs, or while FINISHING the one that just ended, as the sentence on Home needs it.

    `remote` is True where this program started it, by RemoteStartTransaction. `id_tag_status` is the answer to its
    StartTransaction, `card` what is known of its idTag. `is_led` is True where the solar controller may set its limit.
    """

    remote: bool = True
    id_tag: str | None = None
    id_tag_status: str = TagStatus.ACCEPTED
    started_at: datetime | None = None
    stopped_at: datetime | None = None
    energy_wh: float | None = None
    sun_share: float | None = None
    card: IdTag | None = None
    is_led: bool = True


@dataclass(frozen=True, slots=True)
class NextStep:
    """The next step of the solar controller: to raise the limit or to start, to which limit in A, and when."""

    kind: Literal['raise', 'start']
    limit_a: float
    at: datetime


@dataclass(frozen=True, slots=True)
class WaitingLimit:
    """A wished limit of the running session that is not in force; `until`: when it is sent, None where it was sent.

    `hung_up`: the charger hung up on limits before, so the line is watched first.
    """

    limit: Limit
    until: datetime | None = None
    hung_up: bool = False


@dataclass(frozen=True, slots=True)
class LastCharged:
    """The session that ended last, as the sentence on Home needs it."""

    at: datetime
    energy_wh: float


@dataclass(frozen=True, slots=True)
class Situation:
    """All that the sentence on Home is made of, for one connector.

    Texts of the charger are as received; `words` escapes them. `unknown_status` is a status the specification does not
    know, as received. `mode_after` is the mode that returns at the next plug-in. `unproven` is a limit that only came
    with the remote start and was not seen to be followed. `since` is when the connection began or ended; `seen_before`:
    this charger charged earlier. `reservation` is the one that blocks the connector, None where this program did not
    make it. `plug_in_limit_a`: no card and no Start is needed (free charging). `sun_asks`: there is enough sun, but the
    charger has not accepted a start. `verdict` is whether the charger follows its limit, `ended_here`: this program
    ended the last session. `is_stopping`: this program ends the running one. Below `min_current_a` this make does not
    charge. `unmeasured` is what the charger does not send about a car that charges. `silent_since` is when a connected
    charger was last heard, `measured_at` when the car's power was last measured and `sun_at` when the last solar
    reading came; each is None unless it is too long ago. `fault_trace` is the fault that stopped the session, until it
    is dismissed. `on_unseen_phases`: `car_a` is the power on one phase, and nothing shows on how many phases.
    `ceiling` is the one that lowers the limit in force, or that holds a start back.
    `missed_start` is what was asked for before the car came, too early.
    `has_just_ended`: the end of a session came after the newest status. `waiting` is a wished limit that is not in
    force, `hangs_up`: the charger hangs up on limits, so it is sent none. `decided` is the newest decision of the
    rule where that sets the limit, `plan` what the plan of a goal does next, None where no plan does. Where the limit
    says the phases, `phases` are those the car charges on, and `changes_to` those that the charger switches to now, for
    which the car pauses.
    """

    ever_seen: bool = True
    connected: bool = True
    since: datetime | None = None
    seen_before: bool = False
    asks_for_status: bool = True
    activity: Activity = Activity.UNKNOWN
    unknown_status: str | None = None
    status_at: datetime | None = None
    switched_off_here: bool = False
    fault: Fault | None = None
    error_code: str = ''
    vendor_error_code: str | None = None
    was_charging: bool = False
    fault_trace: FaultTrace | None = None
    reservation: Reservation | None = None
    reserved_card: IdTag | None = None
    refused_tag: RefusedTag | None = None
    refused_card: IdTag | None = None
    refusal: cards.CardRefusal | None = None
    mode: Mode = Mode.MANUAL
    mode_after: Mode | None = None
    limit: Limit | None = None
    unproven: Limit | None = None
    waiting: WaitingLimit | None = None
    hangs_up: bool = False
    start: Limit | None = None
    start_overdue: bool = False
    missed_start: Limit | None = None
    plug_in_limit_a: float | None = None
    session: Session | None = None
    stopped_by_sun: bool = False
    sun_asks: bool = False
    last_charged: LastCharged | None = None
    car_w: float | None = None
    car_a: float | None = None
    on_unseen_phases: bool = False
    soc_percent: float | None = None
    sun_w: float | None = None
    grid_w: float | None = None
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
    ceiling: Ceiling | None = None
    decided: DecisionRecord | None = None
    plan: PlanOutline | None = None
    phases: int | None = None
    changes_to: int | None = None

    @property
    def is_unreported(self) -> bool:
        """True where the charger has not reported a status yet."""
        return self.activity is Activity.UNKNOWN and self.unknown_status is None

    @property
    def follows_sun(self) -> bool:
        """True where the readings of the house set the limit."""
        return self.mode.follows_sun

    @property
    def limit_a(self) -> float | None:
        """The limit in force in A, None where the charger decides by itself."""
        return None if self.limit is None else self.limit.in_force_a

    @property
    def takes_nothing(self) -> bool:
        """True where a fresh measurement shows that the car draws nothing."""
        return self.measured_at is None and self.car_w is not None and self.car_w < NOTHING_W

    @property
    def runs(self) -> bool:
        """True while a transaction runs."""
        return self.session is not None and self.session.stopped_at is None

    @property
    def paused(self) -> bool:
        """True while a transaction runs with an accepted limit of 0 A."""
        return self.runs and not self.is_stopping and self.limit_a == 0
