"""The number of phases that a limit in W is written for, by what was seen of the session (pure).

A charger that takes only W may give a car on one phase all of them, so a session begins with the watts of one phase.
It gets those of three once three phases are seen to carry a current, or once nothing flows for a minute: shared by
three they were too little then. Until the current shows that three share them, these are no more than the configured
maximum on one phase; where that is less than 6 A on each of three, they are not tried. A measured current above its
share takes them back at once, and the session counts as one on one phase until three are seen.

CPO_PHASES counts where nothing shows the phases: after that minute, and from the beginning with a make that charges on
one phase whenever the power is low. Where the limit itself says the phases, these count (`phase_watch`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cpo.amperes import MAX_PHASES, MIN_CHARGING_CURRENT_A
from cpo.frozen import replace
from cpo.limits.facts import Facts
from cpo.limits.phase_watch import LONG_AGO, PhaseWatch
from cpo.limits.read_back import NEARLY_A, TOLERANCE_A
from cpo.settings import Settings
from cpo.state import CURRENT, Connector, Entry, WattPhases, WattPhasesCounted, power_w

TRIED_AFTER = timedelta(seconds=60)
SETTLES_WITHIN = timedelta(seconds=10)
"""So long after a lower limit was sent the current may still be that of the older one."""
FLOWING_W = 100.0


@dataclass(frozen=True, slots=True)
class PhaseCount:
    """What was seen of the phases in the session of one connector; each method returns the next value.

    `since` is when its limit was first seen in force. `is_one`: it flowed on one phase, or exceeded the limit.
    `written` are the phases of the newest profile. `limit_a` is in force since `changed_at`, `before_a` was before it.
    `switching` is what was seen of limits that say the phases.
    """

    since: datetime | None = None
    has_flowed: bool = False
    is_one: bool = False
    written: WattPhases = field(default_factory=WattPhases)
    limit_a: float = 0.0
    before_a: float = 0.0
    changed_at: datetime = LONG_AGO
    switching: PhaseWatch = field(default_factory=PhaseWatch)

    @property
    def due(self) -> datetime | None:
        """When the limit has been in force for a minute and the current did not show more phases than it was for."""
        return None if self.since is None else self.since + TRIED_AFTER

    def after_write(self, before: Connector) -> PhaseCount:
        """The count after a profile was accepted; `before` is the connector for which it was written."""
        return replace(self, written=before.watt_phases)

    def observed(self, connector: Connector, facts: Facts, now: datetime) -> tuple[PhaseCount, tuple[Entry, ...]]:
        """The count after the connector may have changed or time has passed, and the entry where it is another."""
        limit_a, said = (
            (connector.limit.limit_a, connector.limit.phases) if connector.limit is not None else (0.0, None)
        )
        is_paused = limit_a < MIN_CHARGING_CURRENT_A and said != 1  # one that says one phase counts on that in the end
        new = self if limit_a == self.limit_a else replace(self, limit_a=limit_a, before_a=self.limit_a, changed_at=now)
        learned: tuple[Entry, ...] = ()
        if connector.transaction_id is None:
            watts = WattPhases(facts.settings.phases if facts.quirks.one_phase_below_w else 1)
            nothing = PhaseCount(written=watts)
            new = self if self == nothing else nothing
        elif is_paused or connector.backlog.is_replaying(now):
            return new, ()
        elif said is not None:
            switching, watts, learned = new.switching.observed(connector, said, facts, now)
            new = replace(new, switching=switching)
        else:
            new, watts = new._counted(connector, facts.settings, now)
        is_news = watts != connector.watt_phases
        return new, (*learned, *((WattPhasesCounted(connector.connector_id, watts),) if is_news else ()))

    def _counted(self, connector: Connector, settings: Settings, now: datetime) -> tuple[PhaseCount, WattPhases]:
        watts, seen = connector.watt_phases, connector.meter.phases_seen
        if seen is not None and seen >= max(watts.count, 2):
            return replace(self, has_flowed=True, is_one=False), WattPhases(seen)
        current_a = connector.meter.current_a or 0.0
        share_a = written_a(self.limit_a, watts, settings.max_current)
        if watts.count > 1 and current_a > self._allowed_a(share_a, connector):
            return replace(self, has_flowed=True, is_one=True), WattPhases(seen or 1)
        if watts.is_tried and current_a > share_a - NEARLY_A:  # three phases share it, also where one is used
            return replace(self, has_flowed=True), WattPhases(watts.count)
        return self._tried(watts, power_w(connector, gone=False), seen, settings, now)

    def _allowed_a(self, share_a: float, connector: Connector) -> float:
        """The most current that a phase may have: that of before, where it was measured too soon after a change."""
        measured = connector.meter.arrival(CURRENT)
        settles = measured is not None and measured.at < self.changed_at + SETTLES_WITHIN
        return max(share_a, self.before_a if settles else 0.0) + TOLERANCE_A

    def _tried(
        self, watts: WattPhases, flowing_w: float | None, seen: int | None, settings: Settings, now: datetime
    ) -> tuple[PhaseCount, WattPhases]:
        """The count of one phase, until it is time to try three."""
        has_flowed = self.has_flowed or (flowing_w or 0.0) > FLOWING_W
        is_one = self.is_one or (seen == 1 == watts.count)
        is_news = self.since is None or (has_flowed, is_one) != (self.has_flowed, self.is_one)
        new = replace(self, since=self.since or now, has_flowed=has_flowed, is_one=is_one) if is_news else self
        if new.is_one or watts.count > 1 or (new.due or now) > now:
            return new, watts
        if settings.phases > 1:
            return new, WattPhases(settings.phases)
        is_enough = settings.max_current / MAX_PHASES >= MIN_CHARGING_CURRENT_A
        is_still = flowing_w is not None and not new.has_flowed
        return new, WattPhases(MAX_PHASES, is_tried=True) if is_still and is_enough else watts


def written_a(limit_a: float, watts: WattPhases, max_a: float) -> float:
    """The limit in A per phase that is written in W; `max_a` is the configured maximum on one phase."""
    return min(limit_a, max_a / MAX_PHASES) if watts.is_tried else limit_a
