"""Entries about ceilings, the limits that hold whatever anybody wishes (`cpo.state.ceiling`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cpo.frozen import replace
from cpo.state.ceiling import Ceiling
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


def _without(ceilings: Mapping[str, Ceiling], name: str) -> Mapping[str, Ceiling]:
    return {key: ceiling for key, ceiling in ceilings.items() if key != name}
