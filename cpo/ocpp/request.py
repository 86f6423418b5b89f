"""A request to the charger, of any version of OCPP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple


class Request(NamedTuple):
    """A request to the charger: its Action and its payload, ready for the wire."""

    action: str
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class SentCommand:
    """A request that a person or program sent as it is, and the payload of the charger's answer.

    `accepted`: the charger does what was asked.
    """

    action: str
    request: dict[str, Any]
    response: Any
    accepted: bool
