"""Waiting for a condition without polling."""

import asyncio
from collections.abc import Callable


class Waiting:
    """Lets tasks wait for conditions, which are evaluated at once and at every `wake()`."""

    def __init__(self) -> None:
        self._waiters: dict[asyncio.Future[None], Callable[[], bool]] = {}
        self._error: Exception | None = None

    async def until(self, condition: Callable[[], bool]) -> None:
        """Return once `condition()` is true; raises the error given to `end()` when that comes first."""
        if condition():
            return
        if self._error:
            raise self._error
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters[future] = condition
        try:
            await future
        finally:
            self._waiters.pop(future)

    def wake(self) -> None:
        for future, condition in self._waiters.items():
            if not future.done() and condition():
                future.set_result(None)

    def end(self, error: Exception) -> None:
        """Fail every wait, present and future, with `error`."""
        self._error = error
        for future in self._waiters:
            if not future.done():
                future.set_exception(error)
