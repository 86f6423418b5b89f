"""What is said of a fault that stopped a session."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cpo.dashboard.words.commands import fault_message
from cpo.dashboard.words.faults import CAUSES, stopped_by
from cpo.dashboard.words.sentence import sentence
from cpo.dashboard.words.sessions import start_and_end
from cpo.dashboard.words.situation import Situation
from cpo.state import Activity, Connector, Ending, Fault, FaultTrace, Transaction
from tests.dashboard.words.plain_text import plain_text
from tests.statuses import status_change

NOW = datetime(2026, 6, 14, 18, 40, tzinfo=UTC)
TRACE = FaultTrace(NOW, Fault.GROUND, 'GroundFailure')


def test_every_fault_has_words_as_a_cause() -> None:
    assert CAUSES.keys() == set(Fault)


@pytest.mark.parametrize(
    ('trace', 'words'),
    [
        (TRACE, 'Stopped by a ground fault at 18:40 UTC.'),
        (FaultTrace(NOW, None, 'OtherError', 'E17'), 'Stopped by fault E17 at 18:40 UTC.'),
        (FaultTrace(NOW), 'Stopped by a fault at 18:40 UTC.'),
    ],
)
def test_home_says_what_stopped_the_session(trace: FaultTrace, words: str) -> None:
    assert plain_text(stopped_by(trace), NOW) == words


def test_it_stays_until_it_is_dismissed_and_is_not_said_twice_while_it_lasts() -> None:
    message = fault_message(Connector(1, (status_change('Finishing', NOW),), fault_trace=TRACE))
    assert message is not None
    assert (message.failed, [link.label for link in message.links]) == (True, ['Dismiss'])
    assert fault_message(Connector(1, (status_change('Faulted', NOW, 'GroundFailure'),), fault_trace=TRACE)) is None
    assert fault_message(Connector(1)) is None


def test_no_green_tick_after_a_fault() -> None:
    words = sentence(Situation(activity=Activity.FINISHING, fault_trace=TRACE))
    assert (words.tone, words.headline) == ('bad', 'Stopped by a fault')


def test_sessions_say_it_for_good() -> None:
    session = Transaction(
        '7', 'garage', 1, start_timestamp=NOW, stop_timestamp=NOW, ending=Ending.OTHER, fault_trace=TRACE
    )
    assert start_and_end(session) == 'at the charger → a ground fault'
