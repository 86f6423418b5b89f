"""An electric car as a charger sees it: a battery that draws the offered current, within the car's own limits."""

import re
from datetime import datetime
from typing import Self

VOLTAGE_V = 230.0  # between a phase and neutral
TAPER_FROM_SOC = 90.0
MEMBERS = {'battery': (1, 1000), 'soc': (0, 100), 'max': (6, 80), 'phases': (1, 3)}  # of Car.read, with their ranges


class Car:
    """A car whose state advances only in `step`, which takes the time as an argument.

    soc                 state of charge in percent; at 100 the car draws nothing
    max_current_a       the most its on-board charger draws per phase, on `phases` phases
    min_current_a       below this offer the car draws nothing (IEC 61851: 6 A)
    reaction_s          delay from a change of the offer until the car follows it
    below_offer_a       how much less than the offer the car draws, as real cars do
    """

    def __init__(
        self,
        battery_kwh: float = 60,
        soc: float = 40,
        max_current_a: float = 16,
        phases: int = 1,
        *,
        min_current_a: float = 6,
        reaction_s: float = 1.5,
        below_offer_a: float = 0.1,
    ) -> None:
        self.battery_kwh = battery_kwh
        self.soc = soc
        self.max_current_a = max_current_a
        self.phases = phases
        self.min_current_a = min_current_a
        self.reaction_s = reaction_s
        self.below_offer_a = below_offer_a
        self.current_a = 0.0
        self._stepped_at: datetime | None = None
        self._offer_a = 0.0
        self._offer_changed_at: datetime | None = None

    @classmethod
    def read(cls, text: str) -> Self:
        """Parse `battery=60,soc=20,max=16,phases=1` (kWh, percent, A); commas or blanks between, every part optional.

        Raises ValueError for an unknown part or a value out of range.
        """
        values: dict[str, float] = {}
        for part in re.split(r'[,\s]+', text.strip()) if text.strip() else ():
            name, _, value = part.partition('=')
            if name not in MEMBERS:
                raise ValueError(f'a car has no {name}, but {", ".join(MEMBERS)}')
            low, high = MEMBERS[name]
            if not re.fullmatch(r'\d+(\.\d+)?', value) or not low <= float(value) <= high:
                raise ValueError(f'{name}={value} is not between {low:g} and {high:g}')
            values[name] = float(value)
        return cls(
            values.get('battery', 60), values.get('soc', 40), values.get('max', 16), int(values.get('phases', 1))
        )

    @property
    def full(self) -> bool:
        return self.soc >= 100

    def step(self, now: datetime, offer_a: float, phases: int) -> float:
        """Charge until `now` with the previous current, then follow the new offer; returns the energy taken in Wh."""
        elapsed_s = max(0.0, (now - self._stepped_at).total_seconds()) if self._stepped_at else 0.0
        self._stepped_at = now
        energy_wh = self._charge(self.current_a * VOLTAGE_V * min(self.phases, phases) * elapsed_s / 3600)
        self._follow(now, offer_a)
        return energy_wh

    def unplug(self) -> None:
        self.current_a = self._offer_a = 0.0
        self._stepped_at = self._offer_changed_at = None

    def _charge(self, energy_wh: float) -> float:
        room_wh = max(0.0, (100 - self.soc) / 100 * self.battery_kwh * 1000)
        taken_wh = min(energy_wh, room_wh)
        self.soc = 100.0 if taken_wh == room_wh else self.soc + taken_wh / self.battery_kwh / 10
        return taken_wh

    def _follow(self, now: datetime, offer_a: float) -> None:
        """Apply an offer after the reaction time; a second change meanwhile does not restart that time."""
        if self._offer_changed_at is None and offer_a != self._offer_a:
            self._offer_changed_at = now
        if self._offer_changed_at and (now - self._offer_changed_at).total_seconds() >= self.reaction_s:
            self._offer_a, self._offer_changed_at = offer_a, None
        self.current_a = self._current_a()

    def _current_a(self) -> float:
        if self.full or self._offer_a < self.min_current_a:
            return 0.0
        wanted_a = self.max_current_a * min(1.0, (100 - self.soc) / (100 - TAPER_FROM_SOC))
        return min(max(wanted_a, self.min_current_a), self._offer_a) - self.below_offer_a
