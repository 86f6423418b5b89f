"""What the guards of the house (fuse, peak) leave a plan, and when that has changed enough to plan again (pure)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from cpo.controllers.plan_values import Outlook, PlanStep
from cpo.limits import ceilings_a, least_ceiling
from cpo.settings import Settings
from cpo.state import FUSE, PEAK, ChargePointState, Connector

GUARDS = (FUSE, PEAK)
ENOUGH_A = 1.0
"""What a guard leaves varies with every reading of the house; less than so much is not worth another plan."""
CALM = timedelta(minutes=1)
"""So long a plan that is ready in time stays though it could charge faster."""


class Room(NamedTuple):
    """What the guards left in A per phase `at` a time; `held_by` is the lowest ceiling of all, None: the maximum."""

    at: datetime
    a: float
    held_by: str | None = None


def room_of(connector: Connector, state: ChargePointState, settings: Settings, now: datetime) -> Room:
    """What the guards leave a connector now, and which ceiling holds it below the maximum."""
    currents = ceilings_a(connector, state.ceilings, settings, state)
    room_a = min((limit_a for limit_a, name in currents if name in GUARDS), default=settings.max_current)
    lowest = least_ceiling(connector, state, settings)
    is_held = lowest is not None and lowest[0] < settings.max_current
    return Room(now, min(room_a, settings.max_current), lowest[1] if lowest is not None and is_held else None)


def blind_guards(state: ChargePointState) -> tuple[str, ...]:
    """The guards that have no fresh reading: their floor holds until one comes."""
    return tuple(name for name in GUARDS if name in state.ceilings and state.ceilings[name].load is None)


def is_outdated(step: PlanStep, before: Room, room: Room) -> bool:
    """True where the guards leave so much more or less than when the plan was made that it is to be made again.

    That is at once where it does not get what it asks for or its departure was out of reach, and after a minute where
    it is ready in time and could only charge faster.
    """
    change_a = room.a - before.a
    if abs(change_a) < ENOUGH_A:
        return False
    if step.plan.outlook is Outlook.OUT_OF_REACH:
        return True
    if change_a < 0:
        return room.a < step.current_a
    return step.current_a > before.a - ENOUGH_A and room.at - before.at >= CALM
