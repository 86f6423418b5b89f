"""A pytest plugin: which tests are slow because of the processes they start, and how many of them run at once."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

LANES = ('home_assistant', 'browser', 'program')
"""The marks of tests that start processes, the slowest first; the first two are names of folders as well."""

LONG_WAITS = ('tests/home_assistant/test_quiet_log.py', 'tests/journal/test_kill.py')
"""Tests that take two minutes each, mostly waiting: they come first, so that nothing waits for them in the end."""

SHARED_HOUSE = ('tests/home_assistant/test_dashboard.py', 'tests/home_assistant/test_demo_home.py')
"""The tests that share one Home Assistant, and therefore a worker."""


def pytest_configure() -> None:
    """Let workers and the programs they start compile each module once, also where the shell wants nothing written.

    What a test installs is compiled where it is imported; pip would compile all of it.
    """
    os.environ.pop('PYTHONDONTWRITEBYTECODE', None)
    os.environ['PIP_COMPILE'] = '0'


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Workers for `-n auto`: two for each core, as most tests wait half their time; none for single files."""
    return 0 if all('.py' in each for each in config.args) else 2 * (os.cpu_count() or 1)


class OneByOne(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Gives a worker one test after the other, and all of SHARED_HOUSE to one; xdist's own groups need pytest 8."""

    def _split_scope(self, nodeid: str) -> str:
        return 'shared house' if nodeid.startswith(SHARED_HOUSE) else nodeid

    def mark_test_complete(self, node: WorkerController, item_index: int, duration: float = 0) -> None:
        """As in xdist, which would count all of the worker's tests, those that have run too, after each of them."""
        super().mark_test_complete(node, item_index, duration)
        work, scope = self.assigned_work[node], self._split_scope(self.registered_collections[node][item_index])
        if all(work[scope].values()):
            del work[scope]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> OneByOne:
    """What decides which worker runs which test."""
    return OneByOne(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests in the folder of a lane, and begin with the slow lanes, so that short tests fill the end."""
    for item in items:
        folder = item.path.relative_to(Path(__file__).parent).parts[0]
        if folder in LANES:
            item.add_marker(folder)
            if pytest_asyncio.is_async_test(item):  # one event loop for what is started once and then shared
                item.add_marker(pytest.mark.asyncio(loop_scope='session'), append=False)
    items.sort(key=_order)


def pytest_collection_finish() -> None:
    """Let garbage collections be rarer, and leave out the hundreds of thousands of objects that stay to the end."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def _order(item: pytest.Item) -> int:
    """What comes first: LONG_WAITS, then the lanes."""
    return -1 if item.nodeid.startswith(LONG_WAITS) else _place(item)


def _place(item: pytest.Item) -> int:
    """The place of the test's lane in LANES; behind them for a test in none."""
    return next((place for place, lane in enumerate(LANES) if item.get_closest_marker(lane)), len(LANES))


class ProcessGuard:
    """An audit hook that refuses to start a process unless `is_open`."""

    is_open = True

    def __call__(self, event: str, _arguments: object) -> None:
        if event == 'subprocess.Popen' and not self.is_open:
            raise AssertionError('A test that starts a process is marked so: @pytest.mark.program.')


guard = ProcessGuard()
sys.addaudithook(guard)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Let only a test in one of the lanes start processes."""
    guard.is_open = _place(item) < len(LANES)
    try:
        return (yield)
    finally:
        guard.is_open = True
