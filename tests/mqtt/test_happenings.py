"""What happens, as events of Home Assistant."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from cpo.frozen import replace
from cpo.mqtt.happenings import happening
from cpo.mqtt.topics import Topics
from cpo.state import (
    ChargePointState,
    Entry,
    Event,
    EventKind,
    Finding,
    LimitReadBack,
    ReadBack,
    RefusedTag,
    TagRefused,
    Transaction,
    Verdict,
    events_of,
)

NOW = datetime(2026, 6, 14, 12, tzinfo=UTC)
TOPICS = Topics('homecpo', 'garage')
ENDED = Transaction('7', 'garage', 1, 'Tag1', number=7, start_timestamp=NOW, stop_timestamp=NOW)
STATE = ChargePointState(charge_box_id='garage', transactions=(ENDED,))


def told(entry: Entry, state: ChargePointState = STATE) -> list[tuple[str, dict[str, Any]]]:
    """The topic and payload of what an entry makes happen."""
    after = entry.apply(state)
    found = (happening(event, TOPICS, after) for event in events_of(entry, state, after, NOW))
    return [(each.topic, each.payload) for each in found if each]


def test_the_end_of_a_session_has_its_record() -> None:
    found = happening(Event(NOW, EventKind.SESSION_ENDED, 1, {'number': 7}), TOPICS, STATE)
    assert found is not None
    assert found.topic == 'homecpo/garage/1/event'
    assert found.payload.items() >= {'event_type': 'ended', 'id_tag': 'Tag1', 'duration_min': 0}.items()


def test_a_refused_card_is_an_event_of_the_charger() -> None:
    assert told(TagRefused(RefusedTag('04A2', 'Invalid', NOW))) == [
        (
            'homecpo/garage/event',
            {'event_type': 'card_refused', 'at': '2026-06-14T12:00:00.000Z', 'idTag': '04A2', 'status': 'Invalid'},
        )
    ]


def test_a_limit_that_is_not_followed_is_one_alarm() -> None:
    alarm = LimitReadBack(1, ReadBack(Verdict.ALARM, Finding.CURRENT_DRAWN, NOW))
    ((topic, payload),) = told(alarm)
    assert (topic, payload['event_type'], payload['kind']) == ('homecpo/garage/1/event', 'alarm', 'alarm')
    assert told(replace(alarm), alarm.apply(STATE)) == []


@pytest.mark.parametrize(
    ('kind', 'connector_id', 'topic'), [(EventKind.FAULT, 0, 'event'), (EventKind.FAULT, 2, '2/event')]
)
def test_a_fault_is_an_alarm_of_the_connector_or_of_the_charger(kind: str, connector_id: int, topic: str) -> None:
    found = happening(Event(NOW, kind, connector_id, {'status': 'x'}), TOPICS, STATE)
    assert found is not None
    assert (found.topic, found.payload['event_type']) == (f'homecpo/garage/{topic}', 'alarm')


def test_much_of_the_history_is_no_event() -> None:
    assert happening(Event(NOW, EventKind.LIMIT, 1, {'limit': 10}), TOPICS, STATE) is None
