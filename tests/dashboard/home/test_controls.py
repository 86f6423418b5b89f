"""The states of the start button, the remembered limits, and the scale of the limit."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cpo.controllers import Decision
from cpo.dashboard.home.controls import limit_label, limit_marks
from cpo.dashboard.home.currents import differ
from cpo.dashboard.home.start_button import ButtonAction, button_state
from cpo.state import THE_MAXIMUM, THE_SUN, YOU, ChargePointState, Connector, Limit, Mode, Source
from tests.statuses import status_change

NOW = datetime(2026, 6, 14, 12, 0, tzinfo=UTC)
READY = Connector(1, (status_change('Preparing', NOW),))
CHARGING = Connector(1, (status_change('Charging', NOW),), transaction_id='7')
FAULTED = Connector(1, (status_change('Faulted', NOW, 'GroundFailure'),))

PAUSED = Connector(1, (status_change('SuspendedEVSE', NOW),), transaction_id='7', limit=Limit(0, YOU, NOW))


HELD = Limit(0, YOU, NOW, held_by='fuse', wished_a=10)


def ago(seconds: float, limit_a: float) -> Limit:
    return Limit(limit_a, YOU, NOW - timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ('connector', 'sending', 'action', 'words'),
    [
        (READY, None, ButtonAction.START, 'Start charging'),
        (replace(READY, mode=Mode.SOLAR), None, ButtonAction.START, 'Start now'),
        (replace(PAUSED, limit=HELD), None, ButtonAction.STOP, 'Stop charging'),
        (READY, 10.0, ButtonAction.WAIT, 'Starting…'),
        (replace(READY, remote_start=ago(29, 10)), None, ButtonAction.WAIT, 'Starting…'),
        (replace(READY, remote_start=ago(30, 10)), None, ButtonAction.START, 'Start charging'),
        (CHARGING, None, ButtonAction.STOP, 'Stop charging'),
        (CHARGING, 8.0, ButtonAction.STOP, 'Stop charging'),
        (CHARGING, 0.0, ButtonAction.WAIT, 'Stopping…'),
        (replace(CHARGING, limit=ago(29, 0), stopping=ago(29, 0)), None, ButtonAction.WAIT, 'Stopping…'),
        (replace(CHARGING, limit=ago(30, 0), stopping=ago(30, 0)), None, ButtonAction.STOP, 'Stop charging'),
        (replace(CHARGING, limit=ago(1, 16), stopping=ago(1, 16)), None, ButtonAction.WAIT, 'Stopping…'),
        (PAUSED, None, ButtonAction.START, 'Start charging'),
        (PAUSED, 10.0, ButtonAction.WAIT, 'Starting…'),
        (PAUSED, 0.0, ButtonAction.START, 'Start charging'),
        (replace(PAUSED, mode=Mode.SOLAR), None, ButtonAction.START, 'Start now'),
        (replace(CHARGING, last_wish=ago(1, 0)), None, ButtonAction.STOP, 'Stop charging'),
        (FAULTED, None, ButtonAction.RESTART, 'Restart the charger'),
    ],
)
def test_the_button_says_what_a_click_does(
    connector: Connector, sending: float | None, action: ButtonAction, words: str
) -> None:
    button = button_state(ChargePointState('garage', connected=True), connector, sending, NOW)
    assert (button.action, button.words) == (action, words)
    assert button.enabled is (action is not ButtonAction.WAIT)


@pytest.mark.parametrize('connector', [READY, CHARGING, PAUSED, FAULTED])
def test_nothing_can_be_asked_of_a_charger_that_is_away(connector: Connector) -> None:
    assert not button_state(ChargePointState('garage', connected=False), connector, None, NOW).enabled


def test_a_fault_of_the_whole_charger_counts_for_its_connector() -> None:
    state = ChargePointState('garage', connected=True, connectors={0: replace(FAULTED, connector_id=0)})
    assert button_state(state, READY, None, NOW).action is ButtonAction.RESTART


@pytest.mark.parametrize(
    ('lowest', 'highest', 'texts'),
    [
        (6, 16, ['0', '6', '8', '10', '12', '14', '16 A']),
        (6, 32, ['0', '6', '10', '14', '18', '22', '26', '32 A']),
        (6, 13, ['0', '6', '8', '10', '13 A']),
        (0, 5, ['0', '2', '5 A']),
    ],
)
def test_the_scale_has_room_for_its_numbers(lowest: float, highest: float, texts: list[str]) -> None:
    assert [mark['text'] for mark in limit_marks(lowest, highest)] == texts


def test_the_scale_may_be_in_kw() -> None:
    marks = limit_marks(6, 16, 0.69)
    assert [mark['text'] for mark in marks] == ['0', '4.1', '5.5', '6.9', '8.3', '9.7', '11.0 kW']
    assert [mark['value'] for mark in marks] == [0, 6, 8, 10, 12, 14, 16]


@pytest.mark.parametrize(
    ('mode', 'by', 'counts', 'label'),
    [
        (Mode.MANUAL, YOU, False, 'Limit, set by you'),
        (Mode.MANUAL, THE_MAXIMUM, False, 'Limit, the configured maximum'),
        (Mode.SOLAR, THE_SUN, True, 'Limit, set by the sun'),
        (Mode.SOLAR, YOU, True, 'Limit; the sun takes over in 10 s'),
        (Mode.SOLAR, YOU, False, 'Limit, set by you'),
    ],
)
def test_the_limit_says_who_set_it(mode: Mode, by: Source, counts: bool, label: str) -> None:
    decision = Decision(8, '', NOW, 12, NOW) if counts else Decision()
    assert limit_label(replace(CHARGING, mode=mode, limit=Limit(8, by, NOW)), decision) == label


@pytest.mark.parametrize(
    ('currents_a', 'shown'),
    [((12, 12, 11.9), False), ((12, None, 11.2), False), ((8, 8, 12), True), ((8, None, None), False)],
)
def test_currents_are_shown_where_they_differ(currents_a: tuple[float | None, ...], shown: bool) -> None:
    assert differ(currents_a) is shown


def test_a_limit_that_a_ceiling_lowers_is_set_by_it() -> None:
    assert limit_label(replace(PAUSED, limit=HELD), Decision()) == 'Limit, set by the fuse'
