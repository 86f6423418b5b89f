"""Work that is done again while there is something to do."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

logger = logging.getLogger(__name__)


class Waker:
    """Runs `work` in a task of its own: once it was woken, and again as long as that says True.

    What wakes it meanwhile is not lost. `failed` is told of a mistake of ours, which is not repeated for ever: the next
    waking begins anew.
    """

    def __init__(self, work: Callable[[], Awaitable[bool]], failed: Callable[[Exception], None]) -> None:
        """Nothing runs yet."""
        self._work = work
        self._failed = failed
        self._awake = self._over = False
        self._task: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    def wake(self) -> None:
        """There may be something to do."""
        if self._over:
            return
        self._awake = True
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run())

    def wake_in(self, delay_s: float) -> None:
        """There may be something to do then; only the newest of these is kept."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(delay_s, self.wake)

    def rest(self) -> None:
        """Nothing is begun any more."""
        self._awake, self._over = False, True

    async def _run(self) -> None:
        while self._awake:
            self._awake = False
            try:
                again = await self._work()
                self._awake = (self._awake or again) and not self._over
            except Exception as error:
                logger.exception('The work failed')
                self._awake = False
                self._failed(error)
