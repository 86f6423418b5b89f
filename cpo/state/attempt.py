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
    NOT_ADOPTED = 'not_adopted'
    """Nobody has adopted its charge box id; it is refused."""
    WAITS = 'waits'
    """Nobody has adopted its charge box id; it was let in to wait, and nothing it sends counts."""
    TOO_MANY_HANDSHAKES = 'too_many_handshakes'
    """Its address asked too often for chargers that nobody has adopted; the fact is how often in a minute it may."""
    NO_PASSWORD = 'no_password'
    """It sends no password, and one is known for its charge box id."""
    WRONG_PASSWORD = 'wrong_password'
    """It sends another password than the one known for its charge box id."""
    WRONG_USER = 'wrong_user'
    """It signs in with a user name that is not its charge box id: the fact."""
    TOO_MANY_PASSWORDS = 'too_many_passwords'
    """Its address sent too many wrong passwords; none is looked at for some minutes."""
    NO_TLS = 'no_tls'
    """It comes without TLS, and its charge box id has to come with it."""
    NO_CERTIFICATE = 'no_certificate'
    """It shows no certificate, and its charge box id has to come with one."""
    CERTIFICATE_OF_ANOTHER = 'certificate_of_another'
    """Its certificate is not that of its charge box id; the fact is whose it is."""
    NO_ROOM = 'no_room'
    """Another charger is connected; the fact is its charge box id."""
    DEMO_UNWANTED = 'demo_unwanted'
    """It is the demo charger, and a real one was connected here before; the fact is its charge box id."""
    TWO_DEVICES = 'two_devices'
    """Two devices use its charge box id and take the connection from each other; the fact is the other's address."""
    NO_NAME = 'no_name'
    """Its URL has no charge box id, and only one is let in; the fact is the URL to use."""
    WRONG_PATH = 'wrong_path'
    """Nothing is at this path; the fact is the URL to use."""
    WRONG_PROTOCOL = 'wrong_protocol'
    """It speaks no subprotocol of ours; the fact is the list it offers."""
    BROKEN_HANDSHAKE = 'broken_handshake'
    """The request was no complete websocket handshake (RFC 6455 §4.1)."""
    NO_WEBSOCKET = 'no_websocket'
    """It asked by plain HTTP at the path of a charger; the fact is the method."""
    SOAP = 'soap'
    """It speaks OCPP over SOAP (OCPP-S)."""
    TLS = 'tls'
    """Its first bytes were TLS, on the port without it."""
    NO_TLS_HERE = 'no_tls_here'
    """What it sent is no TLS, on the port with it."""
    TLS_TOO_OLD = 'tls_too_old'
    """It has no version of TLS or cipher suite in common with this program; the fact is OpenSSL's word."""
    ROOT_UNKNOWN = 'root_unknown'
    """It does not trust the certificate of this program; the fact is its alert."""
    STRANGE_CERTIFICATE = 'strange_certificate'
    """It showed a certificate that was not issued here; the fact is what is wrong with it."""
    CERTIFICATE_EXPIRED = 'certificate_expired'
    """It showed a certificate whose time is over."""
    HTTP2 = 'http2'
    """It began with the preface of HTTP/2 (RFC 9113 §3.4)."""
    NO_HTTP = 'no_http'
    """What it sent cannot be read as HTTP/1.1."""
    NO_REQUEST = 'no_request'
    """It opened a TCP connection and hung up without a whole request."""
    NO_REQUEST_IN_TIME = 'no_request_in_time'
    """It opened a TCP connection and was cut, as no whole request came; the fact is after how many s."""
    FOREIGN_HOST = 'foreign_host'
    """It asked for a server by a name that is not ours: the fact."""
    FOREIGN_PAGE = 'foreign_page'
    """A page of another site asked; the fact is its origin."""
    NOT_UTF8 = 'not_utf8'
    """A connection ended as a frame was not UTF-8."""
    FRAME_TOO_LARGE = 'frame_too_large'
    """A connection ended as a frame was too large; the fact is the limit in MiB."""
    SILENT = 'silent'
    """It is connected, but has not sent a frame; the fact is for how many s."""
    FLOODS = 'floods'
    """It is connected and sends very many messages; the fact is how many in a second are many."""
    HUNG_UP_UNHEARD = 'hung_up_unheard'
    """It was let in and ended the connection without having sent a frame."""
    HUNG_UP_AT_ONCE = 'hung_up_at_once'
    """It was let in and ended the connection out of order; the fact is within how many s."""


ACCEPTED = (
    AttemptVerdict.CONNECTED,
    AttemptVerdict.PROTOCOL_ASSUMED,
    AttemptVerdict.SILENT,
    AttemptVerdict.FLOODS,
    AttemptVerdict.HUNG_UP_UNHEARD,
    AttemptVerdict.HUNG_UP_AT_ONCE,
)


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
        """True where it was let in."""
        return self.verdict in ACCEPTED
