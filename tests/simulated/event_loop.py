"""An event loop whose time is simulated: hours pass in seconds, and the same test always runs the same way."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar, TypeVarTuple

T = TypeVar('T')
Ts = TypeVarTuple('Ts')

BEGINNING = datetime(2026, 6, 14, 10, 0, tzinfo=UTC)
THREAD_S = 10.0  # real seconds a thread may take
MOST_TURNS = 20_000  # iterations of the event loop without time passing


class SimulatedTimeLoop(asyncio.SelectorEventLoop):
    """Its time jumps to the next timer whenever no task is ready; it stands still while a thread is awaited.

    A thread is awaited for each call in the loop's executor, and inside `waiting_for_thread`. Raises RuntimeError when
    all tasks wait and no timer will end that, and when a task never waits.
    """

    def __init__(self) -> None:
        self._threads = 0
        self._jumps = _JumpingSelector(lambda: self._threads > 0)
        super().__init__(self._jumps)

    def time(self) -> float:
        """Simulated seconds since the loop was made."""
        return self._jumps.time_s

    def now(self) -> datetime:
        """The simulated wall clock: `BEGINNING` plus `time()`."""
        return BEGINNING + timedelta(seconds=self._jumps.time_s)

    @contextmanager
    def waiting_for_thread(self) -> Iterator[None]:
        """While inside, no simulated time passes: a thread will wake the loop with `call_soon_threadsafe`."""
        self._threads += 1
        try:
            yield
        finally:
            self._threads -= 1

    def run_in_executor(self, executor: Executor | None, func: Callable[[*Ts], T], *args: *Ts) -> asyncio.Future[T]:
        """As in asyncio; no simulated time passes until the function has returned."""
        future = super().run_in_executor(executor, func, *args)
        self._threads += 1
        future.add_done_callback(self._thread_is_done)
        return future

    async def shutdown_default_executor(self) -> None:
        """As in asyncio; no simulated time passes meanwhile."""
        with self.waiting_for_thread():
            await super().shutdown_default_executor()

    def _thread_is_done(self, _future: asyncio.Future[Any]) -> None:
        self._threads -= 1


class _JumpingSelector(selectors.DefaultSelector):
    """A selector whose timeouts advance the simulated time at once, unless a thread is awaited."""

    def __init__(self, waits_for_thread: Callable[[], bool]) -> None:
        super().__init__()
        self.time_s = 0.0
        self._waits_for_thread = waits_for_thread
        self._turns = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """The file descriptors that are ready; none while the loop still has something to do."""
        self._turns += 1
        if self._turns > MOST_TURNS:
            self._turns = 0
            raise RuntimeError(f'Somebody is busy for ever at {self.time_s:g} s.')
        if timeout is not None and timeout <= 0:
            return []
        self._turns = 0
        if self._waits_for_thread():
            ready = super().select(THREAD_S)
            if not ready:
                raise RuntimeError(f'A thread has not answered within {THREAD_S:g} s.')
            return ready
        if timeout is None:
            raise RuntimeError('Everybody waits, and no timer will end that.')
        self.time_s += timeout
        return []


def simulated_loop() -> SimulatedTimeLoop:
    """The running event loop; raises TypeError outside `run_simulated`."""
    loop = asyncio.get_running_loop()
    if not isinstance(loop, SimulatedTimeLoop):
        raise TypeError('This needs simulated time: call it inside run_simulated().')
    return loop


def run_simulated(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end in simulated time, on a new event loop."""
    with asyncio.Runner(loop_factory=SimulatedTimeLoop) as runner:
        return runner.run(work)
