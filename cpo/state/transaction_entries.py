"""Entries about transactions: a connector's status, their start, their end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cpo.frozen import replace
from cpo.state.activity import STILL, Activity
from cpo.state.cards import with_owner
from cpo.state.connector import Connector, Limit, StatusChange, WishEnd
from cpo.state.ends import freed_by_idle, is_by_person, is_for_the_next_session, without_past_stop
from cpo.state.entries import time_of, with_clock, with_connector
from cpo.state.fault_entries import with_fault
from cpo.state.history import with_history
from cpo.state.meter import ENERGY, OFFERED, MeterSample
from cpo.state.modes import with_mode_of_plug_in
from cpo.state.phantoms import as_phantom, final_energy, is_phantom, later_starts, with_last_session, with_session
from cpo.state.source import Source
from cpo.state.state import MAX_STATUS_CHANGES, ChargePointState, Transaction, TransactionNote
from cpo.state.transactions import MAX_LATE, is_late, with_new_transaction, with_transaction
from cpo.state.vocabulary import Ending

STAYING_NOTES = (TransactionNote.NEVER_STARTED, TransactionNote.CLOCK_SET)
"""Notes that a StopTransaction does not make obsolete."""
EARLIEST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class StatusNotified:
    """A connector reported a status; the StatusNotification arrived at `heard_at`."""

    connector_id: int
    change: StatusChange
    heard_at: datetime

    def apply(self, state: ChargePointState) -> ChargePointState:
        """The state with this status; power and current measured before a status without a flow are unknown.

        IDLE ends a transaction whose StopTransaction is missing, unless the status was buffered since before it began.
        """
        state = with_clock(with_history(state, self.heard_at), self.change.at, self.heard_at)
        connector = state.connector(self.connector_id)
        previous = connector.last_status
        unchanged = previous and replace(previous, at=self.change.at) == self.change
        changes = connector.status_changes if unchanged else (self.change, *connector.status_changes)
        if not unchanged and self.change.activity in STILL:
            connector = connector.without_flow()
        connector = replace(connector, status_changes=changes[:MAX_STATUS_CHANGES], status_heard_at=self.heard_at)
        state = with_connector(state, connector if unchanged else with_mode_of_plug_in(connector))
        if self.change.activity is Activity.FAULTED and not unchanged:
            state = with_fault(state, self.connector_id, self.change, self.heard_at)
        if self.change.activity is Activity.IDLE and not self._is_from_before(state):
            for connector_id in freed_by_idle(state, self.connector_id, previous):
                state = _closed(state, connector_id, self.change.at, TransactionNote.NEVER_ENDED, self.heard_at)
        return without_past_stop(state, self.connector_id)

    def _is_from_before(self, state: ChargePointState) -> bool:
        """The status was buffered since before the transaction began.

        False where the charger's clock is too far off to say.
        """
        running = state.running_transaction(self.connector_id)
        began = running.start_timestamp if running is not None else None
        if began is None or began > self.heard_at:
            return False
        return timedelta(0) < began - self.change.at <= MAX_LATE


@dataclass(frozen=True, slots=True)
class TransactionStarted:
    """A transaction began, or one that this program did not know of turned out to run."""

    transaction: Transaction
    at: datetime

    def apply(self, state: ChargePointState) -> ChargePointState:
        """The state with this transaction running; one that still runs on the connector is ended.

        The limit of a RemoteStartTransaction that led to it is the limit in force. A start from before the running
        transaction was buffered while the charger was offline: then it is only added to the list.
        """
        began = self.transaction.start_timestamp
        new = replace(self.transaction, started_at=None if began is None else time_of(state, began, self.at))
        connector_id = new.connector_id or 0
        new = with_owner(replace(new, started_by=self._starter(state.connector(connector_id))), state)
        if is_late(new, state.running_transaction(connector_id)):
            return with_new_transaction(state, new)
        state = _closed(state, connector_id, new.start_timestamp or self.at, TransactionNote.ANOTHER_BEGAN, self.at)
        connector = state.connector(connector_id)
        connector = self._with_register(connector, state.clock_off)
        limit, wish_holds = self._limit_and_wish(connector)
        connector = replace(
            connector,
            transaction_id=new.transaction_id,
            last_transaction_id=new.transaction_id,
            limit=limit,
            limit_expires_at=connector.limit_expires_at if limit is not None else None,
            wish_holds=wish_holds,
            wish_end=connector.wish_end if connector.wish_end is WishEnd.OVERRIDDEN else None,
            scheduled_a=None,
            read_back=None,
            remote_start=None,
            unanswered_start=None,
            stopping=None,
        )
        return with_connector(with_new_transaction(state, new), connector)

    def _with_register(self, connector: Connector, clock_off: timedelta | None) -> Connector:
        """The connector with the energy register of the start, where the charger sent one."""
        new = self.transaction
        if new.meter_start_wh is None:
            return connector
        began_at = new.start_timestamp or self.at
        register = connector.meter.register.started(new.meter_start_wh, min(began_at, self.at))
        sample = MeterSample(ENERGY, '', new.meter_start_wh)
        connector = connector.with_measured(began_at, (sample,), self.at, clock_off)
        return replace(connector, meter=replace(connector.meter, register=register))

    def _asked(self, connector: Connector) -> Limit | None:
        """The limit of the remote start that this transaction followed, None where it followed none."""
        return (connector.remote_start or connector.unanswered_start) if self.transaction.remote else None

    def _starter(self, connector: Connector) -> Source | None:
        asked = self._asked(connector)
        return None if asked is None else asked.by

    def _limit_and_wish(self, connector: Connector) -> tuple[Limit | None, bool]:
        """The limit in force from the first moment, None where the charger decides, and whether the last wish holds."""
        wish, remote = connector.wish, self.transaction.remote
        asked = self._asked(connector)
        unclear = connector.remote_start is not None and connector.unanswered_start is not None
        limit = asked if connector.limit_in_start and not unclear else None
        if limit is not None and wish is not None and wish.limit_a == limit.limit_a:
            limit = wish  # a newer wish for the same
        holds = connector.wish_holds and (remote or (wish is not None and wish.limit_a > 0))
        return limit, holds or (asked is not None and asked.as_wished == connector.last_wish)


@dataclass(frozen=True, slots=True)
class TransactionResumed:
    """A transaction that was taken for ended turned out to run.

    `timestamp` is by the charger's clock, `at` is when the message that shows it arrived.
    """

    transaction: Transaction
    timestamp: datetime
    at: datetime

    def apply(self, state: ChargePointState) -> ChargePointState:
        """The state in which the transaction runs, without its recorded end.

        Starts that were reported since, while it still ran, are phantoms: second starts of the same session
        (`cpo.state.phantoms`). Where it was a phantom itself, the session that ran meanwhile is ended.
        """
        old = self.transaction
        for second in later_starts(state, old):
            state = with_transaction(state, second, as_phantom(second))
        if not old.is_session:
            connector_id = old.connector_id or 0
            state = _closed(state, connector_id, self.timestamp, TransactionNote.ANOTHER_BEGAN, self.at)
            state, old = with_session(state, old)
        open_again = replace(old, stop_timestamp=None, stopped_at=None, meter_stop_wh=None, note=None)
        running = replace(open_again, stop_reason=None, ending=None)
        connector = replace(
            state.connector(old.connector_id or 0),
            transaction_id=old.transaction_id,
            last_transaction_id=old.transaction_id,
        )
        return with_connector(with_transaction(state, old, running), connector)


@dataclass(frozen=True, slots=True)
class TransactionRepeated:
    """The charger reported a start or an end again, as it may do after the journal failed to persist it."""

    transaction: Transaction

    def apply(self, state: ChargePointState) -> ChargePointState:
        """Nothing changes, but the transaction counts as changed, so that the journal writes it again."""
        return with_transaction(state, self.transaction, replace(self.transaction))


@dataclass(frozen=True, slots=True)
class TransactionStopped:
    """A transaction ended; one whose start was never reported is recorded too, under `number`.

    `timestamp` is by the charger's clock, `at` is when the report arrived. `reason` is the charger's word, `ending`
    what it means.
    """

    transaction_id: str
    meter_stop_wh: float | None
    timestamp: datetime
    reason: str
    at: datetime
    number: int
    id_tag: str | None = None
    ending: Ending | None = None

    def apply(self, state: ChargePointState) -> ChargePointState:
        """The state in which the transaction has ended; the connector's limit, power and current go with it."""
        state, known = self._with_known(with_history(state, self.at))
        connector = state.connector(known.connector_id or 0)
        began = connector.meter.register.confirmed_by(self.meter_stop_wh, self.timestamp)
        if known.energy is not None and began is not None:
            counted = replace(known, energy=known.energy.with_register(began.wh, began.at))
            state, known = with_transaction(state, known, counted), counted
        stopped = replace(
            known,
            meter_stop_wh=self.meter_stop_wh,
            stop_timestamp=self.timestamp,
            stopped_at=max(time_of(state, self.timestamp, self.at), known.started_at or EARLIEST),
            stop_reason=self.reason,
            ending=self.ending,
            stop_id_tag=self.id_tag,
            energy=final_energy(state, known, self.meter_stop_wh, self.timestamp),
            note=known.note if known.note in STAYING_NOTES else None,
        )
        state = with_transaction(state, known, stopped)
        if known.connector_id is None:
            return state
        if self.meter_stop_wh is not None:
            register = MeterSample(ENERGY, '', self.meter_stop_wh)
            connector = connector.with_measured(self.timestamp, (register,), self.at, state.clock_off)
        if is_by_person(connector, self.ending):
            connector = replace(connector, read_back=None)
        return _released(with_connector(state, connector), known.connector_id, self.transaction_id, self.at)

    def _with_known(self, state: ChargePointState) -> tuple[ChargePointState, Transaction]:
        """The transaction that ends; a new one in the state where its start was never reported."""
        known = state.transaction(self.transaction_id)
        foreign = known is None or known.charge_box_id != state.charge_box_id
        if known is None or foreign or (known.note == TransactionNote.NEVER_STARTED and not known.running):
            box = state.charge_box_id or ''
            known = Transaction(self.transaction_id, box, number=self.number, note=TransactionNote.NEVER_STARTED)
            state = with_new_transaction(state, known)
        return (state, known) if known.is_session else with_session(state, known)


