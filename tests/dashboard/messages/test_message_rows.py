"""The filter of the Messages page, and the content of its rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cpo.dashboard.messages.message_rows import (
    ALL,
    LIMITS,
    READINGS,
    SESSIONS,
    VIOLATIONS,
    MessageFilter,
    folded,
    latency,
    message_row,
    nothing_found,
)
from cpo.ocpp import Direction, LoggedMessage
from tests.dashboard.words.plain_text import plain_text

AT = datetime(2026, 6, 14, 12, 0, tzinfo=UTC)
NOTHING_SAID = '[2,"a1","Heartbeat",{}]'


def logged(action: str | None, frame: str = NOTHING_SAID, **members: Any) -> LoggedMessage:
    return LoggedMessage(1, AT, members.pop('direction', Direction.FROM_CHARGER), frame, action=action, **members)


HEARTBEAT = logged('Heartbeat')
LIMIT = logged('SetChargingProfile', direction=Direction.TO_CHARGER)
START = logged('StartTransaction', answer='[3,"a1",{"transactionId":118}]')
READING = logged('MeterValues', violations=('Careless.',))
NONSENSE = logged(None, 'HELLO', violations=('Not JSON.',))
EVERYTHING = (HEARTBEAT, LIMIT, START, READING, NONSENSE)


@pytest.mark.parametrize(
    ('wanted', 'shown'),
    [
        (MessageFilter(ALL), EVERYTHING),
        (MessageFilter(LIMITS), (LIMIT,)),
        (MessageFilter(SESSIONS), (START,)),
        (MessageFilter(READINGS), (READING,)),
        (MessageFilter(VIOLATIONS), (READING, NONSENSE)),
        (MessageFilter(ALL, ' hello '), (NONSENSE,)),
        (MessageFilter(ALL, 'TransactionID'), (START,)),
        (MessageFilter(LIMITS, 'hello'), ()),
    ],
)
def test_filter_and_search_choose_messages(wanted: MessageFilter, shown: tuple[LoggedMessage, ...]) -> None:
    assert tuple(message for message in EVERYTHING if wanted.matches(message)) == shown


@pytest.mark.parametrize('status', ['Rejected', 'no answer', 'CallError InternalError'])
def test_a_failure_stands_apart_from_the_summary(status: str) -> None:
    row = message_row(logged('ClearCache', direction=Direction.TO_CHARGER, status=status, failed=status != 'Rejected'))
    assert row['failure'] == status
    assert status not in row['summary']


def test_an_accepted_command_has_no_failure() -> None:
    row = message_row(logged('ClearCache', direction=Direction.TO_CHARGER, status='Accepted'))
    assert (row['summary'], row['failure']) == ('Accepted', '')


def test_a_frame_that_is_no_ocpp_has_a_row_too() -> None:
    row = message_row(NONSENSE)
    assert (row['action'], row['sent'], row['violations']) == ('Not OCPP', False, 1)


@pytest.mark.parametrize(('latency_ms', 'words'), [(None, ''), (0.4, '< 1 ms'), (112.3, '112 ms'), (3210.0, '3.2 s')])
def test_the_latency_in_words(latency_ms: float | None, words: str) -> None:
    assert latency(logged('Heartbeat', latency_ms=latency_ms)).replace('\u00a0', ' ') == words


def test_repeated_messages_fold_into_the_newest() -> None:
    beats = [replace(HEARTBEAT, number=number) for number in (9, 8, 7)]
    careless = replace(HEARTBEAT, number=6, violations=('It is late.',))
    boot = logged('BootNotification', '[2,"a2","BootNotification",{}]')
    rows = folded([message_row(message) for message in (*beats, careless, boot, HEARTBEAT)])
    assert [(row['number'], row['action'], row['repeats']) for row in rows] == [
        (9, 'Heartbeat', 3),
        (6, 'Heartbeat', 1),
        (1, 'BootNotification', 1),
        (1, 'Heartbeat', 1),
    ]


def test_an_empty_search_says_how_far_back_it_looked() -> None:
    assert nothing_found(()).startswith('Nothing was said yet.')
    older = replace(HEARTBEAT, at=AT - timedelta(minutes=5))
    words = plain_text(nothing_found((HEARTBEAT, older)), AT)
    assert words == 'Nothing fits among the last 2 messages, back to 11:55 UTC. Older ones are not kept here.'
