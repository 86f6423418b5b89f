"""Tests that were collected for all workers at once belong to the worker that runs them."""

from __future__ import annotations

import os

import pytest


def test_a_test_has_the_configuration_of_its_worker(request: pytest.FixtureRequest) -> None:
    session = request.session
    assert request.node in session.items
    assert all(node.session is session and node.config is session.config for node in request.node.listchain())
    assert hasattr(session.config, 'workerinput') is ('PYTEST_XDIST_WORKER' in os.environ)


def test_what_tests_share_and_what_is_theirs_are_found(request: pytest.FixtureRequest) -> None:
    for name in ('make_house', 'tmp_path', 'caplog', 'monkeypatch'):
        assert request.getfixturevalue(name) is not None
