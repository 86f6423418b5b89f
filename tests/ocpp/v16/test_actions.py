from __future__ import annotations

import pytest

from cpo.ocpp.v16 import core
from cpo.ocpp.v16.actions import ACTIONS, in_any_case


def test_there_are_28_actions_and_11_of_the_security_whitepaper_by_name() -> None:
    assert len(ACTIONS) == 39
    assert all(name == action.name for name, action in ACTIONS.items())


def test_each_side_may_send_its_own_actions() -> None:
    assert sum(action.by_charge_point for action in ACTIONS.values()) == 14
    assert sum(action.by_central_system for action in ACTIONS.values()) == 26


def test_both_sides_may_send_data_transfer_only() -> None:
    both = [action.name for action in ACTIONS.values() if action.by_charge_point and action.by_central_system]
    assert both == ['DataTransfer']


def test_an_action_has_its_request_and_its_response() -> None:
    action = ACTIONS['StartTransaction']
    assert (action.request, action.response) == (core.StartTransaction, core.StartTransactionResponse)


@pytest.mark.parametrize('name', ['Heartbeat', 'heartbeat', 'HeartBeat'])
def test_an_action_is_found_in_any_case(name: str) -> None:
    assert in_any_case(name) is ACTIONS['Heartbeat']


def test_an_unknown_action_is_not_found() -> None:
    assert in_any_case('Hearbeat') is None
