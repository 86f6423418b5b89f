"""The uploads and downloads that a charger does in the background."""

import asyncio
from collections.abc import Coroutine
from typing import Any


class Transfers:
    """What the charger sends or fetches now, at most one of each kind; a new one takes the place of the old."""

    def __init__(self) -> None:
        self._running: dict[str, asyncio.Task[None]] = {}

    def acceptance(self, kind: str) -> str:
        """The status of the answer to a request for this kind."""
        return 'AcceptedCanceled' if kind in self._running else 'Accepted'

    def begin(self, kind: str, work: Coroutine[Any, Any, None]) -> None:
        if (old := self._running.get(kind)) is not None:
            old.cancel()
        task = self._running[kind] = asyncio.get_running_loop().create_task(work)
        task.add_done_callback(lambda ended: self._end(kind, ended))

    def _end(self, kind: str, ended: asyncio.Task[None]) -> None:
        if self._running.get(kind) is ended:
            del self._running[kind]
