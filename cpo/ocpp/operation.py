"""A request that an owner can send, described for a form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Operation:
    """An Action of the central system: what it does in a sentence, and the JSON schema of its payload.

    Members that the program fills in are not required. `interrupts`: it may end a session, so it is asked about first
    while a car charges.
    """

    action: str
    sentence: str
    interrupts: bool
    schema: dict[str, Any]
