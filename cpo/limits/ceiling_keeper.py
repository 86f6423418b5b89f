"""Sets and lifts ceilings (`cpo.state.ceiling`), and ends each when its time is over."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime

from cpo.errors import JournalError, LockedCeiling, UnknownCeiling
from cpo.limits.limited_charger import LimitedCharger
from cpo.limits.receipts import OpenReceipt
from cpo.state import FUSE, MAXIMUM, PEAK, Ceiling, CeilingExpired, CeilingLifted, CeilingSet

logger = logging.getLogger(__name__)

LOCKED = frozenset({FUSE, MAXIMUM, PEAK})
"""The names of the ceilings that come from the settings; nobody else sets or lifts them."""

LOOK_EVERY_S = 60.0
"""The clock of the computer may have been set meanwhile."""
KEPT_WITHIN_S = 5.0


class CeilingKeeper:
    """The ceilings that people and other programs set; those that are over already end before anything is sent."""

    def __init__(self, charger: LimitedCharger, now: Callable[[], datetime]) -> None:
        """Follows the changes of the charger's state for its whole life."""
        self._charger, self._now = charger, now
        self._seen: Mapping[str, Ceiling] | None = None
        self._receipts: dict[str, OpenReceipt] = {}
        self._before = charger.state
        self._timer: asyncio.TimerHandle | None = None
        charger.subscribe(self._on_change)
        self._on_change()

    async def put(self, ceiling: Ceiling) -> None:
        """Let a ceiling hold from now on, in place of an older one of its name; returns once it is on the disk.

        It holds also where it cannot be written there. Raises LockedCeiling.
        """
        self._check(ceiling.name)
        amount = f'{ceiling.limit_a:g} A' if ceiling.limit_a is not None else f'{ceiling.limit_w:g} W'
        logger.info('The ceiling %s is %s until %s', ceiling.name, amount, ceiling.ends_at or 'it is lifted')
        self._close(ceiling.name)
        self._receipts[ceiling.name], self._before = OpenReceipt(ceiling, self._now()), self._charger.state
        self._charger.record(CeilingSet(ceiling))
        await self._flushed()

    async def lift(self, name: str) -> Ceiling:
        """Take a ceiling away and return it. Raises LockedCeiling and UnknownCeiling."""
        self._check(name)
        ceiling = self._charger.state.ceilings.get(name)
        if ceiling is None:
            raise UnknownCeiling(f'There is no ceiling {name[:40]}; GET /api/ceilings lists what there is.')
        logger.info('The ceiling %s is lifted', name)
        self._charger.record(CeilingLifted(name, self._now()))
        await self._flushed()
        return ceiling

    def _check(self, name: str) -> None:
        if name in LOCKED:
            raise LockedCeiling(f'The ceiling {name} comes from the settings and readings of the house alone.')

    async def _flushed(self) -> None:
        with suppress(JournalError, TimeoutError):
            async with asyncio.timeout(KEPT_WITHIN_S):
                await self._charger.flushed()

    def _on_change(self) -> None:
        if self._receipts:
            self._observe()
        if self._charger.state.ceilings is not self._seen:
            self._look()

    def _observe(self) -> None:
        """Note in the open receipts what has just been sent or measured, and close those that are complete."""
        before, self._before = self._before, self._charger.state
        for name in tuple(self._receipts):
            if (receipt := self._receipts.get(name)) is None:
                continue  # closed meanwhile: recording a receipt is a change as well
            if name not in self._before.ceilings:
                self._close(name)
                continue
            new = self._receipts[name] = receipt.observed(before, self._before, self._charger.settings, self._now())
            if new.measured_at is not None or self._now() >= new.due:
                self._close(name)

    def _close(self, name: str) -> None:
        if (receipt := self._receipts.pop(name, None)) is not None:
            self._charger.record(receipt.closed())

    def _look(self) -> None:
        """End what is over, and wake up when the next one is."""
        now = self._now()
        if self._receipts:
            self._observe()
        for ceiling in self._charger.state.ceilings.values():
            if ceiling.ends_at is not None and ceiling.ends_at <= now:
                logger.warning('The time of the ceiling %s is over', ceiling.name)
                self._charger.record(CeilingExpired(ceiling.name, now))
        self._seen = self._charger.state.ceilings
        if self._timer is not None:
            self._timer.cancel()
        times = [*(c.ends_at for c in self._seen.values()), *(receipt.due for receipt in self._receipts.values())]
        due = min((at for at in times if at is not None), default=None)
        delay_s = None if due is None else min(LOOK_EVERY_S, max(0.0, (due - now).total_seconds()))
        self._timer = None if delay_s is None else asyncio.get_running_loop().call_later(delay_s, self._look)