def _closed(
    state: ChargePointState, connector_id: int, at: datetime, note: TransactionNote, heard_at: datetime
) -> ChargePointState:
    """The state without open transactions on the connector, closed as no StopTransaction came.

    `heard_at` is when the reason for that arrived.
    """
    for open_one in state.transactions:
        if not open_one.running or open_one.connector_id != connector_id:
            continue
        if open_one.charge_box_id != state.charge_box_id:
            continue
        ended = replace(
            open_one,
            stop_timestamp=max(at, open_one.start_timestamp or at),
            stopped_at=max(time_of(state, at, heard_at), open_one.started_at or EARLIEST),
            ending=Ending.OTHER,
            energy=open_one.energy and open_one.energy.abandoned(),
            note=note,
        )
        if note is TransactionNote.NEVER_ENDED and is_phantom(state, open_one):
            ended = as_phantom(open_one)
        state = _released(with_transaction(state, open_one, ended), connector_id, ended.transaction_id, heard_at)
        state = with_last_session(state, ended)
    return state


def _released(state: ChargePointState, connector_id: int, transaction_id: str, heard_at: datetime) -> ChargePointState:
    """The connector without its transaction and the limit of that; power and current are no longer live.

    The wish ends too, unless it is a newer one that waits for the end, one that a ceiling held at 0 A where the charger
    could not pause, or one made on this connection while the charger replays that a session had ended before. An alarm
    stays, to be read.
    """
    connector = state.connector(connector_id)
    if connector.transaction_id != transaction_id:
        return state
    stays = connector.limit if connector.limit and connector.limit.limit_a == 0 else None
    stopping = connector.stopping
    is_pause = stopping is not None and stopping.held_by is not None and not stopping.limit_a
    is_newer = is_pause or stopping is None or connector.last_wish != stopping.as_wished
    newer = connector.last_wish if is_newer else None
    waits = connector.stopping is not None and newer is not None and newer.limit_a > 0
    stays_wished = waits or is_for_the_next_session(connector, state, heard_at)
    return with_connector(
        state,
        replace(
            connector.without_flow(OFFERED),
            transaction_id=None,
            limit=stays,
            limit_expires_at=None,
            stopping=None,
            wish_holds=connector.wish_holds and stays_wished,
            wish_end=None,
            read_back=connector.alarm,
        ),
    )
