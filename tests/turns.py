"""A pytest plugin: tests that compute for long take turns at a desk, so that a lane lasts no longer the more there are.

Whoever names a file gets all of it, and where a change is judged all tests run.
"""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count

import pytest

from tests.examples import JUDGED

IN_SIMULATED_TIME = {'run_simulated', 'SimulatedHouse'}
"""What the modules import whose tests may simulate hours."""

SIMULATED = 3
"""The days between two turns of such a test."""


def names_files(config: pytest.Config) -> bool:
    """Whether the command line asks for files or tests only, not for folders."""
    return all('.py' in each for each in config.args)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests whose turn is another day."""
    if JUDGED or names_files(config):
        return
    today = datetime.now(UTC).toordinal()
    places = {days: count(today) for days in {_days(item) for item in items}}
    rests = [next(places[days]) % days > 0 for item in items for days in [_days(item)]]
    config.hook.pytest_deselected(items=[item for item, rest in zip(items, rests, strict=True) if rest])
    items[:] = [item for item, rest in zip(items, rests, strict=True) if not rest]


def _days(item: pytest.Item) -> int:
    """The days between two turns: as the mark `turns` says, else more than one if the module simulates time."""
    mark = item.get_closest_marker('turns')
    simulates = isinstance(item, pytest.Function) and not IN_SIMULATED_TIME.isdisjoint(vars(item.module))
    return int(mark.args[0]) if mark else SIMULATED if simulates else 1
