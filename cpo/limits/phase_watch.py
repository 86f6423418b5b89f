"""On how many phases a session charges whose limit says it, and whether the charger switches as that says (pure).

A charger that charges on three for two minutes though its limit says one does not switch, and neither does one that
stays on one where three were seen before. That is learned for its make, whose limits then say nothing about phases. A
car that never charged on more than one has no more: that is no fault of the charger.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from cpo.amperes import MAX_PHASES
from cpo.frozen import replace
from cpo.limits.facts import Facts
from cpo.limits.phase_switching import SWITCHES_WITHIN
from cpo.state import CURRENT, POWER, Connector, Entry, Learned, WattPhases

LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class PhaseWatch:
    """What was seen in a session of the phases its limit says: `said` since `said_since`, None before the first.

    `seen` is the newest number seen and `most` the highest, 0 before any was. `was_other`: when the present number was
    first said, the car charged on others. `has_obeyed`: since then it was seen.
    """

    said: int | None = None
    said_since: datetime = LONG_AGO
    seen: int = 0
    most: int = 0
    was_other: bool = False
    has_obeyed: bool = False

    def observed(
        self, connector: Connector, said: int, facts: Facts, now: datetime
    ) -> tuple[PhaseWatch, WattPhases, tuple[Entry, ...]]:
        """The watch after new values or another limit, the phases to count on, and what was learned of the make."""
        new, seen, known = self, connector.meter.phases_seen, facts.state.known
        if said != self.said:
            was_other = self.seen > 0 and (self.seen > 1) is not (said > 1)
            new = replace(self, said=said, said_since=now, was_other=was_other, has_obeyed=False)
        if seen is not None:
            has_obeyed = new.has_obeyed or (seen > 1) is (said > 1)
            new = replace(new, seen=seen, most=max(seen, new.most), has_obeyed=has_obeyed)
        switches, entries = new._switches(connector), list[Entry]()
        if switches is not None and switches is not known.switches_phases:
            entries.append(Learned(facts.state.charger_kind, replace(known, switches_phases=switches)))
        return new, new._counted(connector, now), tuple(entries)

    def _switches(self, connector: Connector) -> bool | None:
        """Whether the charger has switched as its limit says, None where that was not seen."""
        if self.has_obeyed:
            return True if self.was_other else None
        could_obey = self.said == 1 or self.most > 1
        return False if could_obey and self._has_settled(connector) else None

    def _has_settled(self, connector: Connector) -> bool:
        """True where what is measured now was measured when the charger had had time enough to switch."""
        measured = connector.meter.arrival(CURRENT, POWER)
        if measured is None or connector.meter.phases_seen is None:
            return False
        return measured.at >= self.said_since + SWITCHES_WITHIN

    def _counted(self, connector: Connector, now: datetime) -> WattPhases:
        """The phases that the car may charge on now: as seen, before that the most of the older and those said."""
        seen = connector.meter.phases_seen
        if self.said == 1:
            is_over = seen is None and now >= self.said_since + SWITCHES_WITHIN
            return WattPhases(1 if is_over else seen or connector.watt_phases.count)
        if seen is not None and (seen > 1 or (self.most == 1 and self._has_settled(connector))):
            return WattPhases(seen)
        return WattPhases(MAX_PHASES, is_tried=True)
