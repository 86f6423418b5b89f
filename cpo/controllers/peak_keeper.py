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
from cpo.settings import Settings
from cpo.state import (
    PEAK,
    THE_GUARD,
    Ceiling,
    CeilingLifted,
    CeilingSet,
    ChargePointState,
    Load,
    PeakMeasured,
    month_of,
)

EVERY_S = 5.0
"""What a quarter may still take changes with time alone."""


class PeakKeeper:
    """Sets the ceiling `peak` by the power from the grid, where the settings have a peak."""

    def __init__(self, charge_point: ChargePoint, now: Callable[[], datetime] = utc_now) -> None:
        """Follows the ChargePoint for its whole life; without a reading the floor of the settings holds."""
        self._charge_point, self._now = charge_point, now
        self._cars = Cars()
        self._state: PeakState | None = None
        self._settings: Settings | None = None
        self._timer: asyncio.TimerHandle | None = None
        charge_point.subscribe(self._on_change)
        self._on_change()

    def _on_change(self) -> None:
        """Follow the cars while the settings have a peak; decide at once by other settings."""
        settings, before = self._charge_point.settings, self._settings
        if settings.peak_w is not None:
            self._cars.observe(self._charge_point.state, settings.max_current, self._now())
        if settings is before:
            return
        self._settings = settings
        if self._timer is not None:
            self._timer.cancel()
        if settings.peak_w is not None:
            self._decide()
        elif self._state is not None:
            self._state = None
            self._charge_point.record(CeilingLifted(PEAK, self._now()))

    def _decide(self) -> None:
        """Decide every few seconds, which is enough for a mean over 15 minutes."""
        state, now = self._charge_point.state, self._now()
        self._cars.observe(state, self._charge_point.settings.max_current, now)
        self._state, over = step(self._state, self._power(state, now), now, self._target_w(state, now))
        if over is not None and over.mean_w > self._target_w(state, over.began_at):
            self._charge_point.record(PeakMeasured(month_of(over.began_at), round(over.mean_w, 1)))
        self._set(now)
        self._timer = asyncio.get_running_loop().call_later(EVERY_S, self._decide)

    def _target_w(self, state: ChargePointState, at: datetime) -> float:
        """What a quarter may come to: what the settings allow, or the peak that the month has already."""
        peak, allowed_w = state.peak, self._charge_point.settings.peak_w or 0.0
        return allowed_w if peak is None or peak.month != month_of(at) else max(allowed_w, peak.mean_w)

    def _power(self, state: ChargePointState, now: datetime) -> HousePower | None:
        read = fresh_power(state.solar, now)
        if read is None:
            return None
        car = self._cars.drawn(state, self._charge_point.settings.max_current, read.at)
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
        settings = self._charge_point.settings
        limit_a = min(settings.fuse_floor, settings.fallback_current) if limit_w is None else None
        if old is None or (old.limit_a, old.limit_w) != (limit_a, limit_w):
            self._charge_point.record(CeilingSet(Ceiling(PEAK, limit_a, limit_w, THE_GUARD, now, load=load)))
