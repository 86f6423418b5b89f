"""An attempt of a client to open the charger's websocket, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AttemptVerdict(StrEnum):
    """How an attempt to connect ended; each member says which detail `ConnectionAttempt.fact` has then.

    The values are stored in the journal; `cpo.sentences` has a sentence for each.
    """

    CONNECTED = 'connected'
    """It was let in."""
    PROTOCOL_ASSUMED = 'protocol_assumed'
    """It was let in without naming a subprotocol; the fact is the one it is taken to speak."""
    UNKNOWN_NAME = 'unknown_name'
    """The settings name another charge box id: the fact."""
    NO_ROOM = 'no_room'
    """Another charger is connected; the fact is its charge box id."""
    DEMO_UNWANTED = 'demo_unwanted'
    """It is the demo charger, and a real one was connected here before; the fact is its charge box id."""
    WRONG_PATH = 'wrong_path'
    """Nothing is at this path; the fact is the URL to use."""
    WRONG_PROTOCOL = 'wrong_protocol'
    """It speaks no subprotocol of ours; the fact is the list it offers."""
    BROKEN_HANDSHAKE = 'broken_handshake'
    """The request was no complete websocket handshake (RFC 6455 §4.1)."""
    FOREIGN_HOST = 'foreign_host'
    """It asked for a server by a name that is not ours: the fact."""
    FOREIGN_PAGE = 'foreign_page'
    """A page of another site asked; the fact is its origin."""
    NOT_UTF8 = 'not_utf8'
    """A connection ended as a frame was not UTF-8."""
    FRAME_TOO_LARGE = 'frame_too_large'
    """A connection ended as a frame was too large; the fact is the limit in MiB."""


ACCEPTED = (AttemptVerdict.CONNECTED, AttemptVerdict.PROTOCOL_ASSUMED)


@dataclass(frozen=True, slots=True)
class ConnectionAttempt:
    """One attempt of a client to open the charger's websocket, or several that differ only in their time.

    `count` says how many they are, `at` is the time of the newest. `address` is the client's IP address, `path` the
    path of the URL, and `charge_box_id` the identity in it, empty where the attempt was refused before that was read.
    `fact` is the detail that belongs to `verdict`, such as the subprotocols the client offers; AttemptVerdict says
    which.
    """

    at: datetime
    address: str
    path: str
    verdict: AttemptVerdict
    charge_box_id: str = ''
    fact: str = ''
    count: int = 1

    @property
    def accepted(self) -> bool:
        """True where the websocket was opened."""
        return self.verdict in ACCEPTED
