"""A house with a roof, a meter and a car, around the real controller and the real simulated charger."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from random import Random

from cpo.controllers import SolarController
from cpo.state import Mode, Source, SourceKind
from simulator import Car
from tests.simulated.event_loop import simulated_loop
from tests.simulated.house import SimulatedHouse

METER = Source(SourceKind.PROGRAM, 'house meter')
VOLTAGE_V = 230.0
METER_EVERY_S = 10.0
PEAK_W = 6000.0


class SunnyHouse:
    """Production and consumption by the second, measured every 10 s, as a meter of the house does.

    The sun shines for `sun_hours` from the beginning, through one of the `clouds` (parts it lets through) at a time.
    """

    def __init__(
        self,
        house: SimulatedHouse,
        sun_hours: float = 10,
        clouds: Sequence[float] = (1.0, 1.0, 0.7, 0.35, 0.2),
        phases: int = 1,
        peak_w: float = PEAK_W,
        day: int = 1,
        begins_h: float = 0,
    ) -> None:
        """Mode Solar from the first reading on; the car, which charges with so many phases, is plugged in at once.

        The sun gives `peak_w` at noon. Each `day` has other clouds; it begins so many hours after sunrise.
        """
        self.house = house
        self.controller = SolarController(house.charge_point, simulated_loop().now)
        self._sun_s, self._clouds, self._random = sun_hours * 3600, clouds, Random(day)
        self._cloud, self._cloudy_until = 1.0, 0.0
        self._phases, self._peak_w, self._begins_s = phases, peak_w, begins_h * 3600
        self.is_meter_silent = False
        self.pv_w = self.grid_w = self._base_w = 0.0
        house.charge_point.set_mode(1, Mode.SOLAR)
        house.charger.plug_in(1, Car(max_current_a=32, battery_kwh=400, soc=10, phases=phases))
        house.in_background(self._run())

    @property
    def car_w(self) -> float:
        """The power the car draws now."""
        return self.house.car_current_a * VOLTAGE_V * self.phases_used

    @property
    def phases_used(self) -> int:
        """On how many phases the car charges now."""
        return min(self._phases, self.house.charger.station.connectors[1].phases_used)

    @property
    def left_over_w(self) -> float:
        """What the house leaves over for the car, by the meter's last reading of sun and house."""
        return self.pv_w - self._base_w

    async def _run(self) -> None:
        while True:
            self.measure()
            await asyncio.sleep(METER_EVERY_S)

    def measure(self) -> None:
        """Let the meter measure and report, unless it is silent."""
        time_s = self.house.time_s
        if time_s >= self._cloudy_until:
            self._cloud = self._random.choice(self._clouds)
            self._cloudy_until = time_s + self._random.expovariate(1 / 240)
        day_s = (time_s + self._begins_s) % 86400
        self.pv_w = self._peak_w * max(0.0, math.sin(math.pi * day_s / self._sun_s)) * self._cloud
        self.pv_w = self.pv_w if day_s < self._sun_s else 0.0
        self._base_w = 300 + (2000 if day_s % 5400 < 180 else 0)  # a kettle
        self.grid_w = self._base_w + self.car_w - self.pv_w
        if not self.is_meter_silent:
            self.house.charge_point.record_reading(self.pv_w, self.grid_w, METER)
