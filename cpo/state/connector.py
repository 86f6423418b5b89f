"""One connector of the charger, as a frozen value.

Times are aware and in UTC, current in A. None means unknown.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from cpo.state.activity import Activity
from cpo.state.meter import Meter
from cpo.state.source import Source

START_MAY_FOLLOW = timedelta(minutes=10)


class Mode(StrEnum):
    """Who sets the limit of a connector: a person or program, or the sun."""

    MANUAL = 'manual'
    SOLAR = 'solar'


@dataclass(frozen=True, slots=True)
class StatusChange:
    """One status a connector was in: `activity` is what it means, `status` the word the charger sent for it.

    `status` is text, also where the specification does not know it.
    """

    status: str
    activity: Activity
    at: datetime
    error_code: str = 'NoError'
    info: str | None = None
    vendor_error_code: str | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit the charger accepted: how much, by whom, when."""

    limit_a: float
    by: Source
    at: datetime


class Verdict(StrEnum):
    """What the read-back of a limit found: less than the limit is held back, more is ignored; ALARM: nothing helps.

    UNCLEAR: what is measured may be more than the limit or not, by the number of phases the car charges with.
    """

    FOLLOWS = 'follows'
    UNCLEAR = 'unclear'
    HOLDS_BACK = 'holds back'
    IGNORES = 'ignores'
    ALARM = 'alarm'


@dataclass(frozen=True, slots=True)
class ReadBack:
    """Whether the charger really does what it was told, in a sentence; `alarm`: it does not, whatever was tried."""

    verdict: Verdict
    detail: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ProfileWrites:
    """How many charging profiles were written into the charger's memory on one day (UTC)."""

    on: date
    count: int


@dataclass(frozen=True, slots=True)
class Connector:
    """One connector. `limit` is the limit in force, never a wish: None where the charger decides by itself.

    `status_changes` are newest first, `status_heard_at` is when the last StatusNotification came.
    `last_wish` is the newest wish for a limit; while `wish_holds` the charger is to be brought there.
    `remote_start` is the limit of a RemoteStartTransaction on its way: no StartTransaction has followed yet.
    `unanswered_start` is one the charger did not answer in time; it may still start.
    `stopping` is the wish whose RemoteStopTransaction was accepted; the transaction's end has not been told yet.
    `limit_expires_at` is when the charger falls back to less by itself unless it is told again.
    `limit_in_start` says that it came with the remote start, `scheduled_a` is what the charger says of it when asked.
    `default_profile` says that a TxDefaultProfile of ours lies in the charger and outlives the transaction.
    `transaction_id` is the running transaction, `last_transaction_id` the newest one, running or not.
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
    limit_expires_at: datetime | None = None
    limit_in_start: bool = False
    scheduled_a: float | None = None
    default_profile: bool = False
    read_back: ReadBack | None = None
    profile_writes: ProfileWrites | None = None
    transaction_id: str | None = None
    last_transaction_id: str | None = None
    meter: Meter = field(default_factory=Meter)

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
        """The charger accepted to end the transaction, and has not told yet that it did."""
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

    @property
    def alarm(self) -> ReadBack | None:
        """What was read back, where nothing helped."""
        return self.read_back if self.read_back is not None and self.read_back.verdict is Verdict.ALARM else None

    @property
    def last_status(self) -> StatusChange | None:
        """The newest status with its time and error code."""
        return self.status_changes[0] if self.status_changes else None
