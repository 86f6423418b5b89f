"""When a limit may be sent (again): each wears the charger's memory and its contactors (pure).

A person's wish and every decrease are sent at once; the solar controller raises at most every 10 s.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cpo.frozen import replace
from cpo.state import Limit

INTERVAL = timedelta(seconds=10)
SMALL_INTERVAL = timedelta(seconds=30)
DEAD_BAND_A = 0.5
"""A raise by less than this has more time."""
MAX_RAISES_PER_HOUR = 60
HOUR = timedelta(hours=1)
SETTLED_AFTER = timedelta(seconds=5)
SOON_SETTLED_AFTER = timedelta(seconds=1)
HELD_FOR = timedelta(seconds=61)
SOON_AFTER = timedelta(seconds=30)
URGENT_AFTER = timedelta(seconds=5)
RARELY_AFTER = timedelta(minutes=5)
MAX_FAILURES = 3
AT_ONCE = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Pacing:
    """When the next request about one connector may be sent; each method returns the next value.

    `raises` are the times of the last raises, of which there is a budget for an hour. `retry_at` is the earliest time
    of the next request (None: at once), `failures` how many got no answer in a row. `hold_until` is the earliest time
    of any request but a stop. `until_report` says that `retry_at` only gives a charger that has reconnected time to
    report what happened meanwhile.
    """

    raises: tuple[datetime, ...] = ()
    retry_at: datetime | None = None
    failures: int = 0
    hold_until: datetime | None = None
    until_report: bool = False

    def raise_due(self, limit: Limit | None, wish: Limit) -> datetime:
        """The earliest time at which a limit that the solar controller wishes may be sent where `limit` is in force."""
        if limit is None or wish.limit_a <= limit.limit_a or not self.raises:
            return AT_ONCE
        interval = SMALL_INTERVAL if round(wish.limit_a - limit.limit_a, 1) < DEAD_BAND_A else INTERVAL
        due = self.raises[-1] + interval
        if limit.held_by is not None:
            return self.raises[-1] + INTERVAL  # a ceiling that went up
        return max(due, self.raises[0] + HOUR) if len(self.raises) == MAX_RAISES_PER_HOUR else due

    @property
    def is_rare(self) -> bool:
        """True after so many requests without an answer that the next ones are sent every 5 minutes only."""
        return self.failures > MAX_FAILURES

    def is_settling(self, now: datetime) -> bool:
        """True while a charger that has just connected has time to report what happened meanwhile."""
        return not self.failures and self.retry_at is not None and now < self.retry_at

    def after_write(self, at: datetime, before: Limit | None, wish: Limit) -> Pacing:
        """The pace after a wished limit was sent where `before` was in force: raises count, decreases do not."""
        if before is not None and wish.limit_a <= before.limit_a:
            return self
        return replace(self, raises=(*self.raises, at)[-MAX_RAISES_PER_HOUR:])

    def after_success(self) -> Pacing:
        """The pace after an answer, or after another limit was wished: the next request may be sent at once."""
        return replace(self, retry_at=None, failures=0) if self.retry_at or self.failures else self

    def after_report(self) -> Pacing:
        """The pace after a charger that has reconnected reported that the transaction continues."""
        return replace(self, retry_at=None, until_report=False) if self.until_report else self

    def after_connecting(
        self, now: datetime, is_last_try: bool, has_booted: bool = True, was_gone_shortly: bool = False
    ) -> Pacing:
        """The pace after a charger connected: it first has some time to report what happened meanwhile.

        One that `has_booted` has that time in any case, one that `was_gone_shortly` has less to report. `is_last_try`:
        its line has to hold for a minute, as it was lost after limits again and again.
        """
        hold_until = held_until(now, is_last_try) if is_last_try else None
        due = now + (SOON_SETTLED_AFTER if was_gone_shortly and not has_booted else SETTLED_AFTER)
        return replace(self, retry_at=due, failures=0, hold_until=hold_until, until_report=not has_booted)

    def after_failure(self, now: datetime, is_urgent: bool = False) -> Pacing:
        """The pace after a request without an answer: the next one is sent after 30 s, later ones every 5 minutes.

        One that `is_urgent`, as a ceiling lowers the limit, is sent after 5 s.
        """
        failed = replace(self, failures=self.failures + 1, until_report=False)
        soon = URGENT_AFTER if is_urgent else SOON_AFTER
        return replace(failed, retry_at=now + (RARELY_AFTER if failed.is_rare else soon))


def held_until(connected_at: datetime, is_last_try: bool) -> datetime:
    """Until when a limit above 0 A waits after a charger connected; `is_last_try` as for `Pacing.after_connecting`."""
    return connected_at + (HELD_FOR if is_last_try else SETTLED_AFTER)
