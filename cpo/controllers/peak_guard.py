"""The rule of the month's peak: the mean power of each quarter of an hour stays below a target (pure).

A capacity tariff bills the highest quarter of an hour of a month. What may still be taken in this one is spread over
the rest of it; the house without the car takes its part, and the car may have what remains. A quarter that nobody saw
begin is taken to have been at its target until then: it neither lends nor borrows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

QUARTER = timedelta(minutes=15)
EPOCH = datetime.fromisoformat('1970-01-01T00:00:00+00:00')
HELD_FOR = timedelta(seconds=120)
"""A reading counts for so long as the power that flows; after that, the power of the target does."""
AT_LEAST = timedelta(minutes=1)
"""What is left is spread over this at least, so that the last seconds of a quarter allow no leap."""
LEAST_RAISE_W, RAISE_EVERY = 300.0, timedelta(seconds=60)
SEEN_FOR = 0.9
"""The part of a quarter that has to be measured, for its mean to count as one of the month."""


@dataclass(frozen=True, slots=True)
class HousePower:
    """A reading in W, import positive: of the grid, and of that what the car draws; it was measured at `at`."""

    grid_w: float
    car_w: float
    at: datetime


@dataclass(frozen=True, slots=True)
class PeakState:
    """The quarter that began at `began_at`: what was imported until `at` in Ws, and the part of it that was measured.

    `ceiling_w` is what the car may have since `changed_at`; `power` is the newest reading, None where it is stale.
    """

    began_at: datetime
    at: datetime
    energy_ws: float = 0.0
    measured_s: float = 0.0
    power: HousePower | None = None
    ceiling_w: float | None = None
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Quarter:
    """A quarter of an hour that is over, with its mean import in W."""

    began_at: datetime
    mean_w: float


def step(
    state: PeakState | None, power: HousePower | None, now: datetime, target_w: float
) -> tuple[PeakState, Quarter | None]:
    """The next state by the newest reading (None: stale or missing), and a quarter that was measured and is over.

    Without a reading `ceiling_w` is None: what the car may have is unknown.
    """
    began_at = quarter_of(now)
    if state is None:
        passed_s = (now - began_at).total_seconds()
        state = PeakState(began_at, now, target_w * passed_s)
    over: Quarter | None = None
    if began_at != state.began_at:
        ended = _counted(state, state.began_at + QUARTER, target_w)
        over = _measured(ended)
        state = replace(ended, began_at=began_at, at=began_at, energy_ws=0.0, measured_s=0.0, changed_at=None)
    state = replace(_counted(state, now, target_w), power=power)
    return _limited(state, now, target_w), over


def quarter_of(at: datetime) -> datetime:
    """When the quarter of an hour around `at` began."""
    return at - (at - EPOCH) % QUARTER


def predicted_w(state: PeakState) -> float:
    """The mean of this quarter in W, if the newest reading stays as it is."""
    rest_s = (state.began_at + QUARTER - state.at).total_seconds()
    flows_w = max(0.0, state.power.grid_w) if state.power is not None else 0.0
    return (state.energy_ws + flows_w * rest_s) / QUARTER.total_seconds()


def _counted(state: PeakState, until: datetime, target_w: float) -> PeakState:
    """The state with the import until a time of its quarter; what is not known counts as the target."""
    passed_s = max(0.0, (until - state.at).total_seconds())
    known_s = 0.0
    if state.power is not None:
        known_s = min(passed_s, max(0.0, (state.power.at + HELD_FOR - state.at).total_seconds()))
    flowed_w = 0.0 if state.power is None else max(0.0, state.power.grid_w)
    energy_ws = state.energy_ws + flowed_w * known_s + target_w * (passed_s - known_s)
    return replace(state, at=max(until, state.at), energy_ws=energy_ws, measured_s=state.measured_s + known_s)


def _measured(state: PeakState) -> Quarter | None:
    length_s = QUARTER.total_seconds()
    is_seen = state.measured_s >= SEEN_FOR * length_s
    return Quarter(state.began_at, state.energy_ws / length_s) if is_seen else None


def _limited(state: PeakState, now: datetime, target_w: float) -> PeakState:
    """The state with what the car may have: less at once, more only where that is worth a message."""
    power = state.power
    if power is None:
        return replace(state, ceiling_w=None)
    rest = max(state.began_at + QUARTER - now, AT_LEAST)
    left_w = (target_w * QUARTER.total_seconds() - state.energy_ws) / rest.total_seconds()
    car_w = max(0.0, left_w - (power.grid_w - power.car_w)) // 100 * 100
    old_w, since = state.ceiling_w, state.changed_at
    is_due = since is None or now - since >= RAISE_EVERY
    if old_w is None or car_w < old_w or (car_w >= old_w + LEAST_RAISE_W and is_due):
        return replace(state, ceiling_w=car_w, changed_at=now)
    return state
