"""The conditions on which it is decided what to do about a limit, each with a name (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cpo.limits.facts import Facts
from cpo.limits.hang_ups import Question
from cpo.limits.memory import Memory
from cpo.state import THE_SUN, Connector, Limit, Mode, WishEnd

START_HOLDS_FOR = timedelta(minutes=5)
"""A start that was lost with its connection is sent again when the charger is back within that time, not later."""


@dataclass(frozen=True, slots=True)
class Case:
    """What `decide` is asked about, as the conditions of its rows.

    Where a stop that was accepted is overdue, `stopping` is None: then the transaction counts as one that runs.
    """

    connector: Connector
    memory: Memory
    facts: Facts
    now: datetime
    wish: Limit | None
    limit: Limit | None
    stopping: Limit | None

    @classmethod
    def of(cls, connector: Connector, memory: Memory, facts: Facts, now: datetime) -> Case:
        """The case of a connector."""
        runs = connector.transaction_id is not None
        stopping = connector.stopping if runs and connector.stopping is not memory.unstoppable else None
        return cls(connector, memory, facts, now, connector.wish, connector.limit, stopping)

    # ---- deadlines

    def start_is_overdue(self) -> bool:
        """No transaction followed an accepted remote start."""
        by, awaited = self.memory.start_by, self.connector.remote_start
        return by is not None and awaited is by.limit and self.now >= by.at

    def stop_is_overdue(self) -> bool:
        """The charger accepted to stop the transaction, and never did."""
        by, awaited = self.memory.stop_by, self.connector.stopping
        return by is not None and awaited is not None and awaited is by.limit and self.now >= by.at

    # ---- the wish

    def nobody_wishes(self) -> bool:
        """Then the connector is not touched."""
        return self.wish is None

    def must_end(self) -> bool:
        """It draws more than the maximum, and no limit helps."""
        due = self.memory.compliance.end_due(self.connector)
        return due is not None and self.now >= due

    def must_end_when_back(self) -> bool:
        """That, without a connection."""
        return self.must_end() and not self.is_connected

    def is_left_by_the_sun(self) -> bool:
        """The sun made the wish, and solar was switched off: nothing of it is in force."""
        is_left = self._is_of_the_sun and self.connector.mode is not Mode.SOLAR
        return is_left and (self.limit is None or not self.is_running or self.connector.is_stopping)

    def leaves_a_limit(self) -> bool:
        """The sun made the wish, and solar was switched off: what is in force stays, and is renewed."""
        return self._is_of_the_sun and self.connector.mode is not Mode.SOLAR and self.limit != self.wish

    # ---- what is on its way

    def is_starting(self) -> bool:
        """A remote start was sent; to wish 0 A one that was not answered counts as well."""
        if self.is_running or self.wish is None:
            return False
        start = self.connector.remote_start if self.wish.limit_a else self.connector.awaited_start(self.now)
        return start is not None

    def is_over(self) -> bool:
        """0 A is wished where nothing runs, or a start is too old to be sent."""
        if self.is_running or self.wish is None:
            return False
        return self.wish.limit_a == 0 or self.now - self.wish.at > START_HOLDS_FOR

    def is_stopping(self) -> bool:
        """The end of the transaction is awaited, and neither a newer wish wants it to end."""
        if self.stopping is None or self.wish is None:
            return False
        return self.stopping == self.wish or self.wish.limit_a > 0

    def is_given_up(self) -> bool:
        """No form of a profile helped with this wish; what is in force of it is still renewed."""
        return self.wish == self.memory.compliance.given_up and not self._would_fall_back

    def is_in_force(self) -> bool:
        """The limit is the wish, and need not be written again."""
        is_wish = self.is_running and self.stopping is None and self.limit == self.wish
        return is_wish and not self._would_fall_back and not self.memory.compliance.write_again

    # ---- what keeps a request from going out

    def is_away(self) -> bool:
        """No charger is connected."""
        return not self.is_connected

    def is_too_soon(self) -> bool:
        """A request failed, or the charger has just connected."""
        retry_at = self.memory.pacing.retry_at
        return retry_at is not None and self.now < retry_at

    def is_raised_too_soon(self) -> bool:
        """A controller raises the limit again."""
        due = self._raise_due
        return due is not None and due > self.now

    def is_replaying(self) -> bool:
        """What is true now is not known: only a decrease goes out, unless it was refused meanwhile."""
        if self.wish is None or not self.connector.backlog.is_replaying(self.now):
            return False
        is_decrease = self.limit is None or self.wish.limit_a < self.limit.limit_a
        return not is_decrease or self.wish == self.memory.refused_in_replay

    # ---- which request

    def is_to_start(self) -> bool:
        """Nothing runs."""
        return not self.is_running

    def is_to_renew(self) -> bool:
        """The wish is in force, and would fall back."""
        return self.stopping is None and self.limit == self.wish and not self.memory.compliance.write_again

    def is_to_change(self) -> bool:
        """Above 0 A; at 0 A where this charger pauses, or where its profile is to be written again."""
        if self.stopping is not None or self.wish is None or self.wish == self.memory.unpausable:
            return False
        return self.wish.limit_a > 0 or self._pauses or self.limit == self.wish

    def is_to_stop(self) -> bool:
        """0 A is wished, and the charger does not hang up on that."""
        return self._may_ask(Question.STOP)

    def nothing_is_left(self) -> bool:
        """Whatever is sent, the charger hangs up."""
        return True

    # ---- questions

    def schedule_is_due(self) -> bool:
        """A limit was written a while ago, and it is not measured what the charger offers."""
        due = self.memory.follow_ups.schedule_due
        is_asked = self.facts.state.known.tells_schedule is not False and self._may_ask(Question.SCHEDULE)
        is_unclear = is_asked and self.connector.meter.offered_a is None
        return is_unclear and self.is_running and self.limit is not None and due is not None and self.now >= due

    def meter_is_due(self) -> bool:
        """No meter values came for a while."""
        due = self._meter_due
        return due is not None and self.now >= due

    def default_is_left(self) -> bool:
        """Our default profile would limit sessions nobody wished a limit for."""
        follow_ups, is_left = self.memory.follow_ups, self.connector.default_profile
        is_idle = not self.is_running and self.connector.remote_start is None and self.wish is None
        may_ask = follow_ups.clear_not_before is None or self.now >= follow_ups.clear_not_before
        return is_left and is_idle and may_ask and self._may_ask(Question.CLEAR_PROFILE)

    # ---- when to decide again

    def next_deadline(self, waits: bool) -> datetime | None:
        """The earliest time at which another step may be due by itself; `waits`: the wish has to wait now."""
        memory, follow_ups = self.memory, self.memory.follow_ups
        awaited = (memory.start_by, memory.stop_by, memory.stop_soon_by)
        times = [deadline.at if deadline is not None else None for deadline in awaited]
        times += [memory.pacing.retry_at, self.connector.backlog.until]
        times += [memory.compliance.end_due(self.connector), self._renewal_due]
        if waits:
            times.append(self._raise_due)
        if self.is_connected:
            times += [follow_ups.schedule_due, self._meter_due, follow_ups.clear_not_before]
        return min((at for at in times if at is not None and at > self.now), default=None)

    # ---- parts of the conditions

    @property
    def is_connected(self) -> bool:
        """A request can be sent."""
        return self.memory.is_connected(self.facts.connection)

    @property
    def is_running(self) -> bool:
        """A transaction runs."""
        return self.connector.transaction_id is not None

    @property
    def _is_of_the_sun(self) -> bool:
        return self.wish is not None and self.wish.by == THE_SUN

    @property
    def _pauses(self) -> bool:
        """0 A pauses the transaction: as the owner wants, or as this charger does not stop one."""
        quirks = self.facts.quirks
        stops = self.wish != self.memory.unstoppable and self._may_ask(Question.STOP)
        return (self.facts.settings.pause_at_zero or quirks.pauses or not stops) and not quirks.zero_ends

    @property
    def _renewal_due(self) -> datetime | None:
        expires_at = self.connector.limit_expires_at
        is_in_force = self.is_running and self.limit is not None and self.limit == self.wish
        return expires_at - self.facts.renew_before if expires_at is not None and is_in_force else None

    @property
    def _would_fall_back(self) -> bool:
        due = self._renewal_due
        return due is not None and self.now >= due

    @property
    def _raise_due(self) -> datetime | None:
        if self.wish is None or not self._is_of_the_sun or not self.is_running:
            return None
        return self.memory.pacing.raise_due(self.limit, self.wish)

    @property
    def _meter_due(self) -> datetime | None:
        follow_ups = self.memory.follow_ups
        may_ask = not follow_ups.is_deaf and self._may_ask(Question.METER_VALUES)
        return follow_ups.meter_due if may_ask else None

    def _may_ask(self, question: Question) -> bool:
        return question not in self.facts.hang_ups.never


def why_over(connector: Connector) -> WishEnd:
    """Why the wish for this connector ends, where no request brings it nearer."""
    wish = connector.wish
    if wish is not None and wish.by == THE_SUN and connector.mode is not Mode.SOLAR:
        return WishEnd.SUN_LEFT
    return WishEnd.START_TOO_LATE if wish is not None and wish.limit_a else WishEnd.REACHED
