"""A pytest plugin: which tests are slow because of the processes they start, and how many of them run at once."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from _pytest.runner import runtestprotocol
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

from tests.turns import days_of, names_files

gc.disable()  # until all is collected: a search for garbage finds little in what is imported

LANES = ('home_assistant', 'browser', 'program')
"""The marks of tests that start processes, the slowest first; the first two are names of folders as well."""

LONG_WAITS = (
    'tests/home_assistant/test_quiet_log.py',
    'tests/journal/test_kill.py',
    'tests/simulated/test_surplus_days.py',
    'tests/simulated/test_phase_switching.py::test_a_day',
    'tests/limits/test_random_walk.py',
    'tests/journal/test_return.py::test_it_is_asked_for_what_is_missing_whatever_it_refuses',
    'tests/simulator/test_library.py::test_leaving_does_not_wait_for_an_answer_for_ever',
    'tests/test_websocket_sender.py::test_a_charger_that_comes_back_without_a_word_is_asked_who_it_is',
)
"""Tests that mostly wait, two for two minutes, the others for seconds, and those that compute for minutes where a
change is judged: they come first, so that nothing waits for them in the end."""

SHARING = (
    ('tests/home_assistant/test_dashboard.py', 'tests/home_assistant/test_demo_home.py'),  # one Home Assistant
    ('tests/certificates/',),  # a certificate authority with its RSA keys
    ('tests/connection/test_tls.py',),  # another one
    ('tests/test_neutral.py',),  # the program's modules, parsed
)
"""Groups of tests that share what takes long to make, and therefore a worker."""

MQTT_HOUSES = 'tests/home_assistant/test_mqtt.py'
"""The tests of which all with the same release share one Home Assistant."""

ONE_BY_ONE = ('tests/home_assistant/', 'tests/browser/', *LONG_WAITS)
"""The tests a worker is given one after the other; all others come in hands."""

HANDS = 800
"""Into how many groups, by chance, the other tests are dealt."""

TESTS = Path(__file__).parent


def pytest_configure(config: pytest.Config) -> None:
    """Let this process, workers and the programs they start compile each module once, whatever the shell wants written.

    What a test installs is compiled where it is imported; pip would compile all of it.
    """
    sys.dont_write_bytecode = False
    os.environ.pop('PYTHONDONTWRITEBYTECODE', None)
    os.environ['PIP_COMPILE'] = '0'
    if hasattr(config, 'workerinput'):
        config.pluginmanager.register(OutcomesOnly())


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Workers for `-n auto`: several for each core, as most tests wait half their time; none for single files.

    A third one finds something to compute only where no processes of other tests do.
    """
    each = 3 if all(is_ruled_out(lane, config) for lane in LANES) else 2
    return 0 if names_files(config) else each * (os.cpu_count() or 1)


class OutcomesOnly:
    """Lets a worker report how a test went, once: six messages a test are a tenth of what fast tests take."""

    @pytest.hookimpl
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool:
        """As in pytest, without the reports of set-ups and tear-downs that passed within a second."""
        for report in runtestprotocol(item, log=False, nextitem=nextitem):
            if report.when == 'call' or not report.passed or report.duration > 1:
                item.ihook.pytest_runtest_logreport(report=report)
        return True


class Dealt(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types; its own groups need pytest 8
    """Gives a worker one slow test after the other, each group of SHARING to one, and the fast tests in mixed hands.

    Tests of one file resemble each other: mixed, some wait while others compute.
    """

    def __init__(self, config: pytest.Config, log: Producer) -> None:
        config.option.loadscopereorder = False  # keep their order: xdist would put single tests last, also the slowest
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        for group in SHARING:
            if nodeid.startswith(group):
                return group[0]
        if nodeid.startswith(MQTT_HOUSES):
            return f'MQTT house {nodeid.partition("[")[2]}'
        if nodeid.startswith(ONE_BY_ONE):
            return nodeid
        return f'hand {zlib.crc32(nodeid.encode()) % HANDS}'

    def mark_test_complete(self, node: WorkerController, item_index: int, duration: float = 0) -> None:
        """As in xdist, which would count all of the worker's tests, those that have run too, after each of them."""
        super().mark_test_complete(node, item_index, duration)
        work, scope = self.assigned_work[node], self._split_scope(self.registered_collections[node][item_index])
        if all(work[scope].values()):
            del work[scope]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Dealt:
    """What decides which worker runs which test."""
    return Dealt(config, log)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave a lane's folder unread where `-m` rules the lane out."""
    lane = collection_path.name
    return True if lane in LANES and collection_path.parent == TESTS and is_ruled_out(lane, config) else None


def is_ruled_out(lane: str, config: pytest.Config) -> bool:
    """Whether `-m` is a list of marks with `and` that has `not` before this one."""
    chosen: str = config.option.markexpr
    return f'not {lane}' in chosen and ' or ' not in chosen


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests in the folder of a lane, and begin with the slow lanes, so that short tests fill the end."""
    for item in items:
        folder = item.nodeid.split('/')[1]
        if folder in LANES:
            item.add_marker(folder)
            if pytest_asyncio.is_async_test(item):  # one event loop for what is started once and then shared
                item.add_marker(pytest.mark.asyncio(loop_scope='session'), append=False)
    items.sort(key=_order)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop() -> None:
    """Let garbage collections begin, be rare, and leave out the hundreds of thousands of objects that stay.

    One of all that was made since, which takes half a second, comes to few workers of the fast lane.
    """
    gc.freeze()
    gc.enable()
    gc.set_threshold(50_000, 50, 20)


def _order(item: pytest.Item) -> int:
    """What comes first: LONG_WAITS, then the lanes, and at last what computes for a moment only."""
    place = _place(item)
    return -1 if item.nodeid.startswith(LONG_WAITS) else place + (place == len(LANES) and days_of(item) == 1)


def _place(item: pytest.Item) -> int:
    """The place of the test's lane in LANES; behind them for a test in none."""
    return next((place for place, lane in enumerate(LANES) if item.get_closest_marker(lane)), len(LANES))


class ProcessGuard:
    """Lets processes be started only while `is_open`; an audit hook would be called for all else that is audited."""

    def __init__(self) -> None:
        self.is_open = True
        start = subprocess.Popen.__init__

        def start_if_open(process: subprocess.Popen[Any], *args: Any, **kwargs: Any) -> None:
            if not self.is_open:
                raise AssertionError('A test that starts a process is marked so: @pytest.mark.program.')
            start(process, *args, **kwargs)

        subprocess.Popen.__init__ = start_if_open  # type: ignore[assignment, method-assign]


guard = ProcessGuard()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Let only a test in one of the lanes start processes."""
    guard.is_open = _place(item) < len(LANES)
    try:
        return (yield)
    finally:
        guard.is_open = True
