"""One connector of the charger, as a frozen value.

Times are aware and in UTC, current in A. None means unknown.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from cpo.state.activity import Activity
from cpo.state.backlog import Backlog
from cpo.state.meter import Meter, MeterSample
from cpo.state.read_back import ReadBack, Verdict
from cpo.state.source import Source
from cpo.state.vocabulary import Fault

START_MAY_FOLLOW = timedelta(minutes=10)


class Mode(StrEnum):
    """Who sets the limit of a connector: a person or program, or the sun."""

    MANUAL = 'manual'
    SOLAR = 'solar'


@dataclass(frozen=True, slots=True)
class StatusChange:
    """One status a connector was in: `activity` is what it means, `status` the word the charger sent for it.

    `status` is text, also where the specification does not know it. `error_code` is empty where there is no error,
    `fault` what it means, None where a person can do nothing with it.
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
    """A limit the charger accepted: how much, by whom, when."""

    limit_a: float
    by: Source
    at: datetime


class WishEnd(StrEnum):
    """Why nobody wishes anything for a connector any more, where it is not that the transaction ended."""

    OVERRIDDEN = 'overridden'
    REACHED = 'reached'
    REFUSED = 'refused'
    START_FAILED = 'start failed'
    START_TOO_LATE = 'start too late'
    NO_TRANSACTION = 'no transaction'
    SUN_LEFT = 'sun left'


@dataclass(frozen=True, slots=True)
class ProfileWrites:
    """How many charging profiles were written into the charger's memory on one day (UTC)."""

    on: date
    count: int


@dataclass(frozen=True, slots=True)
class Connector:
    """One connector. `limit` is the limit in force, never a wish: None where the charger decides by itself.

    `status_changes` are newest first, `status_heard_at` is when the last StatusNotification came.
    `last_wish` is the newest wish for a limit; while `wish_holds` the charger is to be brought there. `wish_end` is why
    it no longer does, None where its transaction ended or the program was restarted since.
    `remote_start` is the limit of a RemoteStartTransaction on its way: no StartTransaction has followed yet.
    `unanswered_start` is one the charger did not answer in time; it may still start.
    `stopping` is the wish for which the charger accepted to stop; the transaction's end is not reported yet.
    `limit_expires_at` is when the charger falls back to less by itself unless the limit is written again.
    `limit_in_start` says that it came with the remote start, `scheduled_a` is what the charger says of it when asked.
    `default_profile` says that a TxDefaultProfile of ours lies in the charger and outlives the transaction.
    `transaction_id` is the running transaction, `last_transaction_id` the newest one, running or not.
    `backlog` says whether `meter` is live.
    """

    connector_id: int
    status_changes: tuple[StatusChange, ...] = ()
    status_heard_at: datetime | None = None
    mode: Mode = Mode.MANUAL
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
    default_profile: bool = False
    read_back: ReadBack | None = None
    profile_writes: ProfileWrites | None = None
    transaction_id: str | None = None
    last_transaction_id: str | None = None
    meter: Meter = field(default_factory=Meter)
    backlog: Backlog = field(default_factory=Backlog)

    @property
    def status(self) -> str:
        """The newest status, `Unknown` before the first StatusNotification."""
        return self.status_changes[0].status if self.status_changes else 'Unknown'

    @property
    def activity(self) -> Activity:
        """What it is doing by its newest status, UNKNOWN before the first."""
        return self.status_changes[0].activity if self.status_changes else Activity.UNKNOWN

    @property
    def is_stopping(self) -> bool:
        """The charger accepted to stop the transaction, and has not reported its end yet."""
        return self.transaction_id is not None and self.stopping is not None

    def awaited_start(self, at: datetime) -> Limit | None:
        """The limit of a remote start that may still begin then; one without an answer is over after 10 minutes."""
        unanswered = self.unanswered_start
        if unanswered is not None and at - unanswered.at > START_MAY_FOLLOW:
            unanswered = None
        return self.remote_start or unanswered

    @property
    def wish(self) -> Limit | None:
        """The wish the charger is to be brought to, None where nobody has one: then it is not touched."""
        return self.last_wish if self.wish_holds else None

    def with_measured(
        self,
        timestamp: datetime,
        samples: tuple[MeterSample, ...],
        at: datetime,
        clock_off: timedelta | None,
    ) -> Connector:
        """Take in samples measured at `timestamp` that arrived `at`; see `Backlog` for `clock_off`.

        What is measured counts as no later than now: a clock that is ahead must not make its values the newest for
        ever.
        """
        meter = self.meter.updated(min(timestamp, at), samples)
        return replace(self, meter=meter, backlog=self.backlog.heard(meter.timestamp, at, clock_off))

    @property
    def alarm(self) -> ReadBack | None:
        """What was read back, where nothing helped."""
        return self.read_back if self.read_back is not None and self.read_back.verdict is Verdict.ALARM else None

    @property
    def last_status(self) -> StatusChange | None:
        """The newest status with its time and error code."""
        return self.status_changes[0] if self.status_changes else None
