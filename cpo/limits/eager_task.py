"""A task that begins at once, not in the event loop's next turn."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine, Generator
from types import coroutine
from typing import Any

if sys.version_info >= (3, 12):

    def begun(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """A task for the work, which runs until it waits for the first time before this returns."""
        return asyncio.Task(work, loop=asyncio.get_running_loop(), eager_start=True)

else:
    from asyncio.tasks import _enter_task, _leave_task

    def begun(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """A task for the work, which runs until it waits for the first time before this returns."""
        loop, caller = asyncio.get_running_loop(), asyncio.current_task()
        waits_for: list[Any] = []
        task = loop.create_task(_rest(work, waits_for))
        if caller is not None:
            _leave_task(loop, caller)
        _enter_task(loop, task)
        try:
            waits_for.append(work.send(None))
        except StopIteration:
            pass
        finally:
            _leave_task(loop, task)
            if caller is not None:
                _enter_task(loop, caller)
        return task

    @coroutine
    def _rest(work: Coroutine[Any, Any, None], waits_for: list[Any]) -> Generator[Any, Any, None]:
        """What is left of begun work: nothing, or what follows once that for which it waits is done."""
        while waits_for:
            try:
                yield waits_for.pop()
            except BaseException as error:
                try:
                    waits_for.append(work.throw(error))
                except StopIteration:
                    return
            else:
                yield from work.__await__()
