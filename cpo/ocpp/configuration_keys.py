"""What a version of OCPP provides for the charger's own settings, its configuration keys."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from cpo.ocpp.request import Request


class KeyAnswer(StrEnum):
    """What became of the change of a key."""

    TAKEN = 'taken'
    AFTER_RESTART = 'after restart'
    """It holds once the charger has restarted."""
    REFUSED = 'refused'
    UNKNOWN = 'unknown'
    """The charger has no such key."""


class ConfigurationKeys(Protocol):
    """The meaning of keys, and of the charger's answer to a change of one."""

    def meaning(self, key: str) -> str | None:
        """What the key means, in a sentence; None for one of the charger's maker."""
        ...

    def changed(self, request: Request) -> tuple[str, str] | None:
        """The key that a request changes, with its new value; None for another request."""
        ...

    def answer(self, payload: object) -> KeyAnswer:
        """The meaning of the answer to `setting_request`."""
        ...

    def wanted_because(self, key: str, value: str | None) -> str | None:
        """Why this program gives the key this value by itself; None for a value that it does not give."""
        ...
