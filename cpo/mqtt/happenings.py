"""What happened, as events of Home Assistant (pure)."""

from __future__ import annotations

from typing import Any, NamedTuple

from cpo.mqtt.entities import ALARM, CARD_REFUSED, ENDED, FIRMWARE, STARTED
from cpo.mqtt.topics import Topics
from cpo.mqtt.values import known, session_record
from cpo.state import ChargePointState, Event, EventKind

TYPES = {
    EventKind.SESSION_BEGUN: STARTED,
    EventKind.SESSION_ENDED: ENDED,
    EventKind.FAULT: ALARM,
    EventKind.ALARM: ALARM,
    EventKind.TAG_REFUSED: CARD_REFUSED,
    EventKind.FIRMWARE_STATUS: FIRMWARE,
}
"""The events that are published, by their type in Home Assistant."""


class Happening(NamedTuple):
    """An event to be published, once and not retained."""

    topic: str
    payload: dict[str, Any]


def happening(event: Event, topics: Topics, state: ChargePointState) -> Happening | None:
    """The event as Home Assistant takes it; the end of a session has its record. None for one that is not published."""
    kind = next((kind for kind in TYPES if kind == event.kind), None)
    if kind is None:
        return None
    details = dict(event.details)
    if kind is EventKind.SESSION_ENDED:
        ended = next((t for t in state.transactions if t.number == details.get('number')), None)
        details = details if ended is None else session_record(ended)
    connector_id = event.connector_id or None  # connector 0 is the charger
    about = {'kind': kind.value} if TYPES[kind] is ALARM else {}
    at = event.at.isoformat(timespec='milliseconds').replace('+00:00', 'Z')
    return Happening(topics.of('event', connector_id), known({'event_type': TYPES[kind], 'at': at, **about, **details}))
