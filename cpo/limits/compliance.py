"""Whether a charger follows the limit of one connector, and what is done where it does not (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cpo.chargers import (
    ChargerKind,
    ChargerKnowledge,
    Numbers,
    ProfileForm,
    RemoteStart,
    coarser,
    coarsest,
    expressed,
)
from cpo.frozen import replace
from cpo.limits.cap import is_cap, most_allowed_a
from cpo.limits.ceilings import least_ceiling
from cpo.limits.facts import Facts
from cpo.limits.read_back import ABOVE_MAXIMUM_FOR, TOLERANCE_A, Readings, Watch
from cpo.limits.watts import written_a
from cpo.state import Connector, Entry, Figures, Finding, Learned, Limit, LimitReadBack, Reaction, ReadBack, Verdict

MAX_IGNORED = 6
MAX_IGNORED_ABOVE_MAXIMUM = 3
MAX_HELD_BACK = 1
END_AGAIN_AFTER = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class LimitCompliance:
    """How one connector follows its limit, as far as that is known.

    Each method returns the compliance after an event, and the entries to record. `watch` is what was seen since the
    limit `watched` was sent. `not_followed` counts the profiles in a row that the charger accepted and did not follow;
    `write_again` asks for the next form of a profile, or for a profile where a stop was not followed. `given_up` is the
    wished limit that no form helps with, `given_up_in` the transaction in which that was found. `tried` counts the
    forms since `known_before`, what was known of the make before they were tried: it is restored where none of them
    helps. `is_deaf`: limits got no answer several times. `above_maximum_since` is since when the car draws more than
    the configured maximum or a ceiling, or may do so as that is not measured (`is_measured`), `stop_sent` when the
    request to end that was sent, `stop_failed` says that the charger refused it, or did not follow it.
    `numbers_helped_not`: a limit in coarser steps of A was not followed either.
    """

    watch: Watch | None = None
    watched: Limit | None = None
    not_followed: int = 0
    write_again: bool = False
    given_up: Limit | None = None
    given_up_in: str | None = None
    tried: int = 0
    known_before: tuple[ChargerKind, ChargerKnowledge] | None = None
    is_deaf: bool = False
    above_maximum_since: datetime | None = None
    is_measured: bool = True
    stop_sent: datetime | None = None
    stop_failed: bool = False
    numbers_helped_not: bool = False

    def after_new_start(self) -> LimitCompliance:
        """The compliance after another limit was wished, or on a new connection: nothing is known."""
        is_news = self.given_up is not None or self.write_again or self.is_deaf
        return replace(self, given_up=None, write_again=False, is_deaf=False) if is_news else self

    def after_write(self) -> LimitCompliance:
        """The compliance after the charger accepted a profile, which it has to follow from now on."""
        watch = None if self.write_again else self.watch
        return replace(self, watch=watch, watched=None, write_again=False, is_deaf=False)

    # ---- more than the configured maximum

    def end_due(self, connector: Connector) -> datetime | None:
        """When to end the transaction, as the car draws more than the maximum despite every limit.

        None where it need not.
        """
        since, wish = self.above_maximum_since, connector.wish
        if since is None:
            return None
        is_cap_alone = is_cap(wish) and (wish is None or wish.held_by is None)
        is_over = connector.transaction_id is None or connector.is_stopping or is_cap_alone
        if is_over or not self._nothing_helps(connector):
            return None
        due = since + ABOVE_MAXIMUM_FOR
        return due if self.stop_sent is None else max(due, self.stop_sent + END_AGAIN_AFTER)

    def _nothing_helps(self, connector: Connector) -> bool:
        return self.is_deaf or (self.given_up is not None and self.given_up == connector.wish)

    def after_stop_sent(self, now: datetime) -> LimitCompliance:
        """This compliance after a stop was sent at `now`, as the car draws more than the configured maximum."""
        return replace(self, stop_sent=now)

    def after_stop_accepted(self, connector: Connector, facts: Facts, now: datetime) -> tuple[Entry, ...]:
        """The entries that say that the charger accepted to stop a car which draws more than the configured maximum.

        There are none where it accepted such a stop of this transaction before and did not follow it.
        """
        return () if self.stop_failed else self._above_maximum(connector, facts, now, Reaction.STOP_SENT)

    def after_stop_failed(self, connector: Connector, found: ReadBack) -> tuple[LimitCompliance, tuple[Entry, ...]]:
        """This compliance after the charger refused or did not follow that stop, and the alarm to record."""
        alarm = replace(found, verdict=Verdict.ALARM, reaction=Reaction.STOP_FAILED)
        return replace(self, stop_failed=True), (LimitReadBack(connector.connector_id, alarm),)

    def _above_maximum(
        self, connector: Connector, facts: Facts, now: datetime, reaction: Reaction
    ) -> tuple[Entry, ...]:
        most_a, ceiling = most_allowed_a(connector, facts), least_ceiling(connector, facts.state, facts.settings)
        held_by = ceiling[1] if ceiling is not None and most_a < facts.settings.max_current else ''
        figures = Figures(max_a=round(most_a, 1), held_by=held_by)
        finding = Finding.ABOVE_MAXIMUM if self.is_measured else Finding.UNMEASURED
        found = ReadBack(Verdict.ALARM, finding, now, figures, reaction)
        return (LimitReadBack(connector.connector_id, found),)

    # ---- the limit in force

    def observed(self, connector: Connector, facts: Facts, now: datetime) -> tuple[LimitCompliance, tuple[Entry, ...]]:
        """The compliance after the limit in force was compared with what the charger has just reported."""
        wish, limit, max_a = connector.wish, connector.limit, facts.settings.max_current
        readings = Readings.of(connector, facts.settings.phases)
        new, entries = self._maximum_observed(connector, readings, facts, now)
        if new.given_up_in is not None and connector.transaction_id != new.given_up_in:
            new = replace(new, given_up_in=None, not_followed=0)
        if wish is None or connector.transaction_id is None or connector.is_stopping:
            return replace(new, watch=None, watched=None), entries
        if limit is None:
            return new, entries
        if new.watch is None or limit is not new.watched:
            excess_since = None if new.watch is None else new.watch.excess_since
            return replace(new, watch=Watch.begun(connector, now, excess_since), watched=limit), entries
        watch, found = new.watch.observed(_as_sent(connector, limit, facts), readings, max_a, now)
        new = replace(new, watch=watch)
        if found is None or wish != limit:
            return new, entries
        new, more = new._judged(connector, found, facts)
        return new, (*entries, *more)

    def _maximum_observed(
        self, connector: Connector, readings: Readings, facts: Facts, now: datetime
    ) -> tuple[LimitCompliance, tuple[Entry, ...]]:
        limit_a, least_a = most_allowed_a(connector, facts) + TOLERANCE_A, readings.least_a
        is_above = self._may_be_above(connector) if least_a is None else least_a > limit_a
        is_above = is_above and connector.transaction_id is not None
        has_ended = self.stop_sent is not None and connector.transaction_id is None
        entries = self._above_maximum(connector, facts, now, Reaction.STOPPED) if has_ended else ()
        if is_above:
            since = self.above_maximum_since or now
            return replace(self, above_maximum_since=since, is_measured=least_a is not None), entries
        if self.above_maximum_since is None and self.stop_sent is None and not self.stop_failed:
            return self, entries
        return replace(self, above_maximum_since=None, stop_sent=None, stop_failed=False), entries

    def _may_be_above(self, connector: Connector) -> bool:
        """True where a ceiling cannot be sent, and no current is measured that would show that it is kept to."""
        wish, limit = connector.wish, connector.limit
        is_held = wish is not None and wish.held_by is not None and (limit is None or limit.limit_a > wish.limit_a)
        return is_held and self._nothing_helps(connector)

    def _judged(self, connector: Connector, found: ReadBack, facts: Facts) -> tuple[LimitCompliance, tuple[Entry, ...]]:
        if found.verdict not in (Verdict.FOLLOWS, Verdict.UNCLEAR):
            return (self, ()) if connector.wish == self.given_up else self._not_followed(connector, found, facts)
        new, old = self, connector.read_back
        if found.verdict is Verdict.FOLLOWS and (self.not_followed or self.tried or self.known_before or self.given_up):
            new = replace(self, not_followed=0, tried=0, known_before=None, given_up=None, numbers_helped_not=False)
        is_news = old is None or old.verdict is not found.verdict
        return new, (LimitReadBack(connector.connector_id, found),) if is_news else ()

    def _not_followed(
        self, connector: Connector, found: ReadBack, facts: Facts
    ) -> tuple[LimitCompliance, tuple[Entry, ...]]:
        """Report the disobedience and ask for the next form; a limit of a start is first sent as a profile."""
        kind, known, limit = facts.state.charger_kind, facts.state.known, connector.limit
        before, tried = self.known_before, self.tried + 1
        if before is None or before[0] != kind:
            before, tried = (kind, known), 1
        count = self.not_followed + 1
        new = replace(self, not_followed=count, tried=tried, known_before=before, watch=None, watched=None)
        is_above = self.above_maximum_since is not None
        patience = MAX_IGNORED_ABOVE_MAXIMUM if is_above else MAX_IGNORED
        if count > (MAX_HELD_BACK if found.verdict is Verdict.HOLDS_BACK else patience):
            return new.after_giving_up(connector, found, facts)
        if connector.limit_in_start:
            known = replace(known, remote_start=RemoteStart.DEFAULT_FIRST)
        elif known.form is not None:
            known, new = new._blamed(found, known, known.form, limit.limit_a if limit else 0)
        figures = replace(found.figures, profiles=count)
        read_back = LimitReadBack(connector.connector_id, replace(found, figures=figures, reaction=Reaction.OTHER_FORM))
        return replace(new, write_again=True), (Learned(kind, known), read_back)

    def _blamed(
        self, found: ReadBack, known: ChargerKnowledge, form: ProfileForm, limit_a: float
    ) -> tuple[ChargerKnowledge, LimitCompliance]:
        """What is known without the form that was not followed; coarser numbers are tried in it before."""
        numbers = None if found.verdict is Verdict.HOLDS_BACK else coarser(limit_a, known.numbers)
        if numbers is not None and not self.numbers_helped_not:
            return replace(known, numbers=numbers), self
        of_before = self.known_before[1].numbers if self.known_before is not None else Numbers.ANY
        blamed = replace(known, form=None, refused=(*known.refused, form), numbers=of_before)
        return blamed, replace(self, numbers_helped_not=True)

    def after_giving_up(
        self, connector: Connector, found: ReadBack, facts: Facts
    ) -> tuple[LimitCompliance, tuple[Entry, ...]]:
        """The compliance where no form of a profile helps with the wished limit.

        What was learned while trying is dropped.
        """
        verdict = found.verdict if found.verdict is Verdict.HOLDS_BACK else Verdict.ALARM
        alarm = LimitReadBack(connector.connector_id, replace(found, verdict=verdict, reaction=Reaction.GAVE_UP))
        new = replace(self, write_again=False, given_up=connector.wish, given_up_in=connector.transaction_id)
        if self.above_maximum_since is not None and 0 < self.tried <= MAX_IGNORED:
            return new, (alarm,)  # above the maximum there is less patience: the next session tries the next form
        state = facts.state
        kind, known = self.known_before or (state.charger_kind, replace(state.known, form=None, refused=()))
        if kind == state.charger_kind:
            known = replace(known, hang_ups=state.known.hang_ups, unasked=state.known.unasked)
        return replace(new, known_before=None, tried=0, numbers_helped_not=False), (alarm, Learned(kind, known))


def _as_sent(connector: Connector, limit: Limit, facts: Facts) -> Connector:
    """The connector with its limit in the numbers in which this make was sent it."""
    known = facts.state.known
    numbers = coarsest(known.numbers, facts.quirks.numbers)
    sent_a = limit.limit_a if numbers is Numbers.ANY else expressed(limit.limit_a, numbers)
    if connector.in_watts:
        sent_a = written_a(sent_a, connector.watt_phases, facts.settings.max_current)
    return connector if sent_a == limit.limit_a else replace(connector, limit=replace(limit, limit_a=sent_a))
