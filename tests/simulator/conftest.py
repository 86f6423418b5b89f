"""A central system that listens, and that finds no fault with anything the simulator sent."""

from collections.abc import AsyncIterator

import pytest

from tests.simulator.central_system import CentralSystem


@pytest.fixture
async def central_system() -> AsyncIterator[CentralSystem]:
    """Fails the test when either side refused a message, unless the test has emptied `refused`."""
    central_system = CentralSystem()
    async with central_system.running():
        yield central_system
    assert central_system.refused == []
