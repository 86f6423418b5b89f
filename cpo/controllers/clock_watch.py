"""Notices when the computer's clock is set, and corrects the times recorded in this run (see `cpo.clock`)."""

from __future__ import annotations

import asyncio
import logging

from cpo.charge_point import ChargePoint
from cpo.clock import Timekeeper
from cpo.sentences import clock_problem
from cpo.state import ClockJudged, ClockSet

logger = logging.getLogger(__name__)

EVERY_S = 1.0


class ClockWatch:
    """Notices that the computer's clock was set, and sets the program's time by it.

    The program's time runs on steadily from the computer's clock at the start and never back (`cpo.clock`). The two are
    compared every second; where the computer's clock is ahead, the times recorded in this run are corrected, where it
    is behind, the state says so.
    """

    def __init__(self, charge_point: ChargePoint, timekeeper: Timekeeper) -> None:
        """Compares the clocks after every change of the charge point, too."""
        self._charge_point, self._timekeeper = charge_point, timekeeper
        charge_point.subscribe(self._check)
        self._look()

    def _check(self) -> None:
        state, setting = self._charge_point.state, self._timekeeper.check()
        if setting is not None:
            by_s = setting.by.total_seconds()
            logger.warning('The clock of this computer was set by %+.1f s; the times of this run are put right.', by_s)
            self._charge_point.set_clock(ClockSet(setting))
        behind = self._timekeeper.behind
        if (behind is None) != (state.clock_behind is None):
            self._charge_point.record(ClockJudged(behind))
            logger.warning(clock_problem(self._charge_point.state) or 'The clock of this computer is right again.')

    def _look(self) -> None:
        self._check()
        asyncio.get_running_loop().call_later(EVERY_S, self._look)
