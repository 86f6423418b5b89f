"""Keeps the ceiling of the month's peak: feeds the rule (`peak_guard`), and records quarters above all before."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from cpo.amperes import NOMINAL_VOLTAGE_V
from cpo.charge_point import ChargePoint
from cpo.clock import utc_now
from cpo.controllers.car_current import Cars
from cpo.controllers.grid_reading import fresh_power
from cpo.controllers.peak_guard import HousePower, PeakState, predicted_w, step
from cpo.state import PEAK, THE_GUARD, Ceiling, CeilingSet, ChargePointState, Load, PeakMeasured, month_of

EVERY_S = 5.0
"""What a quarter may still take changes with time alone."""


class PeakKeeper:
    """Sets the ceiling `peak` by the power from the grid, where the settings have a peak."""

    def __init__(self, charge_point: ChargePoint, now: Callable[[], datetime] = utc_now) -> None:
        """Follows the ChargePoint for its whole life; without a reading the floor of the settings holds."""
        settings = charge_point.settings
        self._charge_point, self._now = charge_point, now
        self._cars = Cars(settings.max_current)
        self._state: PeakState | None = None
        if settings.peak_w is None:
            return
        self._allowed_w = settings.peak_w
        self._floor_a = min(settings.fuse_floor, settings.fallback_current)
        charge_point.subscribe(self._watch)
        self._decide()

    def _watch(self) -> None:
        self._cars.observe(self._charge_point.state, self._now())

    def _decide(self) -> None:
        """Decide every few seconds, which is enough for a mean over 15 minutes."""
        self._watch()
        state, now = self._charge_point.state, self._now()
        self._state, over = step(self._state, self._power(state, now), now, self._target_w(state, now))
        if over is not None and over.mean_w > self._target_w(state, over.began_at):
            self._charge_point.record(PeakMeasured(month_of(over.began_at), round(over.mean_w, 1)))
        self._set(now)
        asyncio.get_running_loop().call_later(EVERY_S, self._decide)

    def _target_w(self, state: ChargePointState, at: datetime) -> float:
        """What a quarter may come to: what the settings allow, or the peak that the month has already."""
        peak = state.peak
        return self._allowed_w if peak is None or peak.month != month_of(at) else max(self._allowed_w, peak.mean_w)

    def _power(self, state: ChargePointState, now: datetime) -> HousePower | None:
        read = fresh_power(state.solar, now)
        if read is None:
            return None
        car = self._cars.drawn(state, read.at)
        phases = max((c.meter.phases_seen or 1 for c in state.charging_connectors), default=1)
        car_a = car.least_a if car.lowered_at is None else car.before_a
        return HousePower(read.power_w, car_a * phases * NOMINAL_VOLTAGE_V, read.at)

    def _set(self, now: datetime) -> None:
        """Record the ceiling where it is another."""
        assert self._state is not None
        state, limit_w = self._charge_point.state, self._state.ceiling_w
        old, load = state.ceilings.get(PEAK), None
        if limit_w is not None:
            load = Load(round(predicted_w(self._state), -2), round(self._target_w(state, now)))
        limit_a = self._floor_a if limit_w is None else None
        if old is None or (old.limit_a, old.limit_w) != (limit_a, limit_w):
            self._charge_point.record(CeilingSet(Ceiling(PEAK, limit_a, limit_w, THE_GUARD, now, load=load)))
