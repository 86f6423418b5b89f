"""What has been collected once, before workers are forked, is the collection of each of them.

Collecting thousands of tests takes as long as running a tenth of them. The objects that collecting makes belong to a
Session and its FixtureManager, which each worker gets as they are; only their configuration becomes the worker's own.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence
from itertools import chain

import pytest
from _pytest import fixtures


def collect(config: pytest.Config) -> pytest.Session | None:
    """Collect in the process that starts the workers, in silence.

    None where something fails or warns: the workers collect by themselves, and report it.
    """
    session = config.pluginmanager.get_plugin('session')
    assert isinstance(session, pytest.Session)
    reporter, imported = config.pluginmanager.unregister(name='terminalreporter'), {*sys.modules}
    try:
        with warnings.catch_warnings(action='error'):
            session.perform_collect()
    except pytest.UsageError:
        session.testsfailed += 1
    finally:
        config.pluginmanager.register(reporter, 'terminalreporter')
    if not session.testsfailed:
        return session
    session.testsfailed = 0
    for name in sys.modules.keys() - imported:
        del sys.modules[name]  # else what could not be imported is taken for what was
    return None


def share(session: pytest.Session) -> None:
    """Let the Session of this worker, a fork, be the one that has collected."""
    manager: fixtures.FixtureManager = vars(session)['_fixturemanager']

    def adopt(config: pytest.Config) -> pytest.Session:
        for node in {session, *chain.from_iterable(item.listchain() for item in session.items)}:
            node.config = config
        config.pluginmanager.register(session, 'session')
        return session

    def adopted_manager(_session: pytest.Session) -> fixtures.FixtureManager:
        manager.config = session.config
        session.config.pluginmanager.register(manager, 'funcmanage')
        return manager

    def collected() -> Sequence[pytest.Item]:
        session.config.hook.pytest_collection_finish(session=session)
        return session.items

    vars(fixtures).update(FixtureManager=adopted_manager)
    vars(session).update(perform_collect=collected)
    pytest.Session.from_config = staticmethod(adopt)  # type: ignore[method-assign]
