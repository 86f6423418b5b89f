"""One house in one folder, begun again and again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journal.quiet_house import Clock, OpenHouse, QuietHouse


@pytest.fixture
def open_house(tmp_path: Path) -> OpenHouse:
    """Begin the program, the next time with the same folder and a later clock; the charger is connected."""
    clock = Clock()

    def house() -> QuietHouse:
        clock.let_pass(minutes=10)
        house = QuietHouse(tmp_path, clock)
        house.connect()
        return house

    return house
