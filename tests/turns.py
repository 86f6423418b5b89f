"""A pytest plugin: tests that compute for long take turns at a desk, so that a lane lasts no longer the more there are.

Whoever names a file gets all of it, and where a change is judged all tests run.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import count

import pytest

from tests.examples import JUDGED

IN_SIMULATED_TIME = {'run_simulated', 'SimulatedHouse'}
"""What the modules import whose tests may simulate hours."""

SIMULATED = 5
"""The days between two turns of such a test."""

MEASURED = 10
"""Where a change is judged, one in so many rows of each of their tables counts the lines it runs: that takes two thirds
of its time."""


def names_files(config: pytest.Config) -> bool:
    """Whether the command line asks for files or tests only, not for folders."""
    return all('.py' in each for each in config.args)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests whose turn is another day; where a change is judged, let few of those count lines."""
    if JUDGED:
        _measure_few(items)
    if JUDGED or names_files(config):
        return
    today = datetime.now(UTC).toordinal()
    places = {days: count(today) for days in {days_of(item) for item in items}}
    rests = [next(places[days]) % days > 0 for item in items for days in [days_of(item)]]
    config.hook.pytest_deselected(items=[item for item, rest in zip(items, rests, strict=True) if rest])
    items[:] = [item for item, rest in zip(items, rests, strict=True) if not rest]


def _measure_few(items: Iterable[pytest.Item]) -> None:
    """Of tests that compute for long, keep coverage out of nine in ten rows of each table: the tenth runs the same."""
    places: defaultdict[str, count[int]] = defaultdict(count)
    for item in items:
        if days_of(item) > 1 and next(places[item.nodeid.partition('[')[0]]) % MEASURED:
            item.add_marker('no_cover')


def days_of(item: pytest.Item) -> int:
    """The days between two turns: as the mark `turns` says, else more than one if the module simulates time."""
    mark = item.get_closest_marker('turns')
    simulates = isinstance(item, pytest.Function) and not IN_SIMULATED_TIME.isdisjoint(vars(item.module))
    return int(mark.args[0]) if mark else SIMULATED if simulates else 1
