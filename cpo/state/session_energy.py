"""How much a charging session has charged, from what its meter said. Pure: no clock, no I/O.

Registers lie: they restart with each session, count in kWh under the label Wh, jump, run backwards or stand still. So
every figure has to pass two references before it is believed:

- the bound: no home charges faster than 3 × 80 A × 230 V, and no car takes more than its battery holds
- the flow: the reported power, integrated to what surely flowed. A register is no finer judged than by a factor of
  ten, so this finds a wrong unit or a dead register, never a power that was sampled carelessly.

The candidates stand in order: meterStop − meterStart (while running: the newest register − meterStart), what the
registers counted step by step, the same a thousand times more or less, the flow. The first that passes is the figure,
and any but the very first is an estimate.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from cpo.frozen import replace
from cpo.state.register import JITTER_WH, MAX_POWER_W, is_late, is_register
from cpo.state.reported_times import moved_back

BATTERY_WH = 200_000
USED_PER_DAY_WH = 100_000  # what a car that stays plugged in for days can take beyond its battery
ROUNDING_WH = 1_000  # some registers count whole kWh
STEP_MARGIN_WH = 5_000  # clocks are set while it charges, and testers play an hour in a second
SESSION_MARGIN_WH = 10_000

MAX_DURATION = timedelta(days=60)  # longer ones come from a clock that was set meanwhile (1970, 2036)
MAX_GAP = timedelta(minutes=15)

MIN_FLOW_WH = 100  # less flow than this judges nobody: tiny sessions are all rounding
SAME_UNIT = 10  # a figure this many times off the flow is not believed
SAME_FIGURE = 2  # a figure in another unit has to be this near to the flow
COVERED = 0.8  # the flow is complete enough to call a figure too large
EXACT = 0.2  # a figure this part off what flowed, the power taken at its least and at its most, is not called exact


@dataclass(frozen=True, slots=True)
class SessionEnergy:
    """The energy of a session and what is needed to judge its next reading.

    Energies in Wh, times by the charger's clock. `energy_wh` is None until something is known, else finite and never
    negative; while the session runs it never falls. `estimated` is False only where it is meterStop − meterStart, or
    the newest register − meterStart. `register × scale − base_wh` is `counted_wh`; `flow_wh` is what flowed in the
    `flow_s` seconds of known power, taken at its least, and `flow_most_wh` at its most. `restarted`: the register was
    seen to begin again. `is_named`: values have arrived that named this session. `power_heard_at` is when the newest
    power arrived by the program's clock, `uncounted_s` what passed by that and is not in `flow_s`.
    """

    started_at: datetime
    register_at: datetime
    power_at: datetime
    meter_start_wh: float | None = None
    energy_wh: float | None = None
    estimated: bool = False
    counted_wh: float | None = None
    base_wh: float = 0.0
    scale: float = 1.0
    power_w: float = 0.0
    flow_wh: float = 0.0
    flow_s: float = 0.0
    flow_most_wh: float = 0.0
    restarted: bool = False
    is_named: bool = False
    power_heard_at: datetime | None = None
    uncounted_s: float = 0.0

    @classmethod
    def started(cls, meter_start_wh: float | None, at: datetime) -> SessionEnergy:
        """The energy of a session that begins; `meter_start_wh` is None where its start was never reported."""
        known = meter_start_wh is not None and is_register(meter_start_wh)
        return cls(at, at, at, meter_start_wh if known else None)

    def with_register(self, register_wh: float, at: datetime) -> SessionEnergy:
        """The energy after an Energy.Active.Import.Register; one that is late or no number changes nothing."""
        if not is_register(register_wh) or is_late(self.register_at, at):
            return self
        fit, restarted = self._fit(register_wh, at), self.restarted
        if fit is None and at < self.register_at and self.counted_wh is not None:
            return self
        if fit is None:  # a jump, a reset, another meter: the step is unknown, the count continues from here
            counted_wh = self.counted_wh or 0.0
            before_wh, now_wh = counted_wh + self.base_wh, register_wh * self.scale
            restarted = restarted or (counted_wh > 0 and now_wh < before_wh and not _is_little_less(now_wh, before_wh))
            fit = self.scale, register_wh * self.scale - counted_wh, counted_wh
        scale, base_wh, counted_wh = fit
        if counted_wh < (self.counted_wh or 0.0):
            return self
        restarted = restarted and (scale, base_wh) != (1.0, self.meter_start_wh)
        return replace(
            self, counted_wh=counted_wh, scale=scale, base_wh=base_wh, register_at=at, restarted=restarted
        )._running(at)

    def with_power(self, power_w: float, at: datetime, heard_at: datetime | None = None) -> SessionEnergy:
        """The energy after a reading of the power drawn; one that is late or impossible changes nothing.

        Between two readings the lower one counts, in a gap for 15 minutes at most, and never for longer than has
        passed between their arrivals (`heard_at`) and was not counted yet: the charger's clock may be set meanwhile.
        """
        if not 0 <= power_w <= MAX_POWER_W or is_late(self.power_at, at):
            return self
        heard_at = at if heard_at is None else heard_at
        since = max(at - self.power_at, timedelta(0))
        passed_s = self.uncounted_s + max(0.0, (heard_at - (self.power_heard_at or heard_at)).total_seconds())
        seconds = min(since, MAX_GAP).total_seconds()
        if self.power_heard_at is not None:
            seconds = min(seconds, passed_s)
        flow_wh = self.flow_wh + min(power_w, self.power_w) * seconds / 3600
        flow_most_wh = self.flow_most_wh + max(power_w, self.power_w) * since.total_seconds() / 3600
        return replace(
            self,
            flow_wh=flow_wh,
            flow_s=self.flow_s + seconds,
            flow_most_wh=flow_most_wh,
            power_w=power_w,
            power_at=at,
            power_heard_at=heard_at,
            uncounted_s=max(0.0, passed_s - seconds),
        )._running(at)

    def set_back(self, by: timedelta, at: datetime) -> SessionEnergy:
        """The energy after the charger's clock, which is now `at`, was found to be set back by `by`.

        A session that has no later time began after that and is unchanged. Arrivals are not by the charger's clock.
        """
        if max(self.started_at, self.register_at, self.power_at) <= at:
            return self
        return replace(
            self,
            started_at=moved_back(self.started_at, by),
            register_at=moved_back(self.register_at, by),
            power_at=moved_back(self.power_at, by),
        )

    def stopped(self, meter_stop_wh: float | None, at: datetime) -> SessionEnergy:
        """The final energy; `meter_stop_wh` is None where it is unknown. A repeated StopTransaction changes nothing."""
        if at < self.register_at and self.counted_wh is not None:  # what was measured after the end is another's
            return replace(self, counted_wh=None, register_at=self.started_at).stopped(meter_stop_wh, at)
        start_wh, counted_wh, exact_wh = self.meter_start_wh, self.counted_wh, None
        known_wh = meter_stop_wh if meter_stop_wh is not None and is_register(meter_stop_wh) else None
        if known_wh is not None and (fit := self._fit(known_wh, at)):
            counted_wh = max(fit[2], counted_wh or 0.0)
        candidates = [] if counted_wh is None else [counted_wh]
        if known_wh is not None and start_wh is not None:
            exact_wh = known_wh - start_wh
            candidates.insert(1 if self._has_counted_beyond(exact_wh) else 0, exact_wh)
            if _is_little_less(known_wh, start_wh):
                candidates.append(0.0)
        figure = self._first_believed(candidates, at)
        is_exact = figure is None or (figure == exact_wh and self._flowed(figure, at))
        return replace(self, energy_wh=figure, estimated=not is_exact)

    def abandoned(self) -> SessionEnergy:
        """The final energy of a session whose StopTransaction never came: the last figure, as an estimate."""
        return replace(self, estimated=True)

    def _running(self, at: datetime) -> SessionEnergy:
        """The energy with a new figure, which never falls: the figure waits where the meter seems to run backwards."""
        figure = self._first_believed([] if self.counted_wh is None else [self.counted_wh], at)
        if figure is None or (self.energy_wh is not None and figure < self.energy_wh):
            return replace(self, estimated=self.energy_wh is not None)
        is_exact = figure == self.counted_wh and self._counts_from_start
        return replace(self, energy_wh=figure, estimated=not is_exact)

    @property
    def _counts_from_start(self) -> bool:
        return self.counted_wh is not None and (self.scale, self.base_wh) == (1.0, self.meter_start_wh)

    def _has_counted_beyond(self, wh: float) -> bool:
        """The samples were already further than meterStop: of the lifetime register of meterStart, or of one that
        began again, of which meterStop has the last part only."""
        beyond_wh = (self.counted_wh or 0.0) - wh
        is_of_lifetime = self._counts_from_start and self.base_wh > 0
        return (self.restarted and beyond_wh > JITTER_WH) or (is_of_lifetime and beyond_wh > ROUNDING_WH)

    def _flowed(self, wh: float, at: datetime) -> bool:
        """Whether the power allows to call the figure exact."""
        if self.flow_wh < MIN_FLOW_WH or self.flow_most_wh < self.flow_wh:  # nothing flowed, or in an older version
            return True
        rest_wh = self.power_w * max(0.0, (at - self.power_at).total_seconds()) / 3600
        most_wh = (self.flow_most_wh + rest_wh) * (1 + EXACT) + MIN_FLOW_WH
        return self.flow_wh * (1 - EXACT) - MIN_FLOW_WH <= wh <= most_wh

    def _fit(self, register_wh: float, at: datetime) -> tuple[float, float, float] | None:
        """The scale, base and count with which the register continues at a possible power, None without any."""
        counted_wh = self.counted_wh or 0.0
        most_wh = min(counted_wh + _most_wh(self.register_at, at, STEP_MARGIN_WH), self._most_wh(at))
        for scale, base_wh in self._readings_of(register_wh):
            wh = register_wh * scale - base_wh
            if max(0.0, counted_wh - JITTER_WH) <= wh <= most_wh:
                return scale, base_wh, wh
        return None

    def _readings_of(self, register_wh: float) -> Iterator[tuple[float, float]]:
        """The scales and bases a register may have, the likeliest first."""
        start_wh = self.meter_start_wh
        if start_wh is not None:
            yield 1.0, start_wh
        if self.counted_wh is not None:
            yield self.scale, self.base_wh
        elif start_wh:  # the first register shows its kind: in another unit than meterStart, or of this session alone
            yield from ((s, start_wh) for s in (1000.0, 0.001) if start_wh <= register_wh * s <= start_wh * 1.1)
            if register_wh < start_wh and not _is_little_less(register_wh, start_wh):
                yield 1.0, 0.0

    def _first_believed(self, candidates: list[float], at: datetime) -> float | None:
        """The first candidate that both references believe, else the flow; None where nothing is known."""
        most_wh = self._most_wh(at)
        flow_wh = min(self.flow_wh, most_wh)
        possible = [wh for wh in candidates if 0 <= wh <= most_wh]
        if flow_wh < MIN_FLOW_WH:
            return possible[0] if possible else flow_wh or None
        is_covered = self.flow_s >= COVERED * abs((at - self.started_at).total_seconds())
        highest_wh = flow_wh * SAME_UNIT if is_covered else most_wh
        in_other_units = [wh * scale for wh in candidates for scale in (1000, 0.001)]
        believed = [
            *(wh for wh in possible if flow_wh / SAME_UNIT <= wh <= highest_wh),
            *(wh for wh in in_other_units if flow_wh / SAME_FIGURE <= wh <= min(flow_wh * SAME_FIGURE, most_wh)),
            *(wh for wh in possible if wh > flow_wh),  # too large for the flow, and nothing else explains it
            flow_wh,
        ]
        return believed[0]

    def _most_wh(self, at: datetime) -> float:
        """What the session can have charged until then; a time before its start says nothing about that."""
        if at <= self.started_at:
            return BATTERY_WH
        return _most_wh(self.started_at, max(at, self.register_at), SESSION_MARGIN_WH)


def _most_wh(since: datetime, until: datetime, margin_wh: float) -> float:
    """The most energy a car can take in between: a battery where the clock was set meanwhile."""
    duration = until - since
    if not timedelta(0) <= duration <= MAX_DURATION:
        return BATTERY_WH
    at_full_power = MAX_POWER_W * (duration / timedelta(hours=1))
    return min(at_full_power, BATTERY_WH + USED_PER_DAY_WH * (duration / timedelta(days=1))) + margin_wh


def _is_little_less(register_wh: float, before_wh: float) -> bool:
    """A meter that ran backwards a little, rather than one that began again at 0."""
    return before_wh * 0.9 <= register_wh < before_wh
