"""The followers of mode FAST and of the demo's rule, which raises and lowers the limit by the production alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from cpo.amperes import rounded_down
from cpo.charge_point import ChargePoint
from cpo.controllers.follower import Follower, Seen
from cpo.controllers.solar_rule import (
    NO_READING,
    Decision,
    Rules,
    at_full_speed,
    step,
    with_minimum,
    without_reading,
)
from cpo.controllers.surplus_inputs import least_current_a
from cpo.limits import phases_to_say
from cpo.state import Connector, Mode, SolarReading, StatusChange

FIRST_READING_WITHIN = timedelta(seconds=30)


class ProductionFollower(Follower):
    """Runs the demo's rule for one connector in mode SOLAR or SOLAR_MIN, and asks for the maximum in mode FAST."""

    def __init__(
        self,
        charge_point: ChargePoint,
        connector: Connector,
        now: Callable[[], datetime],
        notify: Callable[[], None],
        chosen_in: StatusChange | None,
        hold_s: float,
        wait_until: datetime,
    ) -> None:
        """`hold_s` is as in `Rules`.

        Until `wait_until` a reading from before the program's start is not judged: the next one is awaited.
        """
        super().__init__(charge_point, connector, now, notify, chosen_in)
        self._hold_s = hold_s
        self._wait_until = wait_until
        self._rising_since: datetime | None = None

    @property
    def _rules(self) -> Rules:
        # limits have one decimal: with a maximum of 13.75 A the highest one is 13.7 A
        return Rules(rounded_down(self._charge_point.settings.max_current), self._hold_s)

    def _hindered(self, obstacle: str, now: datetime) -> Decision:
        self._rising_since = None
        return super()._hindered(obstacle, now)

    def _decided(self, seen: Seen, current_a: float, now: datetime) -> tuple[Decision, datetime | None]:
        decision, due = self._on_all_phases(seen, current_a, now)
        return replace(decision, phases=phases_to_say(self._charge_point, None)), due

    def _on_all_phases(self, seen: Seen, current_a: float, now: datetime) -> tuple[Decision, datetime | None]:
        if self.mode is Mode.FAST:
            return at_full_speed(self._rules, now), None
        rising_since = self._rising_since
        decision, stale_at = self._by_production(seen.reading, current_a, now)
        if decision.limit_a is not None and decision.limit_a > current_a and self._commanded is not None:
            self._rising_since = rising_since
        due = (at for at in (decision.next_at, stale_at) if at is not None)
        return decision, min(due, default=None)

    def _by_production(
        self, reading: SolarReading, current_a: float, now: datetime
    ) -> tuple[Decision, datetime | None]:
        """The decision by the readings, and when they become stale."""
        stale_at = self._stale_at(reading)
        is_from_before = reading.at is not None and reading.at < self._wait_until - FIRST_READING_WITHIN
        if reading.pv_w is None or (is_from_before and (stale_at is None or now < stale_at)):
            decision, self._rising_since = Decision(None, NO_READING, now), None
        elif stale_at is not None and now >= stale_at:
            decision, self._rising_since, stale_at = without_reading(current_a, now), None, None
        else:
            decision, self._rising_since = step(self._rules, current_a, reading.pv_w, self._rising_since, now)
        if self.mode is Mode.SOLAR_MIN:
            least_a = least_current_a(self._charge_point.settings, self._charge_point.quirks)
            decision = with_minimum(self._rules, decision, least_a)
        return decision, stale_at

    def _stale_at(self, reading: SolarReading) -> datetime | None:
        """From when on the production is no longer known; None for a simulated one, which stays."""
        pv = reading.arrival('pv_w')
        return None if pv is None else max(pv.fresh_until, self._wait_until)
