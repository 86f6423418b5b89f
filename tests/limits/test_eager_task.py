from __future__ import annotations

import asyncio

import pytest

from cpo.limits.eager_task import begun


async def test_the_work_runs_until_it_waits_before_anything_else_does() -> None:
    done, may_go_on = [], asyncio.Event()

    async def work() -> None:
        done.append('begun')
        await may_go_on.wait()
        done.append('ended')

    task = begun(work())
    assert done == ['begun']
    may_go_on.set()
    await task
    assert done == ['begun', 'ended']


async def test_work_that_never_waits_is_over_at_once() -> None:
    done = []

    async def work() -> None:
        done.append('all')

    task = begun(work())
    assert done == ['all']
    await task


async def test_a_timeout_in_the_work_ends_its_own_task_and_not_the_callers() -> None:
    seen = []

    async def work() -> None:
        seen.append(asyncio.current_task())
        try:
            async with asyncio.timeout(0.01):
                await asyncio.sleep(10)
        except TimeoutError:
            await asyncio.sleep(0)
            seen.append(asyncio.current_task())

    task, caller = begun(work()), asyncio.current_task()
    assert asyncio.current_task() is caller
    await task
    assert seen == [task, task]


async def test_the_task_can_be_cancelled_where_it_first_waits() -> None:
    task = begun(asyncio.sleep(10))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_an_error_after_the_first_wait_is_raised_for_who_awaits_the_task() -> None:
    async def work() -> None:
        await asyncio.sleep(0)
        raise ValueError('no')

    with pytest.raises(ValueError, match='no'):
        await begun(work())
