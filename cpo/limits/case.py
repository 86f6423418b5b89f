"""The conditions of the decision table in `decision`, each with a name (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cpo.chargers import ChargerKnowledge, Question
from cpo.limits.cap import is_cap, is_held_lower, is_to_cap, most_allowed_a
from cpo.limits.facts import Facts
from cpo.limits.memory import Memory
from cpo.limits.urgency import is_urgent
from cpo.limits.wish import start_holds_until
from cpo.state import THE_SUN, Connector, Finding, Limit, SourceKind, left_its_mode


@dataclass(frozen=True, slots=True)
class Case:
    """One connector at one moment: its wished limit, its limit in force, and the conditions of the decision table.

    `stopping` is the wish whose stop the charger accepted; None where the transaction did not end in time after it.
    `is_running` is true while a transaction runs, `is_connected` where a request can be sent.
    """

    connector: Connector
    memory: Memory
    facts: Facts
    now: datetime
    wish: Limit | None
    limit: Limit | None
    stopping: Limit | None
    known: ChargerKnowledge
    is_running: bool
    is_connected: bool

    @classmethod
    def of(cls, connector: Connector, memory: Memory, facts: Facts, now: datetime) -> Case:
        """What decides the next request for the limit of this connector at `now`.

        `memory` is what was tried with it before, `facts` what is known of the charger, its make and the settings.
        """
        runs, is_connected = connector.transaction_id is not None, memory.is_connected(facts.connection)
        stopping = connector.stopping if runs and connector.stopping is not memory.unstoppable else None
        wish, limit, known = connector.wish, connector.limit, facts.state.known
        return cls(connector, memory, facts, now, wish, limit, stopping, known, runs, is_connected)

    # ---- deadlines

    def start_is_overdue(self) -> bool:
        """True where an accepted remote start was not followed by a transaction in time."""
        by, awaited = self.memory.start_by, self.connector.remote_start
        return by is not None and awaited is by.limit and self.now >= by.at

    def stop_is_overdue(self) -> bool:
        """True where an accepted stop was not followed by the end of the transaction in time."""
        by, awaited = self.memory.stop_by, self.connector.stopping
        return by is not None and awaited is not None and awaited is by.limit and self.now >= by.at

    # ---- the wish

    def is_to_cap(self) -> bool:
        """True where the configured maximum is to limit a session that nobody limited, not even the charger."""
        if self.wish is not None:
            return False
        connector, facts, is_above = self.connector, self.facts, self.memory.compliance.above_maximum_since is not None
        is_left_open = is_to_cap(connector, facts, is_above)
        return is_left_open and (is_above or not is_held_lower(connector, most_allowed_a(connector, facts)))

    def is_offer_unknown(self) -> bool:
        """True where the maximum is to hold, no ceiling is lower, and what the charger offers was not yet asked for."""
        hang_ups, asked_in = self.known.hang_ups, self.memory.follow_ups.schedule_asked_in
        is_asked = asked_in == self.connector.transaction_id
        if is_asked or not (self.is_connected and self.is_to_cap() and self._tells_schedule):
            return False
        is_lowered = most_allowed_a(self.connector, self.facts) < self.facts.settings.max_current
        return not (is_lowered or hang_ups.is_hopeless or hang_ups.is_silent(Question.SCHEDULE))

    def nobody_wishes(self) -> bool:
        """True where nobody wants any limit, so the connector is left alone."""
        return self.wish is None

    def must_end(self) -> bool:
        """True where the car draws more than the configured maximum, and no limit helps: the transaction has to end."""
        due = self.memory.compliance.end_due(self.connector)
        return due is not None and self.now >= due

    def must_end_when_back(self) -> bool:
        """True where the transaction has to end, as for `must_end`, but the charger is not connected."""
        return not self.is_connected and self.must_end()

    def is_left_by_the_sun(self) -> bool:
        """True where the mode that wished was left, and no running transaction has a limit in force that could stay.

        The limit that the solar controller wished is then dropped.
        """
        nothing_stays = self.limit is None or not self.is_running or self.connector.stopping is not None
        return nothing_stays and left_its_mode(self.connector)

    def leaves_a_limit(self) -> bool:
        """True where the mode that wished was left, and another limit than the wished one is in force.

        That one stays and becomes the wished limit.
        """
        return left_its_mode(self.connector) and self.limit != self.wish

    # ---- what is on its way

    def is_starting(self) -> bool:
        """True where a remote start was sent; where 0 A is wished, also one that got no answer."""
        if self.is_running or self.wish is None:
            return False
        start = self.connector.remote_start if self.wish.limit_a else self.connector.awaited_start(self.now)
        return start is not None

    def is_over(self) -> bool:
        """True where no transaction runs, and the wished limit is no reason to start one.

        So it is for 0 A, for the configured maximum, and for a limit that could have started one 5 minutes ago.
        """
        wish = self.wish
        if self.is_running or wish is None:
            return False
        is_stop = wish.limit_a == 0 and wish.held_by is None
        return is_stop or is_cap(wish) or self.now > start_holds_until(wish, self.memory.held_back_at)

    def is_held_back(self) -> bool:
        """True where a ceiling leaves too little current to start the transaction that somebody wished."""
        return not self.is_running and self.wish is not None and self.wish.limit_a == 0

    def is_stopping(self) -> bool:
        """True where the end of the transaction is awaited, and nobody has wished another end of it since."""
        if self.stopping is None or self.wish is None:
            return False
        return self.stopping == self.wish or self.wish.limit_a > 0

    def is_given_up(self) -> bool:
        """True where the charger obeyed the wished limit in no form of a profile, and no limit has to be renewed."""
        return self.wish == self.memory.compliance.given_up and not self._would_fall_back

    def is_in_force(self) -> bool:
        """True where the wished limit is in force, and need not be sent again."""
        if not self.is_running or self.stopping is not None or self.limit != self.wish:
            return False
        is_due_again = self._would_fall_back or self._is_for_other_phases or self.memory.compliance.write_again
        return not (is_due_again or self._is_unproven)

    # ---- what keeps a request from going out

    def is_away(self) -> bool:
        """True where no charger is connected."""
        return not self.is_connected

    def is_too_soon(self) -> bool:
        """True where a request failed a short while ago, or the charger has just connected and it is not urgent."""
        pacing, wish = self.memory.pacing, self.wish
        if wish is None or (pacing.hold_until is None and pacing.retry_at is None):
            return False
        may_hurry = not pacing.failures and wish != self.memory.refused_in_replay
        if may_hurry and is_urgent(wish, self.connector, self.facts.state):
            return False
        is_held = wish.limit_a > 0 and _is_ahead(pacing.hold_until, self.now)
        return is_held or _is_ahead(pacing.retry_at, self.now)

    def is_raised_too_soon(self) -> bool:
        """True where the solar controller raises the limit too soon after its last raise."""
        return _is_ahead(self._raise_due, self.now)

    def is_replaying(self) -> bool:
        """True where the wished limit has to wait, as the charger replays buffered values.

        A decrease does not wait, unless it was refused during the replay.
        """
        if self.wish is None or not self.connector.backlog.is_replaying(self.now):
            return False
        is_decrease = self.limit is None or self.wish.limit_a < self.limit.limit_a
        return not is_decrease or self.wish == self.memory.refused_in_replay

    # ---- which request

    def is_to_start(self) -> bool:
        """True where no transaction runs, so one is started."""
        return not self.is_running

    def is_to_renew(self) -> bool:
        """True where the wished limit is in force, and the charger would soon fall back from it."""
        return self.stopping is None and self.limit == self.wish and not self.memory.compliance.write_again

    def is_to_change(self) -> bool:
        """True where the limit of the transaction is to be sent: above 0 A, or 0 A where that pauses it.

        A limit of 0 A that is in force is sent again in the same way.
        """
        if self.stopping is not None or self.wish is None or self.wish == self.memory.unpausable:
            return False
        return self.wish.limit_a > 0 or self._pauses or self.limit == self.wish

    def is_to_stop(self) -> bool:
        """True where 0 A is wished, and the charger does not hang up on a RemoteStopTransaction."""
        return self._may_ask(Question.STOP)

    def nothing_is_left(self) -> bool:
        """Always True: the last row of the table, where the charger hangs up on every request that could help."""
        return True

    # ---- questions

    def schedule_is_due(self) -> bool:
        """True where a limit was sent a while ago, and the charger does not send the current it offers."""
        due = self.memory.follow_ups.schedule_due
        is_due = self.is_running and self.limit is not None and due is not None and self.now >= due
        return is_due and self._tells_schedule and self.connector.meter.offered_a is None

    def meter_is_due(self) -> bool:
        """True where no meter values arrived for a while, so they are asked for."""
        due = self._meter_due
        return due is not None and self.now >= due

    def default_is_left(self) -> bool:
        """True where a TxDefaultProfile of ours in the charger would limit transactions that nobody set a limit for."""
        follow_ups, is_left = self.memory.follow_ups, self.connector.default_profile
        is_idle = not self.is_running and self.connector.remote_start is None and self.wish is None
        may_ask = follow_ups.clear_not_before is None or self.now >= follow_ups.clear_not_before
        return is_left and is_idle and may_ask and self._may_ask(Question.CLEAR_PROFILE)

    # ---- when to decide again

    def next_deadline(self, waits: bool) -> datetime | None:
        """The earliest time at which time alone may make another step due, None where there is none.

        `waits` says that the wished limit has to wait now.
        """
        memory, follow_ups = self.memory, self.memory.follow_ups
        times = [by.at if by else None for by in (memory.start_by, memory.stop_by, memory.stop_soon_by)]
        times += [memory.pacing.retry_at, memory.pacing.hold_until, self.connector.backlog.until, memory.watts.due]
        times += [memory.compliance.end_due(self.connector), self._renewal_due]
        if not self.is_running and self.wish is not None and self.wish.held_by is not None:
            times.append(start_holds_until(self.wish, memory.held_back_at) + timedelta(milliseconds=1))
        if waits:
            times.append(self._raise_due)
        if self.is_connected:
            times += [follow_ups.schedule_due, self._meter_due, follow_ups.clear_not_before]
        return min((at for at in times if at is not None and at > self.now), default=None)

    # ---- parts of the conditions

    @property
    def _pauses(self) -> bool:
        """0 A pauses the transaction: by the settings, for a ceiling or the plan, or as no stop is followed here."""
        quirks = self.facts.quirks
        stops = self.wish != self.memory.unstoppable and self._may_ask(Question.STOP)
        is_held = self.wish is not None and (self.wish.held_by is not None or self.wish.by.kind is SourceKind.PLAN)
        return (self.facts.settings.pause_at_zero or quirks.pauses or is_held or not stops) and not quirks.zero_ends

    @property
    def _renewal_due(self) -> datetime | None:
        is_in_force = self.is_running and self.limit is not None and self.limit == self.wish
        expires_at = self.connector.limit_expires_at if is_in_force else None
        return expires_at and self.facts.renewal_due(expires_at, self.memory.fallback_a, self.now)

    @property
    def _would_fall_back(self) -> bool:
        due = self._renewal_due
        return due is not None and self.now >= due

    @property
    def _is_for_other_phases(self) -> bool:
        """The profile in force is in W, and for another number of phases than the limit is now."""
        return self.connector.in_watts and self.memory.watts.written != self.connector.watt_phases

    @property
    def _is_unproven(self) -> bool:
        """The limit only came with the start; in a minute nothing showed that it is followed, so it is sent alone."""
        due, found = self.memory.watts.due, self.connector.read_back
        was_refused = found is not None and found.finding in (Finding.REFUSED, Finding.ERROR)
        return self.connector.limit_shown is None and due is not None and self.now >= due and not was_refused

    @property
    def _raise_due(self) -> datetime | None:
        if self.wish is None or self.wish.by != THE_SUN or not self.is_running:
            return None
        return self.memory.pacing.raise_due(self.limit, self.wish)

    @property
    def _meter_due(self) -> datetime | None:
        follow_ups = self.memory.follow_ups
        may_ask = not follow_ups.is_deaf and self._may_ask(Question.METER_VALUES)
        return follow_ups.meter_due if may_ask else None

    @property
    def _tells_schedule(self) -> bool:
        return self.known.tells_schedule is not False and self._may_ask(Question.SCHEDULE)

    def _may_ask(self, question: Question) -> bool:
        return question not in self.known.unasked


def _is_ahead(at: datetime | None, now: datetime) -> bool:
    return at is not None and now < at
