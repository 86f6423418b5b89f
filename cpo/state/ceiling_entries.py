"""Entries about ceilings, the limits that hold whatever anybody wishes (`cpo.state.ceiling`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cpo.frozen import replace
from cpo.state.ceiling import Ceiling, MonthPeak
from cpo.state.state import ChargePointState


@dataclass(frozen=True, slots=True)
class CeilingSet:
    """A ceiling holds from now on, in place of an older one of the same name."""

    ceiling: Ceiling

    def apply(self, state: ChargePointState) -> ChargePointState:
        return replace(state, ceilings={**state.ceilings, self.ceiling.name: self.ceiling})


@dataclass(frozen=True, slots=True)
class CeilingLifted:
    """A ceiling was taken away by somebody."""

    name: str
    at: datetime

    def apply(self, state: ChargePointState) -> ChargePointState:
        return replace(state, ceilings=_without(state.ceilings, self.name))


@dataclass(frozen=True, slots=True)
class CeilingExpired:
    """The time of a ceiling is over; nobody has to lift it."""

    name: str
    at: datetime

    def apply(self, state: ChargePointState) -> ChargePointState:
        return replace(state, ceilings=_without(state.ceilings, self.name))


@dataclass(frozen=True, slots=True)
class PeakMeasured:
    """A quarter of an hour came to more than any before in its month (see `MonthPeak`)."""

    month: str
    mean_w: float

    def apply(self, state: ChargePointState) -> ChargePointState:
        return replace(state, peak=MonthPeak(self.month, self.mean_w))


@dataclass(frozen=True, slots=True)
class CeilingReceipt:
    """What followed a ceiling that somebody set: when it was received, accepted by the charger, and measured.

    `sent_at` is None where the charger needed no other limit, or accepted none; `measured_at` where nothing showed that
    the cars draw no more than `limit_a` or `limit_w`. `current_a` is what all of them drew then.
    """

    name: str
    limit_a: float | None
    limit_w: float | None
    received_at: datetime
    sent_at: datetime | None
    measured_at: datetime | None
    current_a: float | None = None

    def apply(self, state: ChargePointState) -> ChargePointState:
        """The same state: a receipt is for the history."""
        return state


def _without(ceilings: Mapping[str, Ceiling], name: str) -> Mapping[str, Ceiling]:
    return {key: ceiling for key, ceiling in ceilings.items() if key != name}
