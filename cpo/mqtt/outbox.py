"""What the broker has of us, and what is therefore to be sent: changes at once, live values once a second (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from cpo.mqtt.values import LIVE

Payload = str | Mapping[str, Any]
"""A plain text, '' removes what is retained; or what becomes JSON."""
EVERY_S = 1.0


class Due(NamedTuple):
    """The messages to send now, by topic in their order, and in how many s to ask again (None: after a change)."""

    messages: dict[str, Payload]
    again_in_s: float | None


class Outbox:
    """The retained messages that were sent; `time_s` is any clock that never runs back."""

    def __init__(self) -> None:
        self._sent: dict[str, tuple[Payload, float]] = {}

    def due(self, wanted: Mapping[str, Payload], time_s: float) -> Due:
        """What of `wanted` is news to the broker, and counts as sent from now on."""
        messages: dict[str, Payload] = {}
        waits_s: list[float] = []
        for topic, payload in wanted.items():
            old, sent_s = self._sent.get(topic, (None, 0.0))
            if payload == old:
                continue
            wait_s = sent_s + EVERY_S - time_s if _is_live_only(old, payload) else 0.0
            if wait_s > 0:
                waits_s.append(wait_s)
            else:
                messages[topic] = payload
                self._sent[topic] = (payload, time_s)
        return Due(messages, min(waits_s, default=None))

    def forget(self, topic: str) -> None:
        """Send this topic again, whether or not it changes."""
        self._sent.pop(topic, None)

    def clear(self) -> None:
        """Send everything again: the connection is another one, or who listens has restarted."""
        self._sent.clear()


def _is_live_only(old: Payload | None, new: Payload) -> bool:
    """True where nothing but live values differs."""
    if old is None or isinstance(old, str) or isinstance(new, str):
        return False
    return all(old.get(name) == new.get(name) for name in (old.keys() | new.keys()) - LIVE)
