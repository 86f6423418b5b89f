"""A pytest plugin: long tests and the rows of long tables take turns at a desk, so that a lane stays short.

Whoever names a file gets all of it, and where a change is judged all tests run.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from itertools import count

import pytest

from tests.examples import JUDGED

IN_SIMULATED_TIME = {'run_simulated', 'SimulatedHouse'}
"""What the modules import whose tests may simulate hours."""

LONG_TABLE = 8
"""The rows of a table, that is a test with parameters, of which all are tried every day."""

TURN = 3
"""The days between two turns of such a test, and of a row of a longer table."""


def names_files(config: pytest.Config) -> bool:
    """Whether the command line asks for files or tests only, not for folders."""
    return all('.py' in each for each in config.args)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests whose turn is another day."""
    if JUDGED or names_files(config):
        return
    today = datetime.now(UTC).toordinal()
    rows = Counter(map(_table, items))
    days = [_days(item, rows[_table(item)]) for item in items]
    places = {each: count(today) for each in set(days)}
    rests = [next(places[each]) % each > 0 for each in days]
    config.hook.pytest_deselected(items=[item for item, rest in zip(items, rests, strict=True) if rest])
    items[:] = [item for item, rest in zip(items, rests, strict=True) if not rest]


def _table(item: pytest.Item) -> str:
    """The test without its parameters."""
    return item.nodeid.partition('[')[0]


def _days(item: pytest.Item, rows: int) -> int:
    """The days between two turns: as the mark `turns` says, else more than one if it is long, or a row of many."""
    mark = item.get_closest_marker('turns')
    simulates = isinstance(item, pytest.Function) and not IN_SIMULATED_TIME.isdisjoint(vars(item.module))
    return int(mark.args[0]) if mark else TURN if simulates or rows > LONG_TABLE else 1
