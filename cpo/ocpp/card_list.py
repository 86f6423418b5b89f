"""What a version of OCPP provides for the charger's own list of cards, by which it decides while it is offline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum, auto
from typing import Any, NamedTuple, Protocol

from cpo.ocpp.request import Request
from cpo.state import IdTag


class CardListAnswer(Enum):
    """What became of an update of the list."""

    TAKEN = auto()
    OTHER_VERSION = auto()
    """The list has another version than this update follows."""
    UNSUPPORTED = auto()
    REFUSED = auto()


class CardListLimits(NamedTuple):
    """How many cards the list and one update of it may have; None where the charger does not say."""

    in_all: int | None
    at_once: int | None


class CardList(Protocol):
    """The requests and answers; section numbers are those of OCPP 1.6."""

    def version_request(self) -> Request:
        """The request for the version of the list (§5.10)."""
        ...

    def version(self, payload: Any) -> int | None:
        """The version in the answer, 0 for an empty list; None where the charger has no list."""
        ...

    def update_request(self, number: int, cards: Sequence[IdTag], removed: Sequence[str], replaces: bool) -> Request:
        """The request that gives the list the version `number` and these cards (§5.15).

        It `replaces` all others, or adds these and takes away the `removed` ones.
        """
        ...

    def update_answer(self, status: str | None) -> CardListAnswer:
        """The meaning of the status of an answer to `update_request`."""
        ...

    def limits(self, configuration: Mapping[str, str | None]) -> CardListLimits:
        """How many cards are possible, by the charger's configuration."""
        ...
