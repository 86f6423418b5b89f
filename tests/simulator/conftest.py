"""The central system that the simulator's tests talk to."""

from collections.abc import AsyncIterator

import pytest

from tests.simulator.central_system import CentralSystem


@pytest.fixture
async def central_system() -> AsyncIterator[CentralSystem]:
    """A listening central system; fails the test when a CallError was sent, unless the test has emptied `refused`."""
    central_system = CentralSystem()
    async with central_system.running():
        yield central_system
    assert central_system.refused == []
