"""One connector of the charger, as a frozen value.

Times are aware and in UTC, current in A. None means unknown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from cpo.clock import moved
from cpo.frozen import replace
from cpo.state.activity import Activity
from cpo.state.availability import Availability
from cpo.state.backlog import Backlog
from cpo.state.fault_trace import FaultTrace
from cpo.state.meter import CURRENT, POWER, Meter, MeterSample
from cpo.state.preset import Preset
from cpo.state.read_back import Finding, ReadBack, Verdict
from cpo.state.register_flow import RegisterFlow
from cpo.state.reported_times import ReportedTimes, moved_back
from cpo.state.source import THE_MAXIMUM, Source
from cpo.state.vocabulary import Fault

START_MAY_FOLLOW = timedelta(minutes=10)


class Mode(StrEnum):
    """Who may set the limit of a connector, as chosen on the dashboard or by REST.

    OFF: nothing starts by itself; MANUAL: a person or another program; SOLAR: the solar controller; SOLAR_MIN: it too,
    and a car that is plugged in always gets the least current; FAST: a car that is plugged in gets the maximum.
    """

    OFF = 'off'
    MANUAL = 'manual'
    SOLAR = 'solar'
    SOLAR_MIN = 'solar+min'
    FAST = 'fast'

    @property
    def follows_sun(self) -> bool:
        """True where the readings of the house set the limit."""
        return self in (Mode.SOLAR, Mode.SOLAR_MIN)


@dataclass(frozen=True, slots=True)
class StatusChange:
    """A status that a connector reported at `at`: `status` is the charger's word, `activity` what it means.

    `status` is text, as chargers also send words the specification does not have. `error_code` is empty where there is
    no error; `fault` is what it means, None where it names nothing that a person can help with.
    """

    status: str
    activity: Activity
    at: datetime
    error_code: str = ''
    info: str | None = None
    vendor_error_code: str | None = None
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """A charging limit of one connector in A per phase, who wants it (`by`), and when it was asked for.

    `phases` is on how many it lets the car charge, 1 or 3; None: it does not say. It is used for a wish and for the
    limit in force alike, which are equal where only `written_a` differs: that is the current the charger was sent for a
    limit in force, None where it is `limit_a`. A ceiling lowered it where `held_by` has the name of one
    (`cpo.state.ceiling`); `wished_a` is then what was asked for. These three are not persisted, as the limit is sent
    again after a restart.
    """

    limit_a: float
    by: Source
    at: datetime
    phases: int | None = None
    written_a: float | None = field(default=None, compare=False)
    held_by: str | None = field(default=None, compare=False)
    wished_a: float | None = field(default=None, compare=False)

    @property
    def in_force_a(self) -> float:
        """The current in A that the charger was sent, which is lower where its make obeys certain steps of A only."""
        return self.limit_a if self.written_a is None else self.written_a

    @property
    def as_wished(self) -> Limit:
        """The limit without what a ceiling took from it."""
        return self if self.wished_a is None else Limit(self.wished_a, self.by, self.at, self.phases)


@dataclass(frozen=True, slots=True)
class WattPhases:
    """The number of phases that a limit in W is written for; `is_tried`: that many were not seen yet."""

    count: int = 1
    is_tried: bool = False


class WishEnd(StrEnum):
    """Why a wished limit is no longer pursued, where its transaction did not simply end.

    The values are stored in the journal.
    """

    OVERRIDDEN = 'overridden'
    REACHED = 'reached'
    REFUSED = 'refused'
    START_FAILED = 'start failed'
    START_TOO_LATE = 'start too late'
    NO_TRANSACTION = 'no transaction'
    SUN_LEFT = 'sun left'


@dataclass(frozen=True, slots=True)
class ProfileWrites:
    """The number of charging profiles sent for a connector on the day `on` (UTC)."""

    on: date
    count: int


@dataclass(frozen=True, slots=True)
class Connector:
    """One connector of a charger, with what is known of it and wished for it.

    A wish is what somebody wants the limit to be: `last_wish` is the newest; while `wish_holds`, the program brings the
    charger to it. `wish_end` is why it no longer does, None where its transaction ended or the program was restarted
    since. `limit` is the limit in force, which the charger accepted; None where the charger decides by itself.
    `limit_expires_at` is when the charger falls back to less by itself unless the limit is sent again. `status_changes`
    are newest first, `status_heard_at` is when the last StatusNotification arrived. `remote_start` is the limit of a
    RemoteStartTransaction that no StartTransaction has followed yet. `unanswered_start` is that of one the charger did
    not answer in time; it may still start. `stopping` is the wish whose RemoteStopTransaction was accepted, until the
    end of the transaction is reported. `limit_in_start` says that the limit came with the remote start, `scheduled_a`
    is the charger's answer to GetCompositeSchedule. `in_watts` says that the newest profile is in W, `watt_phases` for
    how many phases such a limit is written. `default_profile` says that a TxDefaultProfile of ours is in the charger
    and outlives the transaction. `mode_after` is the mode that returns at the next plug-in, None where `mode` stays.
    `own_limit_a` is the last limit above 0 A that a person or another program wished. `transaction_id` is the running
    transaction, `last_transaction_id` the newest one, running or not. `backlog` says whether `meter` is live, that is
    of now and not replayed from the charger's buffer. `reported` has the times the charger sent with its values.
    `read_back` is whether the limit in force is followed.
    """

    connector_id: int
    status_changes: tuple[StatusChange, ...] = ()
    status_heard_at: datetime | None = None
    mode: Mode = Mode.MANUAL
    mode_after: Mode | None = None
    preset: Preset | None = None
    own_limit_a: float | None = None
    fault_trace: FaultTrace | None = None
    limit: Limit | None = None
    remote_start: Limit | None = None
    unanswered_start: Limit | None = None
    stopping: Limit | None = None
    last_wish: Limit | None = None
    wish_holds: bool = False
    wish_end: WishEnd | None = None
    limit_expires_at: datetime | None = None
    limit_in_start: bool = False
    scheduled_a: float | None = None
    in_watts: bool = False
    watt_phases: WattPhases = field(default_factory=WattPhases)
    default_profile: bool = False
    read_back: ReadBack | None = None
    profile_writes: ProfileWrites | None = None
    transaction_id: str | None = None
    last_transaction_id: str | None = None
    meter: Meter = field(default_factory=Meter)
    backlog: Backlog = field(default_factory=Backlog)
    register_flow: RegisterFlow | None = None
    reported: ReportedTimes | None = None
    availability: Availability | None = None

    @property
    def status(self) -> str:
        """The charger's word for the newest status, `Unknown` before the first StatusNotification."""
        return self.status_changes[0].status if self.status_changes else 'Unknown'

    @property
    def activity(self) -> Activity:
        """The meaning of the newest status, UNKNOWN before the first StatusNotification."""
        return self.status_changes[0].activity if self.status_changes else Activity.UNKNOWN

    @property
    def is_stopping(self) -> bool:
        """True from an accepted RemoteStopTransaction until the end of the transaction is reported."""
        return self.transaction_id is not None and self.stopping is not None

    def awaited_start(self, at: datetime) -> Limit | None:
        """The limit of a remote start that a StartTransaction may still follow at `at`, None where none is expected.

        A RemoteStartTransaction without an answer counts for 10 minutes.
        """
        unanswered = self.unanswered_start
        if unanswered is not None and at - unanswered.at > START_MAY_FOLLOW:
            unanswered = None
        return self.remote_start or unanswered

    @property
    def wish(self) -> Limit | None:
        """The limit somebody wants, which the program brings the charger to; None where nobody wants any."""
        return self.last_wish if self.wish_holds else None

    def with_measured(
        self,
        timestamp: datetime,
        samples: Iterable[MeterSample],
        at: datetime,
        clock_off: timedelta | None,
        reported: ReportedTimes | None = None,
    ) -> Connector:
        """The connector after `samples`, measured at `timestamp` by the charger's clock, arrived at `at`.

        A `timestamp` after `at` counts as `at`: a clock that is ahead must not make its values the newest for ever.
        `clock_off` is how far that clock is ahead, None where unknown; `reported` replaces the times reported so far.
        """
        meter, flow = self.meter.updated(min(timestamp, at), samples, at), self.register_flow
        if meter.measures_flow:
            flow = None
        elif (register_wh := meter.energy_wh) is not None:
            first = RegisterFlow(register_wh, timestamp, at)
            flow = first if flow is None else flow.followed(register_wh, timestamp, at)
        backlog = self.backlog.heard(meter.timestamp, at, clock_off)
        return replace(self, meter=meter, backlog=backlog, register_flow=flow, reported=reported or self.reported)

    def set_back(self, by: timedelta) -> Connector:
        """The connector after the charger's clock was found to be set back by `by`.

        The times of what was measured before move back by the same, so that new values count as newer.
        """

        def move(at: datetime) -> datetime:
            return moved_back(at, by)

        values = {key: v._replace(timestamp=move(v.timestamp)) for key, v in self.meter.values.items()}
        meter = replace(
            self.meter,
            values=values,
            timestamp=moved(self.meter.timestamp, move),
            register=moved(self.meter.register, move),
        )
        return replace(self, meter=meter, backlog=Backlog(), register_flow=None)

    def without_flow(self, *more: str) -> Connector:
        """The connector with power, current and the measurands in `more` unknown: what was measured of them is over."""
        return replace(self, meter=self.meter.without(POWER, CURRENT, *more), register_flow=None)

    @property
    def limit_shown(self) -> Limit | None:
        """The limit in force as people may read it, None where it is unproven.

        It is unproven where it came only inside a RemoteStartTransaction and the car was not seen to follow it. 0 A is
        shown in any case, as no start brings it.
        """
        obeys = self.read_back is not None and self.read_back.verdict in (Verdict.FOLLOWS, Verdict.HOLDS_BACK)
        is_proven = obeys or self.default_profile or not self.limit_in_start
        is_stop = self.limit is not None and self.limit.limit_a == 0
        return self.limit if is_proven or is_stop else None

    @property
    def alarm(self) -> ReadBack | None:
        """The read-back whose verdict is ALARM: the charger did not obey a limit in any form of a charging profile.

        None where it has another verdict, or where only the configured maximum was disobeyed, which nobody asked for.
        """
        is_wished = self.wish is None or self.wish.by != THE_MAXIMUM
        return self.read_back if is_wished and self._is_alarming else None

    @property
    def without_older_alarm(self) -> Connector:
        """The connector as another wished limit finds it: without the read-back, if that is about the maximum only.

        So it is where a transaction runs and nobody but the configured maximum set its limit. A read-back says whether
        the charger followed its limit.
        """
        if self.read_back is None or self.transaction_id is None:
            return self
        is_of_ceiling = self.wish is None or self.wish.by == THE_MAXIMUM
        return replace(self, read_back=None) if is_of_ceiling else self

    @property
    def _is_alarming(self) -> bool:
        found = self.read_back
        is_ceilings = self.wish is None and found is not None and found.finding is Finding.HANGS_UP
        return found is not None and found.verdict is Verdict.ALARM and not is_ceilings

    @property
    def last_status(self) -> StatusChange | None:
        """The newest status with its time and error code, None before the first StatusNotification."""
        return self.status_changes[0] if self.status_changes else None
