"""The values of goals: what somebody wants of charging, what is remembered of it, and how it went (no logic).

All of them are frozen and made of numbers, enumerations and aware times: the journal stores them as JSON, so a goal and
its plan continue after a restart at any moment.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, StrEnum, auto

from cpo.controllers.plan_regret import PastSlot
from cpo.controllers.plan_values import PlanState
from cpo.state import SessionGoal

NOTHING = SessionGoal()


@dataclass(frozen=True, slots=True)
class Begun:
    """Where the counting of energy began: at so much of the transaction with this number, the newest one then."""

    at: datetime
    number: int = 0
    energy_wh: float = 0.0


@dataclass(frozen=True, slots=True)
class Memory:
    """What the planner remembers of a stay, the quarters of an hour that are over, and the cost predicted at first.

    The quarter that is not over began at `quarter_at`, with `quarter_wh` charged by then.
    """

    plan: PlanState = field(default_factory=PlanState)
    past: tuple[PastSlot, ...] = ()
    quarter_at: datetime | None = None
    quarter_wh: float = 0.0
    predicted_cost: float | None = None


@dataclass(frozen=True, slots=True)
class GoalBook:
    """The goal of a connector, and all that is known of it.

    `tonight` counts in its place until the departure `until`, instead of the departure `replaces`. `plugged_at` is when
    the car came, None while there is none, and `unplugged_at` when it left. A command at `overridden_at` took over.
    `is_of_card`: it came with the card that began the session, and ends when the car leaves.
    What stops charging was reached at `reached_at`.
    """

    connector_id: int
    goal: SessionGoal
    set_at: datetime
    begun: Begun
    until: datetime | None = None
    tonight: SessionGoal | None = None
    replaces: datetime | None = None
    plugged_at: datetime | None = None
    unplugged_at: datetime | None = None
    overridden_at: datetime | None = None
    memory: Memory = field(default_factory=Memory)
    is_of_card: bool = False
    reached_at: datetime | None = None

    @property
    def in_force(self) -> SessionGoal:
        """The goal that counts now."""
        return self.goal if self.tonight is None else self.tonight


@dataclass(frozen=True, slots=True)
class Progress:
    """What came of a goal so far; `soc` is in %, None where the car does not tell it.

    `is_charging` says that a session runs.
    """

    energy_kwh: float = 0.0
    soc: float | None = None
    cost: float = 0.0
    minutes: float = 0.0
    is_charging: bool = False


class Aim(StrEnum):
    """Who decides about a connector with a goal: its mode, the plan, or nobody any more, as charging is to stop."""

    MODE = 'mode'
    PLAN = 'plan'
    STOP = 'stop'


class Idle(Enum):
    """Why a goal does not count now: it is skipped, charging is off, somebody took over with a command, or the car was
    plugged in on another weekday.
    """

    SKIPPED = auto()
    OFF = auto()
    OVERRIDDEN = auto()
    OTHER_DAY = auto()


@dataclass(frozen=True, slots=True)
class GoalResult:
    """How a plan went: `cost` beside what was predicted at plug-in, and what perfect knowledge would have paid.

    `number` is that of the stay's newest transaction that is persisted, None where there was none.
    """

    connector_id: int
    at: datetime
    energy_kwh: float
    missing_kwh: float
    cost: float
    best_cost: float
    predicted_cost: float | None
    number: int | None = None
