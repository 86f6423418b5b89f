"""A pytest plugin: workers are forks of the process that starts them, which has collected the tests once for all.

Importing the program, its libraries and the tests takes a worker three times as long as collecting the tests.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from importlib import import_module
from typing import NoReturn

import hypothesis
import pytest
from execnet import XSpec, gateway_io
from execnet.gateway_base import ExecModel, Popen2IO, get_execmodel
from hypothesis.strategies import text

from tests import shared_collection
from tests.examples import JUDGED
from tests.lanes import is_ruled_out

ONCE = hypothesis.settings(database=None, phases=(hypothesis.Phase.generate,))


def pytest_xdist_setupnodes(config: pytest.Config, specs: Sequence[XSpec]) -> None:
    """Fork all workers before there is a thread; where a change is judged, each imports what it tests by itself."""
    if JUDGED or sys.platform != 'linux':
        return
    for name in _modules(config):
        # what fails or warns is imported again by the workers, who report it
        with suppress(Exception, pytest.skip.Exception), warnings.catch_warnings(action='error'):
            import_module(name)
    hypothesis.find(text(), lambda _: True, settings=ONCE)  # it knows from then on which characters there are
    collected = shared_collection.collect(config)
    forks: dict[str | None, Fork] = {}
    for spec in specs:
        forks[spec.id] = Fork(get_execmodel('main_thread_only'), [*forks.values()], collected)
    vars(gateway_io).update(create_io=partial(_fork_or_process, forks, gateway_io.create_io))


def _modules(config: pytest.Config) -> Iterator[str]:
    """The names of the test modules that the command line asks for."""
    for arg in config.args:
        asked = config.invocation_params.dir / arg.partition('::')[0]
        for file in sorted(asked.rglob('test_*.py')) if asked.is_dir() else [asked]:
            if not file.is_relative_to(config.rootpath):
                continue
            parts = file.relative_to(config.rootpath).with_suffix('').parts
            if not any(is_ruled_out(part, config) for part in parts):
                yield '.'.join(parts)


def _fork_or_process(
    forks: dict[str | None, Fork], start_process: Callable[..., Popen2IO], spec: XSpec, execmodel: ExecModel
) -> Popen2IO:
    """What execnet speaks to a worker through: its fork, or a new process in place of one that crashed."""
    return forks.pop(spec.id, None) or start_process(spec, execmodel)


class Fork(Popen2IO):
    """A worker that was forked, and the pipes to it; execnet uses it as a process it has started itself."""

    def __init__(self, execmodel: ExecModel, others: Sequence[Fork], collected: pytest.Session | None) -> None:
        read_here, write_there = os.pipe()
        read_there, write_here = os.pipe()
        super().__init__(os.fdopen(write_here, 'wb'), os.fdopen(read_here, 'rb'), execmodel)
        self.pid = os.fork()
        if self.pid == 0:
            for pipes in (*others, self):
                pipes.close_read()
                pipes.close_write()
            if collected is not None:
                shared_collection.share(collected)
            _work(read_there, write_there)
        os.close(read_there)
        os.close(write_there)

    def wait(self) -> int:
        """The exit status, once the worker has ended."""
        return os.waitpid(self.pid, 0)[1]

    def kill(self) -> None:
        """End the worker at once."""
        os.kill(self.pid, 9)


def _work(read_fd: int, write_fd: int) -> NoReturn:
    """Be the worker, as a new interpreter would be: run what execnet sends, which speaks through stdin and stdout."""
    try:
        os.dup2(read_fd, 0)
        os.dup2(write_fd, 1)
        os.close(read_fd)
        os.close(write_fd)
        sys.stdin, sys.stdout = os.fdopen(0, closefd=False), os.fdopen(1, 'w', closefd=False)
        exec(eval(sys.stdin.readline()), {})
    finally:
        os._exit(0)
