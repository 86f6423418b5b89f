"""Without a charger, and without the program, Home Assistant has nothing to complain about."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future

from tests.home_assistant.conftest import releases


async def test_no_warning_and_no_error_in_two_minutes_without_a_charger(quiet_houses: Future[None]) -> None:
    assert releases()
    await asyncio.wrap_future(quiet_houses)
