"""What the program remembers about the limit of one connector beyond the state (pure)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cpo.chargers import Question
from cpo.frozen import replace
from cpo.limits.compliance import LimitCompliance
from cpo.limits.deadline import Deadline, expected
from cpo.limits.facts import Facts
from cpo.limits.failure import Failure
from cpo.limits.follow_ups import FollowUps
from cpo.limits.news import continues, has_news, is_wish_alone
from cpo.limits.pacing import Pacing
from cpo.limits.watts import PhaseCount
from cpo.state import (
    PLUGGED,
    Connector,
    Entry,
    Finding,
    Limit,
    LimitReadBack,
    LimitWished,
    Reaction,
    ReadBack,
    Verdict,
    WishEnd,
    WishEnded,
)

STOP_WAIT = timedelta(seconds=5)
"""How long a charger that accepted to stop a transaction may take until it is sent the limit as well."""

Remembered = tuple['Memory', tuple[Entry, ...]]
"""The newer memory, and what is to be recorded."""


@dataclass(frozen=True, slots=True)
class Memory:
    """The memory about one connector: frozen, each method returns the next one after an event.

    `seen` is the connector as last observed on `connection`, after `boot`. `broken` is a connection that ended under a
    request, which is known before its end. `start_by` is when a requested transaction has to have begun, `stop_by` when
    one has to have ended, `stop_soon_by` until when only its end is awaited. `unstoppable` is the wish to stop that the
    charger accepted and did not follow in that time, `unpausable` one it refused as a limit of 0 A. `refused_in_replay`
    is a decrease that was refused while the charger replayed buffered values: whether its session still ran is unknown.
    `held_back_at` is when a ceiling last left too little to start a plugged-in car. `fallback_a` is the fallback
    current of the settings when a limit was sent last.
    """

    seen: Connector | None = None
    connection: object | None = None
    boot: object | None = None
    broken: object | None = None
    pacing: Pacing = field(default_factory=Pacing)
    compliance: LimitCompliance = field(default_factory=LimitCompliance)
    follow_ups: FollowUps = field(default_factory=FollowUps)
    watts: PhaseCount = field(default_factory=PhaseCount)
    start_by: Deadline | None = None
    stop_by: Deadline | None = None
    stop_soon_by: Deadline | None = None
    unstoppable: Limit | None = None
    unpausable: Limit | None = None
    refused_in_replay: Limit | None = None
    held_back_at: datetime | None = None
    fallback_a: float | None = None

    def is_connected(self, connection: object | None) -> bool:
        """True where requests can be sent on this connection.

        False for one that ended under a request, even before that is reported.
        """
        return connection is not None and connection is not self.broken

    # ---- what is seen

    def has_seen(self, connector: Connector, facts: Facts) -> bool:
        """True where the connector, the connection and the charger's boot are those last observed."""
        is_same = facts.connection is self.connection and facts.state.boot is self.boot
        return is_same and connector is self.seen

    def after_wish(self, facts: Facts) -> Memory:
        """The memory after another limit was wished: failures of older ones no longer count."""
        is_known = facts.connection is self.connection and facts.state.boot is self.boot
        known = self if is_known else replace(self, connection=facts.connection, boot=facts.state.boot)
        return known._afresh(self.pacing.after_success())

    def after_seen(self, connector: Connector, facts: Facts, now: datetime) -> Remembered:
        """The memory after the connector or the connection may have changed, or a deadline may have passed."""
        memory, before = self, self.seen
        if facts.connection is not self.connection or facts.state.boot is not self.boot:
            memory = memory._after_connecting(connector, facts, now)
            if facts.hang_ups.is_hopeless and connector.wish not in (None, self.compliance.given_up):
                found = ReadBack(Verdict.IGNORES, Finding.HANGS_UP, now)
                return memory._with_compliance(memory.compliance.after_giving_up(connector, found, facts))
        memory = memory._after_time(connector, facts, now)._after_ceiling(before, connector, now)
        counted: tuple[Entry, ...] = ()
        if not is_wish_alone(before, connector):
            watts, counted = memory.watts.observed(connector, facts, now)
            memory = memory if watts is memory.watts else replace(memory, watts=watts)
        memory, entries = memory._after_news(before, connector, facts, now)
        return memory, (*counted, *entries)

    def _after_news(self, before: Connector | None, connector: Connector, facts: Facts, now: datetime) -> Remembered:
        if connector is before:
            return self, ()
        entries: tuple[Entry, ...] = ()
        follow_ups, compliance = self.follow_ups.observed(before, connector, facts.quirks, now), self.compliance
        pacing = self.pacing.after_report() if continues(before, connector, facts, now) else self.pacing
        if has_news(before, connector) and not connector.backlog.is_replaying(now):
            compliance, entries = compliance.observed(connector, facts, now)
        return replace(self, seen=connector, pacing=pacing, follow_ups=follow_ups, compliance=compliance), entries

    def _after_connecting(self, connector: Connector, facts: Facts, now: datetime) -> Memory:
        """A charger that has connected or booted may obey where it did not; it may have forgotten a stop."""
        memory = self if facts.hang_ups.is_hopeless else self._afresh(self.pacing)
        is_new, has_booted = facts.connection is not self.connection, facts.state.boot is not self.boot
        is_last_try, was_gone_shortly = facts.hang_ups.is_last_try, facts.was_gone_shortly
        since = now if self.connection is not None else facts.state.since or now
        return replace(
            memory,
            connection=facts.connection,
            boot=facts.state.boot,
            pacing=self.pacing.after_connecting(since, is_last_try, has_booted, was_gone_shortly),
            follow_ups=self.follow_ups.after_connecting() if is_new else self.follow_ups,
            stop_by=expected(self.stop_by, connector.stopping, now) if connector.stopping else self.stop_by,
        )

    def _afresh(self, pacing: Pacing) -> Memory:
        compliance = self.compliance.after_new_start()
        is_same = pacing is self.pacing and compliance is self.compliance
        if is_same and not (self.unstoppable or self.unpausable or self.stop_soon_by):
            return self
        return replace(self, pacing=pacing, compliance=compliance, unstoppable=None, unpausable=None, stop_soon_by=None)

    def _after_time(self, connector: Connector, facts: Facts, now: datetime) -> Memory:
        """A stop that is not followed soon is no longer awaited alone: the limit is sent as well, where 0 A pauses."""
        by = self.stop_soon_by
        if by is None or now < by.at:
            return self
        if connector.stopping is not by.limit:
            return replace(self, stop_soon_by=None)
        compliance = replace(self.compliance, write_again=not facts.quirks.zero_ends)
        return replace(self, stop_soon_by=None, unstoppable=by.limit, compliance=compliance)

    def _after_ceiling(self, before: Connector | None, connector: Connector, now: datetime) -> Memory:
        """A ceiling that lowers the limit further does not wait for what failed; a start waits for the ceiling."""
        wish, older = connector.wish, before.wish if before is not None else None
        may_start = connector.transaction_id is None and connector.activity in PLUGGED
        is_held = may_start and any(w is not None and w.held_by is not None and not w.limit_a for w in (wish, older))
        memory = replace(self, held_back_at=now) if is_held else self
        is_same = wish is not None and older is not None and wish.at == older.at
        is_lower = is_same and wish is not None and older is not None and wish.limit_a < older.limit_a
        return memory._afresh(memory.pacing.after_success()) if is_lower else memory

    # ---- what the charger accepted

    def after_start_accepted(self, wish: Limit, now: datetime, fallback_a: float | None = None) -> Memory:
        """The memory after the charger accepted a start: the transaction has to begin in time."""
        follow_ups = self.follow_ups.after_write(now)
        by = expected(self.start_by, wish, now)
        pacing = self.pacing.after_success()
        return replace(self, pacing=pacing, follow_ups=follow_ups, start_by=by, fallback_a=fallback_a)

    def after_change_accepted(
        self, wish: Limit, before: Connector, now: datetime, fallback_a: float | None = None
    ) -> Memory:
        """The memory after the charger accepted another limit, now in force; `before` is the connector before it."""
        return replace(
            self,
            pacing=self.pacing.after_success().after_write(now, before.limit, wish),
            compliance=self.compliance.after_write(),
            follow_ups=self.follow_ups.after_write(now),
            watts=self.watts.after_write(before),
            fallback_a=fallback_a,
        )

    def after_stop_accepted(self, wish: Limit, now: datetime) -> Memory:
        """The memory after the charger accepted a RemoteStopTransaction: the transaction has to end in time."""
        return replace(
            self,
            pacing=self.pacing.after_success(),
            compliance=self.compliance.after_write(),
            stop_by=expected(self.stop_by, wish, now),
            stop_soon_by=Deadline(wish, now + STOP_WAIT),
        )

    def after_end_sent(self, now: datetime) -> Memory:
        """The memory after a stop was sent, as the car draws more than the configured maximum."""
        return replace(self, compliance=self.compliance.after_stop_sent(now))

    def after_end_accepted(self, wish: Limit, connector: Connector, facts: Facts, now: datetime) -> Remembered:
        """The memory after the charger accepted that stop (`after_end_sent`)."""
        by = expected(self.stop_by, wish, now)
        entries = self.compliance.after_stop_accepted(connector, facts, now)
        return replace(self, pacing=self.pacing.after_success(), stop_by=by), entries

    # ---- what was asked

    def after_schedule_asked(self, transaction_id: str | None) -> Memory:
        """The memory after the composite schedule was asked for in this transaction."""
        return replace(self, follow_ups=self.follow_ups.after_schedule_asked(transaction_id))

    def after_meter_asked(self, facts: Facts, now: datetime) -> Memory:
        """The memory after meter values were asked for."""
        return replace(self, follow_ups=self.follow_ups.after_meter_asked(facts.quirks, now))

    def after_meter_answered(self, accepted: bool) -> Memory:
        """The memory after the answer to that: whether the charger agreed to send them."""
        return replace(self, follow_ups=self.follow_ups.after_meter_answered(accepted))

    def after_clear_failed(self, now: datetime) -> Memory:
        """The memory after the charger did not clear our TxDefaultProfile at `now`: another attempt comes later."""
        return replace(self, follow_ups=self.follow_ups.after_clear_failed(now))

    # ---- what failed

    def after_broken(self, connection: object) -> Memory:
        """The memory after the connection ended under a request or a question."""
        return replace(self, broken=connection)

    def may_stop_instead(self, wish: Limit, facts: Facts) -> bool:
        """True where a refused pause becomes a stop: one that was not tried before, and is not hung up on."""
        may_ask = Question.STOP not in facts.state.known.unasked
        return not wish.limit_a and wish != self.unstoppable and may_ask

    def after_pause_refused(self, wish: Limit) -> Memory:
        """After a refused limit of 0 A: now the transaction is stopped instead."""
        return replace(self, unpausable=wish)

    def after_end_failed(self, failure: Failure, connector: Connector) -> Remembered:
        """The memory after the charger refused to stop a transaction that draws more than the maximum."""
        return self._with_compliance(self.compliance.after_stop_failed(connector, failure.found))

    def after_start_failed(self, failure: Failure, connector: Connector) -> Remembered:
        """The memory after a failed start, which is not repeated: whoever asked for it has the reason."""
        if connector.wish != failure.wish:
            return self, ()
        return self, (WishEnded(connector.connector_id, WishEnd.START_FAILED),)

    def after_silence(self, failure: Failure, connector: Connector, now: datetime) -> Remembered:
        """The memory after a request without an answer: it is repeated, as a charger may answer again later."""
        if connector.wish != failure.wish:
            return self, ()  # a newer wish does not wait for that
        return self._retried(failure, connector, now)

    def after_refused(self, failure: Failure, connector: Connector, facts: Facts, now: datetime) -> Remembered:
        """The memory after the charger refused a change or stop: the limit in force stays, unless it is too much."""
        wish, limit = failure.wish, connector.limit
        if connector.wish != wish:
            return self, ()
        is_ours = not failure.was_reported or wish.held_by is not None
        is_unknown_decrease = is_ours and limit is not None and wish.limit_a < limit.limit_a
        if limit == wish or is_unknown_decrease:
            memory, entries = self._retried(failure, connector, now)
            unclear = LimitReadBack(connector.connector_id, replace(failure.found, verdict=Verdict.UNCLEAR))
            return memory, entries if connector.limit_shown is not None else (unclear, *entries)
        compliance = self.compliance
        is_too_much = compliance.above_maximum_since is not None or (limit is None and wish.limit_a > 0)
        if is_too_much or compliance.write_again:
            return self._with_compliance(compliance.after_giving_up(connector, failure.found, facts))
        if limit is None:
            return self, (WishEnded(connector.connector_id, WishEnd.REFUSED),)
        return self, (LimitWished(connector.connector_id, limit.as_wished),)

    def after_refused_in_replay(self, wish: Limit) -> Memory:
        """The memory after a refusal during a replay: as the session may be over, the limit waits until that ends."""
        return replace(self, refused_in_replay=wish)

    def after_stop_given_up(self, connector: Connector, now: datetime) -> Remembered:
        """The memory after the charger accepted a stop, but did not end the transaction in time."""
        if self.compliance.above_maximum_since is None:
            return self, ()
        found = ReadBack(Verdict.ALARM, Finding.STOP_NOT_FOLLOWED, now)
        return self._with_compliance(self.compliance.after_stop_failed(connector, found))

    def _retried(self, failure: Failure, connector: Connector, now: datetime) -> Remembered:
        """Sends again soon, then rarely; a charger that never answers counts as deaf."""
        memory = replace(self, pacing=self.pacing.after_failure(now, failure.wish.held_by is not None))
        if not memory.pacing.is_rare:
            return memory, ()
        found = LimitReadBack(connector.connector_id, replace(failure.found, reaction=Reaction.RETRIES))
        return replace(memory, compliance=replace(self.compliance, is_deaf=True)), (found,)

    def _with_compliance(self, observed: tuple[LimitCompliance, tuple[Entry, ...]]) -> Remembered:
        compliance, entries = observed
        return replace(self, compliance=compliance), entries
