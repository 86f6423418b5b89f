"""Simulated time: hours in an instant, never while a thread works."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.simulated.event_loop import BEGINNING, MOST_TURNS, run_simulated, simulated_loop

pytestmark = pytest.mark.turns(1)


def test_ten_hours_pass_in_an_instant_and_in_order() -> None:
    async def work() -> list[str]:
        happened: list[str] = []

        async def say(word: str, after_s: float) -> None:
            await asyncio.sleep(after_s)
            happened.append(f'{word} {simulated_loop().time():g}')

        await asyncio.gather(say('second', 36_000), say('first', 0.25))
        return happened

    began = time.monotonic()
    assert run_simulated(work()) == ['first 0.25', 'second 36000']
    assert time.monotonic() - began < 1


def test_a_timeout_is_in_simulated_time_and_so_is_the_clock() -> None:
    async def work() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(30):
                await asyncio.sleep(31)
        assert (simulated_loop().now() - BEGINNING).total_seconds() == pytest.approx(30)

    run_simulated(work())


def test_no_time_passes_while_somebody_waits_for_a_thread() -> None:
    async def work() -> None:
        timer = asyncio.create_task(asyncio.sleep(3600))
        await asyncio.to_thread(time.sleep, 0.05)
        assert simulated_loop().time() == 0
        assert not timer.done()
        await timer

    run_simulated(work())


def test_a_wait_that_nothing_can_end_is_an_error() -> None:
    async def work() -> None:
        await asyncio.Event().wait()

    with pytest.raises(RuntimeError, match='Everybody waits'):
        run_simulated(work())


def test_somebody_who_is_busy_for_ever_is_an_error() -> None:
    async def work() -> None:
        for _ in range(MOST_TURNS + 1):
            await asyncio.sleep(0)

    with pytest.raises(RuntimeError, match='busy for ever'):
        run_simulated(work())


async def test_the_harness_says_where_it_belongs() -> None:
    with pytest.raises(TypeError, match='run_simulated'):
        simulated_loop()
