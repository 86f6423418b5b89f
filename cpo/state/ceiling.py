"""Ceilings: limits that hold whatever anybody wishes, from the main fuse, the grid operator or another program.

What is sent to the charger is the lowest of the wish (what somebody wants the limit to be), the configured maximum and
every ceiling. The wish stays as it is, and is in force again once the ceiling is gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cpo.amperes import NOMINAL_VOLTAGE_V
from cpo.state.source import Source, SourceKind

FUSE = 'fuse'
GRID_OPERATOR = 'grid-operator'
PEAK = 'peak'
MAXIMUM = 'maximum'
"""What holds a wish back where the configured maximum was lowered since."""
THE_GUARD = Source(SourceKind.GUARD)


@dataclass(frozen=True, slots=True)
class Load:
    """What a guard of the house saw: `value` of `of` in A on a `phase`, or in W; `phase` None: of all together."""

    value: float
    of: float
    phase: str | None = None


@dataclass(frozen=True, slots=True)
class MonthPeak:
    """The highest mean import of a quarter of an hour in W in a `month` (2026-06, by the time of this computer)."""

    month: str
    mean_w: float


def month_of(at: datetime) -> str:
    """The month of a time, as a tariff counts it: by the time zone of this computer."""
    return f'{at.astimezone():%Y-%m}'


@dataclass(frozen=True, slots=True)
class Ceiling:
    """A limit for all connectors together: `limit_a` in A per phase, or `limit_w` in W; one of them is None.

    `phase` (L1, L2, L3) is the only phase that it is about, None: each. `reason` is text of whoever set it. It ends at
    `until`, or `for_s` seconds after `set_at`, which is right also where the clock of the computer was set since; None:
    it holds until it is lifted. `load` is what a guard of the house saw, None where that is unknown or somebody set it.
    """

    name: str
    limit_a: float | None
    limit_w: float | None
    source: Source
    set_at: datetime
    phase: str | None = None
    reason: str = ''
    until: datetime | None = None
    for_s: float | None = None
    load: Load | None = None

    @property
    def is_kept(self) -> bool:
        """True for one that somebody set; one that the program derives from readings does not outlast the program."""
        return self.source.kind is not SourceKind.GUARD

    @property
    def ends_at(self) -> datetime | None:
        """When it ends by itself, None where it holds until it is lifted."""
        by_duration = None if self.for_s is None else self.set_at + timedelta(seconds=self.for_s)
        return min((at for at in (self.until, by_duration) if at is not None), default=None)

    def current_a(self, phases: int) -> float:
        """The limit in A per phase of a car that charges with so many phases, at the nominal voltage."""
        if self.limit_w is None:
            return self.limit_a or 0.0
        return self.limit_w / NOMINAL_VOLTAGE_V / (phases if self.phase is None else 1)
